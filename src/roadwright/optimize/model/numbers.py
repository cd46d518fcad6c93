"""Decimals as whole numbers of their last decimal place.

33.34 and 1.2 are 3334 and 120 hundredths. Sums of whole numbers are exact, and two different sums differ by at least
one unit: that is what allows moving a limit by half a unit without allowing or forbidding anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm

import numpy as np
from numpy.typing import NDArray

from roadwright.domain.decimals import as_float, exact

Values = NDArray[np.float64]

MOST_DECIMALS, MOST_DIGITS = 12, 15
"""Decimals with at most 15 significant digits are distinguished by floats, which makes the fast conversion exact."""
FLOAT_WHOLE = 2**53
"""Whole numbers up to here are floats without rounding."""
MOST_BITS = 1000
"""Whole numbers with more bits are near the end of the floats."""
PLAIN_COST_BITS = 30
"""Beside costs of more bits the solver may not see a difference of one unit."""


def whole_numbers(values: Sequence[float], *others: Fraction) -> tuple[list[int], Fraction]:
    """(numbers, unit): values[i] is unit * numbers[i], exactly, and `others` are whole multiples of the unit as well.

    The unit is the largest one; it is 1 where all values are 0.
    """
    given = np.asarray(values, float)
    decimals = _decimals(given)
    if decimals is not None:
        places = 10**decimals
        scaled = np.rint(given * float(places)).astype(np.int64)
        common, below = int(np.gcd.reduce(scaled)) if len(scaled) else 0, places
        for other in others:
            widened = lcm(below, other.denominator)
            common = gcd(common * (widened // below), other.numerator * (widened // other.denominator))
            below = widened
        unit = Fraction(common, below) if common else Fraction(1)
        factor = 1 / (places * unit)
        return [number * factor.numerator // factor.denominator for number in scaled.tolist()], unit
    fractions = [exact(float(value)) for value in given.tolist()]
    unit = common_unit([*fractions, *others])
    return [int(value / unit) for value in fractions], unit


def _decimals(values: Values) -> int | None:
    """How many decimal places bring all values to whole numbers; None where floats don't tell for sure.

    A decimal of at most 15 digits that rounds to a float is that float's shortest decimal text.
    """
    if not len(values):
        return 0
    largest = float(np.abs(values).max())
    for decimals in range(MOST_DECIMALS + 1):
        places = float(10**decimals)
        if largest * places >= 10.0**MOST_DIGITS:
            return None
        if bool((np.rint(values * places) / places == values).all()):
            return decimals
    return None


def common_unit(values: Iterable[Fraction]) -> Fraction:
    """The largest number of which all values are whole multiples; 1 where all are 0."""
    above, below = 0, 1
    for value in values:
        widened = lcm(below, value.denominator)
        above = gcd(above * (widened // below), value.numerator * (widened // value.denominator))
        below = widened
    return Fraction(above, below) if above else Fraction(1)


@dataclass(frozen=True)
class WholeCost:
    """What columns cost: constant + unit * sum of numbers[j] * column j, exactly."""

    numbers: list[int]
    unit: Fraction
    constant: Fraction = Fraction(0)

    @classmethod
    def of(cls, width: int, parts: Iterable[tuple[Fraction, Sequence[int], Sequence[float]]]) -> WholeCost:
        """The sum of parts (factor, columns, values), over `width` columns."""
        wholes = []
        for factor, columns, values in parts:
            numbers, unit = whole_numbers(values)
            wholes.append((factor * unit, columns, numbers))
        return cls.of_whole(width, wholes)

    @classmethod
    def of_whole(
        cls,
        width: int,
        parts: Sequence[tuple[Fraction, Sequence[int], Sequence[int]]],
        constant: Fraction = Fraction(0),
    ) -> WholeCost:
        """Likewise of parts (unit, columns, numbers)."""
        unit = common_unit(part for part, _, _ in parts if part)
        total = [0] * width
        for part, columns, numbers in parts:
            factor = int(part / unit)
            for column, number in zip(columns, numbers, strict=True):
                total[column] += factor * number
        common = gcd(*total)
        if common > 1:
            total, unit = [number // common for number in total], unit * common
        return cls(total, unit, constant)

    @cached_property
    def columns(self) -> list[int]:
        """The columns that cost anything."""
        return [column for column, number in enumerate(self.numbers) if number]

    @cached_property
    def largest(self) -> int:
        return max((abs(number) for number in self.numbers), default=0)

    @cached_property
    def shift(self) -> int:
        """The power of two that the numbers are divided by as floats, so that all of them are floats."""
        return max(0, self.largest.bit_length() - MOST_BITS)

    @cached_property
    def floats(self) -> Values:
        """The numbers as floats: whole ones where they are below 2**53."""
        if self.largest < FLOAT_WHOLE:
            return np.array(self.numbers, float)
        divisor = 1 << self.shift
        return np.array([number / divisor for number in self.numbers], float)

    def in_units(self, cost: Fraction) -> Fraction:
        """A cost as the sum of numbers that gives it."""
        return (cost - self.constant) / self.unit

    def of_units(self, total: Fraction) -> Fraction:
        """The cost that a sum of numbers stands for."""
        return self.constant + self.unit * total

    @property
    def as_size(self) -> float:
        """The largest of `floats`."""
        return float(np.abs(self.floats).max(initial=0.0))

    @property
    def is_coarse(self) -> bool:
        """Whether one unit is lost to the solver beside the largest cost."""
        return self.largest.bit_length() > PLAIN_COST_BITS

    def as_float(self, cost: Fraction) -> float:
        """The sum of `floats` that gives a cost."""
        return as_float(self.in_units(cost) / (1 << self.shift))

    def native(self, total: float) -> Fraction:
        """The cost that a finite sum of `floats` stands for."""
        return self.of_units(Fraction(total) * (1 << self.shift))

    def padded(self, width: int) -> WholeCost:
        """The same cost over more columns, which cost nothing."""
        return WholeCost([*self.numbers, *[0] * (width - len(self.numbers))], self.unit, self.constant)
