"""What a cell can hold when it has been read, whatever the backend."""

from __future__ import annotations

import datetime as dt


class CellError(str):
    """An error value such as ``#DIV/0!``; the text is the error's own."""

    __slots__ = ()


class NotCalculated(str):
    """A formula that holds no value; the text is the formula. Reported to the person, never taken for empty."""

    __slots__ = ()


CellValue = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | CellError | NotCalculated
"""A value read from a cell, or to be written into one. An empty cell is ``None`` or absent."""


LAST_ROW = 1_048_576
"""The number of rows that a tab has room for."""

LAST_COLUMN = 16_384
"""The number of columns that a tab has room for."""


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
