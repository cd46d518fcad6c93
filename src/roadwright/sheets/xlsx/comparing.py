"""Whether a cell already holds what is to be written into it. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable

from roadwright.sheets.values import CellError, CellValue, NotCalculated

_AS_THEY_ARE = (str, int, float, bool)


def says_the_same(held: CellValue | None, wanted: CellValue | None) -> bool:
    """The cell needs no write: what stands there would be read as the same value, to the millisecond.

    Kinds count: ``TRUE`` is not 1, the text ``5`` is not 5, and a number that is shown as a date is no number. A moment
    at midnight is its day.
    """
    if wanted is None or wanted == "":
        return held is None
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
