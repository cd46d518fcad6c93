"""Exact arithmetic over the decimal text of each number, and what counts as rounding."""

from __future__ import annotations

from fractions import Fraction

from roadwright.domain.decimals import as_float, exact, exact_sum

__all__ = ["ROUNDING", "as_float", "exact", "exact_sum", "rounding_of"]

ROUNDING = Fraction(1, 10**9)
"""A violation of a rule up to ROUNDING * max(1, |right-hand side|) is rounding, and so is a relative gap up to it."""


def rounding_of(right_hand_side: Fraction) -> Fraction:
    """How far a rule with this right-hand side may be missed as mere rounding."""
    return ROUNDING * max(Fraction(1), abs(right_hand_side))
