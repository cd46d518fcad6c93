"""Variable fixing by reduced costs: what remains open among answers which cost no more than some limit.

The linear relaxation gives for each column by how much the cost rises at least where it leaves its bound (its reduced
cost), and for each rule where it is kept with room to spare. Where that is more than the limit leaves, it is fixed.
Of thousands of candidates a few dozen to a few hundred remain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roadwright.optimize.model.constraint import LinearRow
from roadwright.optimize.model.linear import Linear
from roadwright.optimize.model.numbers import Values
from roadwright.optimize.solver.highs import Relaxed, row_sizes

MARGIN = 1e-7
"""By this share of limit and costs a reduced cost must exceed what is left: far more than the solver's tolerance."""
NEAR = 250
"""So many columns nearest to a reduced cost of 0 are left open where a good answer is looked for, not the best one."""


@dataclass(frozen=True)
class VariableFixing:
    """Bounds of all columns, and equations that hold besides the model's rows."""

    lower: Values
    upper: Values
    equations: list[LinearRow]


def fixed_by_cost(linear: Linear, relaxed: Relaxed, limit: float) -> VariableFixing:
    """What is sure of every answer with a cost up to `limit`."""
    left = max(0.0, limit - relaxed.bound)
    left += MARGIN * (abs(limit) + abs(relaxed.bound) + relaxed.size)
    counts = _counts(linear)
    equations = []
    for sides, tight in ((linear.row_upper, relaxed.duals < -left), (linear.row_lower, relaxed.duals > left)):
        for row in np.flatnonzero(counts & tight & (linear.row_lower != linear.row_upper)).tolist():
            entries = slice(linear.matrix.indptr[row], linear.matrix.indptr[row + 1])
            columns, values = linear.matrix.indices[entries].tolist(), linear.matrix.data[entries].tolist()
            equations.append(LinearRow(columns, values, float(sides[row]), float(sides[row])))
    return VariableFixing(
        lower=np.where(linear.integer & (relaxed.reduced < -left), linear.upper, linear.lower),
        upper=np.where(linear.integer & (relaxed.reduced > left), linear.lower, linear.upper),
        equations=equations,
    )


def _counts(linear: Linear) -> NDArray[np.bool_]:
    """The rows that count whole columns, so that their slack is whole as well: 0, or at least 1."""
    largest, smallest = row_sizes(linear.matrix)
    parts = np.repeat(np.arange(len(largest)), np.diff(linear.matrix.indptr))
    fractional = np.bincount(parts, weights=~linear.integer[linear.matrix.indices], minlength=len(largest))
    low, high = linear.row_lower, linear.row_upper
    whole_limits = (np.isinf(low) | (low == np.round(low))) & (np.isinf(high) | (high == np.round(high)))
    return np.asarray((largest == 1.0) & (smallest == 1.0) & (fractional == 0) & whole_limits, bool)


def neighbourhood(linear: Linear, relaxed: Relaxed, known: Values) -> VariableFixing:
    """Everything as the relaxation has it, but for the columns that it is least sure of.

    Open are also those that the answer `known` to a similar problem has otherwise.
    """
    rounded = np.clip(np.round(relaxed.columns), linear.lower, linear.upper)
    is_fraction = np.abs(relaxed.columns - rounded) > 1e-6
    doubt = np.where(is_fraction, -1.0, np.abs(relaxed.reduced))
    order = np.argsort(np.where(linear.integer, doubt, np.inf), kind="stable")
    is_open = ~linear.integer
    is_open[order[: NEAR + int(is_fraction.sum())]] = True
    is_open |= np.round(known) != rounded
    return VariableFixing(np.where(is_open, linear.lower, rounded), np.where(is_open, linear.upper, rounded), [])
