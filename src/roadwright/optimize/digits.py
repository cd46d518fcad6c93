"""Rows with more digits than the solver can tell apart, as two or more rows of fewer digits and a carry between them.

sum a x <= K in whole numbers, with a = B * high + low and K = B * K_high + K_low, says the same as
sum low x - B c <= K_low and sum high x + c <= K_high for some whole carry c >= 0: written addition in base B. Every
number then is far larger than the solver's tolerance beside the largest one of its row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from roadwright.optimize.matrix import Linear
from roadwright.optimize.rules import Row
from roadwright.optimize.whole import Values

PLAIN_BITS = 25
"""Rows with numbers of up to so many bits are solved as they are: half a unit is then a thousand tolerances."""
DIGIT_BITS = 22
MOST_WIDTH = 5_000
"""Above so many columns rows stay as they are: carries would cost more than they bring."""


@dataclass(frozen=True, slots=True)
class Carry:
    """A column for a carry: the least whole c with sum of numbers * columns - limit <= base * c."""

    column: int
    places: Sequence[int]
    numbers: Sequence[int]
    limit: int

    def value(self, columns: Sequence[float]) -> int:
        total = sum(number * round(columns[at]) for at, number in zip(self.places, self.numbers, strict=True))
        return max(0, -((self.limit - total) >> DIGIT_BITS))


def delicate_rows(linear: Linear) -> list[int]:
    """The rows with numbers of more bits than the solver tells apart."""
    if not linear.matrix.nnz:
        return []
    filled = np.flatnonzero(np.diff(linear.matrix.indptr))
    largest = np.maximum.reduceat(np.abs(linear.matrix.data), linear.matrix.indptr[filled])
    rows: list[int] = filled[largest > 2.0**PLAIN_BITS].tolist()
    return rows


def split_rows(linear: Linear, rows: Sequence[int]) -> tuple[Linear, list[Carry]]:
    """The model with some rows split; rows with columns that are not whole stay."""
    splitter = _Splitter(linear.matrix.shape[1])
    split = []
    for at in rows:
        row = _open_part(linear, at)
        if all(linear.integer[place] for place in row.places):
            split.append(at)
            if row.upper != inf:
                splitter.add(list(row.places), [int(value) for value in row.values], int(row.upper))
            if row.lower != -inf:
                splitter.add(list(row.places), [-int(value) for value in row.values], -int(row.lower))
    if not split:
        return linear, []
    kept = linear.only(sorted(set(range(linear.matrix.shape[0])) - set(split)))
    return replace(kept.with_columns(splitter.upper, [True] * len(splitter.upper)).with_rows(splitter.rows), wide={}), (
        splitter.carries
    )


def _open_part(linear: Linear, at: int) -> Row:
    """A row without the columns that are settled."""
    row = linear.row(at)
    if at not in linear.wide:
        return row
    places, values, moved = [], [], 0
    for place, value in zip(row.places, row.values, strict=True):
        low, high = float(linear.lower[place]), float(linear.upper[place])
        if low == high:
            moved += int(value) * int(low)
        else:
            places.append(place)
            values.append(value)
    low, high = (limit - moved if limit not in (-inf, inf) else limit for limit in (row.lower, row.upper))
    return Row(places, values, low, high)


class _Splitter:
    """Collects the rows and carries of what is split."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.rows: list[Row] = []
        self.upper: list[float] = []
        self.carries: list[Carry] = []

    def add(self, places: list[int], numbers: list[int], limit: int) -> None:
        """sum numbers * places <= limit."""
        if max(map(abs, numbers), default=0).bit_length() <= PLAIN_BITS:
            self.rows.append(Row(places, numbers, -inf, limit))
            return
        base = 1 << DIGIT_BITS
        low, low_limit = [number % base for number in numbers], limit % base
        high, high_limit = [number >> DIGIT_BITS for number in numbers], limit >> DIGIT_BITS
        most = max(0, -((low_limit - sum(low)) >> DIGIT_BITS))
        if most:
            column = self.width + len(self.upper)
            self.carries.append(Carry(column, places, low, low_limit))
            self.upper.append(float(most))
            self.rows.append(Row([*places, column], [*low, -base], -inf, low_limit))
            places, high = [*places, column], [*high, 1]
        self.add(places, high, high_limit)


def with_carries(columns: Values, carries: Sequence[Carry]) -> Values:
    """Columns of a start together with those of the carries."""
    values = columns.tolist()
    for carry in carries:  # in the order in which they were made: later ones use earlier ones
        values.append(float(carry.value(values)))
    return np.array(values)
