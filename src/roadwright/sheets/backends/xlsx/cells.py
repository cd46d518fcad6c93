"""What a cell holds, and how the file format writes it: texts with their escapes, days as numbers, a cell as XML.

Characters that XML can't hold are written ``_xHHHH_`` (ECMA-376, ST_Xstring). Workbooks count days from 1899-12-30 (so
that 1900-03-01 is 61; Excel believes in a 29 February 1900) or, where they say so, from 1904-01-01 (ECMA-376 part 1,
18.17.4).
"""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from xml.sax.saxutils import escape

from roadwright.sheets.values import LONGEST_TEXT, CellError, CellValue, MonthDate, NotCalculated, Unwritable, cell_name

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_UNSAFE = "[\x00-\x08\x0b\x0c\x0e-\x1f\r\ufffe\uffff\ud800-\udfff]"
_NEEDS_ESCAPE = re.compile(rf"{_UNSAFE}|_(?=x[0-9A-Fa-f]{{4}}(?:_|{_UNSAFE}))")
_SURROGATE = re.compile("[\ud800-\udfff]")


def decode_text(stored: str) -> str:
    """The text that a person sees."""
    if "_x" not in stored:
        return stored
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), stored)
    if _SURROGATE.search(text):
        # Two escapes may be the halves of one character.
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    return text


def encode_text(text: str) -> str:
    """The text as XML: markup escaped, control characters and what would read as an escape in the format's own way.

    Raises Unwritable for a text that no cell can hold.
    """
    if len(text) > LONGEST_TEXT // 2 and (length := len(text.encode("utf-16-le", "surrogatepass")) // 2) > LONGEST_TEXT:
        raise Unwritable("cell_text_too_long", length=length, most=LONGEST_TEXT)
    return escape(_NEEDS_ESCAPE.sub(lambda match: f"_x{ord(match[0]):04X}_", text))


_EPOCH_1900 = dt.datetime(1899, 12, 30)
_EPOCH_1904 = dt.datetime(1904, 1, 1)
_FIRST_SAFE_SERIAL_1900 = 61
_DAY = dt.timedelta(days=1)

DateValue = dt.datetime | dt.date | dt.time | dt.timedelta


class Shows(Enum):
    """What a number format shows a number as, where that is not a number."""

    DATE = "date"
    MONTH = "month without a day"
    DATE_AND_TIME = "date and time"
    TIME = "time of day"
    DURATION = "elapsed time"


# The formats that every workbook has without declaring them (ECMA-376 part 1, 18.8.30), East Asian ones included.
_BUILT_IN = (
    dict.fromkeys((*range(14, 17), *range(27, 32), 36, *range(50, 55), 57, 58), Shows.DATE)
    | dict.fromkeys((*range(18, 22), *range(32, 36), 45, 47, 55, 56), Shows.TIME)
    | {17: Shows.MONTH, 22: Shows.DATE_AND_TIME, 46: Shows.DURATION}
)

_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.')
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_BRACKETS = re.compile(r"\[[^\]]*\]")


_PERCENT_FORMATS = (9, 10)


def shows_percent(number: int, code: str | None) -> bool:
    """Whether a number format shows a number as a percentage."""
    if code is None:
        return number in _PERCENT_FORMATS
    return "%" in _LITERALS.sub("", code.split(";")[0])


def what_format_shows(number: int, code: str | None) -> Shows | None:
    """What a number format shows; ``code`` is its text where the workbook declares it. None: a number or text."""
    if code is None:
        return _BUILT_IN.get(number)
    bare = _LITERALS.sub("", code.split(";")[0])
    if _ELAPSED.search(bare):
        return Shows.DURATION
    bare = _BRACKETS.sub("", bare).casefold()
    if "general" in bare:
        return None
    time = bool(re.search("[hs]", bare))
    # An m means minutes beside hours or seconds, else months.
    date = bool(re.search("[yd]", bare)) or ("m" in bare and not time)
    if date:
        has_day = "d" in bare
        return Shows.DATE_AND_TIME if time else Shows.DATE if has_day else Shows.MONTH
    return Shows.TIME if time else None


