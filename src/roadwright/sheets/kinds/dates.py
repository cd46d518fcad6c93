"""Dates and periods."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from roadwright.domain.messages import Level, Message
from roadwright.domain.periods import days_of, is_fiscal
from roadwright.domain.reading.dates import Edge, parse_date
from roadwright.domain.reading.rules import Unreadable
from roadwright.sheets.kinds.texts import clean_text, read_as, refuse_unusable, show_text
from roadwright.sheets.scope import Scope
from roadwright.sheets.spec import CellProblem, Kind, ReadAs
from roadwright.sheets.values import CellValue, MonthDate

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ACCEPTED = "a date, or text such as 2026-05-31, 31 May 2026 or Q2 2026"


def _dates(edge: Edge) -> Callable[[CellValue, Scope], object]:
    """A reader of dates; what names more than a day is the day at this edge."""

    def read(value: CellValue, scope: Scope) -> object:
        if type(value) is dt.date:  # nearly all dates
            return value
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, MonthDate):
            days = days_of(f"{value.year:04d}-{value.month:02d}")
            assert days is not None, "every month has days"
            return read_as(f"{_MONTHS[value.month - 1]} {value.year}", days[edge.value], days[edge.value])
        if isinstance(value, dt.date):
            return value
        refuse_unusable(value)
        if type(value) is int and 2000 <= value <= 2099:
            text = str(value)
        elif isinstance(value, bool | int | float | dt.time | dt.timedelta):
            raise CellProblem("not_a_date", value=value)
        else:
            text = clean_text(value)
        try:
            typed = parse_date(text, scope.rules, edge)
        except Unreadable as problem:
            raise CellProblem("unreadable_date", value=value, why=problem.message) from problem
        return typed.day if typed.is_plain else read_as(value, typed.day, typed.day)

    return read


def show_date(value: object) -> CellValue:
    """A date as the spreadsheet's own."""
    if isinstance(value, dt.date):
        return dt.date(value.year, value.month, value.day) if type(value) is MonthDate else value
    return dt.date.fromisoformat(str(value))


def _read_period(value: CellValue, scope: Scope) -> object:
    """Spreadsheets turn ``2026-05`` into the date of its first day; that is read back as what was typed."""
    if isinstance(value, dt.datetime | dt.date):
        if value.day != 1 and not isinstance(value, MonthDate):
            raise CellProblem("day_for_period", value=value)
        return f"{value.year:04d}-{value.month:02d}"
    text = clean_text(value) or None
    if text is None or not is_fiscal(text):
        return text
    days = days_of(text, scope.rules.fiscal_year)
    if days is None:
        return text
    said = Message("period_days", Level.OK, params={"period": text, "first": days[0], "last": days[1]})
    return ReadAs(text, said, rewrites=False)


DATE = Kind(
    "date",
    _dates(Edge.LAST),
    show_date,
    _ACCEPTED,
    width=13,
    number_format="yyyy-mm-dd",
    align="center",
)
"""A deadline: of a month or a quarter it is the last day."""
START_DATE = replace(DATE, reader=_dates(Edge.FIRST))
"""A start: of a month or a quarter it is the first day."""
PERIOD = Kind("period", _read_period, show_text, "a period such as 2026-Q2", width=13, number_format="@")
