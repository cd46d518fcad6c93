"""Whether a cell already holds what is to be written into it. Pure."""

from __future__ import annotations

import datetime as dt

from roadwright.sheets.values import CellError, CellValue, NotCalculated
from roadwright.sheets.xlsx.serials import to_serial


def says_the_same(held: CellValue | None, wanted: CellValue | None, date1904: bool) -> bool:
    """The cell needs no write. Kinds count: ``TRUE`` is not 1 and the text ``5`` is not 5, but a date at midnight is
    its day, and a number equals the date that it is shown as."""
    if wanted is None or wanted == "":
        return held is None
    if held is None or isinstance(held, bool) != isinstance(wanted, bool):
        return False
    if isinstance(held, str) or isinstance(wanted, str):
        return held == wanted and _sort_of_text(held) is _sort_of_text(wanted)
    return _number(held, date1904) == _number(wanted, date1904)


def _sort_of_text(value: CellValue) -> type:
    return next((kind for kind in (CellError, NotCalculated) if isinstance(value, kind)), str)


def _number(value: CellValue, date1904: bool) -> float | None:
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        try:
            return to_serial(value, date1904)
        except ValueError:
            return None
    assert not isinstance(value, str)
    return value
