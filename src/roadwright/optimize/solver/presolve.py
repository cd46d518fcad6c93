"""Rewriting a model for floating-point solvers without changing which 0/1 answers it allows.

Numbers of very different size in one row (0.002 and 120,000) are where solvers with absolute tolerances go wrong.
`tighten` makes numbers smaller: most such coefficients are larger than they need to be, because an item that alone
breaks a limit is out, and one that alone fulfils a demand counts as just that much. Rows that can never bind are
dropped, rows that can never hold are found.

`split_rows` splits rows with more digits than the solver can tell apart into two or more rows of fewer digits and a
carry between them: sum a x <= K in whole numbers, with a = B * high + low and K = B * K_high + K_low, is equivalent to
sum low x - B c <= K_low and sum high x + c <= K_high for some whole carry c >= 0 (written addition in base B). Every
number is then far larger than the solver's tolerance relative to the largest one of its row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from roadwright.optimize.model.constraint import LinearRow
from roadwright.optimize.model.linear import Linear
from roadwright.optimize.model.numbers import FLOAT_WHOLE, Values

MAX_PASSES = 10
FLOAT_ERROR = 1e-14
"""An upper bound of the relative error of a sum of floats that are not whole, or too large, with room for long sums."""


@dataclass
class _Entries:
    """The non-zeros of a matrix, and the model's bounds, while they are being tightened."""

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: Values
    low: Values
    high: Values
    lower: Values
    upper: Values
    integer: NDArray[np.bool_]

    def total(self, amounts: Values) -> Values:
        return np.asarray(np.bincount(self.rows, weights=amounts, minlength=len(self.low)), float)

    def activity(self) -> tuple[Values, Values, Values]:
        """For each row the least and the most it can be, and how far float sums of it may be off.

        Sums of whole numbers are exact as long as they stay below 2**53.
        """
        at_lower, at_upper = self.values * self.lower[self.columns], self.values * self.upper[self.columns]
        least, most = self.total(np.minimum(at_lower, at_upper)), self.total(np.maximum(at_lower, at_upper))
        size = np.maximum(np.abs(at_lower), np.abs(at_upper))
        gross = self.total(np.where(np.isfinite(size), size, 0.0))
        return least, most, np.where(gross < FLOAT_WHOLE, 0.0, FLOAT_ERROR * gross)

    def keep(self, mask: NDArray[np.bool_]) -> None:
        self.rows, self.columns, self.values = self.rows[mask], self.columns[mask], self.values[mask]


def tighten(linear: Linear) -> Linear | None:
    """An equivalent model with smaller numbers, or None where no selection can meet some row."""
    matrix = linear.matrix.tocoo()
    work = _Entries(
        matrix.row.astype(np.int64),
        matrix.col.astype(np.int64),
        matrix.data.astype(float),
        linear.row_lower.copy(),
        linear.row_upper.copy(),
        linear.lower.copy(),
        linear.upper.copy(),
        linear.integer,
    )
    with np.errstate(over="ignore", invalid="ignore"):  # sums beyond all floats are infinite, and conclude nothing
        for _ in range(MAX_PASSES):
            fixed = _fix(work)
            if fixed is None:
                return None
            if not fixed:
                break
        _remove_fixed(work)
        _shrink(work)
    return Linear(
        sp.csr_matrix((work.values, (work.rows, work.columns)), shape=linear.matrix.shape),
        work.low,
        work.high,
        work.lower,
        work.upper,
        work.integer,
        linear.implied,
        linear.wide,
    )


