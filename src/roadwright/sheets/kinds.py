"""The kinds of cell content: how a cell's value is read as what a person means, and how a value is shown in a cell.

A kind reads anything a spreadsheet can hold, and refuses with CellProblem what it can't read; it never guesses and
never turns an unreadable cell into a blank one.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from enum import StrEnum

from roadwright.domain.decimals import rounded
from roadwright.domain.shown import UNSTORABLE, compact_json, tidy
from roadwright.domain.text import BLANKS, folded
from roadwright.sheets.numbers import ACCEPTED, BadJson, NotANumber, parse_number, strict_json
from roadwright.sheets.spec import CellProblem, Kind, Tone
from roadwright.sheets.values import CellError, CellValue, NotCalculated

_OUTER = BLANKS + "\u200b\u2060\ufeff"
"""Every sort of blank, the invisible ones that come with pasted text included."""
_YES = {"true", "yes", "1", "\u2713", "\u2714", "\u2611", "=true()"}
_NO = {"false", "no", "0", "\u2717", "\u2718", "\u2610", "=false()"}
_LIST_BREAKS = re.compile(r"[,;\r\n]+")
_PAIR_BREAKS = re.compile(r"[;\r\n]+")
_LINE_ENDS = re.compile(r"\r\n?")
_SHOWN = 60
_LARGEST_COUNT = 2**31 - 1  # the largest whole number of every database


_ERRORS = frozenset(
    f"#{name}"
    for name in (
        *("NULL!", "DIV/0!", "VALUE!", "REF!", "NAME?", "NUM!", "N/A", "SPILL!", "CALC!", "GETTING_DATA", "FIELD!"),
        *("BLOCKED!", "CONNECT!", "BUSY!", "UNKNOWN!", "EXTERNAL!", "PYTHON!", "ERROR!"),
    )
)
"""Errors as a cell shows them. Programs that do not know the newer ones store them as texts, and so do exports."""


def is_blank(value: CellValue | None) -> bool:
    """No value: an absent cell, or a text of nothing but blanks of any sort."""
    if type(value) is str:  # an error or a formula without a value is a text of another type, and no blank
        return not value.strip(_OUTER)
    return value is None


def _refuse_unusable(value: CellValue) -> None:
    if isinstance(value, CellError) or (isinstance(value, str) and value.strip(_OUTER) in _ERRORS):
        raise CellProblem("cell_error", error=value.strip(_OUTER))
    if isinstance(value, NotCalculated):
        raise CellProblem("not_calculated", formula=str(value)[:_SHOWN])


def _clean_text(value: CellValue) -> str:
    if type(value) is str and value.isascii() and "#" not in value and "\r" not in value and "\x00" not in value:
        return value.strip(_OUTER)  # nearly all cells of a large backlog
    _refuse_unusable(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(tidy(rounded(value)))  # 15 digits are what every program shows and keeps
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    text = _LINE_ENDS.sub("\n", str(value)).strip(_OUTER)  # programs end a cell's lines in their own ways
    if (bad := UNSTORABLE.search(text)) is not None:
        raise CellProblem("unstorable_character", character=ord(bad[0]))
    return text


def _read_text(value: CellValue) -> object:
    return _clean_text(value) or None


def _storable(number: float) -> float:
    if not abs(number) <= sys.float_info.max:
        raise CellProblem("unstorable_number", value=number, expected=ACCEPTED)
    return number


def _read_number(value: CellValue) -> object:
    if type(value) is int or type(value) is float:  # nearly all numbers; what follows takes ten times as long
        return _storable(value)
    _refuse_unusable(value)
    if isinstance(value, bool):
        raise CellProblem("not_a_number", value=value, expected=ACCEPTED)
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        raise CellProblem("date_for_number", value=value)
    if isinstance(value, int | float):
        return _storable(value)
    try:
        return tidy(parse_number(_clean_text(value)))
    except NotANumber as error:
        raise CellProblem("unreadable_value", value=value, why=error.message, expected=ACCEPTED) from error


def _read_count(value: CellValue) -> object:
    number = _read_number(value)
    if not (isinstance(number, int) or (isinstance(number, float) and number.is_integer())):
        raise CellProblem("not_a_whole_number", value=value)
    if abs(number) > _LARGEST_COUNT:
        raise CellProblem("count_too_large", value=value, largest=_LARGEST_COUNT)
    return int(number)


def _read_boolean(value: CellValue) -> object:
    if isinstance(value, bool):
        return value
    _refuse_unusable(value)
    word = folded(_clean_text(value))
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise CellProblem("neither_yes_nor_no", value=value)


def _read_date(value: CellValue) -> object:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    _refuse_unusable(value)
    if isinstance(value, bool | int | float | dt.time | dt.timedelta):
        raise CellProblem("not_a_date", value=value)
    text = _clean_text(value)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}([T ].*)?", text, re.ASCII):
        try:
            return dt.datetime.fromisoformat(text).date()
        except ValueError:
            pass
    raise CellProblem("not_a_date", value=value)


def _read_period(value: CellValue) -> object:
    """Spreadsheets turn ``2026-05`` into the date of its first day; that is read back as what was typed."""
    if isinstance(value, dt.datetime | dt.date):
        if value.day != 1:
            raise CellProblem("day_for_period", value=value)
        return f"{value.year:04d}-{value.month:02d}"
    return _read_text(value)


def split_list(text: str) -> list[str]:
    """The entries of a list in a cell: separated by comma, semicolon or newline, outer blanks removed."""
    return [entry for part in _LIST_BREAKS.split(text) if (entry := part.strip(_OUTER))]


def _read_list(value: CellValue) -> object:
    return split_list(_clean_text(value)) or None


def _numbers_of(found: object, what: str) -> dict[str, float]:
    if not isinstance(found, dict):
        raise CellProblem("expected", expected=what)
    result: dict[str, float] = {}
    for key, number in found.items():
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise CellProblem("entry_not_a_number", name=key, value=json.dumps(number), expected=what)
        name = key.strip(_OUTER)
        if not name or name in result:
            if name:
                raise CellProblem("named_twice", name=name)
            raise CellProblem("blank_name", expected=what)
        result[name] = number
    return result


def parse_pairs(text: str, what: str) -> dict[str, float]:
    """``gmv: 120,000; retention: 0.01`` as a dict. Pairs end at ``;`` or a newline, never at a comma."""
    result: dict[str, float] = {}
    for part in _PAIR_BREAKS.split(text):
        if not (pair := part.strip(_OUTER)):
            continue
        name, colon, number = pair.partition(":")
        name = name.strip(_OUTER)
        if not colon or not name:
            raise CellProblem("no_pair", value=pair, expected=what)
        if name in result:
            raise CellProblem("named_twice", name=name)
        try:
            result[name] = tidy(parse_number(number))
        except NotANumber as error:
            raise CellProblem(
                "unreadable_entry", name=name, value=number.strip(), why=error.message, expected=what
            ) from error
    if not result:
        raise CellProblem("names_no_kpi", value=text, expected=what)
    return result


_PAIRS = 'pairs such as gmv: 120,000; retention: 0.01, or JSON such as {"gmv": 120000}'


def _json_or_none(text: str) -> object | None:
    if text[:1] not in "{[":
        return None
    try:
        return strict_json(text)
    except BadJson as error:
        raise CellProblem("unreadable_json", value=text, why=error.message) from error


def _read_contributions(value: CellValue) -> object:
    text = _clean_text(value)
    found = _json_or_none(text)
    return _numbers_of(found, _PAIRS) if found is not None else parse_pairs(text, _PAIRS)


_OBJECTIVE = "weights such as gmv: 0.6; retention: 0.4, or an order such as retention > gmv (or the same as JSON)"


def _read_objective(value: CellValue) -> object:
    """Weights as {kpi: weight}, an order as [{"kpi": …, "tolerance": …}]."""
    text = _clean_text(value)
    found = _json_or_none(text)
    if found is None and ":" in text:
        return parse_pairs(text, _OBJECTIVE)
    if found is None:
        found = [part.strip(_OUTER) for part in text.split(">")]
    if isinstance(found, dict):
        return _numbers_of(found, _OBJECTIVE)
    order: list[dict[str, object]] = []
    if not isinstance(found, list):
        raise CellProblem("expected", expected=_OBJECTIVE)
    for entry in found:
        stage = {"kpi": entry} if isinstance(entry, str) else entry
        if not isinstance(stage, dict) or not set(stage) <= {"kpi", "tolerance"}:
            raise CellProblem("no_stage", value=json.dumps(entry), expected=_OBJECTIVE)
        kpi, tolerance = stage.get("kpi"), stage.get("tolerance", 0.0)
        if not isinstance(kpi, str) or not kpi.strip(_OUTER):
            raise CellProblem("stage_without_kpi", expected=_OBJECTIVE)
        if isinstance(tolerance, bool) or not isinstance(tolerance, int | float) or not 0 <= tolerance < math.inf:
            raise CellProblem("bad_tolerance", kpi=kpi, value=tolerance)
        order.append({"kpi": kpi.strip(_OUTER), "tolerance": tolerance})
    return order


def _read_json(value: CellValue) -> object:
    text = _clean_text(value)
    try:
        return strict_json(text)
    except BadJson as error:
        raise CellProblem("unreadable_json", value=text, why=error.message) from error


def _show_text(value: object) -> CellValue:
    return str(value)


def _show_number(value: object) -> CellValue:
    if isinstance(value, float):
        return tidy(value)
    if isinstance(value, int):
        return value
    raise TypeError(f"{value!r} is no number")


def _show_boolean(value: object) -> CellValue:
    return bool(value)


def _show_date(value: object) -> CellValue:
    if isinstance(value, dt.date):
        return value
    return dt.date.fromisoformat(str(value))


def _read_minute(value: CellValue) -> object:
    """As the store writes times, so that it can be compared; another text is kept as it is."""
    if isinstance(value, dt.datetime):
        moment = value
    elif isinstance(value, dt.date):
        moment = dt.datetime.combine(value, dt.time())
    else:
        text = _clean_text(value)
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            return text or None
    moment = moment.astimezone(dt.UTC) if moment.tzinfo is not None else moment
    return moment.replace(second=0, microsecond=0, tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _show_minute(value: object) -> CellValue:
    try:
        moment = dt.datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    return moment.replace(second=0, microsecond=0, tzinfo=None)


def _show_list(value: object) -> CellValue:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TypeError(f"{value!r} is no list")
    return ", ".join(str(entry) for entry in value)


SHOWN_NUMBERS = (
    ("AND(ABS({cell})>=1000,ROUND({cell},2)=ROUND({cell},0))", "#,##0"),
    ("ABS({cell})>=1000", "#,##0.##"),
    ("AND(ABS({cell})>=0.001,{cell}<>ROUND({cell},4),ROUND({cell},4)=ROUND({cell},0))", "0"),
    ("AND(ABS({cell})>=0.001,{cell}<>ROUND({cell},4))", "0.####"),
)
"""Thousands are parted, and no more decimals are shown than help: two of thousands, four of others. The cell keeps all.

