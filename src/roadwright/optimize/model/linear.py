"""Rows in whole numbers over columns, as the solver takes them: a sparse matrix, limits and bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import chain
from math import ceil, floor, inf, isfinite

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from roadwright.optimize.model.constraint import LinearRow
from roadwright.optimize.model.numbers import FLOAT_WHOLE, Values, whole_numbers
from roadwright.optimize.model.rounding import rounding_of


@dataclass(frozen=True)
class Linear:
    """row_lower <= matrix @ columns <= row_upper, lower <= columns <= upper, some of the columns whole numbers.

    All numbers of the rows are whole. Rows with numbers that floats can't hold are in `wide` as they are, by their
    place; in the matrix they are divided by a power of two, and rounded. `implied` are those whole columns that
    are whole in some best answer without being declared so: the solver is faster where it need not enforce it.
    """

    matrix: sp.csr_matrix
    row_lower: Values
    row_upper: Values
    lower: Values
    upper: Values
    integer: NDArray[np.bool_]
    implied: NDArray[np.bool_]
    wide: Mapping[int, LinearRow] = field(default_factory=dict)

    def row(self, place: int) -> LinearRow:
        """One row with its exact numbers."""
        if place in self.wide:
            return self.wide[place]
        entries = slice(self.matrix.indptr[place], self.matrix.indptr[place + 1])
        values = [int(value) for value in self.matrix.data[entries].tolist()]
        low, high = float(self.row_lower[place]), float(self.row_upper[place])
        return LinearRow(
            self.matrix.indices[entries].tolist(),
            values,
            int(low) if isfinite(low) else low,
            int(high) if isfinite(high) else high,
        )

    def only(self, rows: Sequence[int]) -> Linear:
        """This model with some of its rows."""
        chosen = np.asarray(rows, np.int64)
        return replace(
            self,
            matrix=sp.csr_matrix(self.matrix[chosen]),
            row_lower=self.row_lower[chosen],
            row_upper=self.row_upper[chosen],
            wide={at: self.wide[row] for at, row in enumerate(rows) if row in self.wide} if self.wide else {},
        )

    def with_columns(self, upper: Sequence[float], integer: Sequence[bool]) -> Linear:
        """This model and further columns from 0 to `upper` beside its own, in none of its rows."""
        height = self.matrix.shape[0]
        return replace(
            self,
            matrix=sp.csr_matrix(sp.hstack([self.matrix, sp.csr_matrix((height, len(upper)))], format="csr")),
            lower=np.append(self.lower, np.zeros(len(upper))),
            upper=np.append(self.upper, upper),
            integer=np.append(self.integer, np.array(integer, bool)),
            implied=np.append(self.implied, np.zeros(len(upper), bool)),
        )

    def with_rows(self, rows: Sequence[LinearRow]) -> Linear:
        """This model and further rows below its own."""
        if not rows:
            return self
        height, width = self.matrix.shape
        matrix, low, high, wide = matrix_of(rows, width)
        return replace(
            self,
            matrix=sp.csr_matrix(sp.vstack([self.matrix, matrix], format="csr")),
            row_lower=np.append(self.row_lower, low),
            row_upper=np.append(self.row_upper, high),
            wide={**self.wide, **{height + at: row for at, row in wide.items()}},
        )


def matrix_of(rows: Sequence[LinearRow], width: int) -> tuple[sp.csr_matrix, Values, Values, dict[int, LinearRow]]:
    """Rows over so many columns as a matrix and limits, and those that floats can't hold as they are."""
    columns, values, lower, upper, _ = zip(*rows, strict=True)
    ends = np.cumsum(np.fromiter(map(len, columns), np.int64, len(columns)), dtype=np.int64)
    wide: dict[int, LinearRow] = {}
    try:
        numbers = np.fromiter(chain.from_iterable(values), float, ends[-1])
        low, high = np.array(lower, float), np.array(upper, float)
        sizes = [float(np.abs(some[np.isfinite(some)]).max(initial=0.0)) for some in (numbers, low, high)]
        is_wide = max(sizes) > FLOAT_WHOLE
    except OverflowError:
        is_wide = True
    if is_wide:
        rounded = []
        for place, row in enumerate(rows):
            narrow = _rounded(row)
            if narrow is not row:
                wide[place] = row
            rounded.append(narrow)
        columns, values, lower, upper, _ = zip(*rounded, strict=True)
        numbers = np.fromiter(chain.from_iterable(values), float, ends[-1])
        low, high = np.array(lower, float), np.array(upper, float)
    matrix = sp.csr_matrix(
        (
            numbers,
            np.fromiter(chain.from_iterable(columns), np.int32, ends[-1]),
            np.append(np.int64(0), ends),
        ),
        shape=(len(columns), width),
    )
    matrix.eliminate_zeros()
    return matrix, low, high, wide


def _rounded(row: LinearRow) -> LinearRow:
    """The row itself where floats hold its numbers; else divided by a power of two, and rounded."""
    values = [int(value) for value in row.values]
    least, most = sum(min(value, 0) for value in values), sum(max(value, 0) for value in values)
    reach = most - least
    # A limit beyond what the row can be is moved to just beyond it: it says the same.
    low = row.lower if row.lower == -inf else max(min(int(row.lower), most + 1), least)
    high = row.upper if row.upper == inf else min(max(int(row.upper), least - 1), most)
    largest = max([reach, *(abs(int(limit)) for limit in (low, high) if limit not in (-inf, inf))])
    if largest <= FLOAT_WHOLE:
        return row if (low, high) == (row.lower, row.upper) else row._replace(lower=low, upper=high)
    divisor = 1 << (largest.bit_length() - FLOAT_WHOLE.bit_length())
    return LinearRow(
        row.places,
        [value / divisor for value in values],
        low if low == -inf else int(low) / divisor,
        high if high == inf else int(high) / divisor,
    )


def measured_row(
    columns: Sequence[int], values: Sequence[float], low: Fraction | None, high: Fraction | None
) -> LinearRow:
    """A row of amounts in whole numbers, each limit with what counts as rounding."""
    numbers, unit = whole_numbers(values)
    return LinearRow(
        columns,
        numbers,
        -inf if low is None else ceil((low - rounding_of(low)) / unit),
        inf if high is None else floor((high + rounding_of(high)) / unit),
        unit,
    )