def _fix(work: _Entries) -> bool | None:
    """Fix the columns that a row leaves no choice for, once; None where a row can't hold. True where any was fixed."""
    least, most, error = work.activity()
    demand, limit = work.low - error, work.high + error
    if bool(((most < demand) | (least > limit)).any()):
        return None
    work.low[least - error >= work.low] = -np.inf
    work.high[most + error <= work.high] = np.inf
    demand[np.isneginf(work.low)] = -np.inf
    limit[np.isposinf(work.high)] = np.inf
    free = work.integer[work.columns] & (work.lower[work.columns] != work.upper[work.columns])
    size = np.abs(work.values)
    at_best = free & (most[work.rows] - size < demand[work.rows])
    not_at_worst = free & (least[work.rows] + size > limit[work.rows])
    positive = work.values > 0
    work.lower[work.columns[(at_best & positive) | (not_at_worst & ~positive)]] = 1.0
    work.upper[work.columns[(at_best & ~positive) | (not_at_worst & positive)]] = 0.0
    if bool((work.lower > work.upper).any()):
        return None
    return bool(at_best.any() or not_at_worst.any())


def _remove_fixed(work: _Entries) -> None:
    """Take fixed columns and rows that can't bind out of the matrix."""
    fixed = work.lower == work.upper
    there = fixed[work.columns]
    moved = np.where(there, work.values * np.where(fixed, work.lower, 0.0)[work.columns], 0.0)
    constant, gross = work.total(moved), work.total(np.abs(moved))
    # What is left of a limit may be tiny beside what it was: the error of the subtraction must not eat it.
    error = np.where(gross < FLOAT_WHOLE, 0.0, FLOAT_ERROR * gross)
    work.low = work.low - constant - error
    work.high = work.high - constant + error
    idle = np.isneginf(work.low) & np.isposinf(work.high)
    work.keep(~there & ~idle[work.rows])
    # Rows without free columns were judged, with their margin, when the last one was fixed.
    empty = np.bincount(work.rows, minlength=len(work.low)) == 0
    work.low[empty], work.high[empty] = -np.inf, np.inf


def _shrink(work: _Entries) -> None:
    """Cut coefficients down to what fulfils a one-sided row whatever the other columns are."""
    least, most, error = work.activity()
    whole = work.integer[work.columns] & (error == 0.0)[work.rows]
    demand_only = np.isposinf(work.high)[work.rows] & np.isfinite(work.low)[work.rows]
    limit_only = np.isneginf(work.low)[work.rows] & np.isfinite(work.high)[work.rows]
    gap_up = np.where(demand_only, (work.low - least)[work.rows], np.inf)
    gap_down = np.where(limit_only, (most - work.high)[work.rows], np.inf)
    cut_up = whole & (gap_up > 0) & (work.values > gap_up)
    cut_down = whole & (gap_down > 0) & (-work.values > gap_down)
    work.values = np.where(cut_up, gap_up, np.where(cut_down, -gap_down, work.values))


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


def _open_part(linear: Linear, at: int) -> LinearRow:
    """A row without the columns that are fixed."""
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
    return LinearRow(places, values, low, high)


class _Splitter:
    """Collects the rows and carries of what is split."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.rows: list[LinearRow] = []
        self.upper: list[float] = []
        self.carries: list[Carry] = []

    def add(self, places: list[int], numbers: list[int], limit: int) -> None:
        """sum numbers * places <= limit."""
        if max(map(abs, numbers), default=0).bit_length() <= PLAIN_BITS:
            self.rows.append(LinearRow(places, numbers, -inf, limit))
            return
        base = 1 << DIGIT_BITS
        low, low_limit = [number % base for number in numbers], limit % base
        high, high_limit = [number >> DIGIT_BITS for number in numbers], limit >> DIGIT_BITS
        most = max(0, -((low_limit - sum(low)) >> DIGIT_BITS))
        if most:
            column = self.width + len(self.upper)
            self.carries.append(Carry(column, places, low, low_limit))
            self.upper.append(float(most))
            self.rows.append(LinearRow([*places, column], [*low, -base], -inf, low_limit))
            places, high = [*places, column], [*high, 1]
        self.add(places, high, high_limit)


def with_carries(columns: Values, carries: Sequence[Carry]) -> Values:
    """Columns of a start together with those of the carries."""
    values = columns.tolist()
    for carry in carries:  # in the order in which they were made: later ones use earlier ones
        values.append(float(carry.value(values)))
    return np.array(values)
