"""Exact arithmetic over the decimal text of each number, and what counts as rounding.

A float means the shortest decimal text that denotes it (its repr): 0.1 is one tenth, so 0.1 + 0.2 is 0.3 here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from decimal import Clamped, Context, Decimal, Inexact, InvalidOperation, Overflow
from fractions import Fraction

ROUNDING = Fraction(1, 10**9)
"""A violation of a rule up to ROUNDING * max(1, |right-hand side|) is rounding, and so is a relative gap up to it."""

# Floats reach from 1e-324 to 1e309 in 17 digits: sums of up to 10**60 of them fit into 700 digits.
_EXACT = Context(prec=760, Emin=-2000, Emax=2000, traps=[Inexact, InvalidOperation, Overflow, Clamped])


def exact(value: float) -> Fraction:
    """The number that the decimal text of a float denotes."""
    return Fraction(Decimal(repr(value)))


def exact_sum(values: Iterable[float]) -> Fraction:
    """The sum of floats, each taken by its decimal text; Python floats only (numpy's have another repr)."""
    total = Decimal(0)
    for value in values:
        total = _EXACT.add(total, Decimal(repr(value)))
    return Fraction(total)


def rounding_of(right_hand_side: Fraction) -> Fraction:
    """How far a rule with this right-hand side may be missed as mere rounding."""
    return ROUNDING * max(Fraction(1), abs(right_hand_side))


def as_float(value: Fraction) -> float:
    """The nearest float; the largest one where the value is beyond all floats."""
    try:
        return float(value)
    except OverflowError:
        return sys.float_info.max if value > 0 else -sys.float_info.max
