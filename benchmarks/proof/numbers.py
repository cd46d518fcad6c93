"""Numbers as people's sheets have them, and sums and units of them that are exact in decimals."""

from __future__ import annotations

import random
from collections.abc import Iterable
from decimal import ROUND_DOWN, ROUND_UP, Decimal, localcontext

PARTS = [3, 3, 3, 6, 6, 7, 9, 9, 11, 12, 13]
WHOLES: list[float] = [1, 10, 50, 100, 100, 100, 200, 500, 1000, 1000, 3150, 99.99]


def total(values: Iterable[float]) -> float:
    """The sum of decimal texts, as the float that has its text."""
    with localcontext(prec=60):
        return float(sum((Decimal(repr(value)) for value in values), Decimal(0)))


def decimals(value: float) -> int:
    """How many decimals the text of a number has."""
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def moved(value: float, units: int, places: int) -> float:
    """A number moved by some units of its decimal in a given place."""
    with localcontext(prec=60):
        return float(Decimal(repr(value)) + units * Decimal(1).scaleb(-places))


def beside(pick: random.Random, values: Iterable[float]) -> float:
    """A sum, or what lies one unit of the last decimal of its terms above or below it."""
    terms = list(values)
    places = max((decimals(value) for value in terms), default=0)
    return moved(total(terms), pick.choice([0, 0, 0, 1, -1, -1]), places)


def share(pick: random.Random, *, whole: float, part: int, places: int) -> float:
    """A multiple of a whole's part as a formula gives it: 33.333333, 66.6667, 16.66666667; rounded or cut off."""
    with localcontext(prec=40) as context:
        context.rounding = pick.choice([context.rounding] * 3 + [ROUND_DOWN, ROUND_UP])
        multiple = pick.choice([1, 1, 1, 2, 2, part, part // 2 or 1])
        exact = Decimal(repr(whole)) * multiple / part
        return float(exact.quantize(Decimal(1).scaleb(-places)))


def sized(pick: random.Random, low: int, high: int) -> float:
    """A number of a size from 10**low to 10**high with one to four digits."""
    digits = pick.choice([1, 1, 2, 3, 4])
    number = Decimal(pick.randint(10 ** (digits - 1), 10**digits - 1))
    return float(number.scaleb(pick.randint(low, high) - digits + 1))


def signed(pick: random.Random, value: float, negative: float = 0.3) -> float:
    return -value if pick.random() < negative else value
