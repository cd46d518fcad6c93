"""Numbers: plain ones, amounts, ratios, whole numbers, and numbers in the unit of a KPI."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import Enum

from roadwright.domain.reading.numbers import ACCEPTED, TypedNumber, parse_number
from roadwright.domain.reading.rules import Unreadable
from roadwright.domain.reading.units import DAYS, NO_UNIT, TOKENS, Unit, unit_named
from roadwright.domain.shown import tidy
from roadwright.sheets.kinds.texts import clean_text, read_as, refuse_unusable
from roadwright.sheets.scope import KPIS, Scope
from roadwright.sheets.spec import CellProblem, Kind
from roadwright.sheets.values import CellValue, Percent

_LARGEST_COUNT = 2**31 - 1  # the largest whole number of every database
_ACCEPTED_AMOUNT = "a number such as 1234.5, 1,234.5 or 12k"
_ACCEPTED_RATIO = "a share from 0 to 1, or a percentage such as 80 %"


class PercentMeans(Enum):
    """What a percentage is in a column."""

    A_SHARE = 1
    """12 % is 0.12."""
    POINTS = 2
    """12 % is 12: the unit is the percent itself."""
    NOTHING = 3
    """A percentage of what? The column counts tokens, days, or something of the sort."""


UnitOf = Callable[[Mapping[str, object], Scope], Unit]


def storable(number: float) -> float:
    """The number. Raises CellProblem for one that no database takes."""
    if not abs(number) <= sys.float_info.max:
        raise CellProblem("unstorable_number", value=number, expected=ACCEPTED)
    return number


def shown_number(number: float) -> str:
    """A number as a message shows it, to its last digit."""
    return f"{tidy(float(number)):,}"


def refuse_no_number(value: CellValue) -> None:
    """Refuse booleans, and dates: spreadsheets make one of ``2-3``. Raises CellProblem."""
    refuse_unusable(value)
    if isinstance(value, bool):
        raise CellProblem("not_a_number", value=value, expected=ACCEPTED)
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        raise CellProblem("date_for_number", value=value)


def parsed(value: CellValue, text: str, scope: Scope, unit: Unit, expects: str, *, sized: bool = False) -> TypedNumber:
    """The number of a text. Raises CellProblem."""
    try:
        return parse_number(text, scope.rules, unit, sized=sized)
    except Unreadable as error:
        raise CellProblem("unreadable_value", value=value, why=error.message, expected=expects) from error


def percentage(value: CellValue, points: float, means: PercentMeans) -> float:
    """What a percentage is in a column. Raises CellProblem where it is nothing."""
    if means is PercentMeans.NOTHING:
        shown = f"{shown_number(points)} %" if isinstance(value, Percent) else value
        raise CellProblem("percent_for_amount", value=shown, number=points, share=TypedNumber(points, True).value)
    return points if means is PercentMeans.POINTS else TypedNumber(points, is_percent=True).value


def _no_unit(_: Mapping[str, object], __: Scope) -> Unit:
    return NO_UNIT


def _numbers(
    means: Callable[[Unit], PercentMeans], unit_of: UnitOf = _no_unit, *, expects: str, sized: bool = False
) -> Callable[[CellValue, Scope], object]:
    """A reader of numbers."""

    def read(value: CellValue, scope: Scope) -> object:
        if type(value) is int or type(value) is float:  # nearly all numbers; what follows takes ten times as long
            return storable(value)
        refuse_no_number(value)
        if isinstance(value, Percent):
            storable(value)
            unit = unit_of(scope.row, scope)
            return tidy(percentage(value, value.points, means(unit)))
        if isinstance(value, int | float):
            return storable(value)
        unit = unit_of(scope.row, scope)
        typed = parsed(value, clean_text(value), scope, unit, expects, sized=sized)
        number = percentage(value, typed.number, means(unit)) if typed.is_percent else typed.number
        number = tidy(number)
        return number if typed.is_plain else read_as(value, number, shown_number(number))

    return read


def show_number(value: object) -> CellValue:
    """Whole numbers without a point."""
    if isinstance(value, float):
        return tidy(float(value))
    if isinstance(value, int):
        return value
    raise TypeError(f"{value!r} is no number")


SHOWN_NUMBERS = (
    ("AND(ABS({cell})>=1000,ROUND({cell},2)=ROUND({cell},0))", "#,##0"),
    ("ABS({cell})>=1000", "#,##0.##"),
    ("AND(ABS({cell})>=0.001,{cell}<>ROUND({cell},4),ROUND({cell},4)=ROUND({cell},0))", "0"),
    ("AND(ABS({cell})>=0.001,{cell}<>ROUND({cell},4))", "0.####"),
)
"""Thousands are parted, and no more decimals are shown than help: two of thousands, four of others. The cell keeps all.

