"""What a cell can hold when it has been read, whatever the backend."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Hashable
from decimal import Decimal
from functools import lru_cache

from roadwright.domain.messages import MessageError


class CellError(str):
    """An error value such as ``#DIV/0!``; the text is the error's own."""

    __slots__ = ()


class NotCalculated(str):
    """A formula that holds no value; the text is the formula. Reported to the person, never taken for empty."""

    __slots__ = ()


class Unwritable(MessageError):
    """A value that no cell can hold; the message completes "a cell can't hold …"."""


class Percent(float):
    """A number whose cell shows it as a percentage: 0.08 is shown as 8 %."""

    __slots__ = ()

    @property
    def points(self) -> float:
        """The number in percent, as its cell shows it."""
        return float(Decimal(float.__repr__(self)) * 100)


class PercentPoints(float):
    """A number in percent, to be written so that its cell says so many percent, whatever the cell's format."""

    __slots__ = ()

    def as_share(self) -> float:
        """What a cell holds that shows it as a percentage."""
        return float(Decimal(float.__repr__(self)) / 100)


class MonthDate(dt.date):
    """A date whose cell shows no day: a month."""

    __slots__ = ()


CellValue = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | CellError | NotCalculated
"""A value read from a cell, or to be written into one. An empty cell is ``None`` or absent."""


LAST_ROW = 1_048_576
"""The number of rows that a tab has room for."""

LAST_COLUMN = 16_384
"""The number of columns that a tab has room for."""

LONGEST_TEXT = 32_767
"""The characters, counted as UTF-16 does, that one cell holds in every backend."""


TEMPLATE_MARK = "Written by Roadwright"
"""The title of the question that tabs of templates ask before someone types into a computed column: by it they are
known, whichever program saved them last."""


def column_letters(column: int) -> str:
    """The letters of a 1-based column number: 1 is ``A``, 28 is ``AB``."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """A cell's name as people say it: row 7, column 2 is ``B7``."""
    return f"{column_letters(column)}{row}"


_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")


@lru_cache(maxsize=LAST_COLUMN)
def column_number(letters: str) -> int:
    """The 1-based number of a column: ``A`` is 1, ``AB`` is 28. Raises ValueError for what names no column."""
    number = 0
    if not (letters.isascii() and letters.isalpha()):
        raise ValueError(f"{letters!r} is no column")
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    if number > LAST_COLUMN:
        raise ValueError(f"{letters!r} is no column")
    return number


def parse_cell(address: str) -> tuple[int, int]:
    """Row and column of a cell's address. Raises ValueError for anything else, such as a whole column."""
    match = _CELL.fullmatch(address)
    if match is None:
        raise ValueError(f"{address!r} is no cell")
    return int(match[2]), column_number(match[1])


_AS_THEY_ARE = (str, int, float, bool)


def says_the_same(held: CellValue | None, wanted: CellValue | None) -> bool:
    """The cell needs no write: what stands there would be read as the same value, to the millisecond.

    Kinds count: ``TRUE`` is not 1, the text ``5`` is not 5, and a number that is shown as a date is no number. A moment
    at midnight is its day.
    """
    if wanted is None or wanted == "":
        return held is None
    if type(held) is Percent and type(wanted) is PercentPoints:
        return held.points == wanted
    if type(held) is MonthDate and type(wanted) is not MonthDate:
        return False  # the day that is wanted is not seen
    if type(held) is type(wanted) and type(held) in _AS_THEY_ARE:
        return held == wanted
    return held is not None and _meaning(held) == _meaning(wanted)


def _meaning(value: CellValue) -> tuple[str, Hashable]:
    if isinstance(value, str):
        sort = "error" if isinstance(value, CellError) else "formula" if isinstance(value, NotCalculated) else "text"
        return sort, str(value)
    if isinstance(value, bool | int | float):
        return ("boolean" if isinstance(value, bool) else "number"), value
    if isinstance(value, dt.datetime):
        return "moment", _milliseconds(value - dt.datetime.min) if value.tzinfo is None else value
    if isinstance(value, dt.date):
        return "moment", _milliseconds(value - dt.date.min)
    if isinstance(value, dt.time):
        return "time", _milliseconds(dt.datetime.combine(dt.date.min, value.replace(tzinfo=None)) - dt.datetime.min)
    return "duration", _milliseconds(value)


def _milliseconds(span: dt.timedelta) -> int:
    return round(span / dt.timedelta(milliseconds=1))
