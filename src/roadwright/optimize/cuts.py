"""Cuts that rule out an answer which the solver's tolerances let through, and no answer that really keeps the rules.

Where the sum over the columns that are 1 (or the columns that are 0, for negative values) breaks a limit by itself, not
all of these columns can stay as they are: the cover inequality of integer programming.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import fsum, inf, isfinite

import numpy as np

from roadwright.optimize.matrix import CLEAR, Linear, Values

Cut = tuple[list[int], list[float], float, float]


def cover_cuts(linear: Linear, owners: Sequence[str | None], broken: Collection[str], columns: Values) -> list[Cut]:
    """Cuts against rounded `columns` for the rows of the rules in `broken`; `owners` names the rule of each row."""
    rounded = np.where(linear.integer, np.round(columns), columns)
    cuts = []
    for row, owner in enumerate(owners):
        if owner not in broken:
            continue
        entries = slice(linear.matrix.indptr[row], linear.matrix.indptr[row + 1])
        places, values = linear.matrix.indices[entries].tolist(), linear.matrix.data[entries].tolist()
        low, high = float(linear.row_lower[row]), float(linear.row_upper[row])
        for sign, limit in ((1.0, high), (-1.0, -low)):
            if isfinite(limit):
                clear = limit + CLEAR * max(1.0, abs(limit))
                cuts += cover(places, [sign * value for value in values], clear, rounded)
    return cuts


def cover(places: list[int], values: list[float], limit: float, columns: Values) -> list[Cut]:
    """The cut for sum of values <= limit against 0/1 columns; none where they keep to it.

    Where no columns keep to it the cut has no columns either, and nothing satisfies it.
    """
    least = fsum(min(value, 0.0) for value in values)
    excess = fsum([least, -limit])  # by how much the row would be broken if every column helped
    blamed = sorted(
        (
            (abs(value), place, value)
            for place, value in zip(places, values, strict=True)
            if columns[place] == (value > 0)
        ),
        reverse=True,
    )
    blame: list[tuple[int, float]] = []
    for size, place, value in blamed:
        if excess > 0:
            break
        blame.append((place, value))
        excess = fsum([excess, size])
    if excess <= 0:
        return []
    # Not all of them can stay: sum of (1 - x) over those that are 1, and of x over those that are 0, is at least 1.
    coefficients = [-1.0 if value > 0 else 1.0 for _, value in blame]
    return [([place for place, _ in blame], coefficients, 1.0 - sum(value > 0 for _, value in blame), inf)]
