"""The linear relaxation of a whole-number model in floats, solved again and again with other column limits.

What it says is a guide only: multipliers are returned as whole numbers over a common scale, for an exact bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import frexp

import highspy
import numpy as np

FLOAT_BITS = 53
MULTIPLIER_BITS = 60
"""So many bits at least has the scale of the multipliers beside the largest number of their row."""
LEAST = 1e-11
"""Multipliers below this, in the scaled model, are noise."""


@dataclass(frozen=True, slots=True)
class Bounded:
    """Columns of the best answer in fractions, and the rows' multipliers times `scale`."""

    columns: list[float]
    multipliers: dict[int, int]
    scale: int


@dataclass(frozen=True, slots=True)
class Infeasible:
    """No answer in fractions, by the solver's word: multipliers of rows that may show it, up to a common factor."""

    rays: list[dict[int, int]]


class Relaxation:
    """minimise cost x, rows A x <= K, in HiGHS, every row and the cost scaled to about 1 by powers of two."""

    def __init__(
        self, cost: Sequence[int], rows: Sequence[tuple[list[int], list[int], int]], upper: Sequence[int]
    ) -> None:
        self.width = len(cost)
        self.column_bits = [max(0, (high - 1).bit_length()) for high in upper]
        self.cost_bits = _bits(abs(number) << bits for number, bits in zip(cost, self.column_bits, strict=True))
        self.row_bits = [
            _bits(abs(number) << self.column_bits[at] for at, number in zip(columns, numbers, strict=True))
            for columns, numbers, _ in rows
        ]
        starts, indices, values, limits = [0], [], [], []
        for (columns, numbers, limit), bits in zip(rows, self.row_bits, strict=True):
            indices += columns
            values += [_shifted(n, self.column_bits[at] - bits) for at, n in zip(columns, numbers, strict=True)]
            limits.append(_shifted(limit, -bits))
            starts.append(len(indices))
        highs = self.highs = highspy.Highs()  # type: ignore[no-untyped-call]
        highs.silent()
        for name, value in (("threads", 1), ("presolve", "off"), ("solver", "simplex"), ("random_seed", 0)):
            highs.setOptionValue(name, value)
        highs.passModel(
            self.width,
            len(rows),
            len(indices),
            int(highspy.MatrixFormat.kRowwise),
            int(highspy.ObjSense.kMinimize),
            0.0,
            np.array([_shifted(n, b - self.cost_bits) for n, b in zip(cost, self.column_bits, strict=True)], float),
            np.zeros(self.width),
            np.ones(self.width),
            np.full(len(rows), -highspy.kHighsInf),
            np.array(limits, float),
            np.array(starts[:-1], np.int32),
            np.array(indices, np.int32),
            np.array(values, float),
            np.zeros(self.width, np.int32),
        )
        self.places = np.arange(self.width, dtype=np.int32)
        self.column_scale = np.ldexp(1.0, -np.array(self.column_bits, np.int64))
        # The scale's bits: each multiplier keeps MULTIPLIER_BITS below the largest one that its row can have.
        self.scale_bits = max(0, MULTIPLIER_BITS - self.cost_bits + max(self.row_bits, default=0))

    def solve(self, lower: Sequence[int], upper: Sequence[int]) -> Bounded | Infeasible | None:
        """The best answer in fractions within limits of columns; None where the solver has no word."""
        low, high = np.array(lower, float) * self.column_scale, np.array(upper, float) * self.column_scale
        highs = self.highs
        highs.changeColsBounds(self.width, self.places, low, high)
        try:
            highs.run()
        except (ValueError, MemoryError):  # seen in HiGHS: vector::reserve
            return None
        status = highs.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            solution = highs.getSolution()
            columns = (np.asarray(solution.col_value) / self.column_scale).tolist()
            return Bounded(columns, self._multipliers([-one for one in solution.row_dual]), 1 << self.scale_bits)
        if status == highspy.HighsModelStatus.kInfeasible:
            _, is_found, ray = highs.getDualRay()  # type: ignore[attr-defined]
            values = list(ray) if is_found else []
            return Infeasible([self._multipliers(values), self._multipliers([-one for one in values])])
        return None

    def _multipliers(self, values: Sequence[float]) -> dict[int, int]:
        """Whole multipliers of rows, times the scale, from positive floats of the scaled model."""
        multipliers = {}
        for row, value in enumerate(values):
            if value > LEAST:
                mantissa, exponent = frexp(value)
                bits = exponent - FLOAT_BITS + self.scale_bits + self.cost_bits - self.row_bits[row]
                number = int(mantissa * 2.0**FLOAT_BITS)
                multipliers[row] = number << bits if bits >= 0 else number >> -bits
        return multipliers


def _bits(sizes: Iterable[int]) -> int:
    """The bits of the largest number."""
    return max((size.bit_length() for size in sizes), default=0)


def _shifted(number: int, bits: int) -> float:
    """number * 2**bits as a float."""
    return float(number << bits) if bits >= 0 else number / (1 << -bits)