A format with optional decimals leaves a bare point behind a whole number, so that whole ones have rules of their own.
"""

TEXT = Kind("text", _read_text, _show_text, "text", width=20)
WORD = replace(TEXT, width=14)
"""A text of a word or two."""
TITLE = replace(TEXT, width=32, wrap=True)
LONG_TEXT = replace(TEXT, width=40, wrap=True, most_lines=3)
"""Of which a list shows the beginning; the cell holds all of it."""
ADDRESS = replace(TEXT, width=30)
"""One long word: an e-mail address, a workbook with its tab."""
MESSAGE = replace(TEXT, width=56, wrap=True)
"""A text of a sentence or two."""
KEY = Kind("key", _read_text, _show_text, "a key such as INIT-000001", width=14)
TIMESTAMP = Kind("timestamp", _read_text, _show_text, "a time in UTC", width=30)
MINUTE = Kind(
    "minute",
    _read_minute,
    _show_minute,
    "a time in UTC",
    width=17,
    number_format="yyyy-mm-dd hh:mm",
    align="center",
)
"""A time that people read: what is shown of it is the minute."""
NUMBER = Kind(
    "number",
    _read_number,
    _show_number,
    ACCEPTED,
    width=13,
    align="right",
    large_formats=SHOWN_NUMBERS,
)
SCORE = replace(NUMBER, width=11)
PERCENTILE = replace(NUMBER, width=12, number_format="0.0", large_formats=())
SHARE = replace(
    NUMBER, name="share", expects="a share from 0 to 1, or a percentage such as 80 %", width=12, large_formats=()
)
COUNT = Kind(
    "whole number", _read_count, _show_number, "a whole number", width=10, number_format="#,##0", align="right"
)
BOOLEAN = Kind(
    "yes/no",
    _read_boolean,
    _show_boolean,
    "TRUE or FALSE, yes or no, 1 or 0",
    width=11,
    number_format='"TRUE";"TRUE";"FALSE"',  # Excel shows booleans as words by itself, LibreOffice only with this
    choices=("TRUE", "FALSE"),
    align="center",
)
CHOSEN = replace(BOOLEAN, tones={"TRUE": Tone.GOOD})
DATE = Kind(
    "date",
    _read_date,
    _show_date,
    "a date, or text such as 2026-05-31",
    width=13,
    number_format="yyyy-mm-dd",
    align="center",
)
PERIOD = Kind("period", _read_period, _show_text, "a period such as 2026-Q2", width=13, number_format="@")
LIST = Kind("list", _read_list, _show_list, "entries separated by comma, semicolon or newline", width=24, wrap=True)
CONTRIBUTIONS = Kind("contributions", _read_contributions, compact_json, _PAIRS, width=32, wrap=True)
OBJECTIVE = Kind("objective", _read_objective, compact_json, _OBJECTIVE, width=32, wrap=True)
JSON = Kind("JSON", _read_json, compact_json, "JSON", width=40, wrap=True)


def choice(words: type[StrEnum] | tuple[str, ...], tones: Mapping[str, Tone] | None = None) -> Kind:
    """One of a fixed set of words; case and outer blanks do not matter. ``tones`` colour some of them."""
    choices = tuple(str(word) for word in words)
    by_fold = {folded(word): word for word in choices}
    expected = f"one of {', '.join(choices)}"

    def read(value: CellValue) -> object:
        text = _clean_text(value)
        word = by_fold.get(folded(text))
        if word is None:
            raise CellProblem("unknown_choice", value=text, expected=expected)
        return word

    width = max(11, *(len(word) + 2 for word in choices))
    return Kind("choice", read, _show_text, expected, width=width, choices=choices, tones=tones or {})


Check = Callable[[object], None]


def within(low: float = -math.inf, high: float = math.inf, *, above: float | None = None) -> Check:
    """A check that a number lies in [low, high], or is greater than ``above``."""

    def check(value: object) -> None:
        if not isinstance(value, int | float):
            raise TypeError(f"{value!r} is no number")
        if above is not None and value <= above:
            raise CellProblem("not_above", value=tidy(float(value)), above=tidy(float(above)))
        if not low <= value <= high:
            if high < math.inf:
                raise CellProblem("out_of_range", value=tidy(float(value)), low=low, high=high)
            raise CellProblem("below_least", value=tidy(float(value)), low=low)

    return check


def at_most(length: int) -> Check:
    """A check that a text has no more than so many characters."""

    def check(value: object) -> None:
        if len(str(value)) > length:
            raise CellProblem("text_too_long", length=len(str(value)), most=length)

    return check
