"""Days and times as the numbers that spreadsheets keep, and what number formats show such numbers as.

Spreadsheets count days from 1899-12-30 (so that 1900-03-01 is 61; Excel believes in a 29 February 1900) or, where a
workbook says so, from 1904-01-01 (ECMA-376 part 1, 18.17.4).
"""

from __future__ import annotations

import datetime as dt
import re
from enum import Enum
from functools import lru_cache

from roadwright.sheets.values import MonthDate, Unwritable

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


def needed_for(value: DateValue) -> Shows:
    """What a cell has to show for this value to be seen whole."""
    if isinstance(value, dt.timedelta):
        return Shows.DURATION
    if isinstance(value, dt.time):
        return Shows.TIME
    return Shows.DATE_AND_TIME if isinstance(value, dt.datetime) and value.time() != dt.time() else Shows.DATE
