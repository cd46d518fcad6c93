"""Checks of values that a kind could read: out of range, too long."""

from __future__ import annotations

import math
from collections.abc import Callable

from roadwright.domain.shown import tidy
from roadwright.sheets.spec import CellProblem

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
