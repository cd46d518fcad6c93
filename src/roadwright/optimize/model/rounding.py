"""What counts as rounding; all else is exact arithmetic over the decimal text of each number (`domain.decimals`)."""

from __future__ import annotations

from fractions import Fraction

ROUNDING = Fraction(1, 10**9)
"""A violation of a rule up to ROUNDING * max(1, |right-hand side|) is rounding, and so is a relative gap up to it."""


def rounding_of(right_hand_side: Fraction) -> Fraction:
    """How far a rule with this right-hand side may be missed as mere rounding."""
    return ROUNDING * max(Fraction(1), abs(right_hand_side))