@lru_cache(maxsize=5_000)
def from_serial(serial: float, shows: Shows, date1904: bool) -> DateValue | float:
    """What a cell with this number and format holds, to the millisecond.

    A number outside the calendar stays a number, as spreadsheets show it with ``#`` signs.
    """
    try:
        if shows is Shows.DURATION:
            return _to_millisecond(dt.timedelta(days=serial))
        if not serial >= 0:
            return serial
        if serial < 1 and (shows is Shows.TIME or not date1904):
            return (_EPOCH_1904 + _to_millisecond(dt.timedelta(days=serial % 1))).time()
        days = serial if date1904 or serial >= _FIRST_SAFE_SERIAL_1900 - 1 else serial + 1
        moment = (_EPOCH_1904 if date1904 else _EPOCH_1900) + _to_millisecond(dt.timedelta(days=days))
    except OverflowError:
        return serial
    if shows is Shows.MONTH:
        return MonthDate(moment.year, moment.month, moment.day)
    return moment.date() if shows is Shows.DATE and moment.time() == dt.time() else moment


def _to_millisecond(span: dt.timedelta) -> dt.timedelta:
    return dt.timedelta(milliseconds=round(span / dt.timedelta(milliseconds=1)))


def to_serial(value: DateValue, date1904: bool) -> float:
    """The number that stands for a date or time. Raises Unwritable for what a cell can't hold."""
    if isinstance(value, dt.timedelta):
        return value / _DAY
    if isinstance(value, dt.time):
        return (
            dt.timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
            / _DAY
        )
    if isinstance(value, dt.datetime):
        if value.tzinfo is not None:
            raise Unwritable("cell_time_zone", moment=value.isoformat())
        moment = value
    else:
        moment = dt.datetime(value.year, value.month, value.day)
    serial = (moment - (_EPOCH_1904 if date1904 else _EPOCH_1900)) / _DAY
    first = 0 if date1904 else _FIRST_SAFE_SERIAL_1900
    if serial < first:
        raise Unwritable("cell_day_too_early", day=value.isoformat())
    return serial


STORED_ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA")
"""The error values that the file format has a word for (ECMA-376 part 1, 18.18.11 and 18.17.3)."""


@dataclass(frozen=True)
class CellFormula:
    """A formula without a value yet, as it stands in a file (no leading ``=``)."""

    text: str
    array: bool = False


Content = CellValue | CellFormula | None
"""What is written into a cell; ``None`` and an empty text leave nothing but the format."""


def cell_xml(prefix: str, row: int, column: int, content: Content, *, style: str | None, date1904: bool) -> bytes:
    """The cell's element. Raises Unwritable for a content that no cell can hold."""
    name = cell_name(row, column)
    opening = f'<{prefix}c r="{name}"' + (f' s="{style}"' if style and style != "0" else "")
    if content is None or (isinstance(content, str) and not content):
        return f"{opening}/>".encode()
    if isinstance(content, CellFormula):
        array = f' t="array" ref="{name}"' if content.array else ""
        return f"{opening}><{prefix}f{array}>{escape(content.text)}</{prefix}f></{prefix}c>".encode()
    if isinstance(content, str):
        return _text_xml(opening, prefix, content)
    if isinstance(content, bool):
        return f'{opening} t="b"><{prefix}v>{int(content)}</{prefix}v></{prefix}c>'.encode()
    if isinstance(content, dt.date | dt.time | dt.timedelta):
        content = to_serial(content, date1904)
    return f"{opening}><{prefix}v>{_number_text(content)}</{prefix}v></{prefix}c>".encode()


def _text_xml(opening: str, prefix: str, text: str) -> bytes:
    if isinstance(text, NotCalculated):
        raise Unwritable("formula_without_value", formula=str(text))
    if isinstance(text, CellError) and text in STORED_ERRORS:
        return f'{opening} t="e"><{prefix}v>{text}</{prefix}v></{prefix}c>'.encode()
    keep = ' xml:space="preserve"' if text != text.strip() or "\n" in text or "\t" in text or "  " in text else ""
    stored = f"<{prefix}is><{prefix}t{keep}>{encode_text(text)}</{prefix}t></{prefix}is>"
    return f'{opening} t="inlineStr">{stored}</{prefix}c>'.encode()


def _number_text(number: float) -> str:
    """The shortest text that reads back as this number; whole numbers without a point."""
    if isinstance(number, int) and abs(number) < 1 << 53:
        return str(int(number))
    try:
        number = float(number)
    except OverflowError as error:
        raise Unwritable("cell_number_too_large") from error
    if not math.isfinite(number):
        raise Unwritable("no_cell_number", number=number)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
