"""Numbers in sentences: ``1,200``, ``0.0245``, ``19,955,000``; never in powers of ten, never with noise digits."""

from __future__ import annotations

from fractions import Fraction

from roadwright.domain.decimals import as_float

_WHOLE = 1e-9
_UNREADABLE = 1e21
"""From here on nobody reads digits: powers of ten say more, and infinity has no digits at all."""


def figure(number: float) -> str:
    """The number as people write it: thousands separated, at most six decimals, no trailing zeros."""
    if not abs(number) < _UNREADABLE:
        return f"{number:.6g}"
    if abs(number - round(number)) <= _WHOLE * max(1.0, abs(number)):
        return f"{round(number):,}"
    digits = 6 if abs(number) >= 1e-3 else 12
    return f"{number:,.{digits}f}".rstrip("0").rstrip(".")


def ten_digits(number: Fraction | float) -> str:
    """The number with thousands separated and ten digits, which tell a limit from its neighbours."""
    return f"{as_float(Fraction(number)):,.10g}"
