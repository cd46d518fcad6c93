"""Decimal arithmetic: what figures add up and multiply to where each float means its shortest decimal text.

0.1 is one tenth here, so 0.1 + 0.2 is 0.3 and 0.7 + 0.1 is 0.8. Results are exact until they become floats again, each
the nearest one. What has no finite decimal text (a third) is cut to a float's 17 digits on the way; so figures that are
shown, stored to be asked for, or compared with a limit are ``rounded``: a third times 3 is 1.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from decimal import Clamped, Context, Decimal, Inexact, InvalidOperation, Overflow
from fractions import Fraction

SIGNIFICANT_DIGITS = 15
"""As many as every spreadsheet program keeps, and PostgreSQL where it turns a float into a decimal."""

ROUNDED_BELOW = 1e308
"""Numbers of this size and beyond are not rounded."""

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


def as_float(value: Fraction) -> float:
    """The nearest float; the largest one where the value is beyond all floats."""
    try:
        return float(value)
    except OverflowError:
        return sys.float_info.max if value > 0 else -sys.float_info.max


def total(values: Iterable[float]) -> float:
    """The sum of floats, as the nearest float; infinite where it is beyond all of them."""
    return _nearest(exact_sum(values))


def product(*factors: float) -> float:
    """The product of floats, as the nearest float; infinite where it is beyond all of them."""
    return _nearest(math.prod(map(exact, factors), start=Fraction(1)))


def quotient(dividend: float, divisor: float) -> float:
    """One float divided by another, as the nearest float; infinite where it is beyond all of them."""
    return _nearest(exact(dividend) / exact(divisor))


def whole_quotient(dividend: float, divisor: float) -> float:
    """How often a float goes into another as a whole, rounded down, as the nearest float."""
    return _nearest(Fraction(exact(dividend) // exact(divisor)))


def remainder(dividend: float, divisor: float) -> float:
    """What ``whole_quotient`` leaves, as the nearest float; it has the sign of the divisor."""
    return _nearest(exact(dividend) % exact(divisor))


def power(base: float, exponent: int) -> float:
    """A float to a whole power, as the nearest float. Of 0 only to a power of 0 or more."""
    return _nearest(exact(base) ** exponent)


def rounded_to(value: float, places: int) -> float:
    """A float to so many decimal places; halves go to the even neighbour."""
    return _nearest(round(exact(value), places))


def _nearest(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def rounded(value: float) -> float:
    """The figure to SIGNIFICANT_DIGITS. The largest floats, which that would make infinite, stay as they are."""
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}") if abs(value) < ROUNDED_BELOW else value
