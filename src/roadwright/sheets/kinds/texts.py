"""Texts, and what all kinds do with a cell first: blanks, errors, formulas without a value.

Also what carried columns hold: a text or a number in a person's own column, kept with the row as it is.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from roadwright.domain.decimals import rounded
from roadwright.domain.messages import Level, Message
from roadwright.domain.shown import UNSTORABLE, tidy
from roadwright.domain.text import BLANKS
from roadwright.sheets.scope import Scope
from roadwright.sheets.spec import CellProblem, Kind, ReadAs
from roadwright.sheets.values import CellError, CellValue, NotCalculated

OUTER = BLANKS + "\u200b\u2060\ufeff"
"""Every sort of blank, the invisible ones that come with pasted text included."""
_LINE_ENDS = re.compile(r"\r\n?")
_SHOWN = 60
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
        return not value.strip(OUTER)
    return value is None


def refuse_unusable(value: CellValue) -> None:
    """Refuse errors, and formulas without a value. Raises CellProblem."""
    if isinstance(value, CellError) or (isinstance(value, str) and value.strip(OUTER) in _ERRORS):
        raise CellProblem("cell_error", error=value.strip(OUTER))
    if isinstance(value, NotCalculated):
        raise CellProblem("not_calculated", formula=str(value)[:_SHOWN])


def clean_text(value: CellValue) -> str:
    """A cell as the text that a person sees, without outer blanks. Raises CellProblem."""
    if type(value) is str and value.isascii() and "#" not in value and "\r" not in value and "\x00" not in value:
        return value.strip(OUTER)  # nearly all cells of a large backlog
    refuse_unusable(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(tidy(rounded(float(value))))  # 15 digits are what every program shows and keeps
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    text = _LINE_ENDS.sub("\n", str(value)).strip(OUTER)  # programs end a cell's lines in their own ways
    if (bad := UNSTORABLE.search(text)) is not None:
        raise CellProblem("unstorable_character", character=ord(bad[0]))
    return text


def read_as(typed: CellValue, value: object, shown: object) -> ReadAs:
    """A value that was typed in another form; ``shown`` is how the row says it."""
    said = typed.strip(OUTER) if isinstance(typed, str) else typed
    return ReadAs(value, Message("read_as", Level.OK, params={"typed": said, "shown": shown}))


def read_text(value: CellValue, _: Scope) -> object:
    """A text as it was typed."""
    return clean_text(value) or None


def show_text(value: object) -> CellValue:
    """A value as its text."""
    return str(value)


TEXT = Kind("text", read_text, show_text, "text", width=20, is_text=True)
WORD = replace(TEXT, width=14)
"""A text of a word or two."""
TITLE = replace(TEXT, width=32, wrap=True)
LONG_TEXT = replace(TEXT, width=40, wrap=True, most_lines=3)
"""Of which a list shows the beginning; the cell holds all of it."""
ADDRESS = replace(TEXT, width=30)
"""One long word: an e-mail address, a workbook with its tab."""
MESSAGE = replace(TEXT, width=56, wrap=True)
"""A text of a sentence or two."""
KEY = Kind("key", read_text, show_text, "a key such as INIT-000001", width=14, is_text=True)
"""A key that the backend gives."""
TIMESTAMP = Kind("timestamp", read_text, show_text, "a time in UTC", width=30, is_text=True)


def _read_minute(value: CellValue, _: Scope) -> object:
    """As the store writes times, so that it can be compared; another text is kept as it is."""
    if isinstance(value, dt.datetime):
        moment = value
    elif isinstance(value, dt.date):
        moment = dt.datetime.combine(value, dt.time())
    else:
        text = clean_text(value)
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


MINUTE = Kind(
    "minute",
    _read_minute,
    _show_minute,
    "a time in UTC",
    width=17,
    number_format="yyyy-mm-dd hh:mm",
    align="center",
    is_text=True,
)
"""A time that people read: what is shown of it is the minute."""


_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,14})?")
_GROUPED = re.compile(r"-?[1-9][0-9]{0,2}(,[0-9]{3}){1,4}(\.[0-9]{1,9})?")


def carried_value(cell: CellValue | None) -> object:
    """A number or a text; a text that can only be a number is one, so that it can be compared. None where it is blank.

    What has leading zeros or more digits than a number keeps is an identifier. Dates are ISO texts.
    """
    if cell is None or is_blank(cell):
        return None
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return tidy(float(cell)) if isinstance(cell, float) else cell
    try:
        text = str(TEXT.read(cell))
    except CellProblem:
        text = UNSTORABLE.sub("", str(cell))
    for pattern in (_NUMBER, _GROUPED):
        if pattern.fullmatch(text):
            number = tidy(float(text.replace(",", "")))
            return number if _digits(text) <= _MOST_DIGITS else text
    return text or None


_MOST_DIGITS = 15


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def _show(value: object) -> CellValue:
    return value if isinstance(value, int | float) else str(value)


CARRIED = Kind("carried", lambda cell, _scope: carried_value(cell), _show, "anything", width=18)