A format with optional decimals leaves a bare point behind a whole number, so that whole ones have rules of their own.
"""


def _a_share(_: Unit) -> PercentMeans:
    return PercentMeans.A_SHARE


def _nothing(_: Unit) -> PercentMeans:
    return PercentMeans.NOTHING


def means_in(unit: Unit) -> PercentMeans:
    """What a percentage is for a KPI of this unit: 8 % is 8 where the unit is the percent, and 0.08 of a share."""
    if unit.is_percent:
        return PercentMeans.POINTS
    return PercentMeans.A_SHARE if unit.is_share else PercentMeans.NOTHING


NUMBER = Kind(
    "number",
    _numbers(_a_share, expects=ACCEPTED),
    show_number,
    ACCEPTED,
    width=13,
    align="right",
    large_formats=SHOWN_NUMBERS,
)
SCORE = replace(NUMBER, width=11)
PERCENTILE = replace(NUMBER, width=12, number_format="0.0", large_formats=())


def amount_in(unit: Unit = NO_UNIT, *, sized: bool = False) -> Kind:
    """Amounts of something that is counted: a percentage is none. ``sized`` ones may be typed as a size."""

    def unit_of(_: Mapping[str, object], __: Scope) -> Unit:
        return unit

    reader = _numbers(_nothing, unit_of, expects=_ACCEPTED_AMOUNT, sized=sized)
    return replace(NUMBER, reader=reader, expects=_ACCEPTED_AMOUNT)


AMOUNT = amount_in()
SIZE = amount_in(sized=True)
"""An effort in whatever it is measured."""
TOKEN_AMOUNT = amount_in(TOKENS)
TOKEN_SIZE = amount_in(TOKENS, sized=True)
DAY_SIZE = amount_in(DAYS, sized=True)


def _kpi_of_row(row: Mapping[str, object], scope: Scope) -> Unit:
    return scope.unit_of_kpi(row.get("kpi_key"))


def _unit_of_row(row: Mapping[str, object], _: Scope) -> Unit:
    unit = row.get("unit")
    return unit_named(str(unit) if unit is not None else None)


KPI_AMOUNT = replace(
    NUMBER, reader=_numbers(means_in, _kpi_of_row, expects=ACCEPTED), reads_row=True, unit_of=_kpi_of_row, asks=(KPIS,)
)
"""A number in the unit of the KPI whose kpi_key stands in the row."""
OWN_UNIT_AMOUNT = replace(
    NUMBER, reader=_numbers(means_in, _unit_of_row, expects=ACCEPTED), reads_row=True, unit_of=_unit_of_row
)
"""A number in the unit that stands in the row."""


def _read_param(value: CellValue, scope: Scope) -> object:
    """A param keeps its own number: 8 % is 0.08 whatever the unit. That it was a percentage is kept with it."""
    if isinstance(value, Percent):
        return Percent(storable(value))
    if isinstance(value, str) and type(value) is str:
        typed = parsed(value, clean_text(value), scope, _unit_of_row(scope.row, scope), ACCEPTED)
        if typed.is_percent:
            number = Percent(typed.value)
            return read_as(value, number, shown_number(number))
    return _PARAM_READER(value, scope)


_PARAM_READER = _numbers(_a_share, _unit_of_row, expects=ACCEPTED)
PARAM = replace(NUMBER, reader=_read_param, reads_row=True)


def _read_ratio(value: CellValue, scope: Scope) -> object:
    """A share: 80 % and 80 are 0.8; 5 could be 5 or 5 %."""
    if (type(value) is float or type(value) is int) and value <= 1:
        return storable(value)
    refuse_no_number(value)
    if isinstance(value, Percent):
        return tidy(float(storable(value)))
    if isinstance(value, int | float):
        typed = TypedNumber(float(storable(value)), is_plain=True)
    else:
        typed = parsed(value, clean_text(value), scope, NO_UNIT, _ACCEPTED_RATIO)
    number = typed.value
    if typed.is_percent or number <= 1:
        return tidy(number) if typed.is_plain else read_as(value, tidy(number), shown_number(number))
    if 10 <= number <= 100 and number.is_integer():
        return read_as(value, TypedNumber(number, is_percent=True).value, f"{int(number)} %")
    code = "ratio_or_percent" if number < 100 else "no_ratio"
    raise CellProblem(code, value=value, number=tidy(number), expected=_ACCEPTED_RATIO)


RATIO = replace(NUMBER, name="share", reader=_read_ratio, expects=_ACCEPTED_RATIO, width=12, large_formats=())
"""A share from 0 to 1: confidence, rates."""


def _read_count(value: CellValue, scope: Scope) -> object:
    found = AMOUNT.reader(value, scope)
    number = found if isinstance(found, int | float) else AMOUNT.read(value, scope)
    if not (isinstance(number, int) or (isinstance(number, float) and number.is_integer())):
        raise CellProblem("not_a_whole_number", value=value)
    if abs(number) > _LARGEST_COUNT:
        raise CellProblem("count_too_large", value=value, largest=_LARGEST_COUNT)
    return int(number) if isinstance(found, int | float) else read_as(value, int(number), shown_number(number))


COUNT = Kind("whole number", _read_count, show_number, "a whole number", width=10, number_format="#,##0", align="right")
