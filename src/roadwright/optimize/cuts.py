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
                cut = _cover(places, [sign * value for value in values], limit, rounded)
                if cut is not None:
                    cuts.append(cut)
    return cuts


def _cover(places: list[int], values: list[float], limit: float, columns: Values) -> Cut | None:
    """The cut for sum of values <= limit, or None where the columns keep to it."""
    least = fsum(min(value, 0.0) for value in values)
    # By how much the row would be broken beyond rounding if every column helped.
    excess = fsum([least, -limit, -CLEAR * max(1.0, abs(limit))])
    blamed = sorted(
        (
            (abs(value), place, value)
            for place, value in zip(places, values, strict=True)
            if columns[place] == (value > 0)
        ),
        reverse=True,
    )
    cover: list[tuple[int, float]] = []
    for size, place, value in blamed:
        if excess > 0:
            break
        cover.append((place, value))
        excess = fsum([excess, size])
    if excess <= 0 or not cover:
        return None
    # Not all of them can stay: sum of (1 - x) over those that are 1, and of x over those that are 0, is at least 1.
    coefficients = [-1.0 if value > 0 else 1.0 for _, value in cover]
    return [place for place, _ in cover], coefficients, 1.0 - sum(value > 0 for _, value in cover), inf
