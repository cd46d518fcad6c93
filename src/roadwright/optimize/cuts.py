"""Cuts that rule out an answer which the solver's tolerances let through, and no answer that really keeps the rules.

Where the sum over the columns that are 1 (or the columns that are 0, for negative values) breaks a limit by itself, not
all of these columns can stay as they are: the cover inequality of integer programming.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import inf

import numpy as np

from roadwright.optimize.matrix import Linear
from roadwright.optimize.rules import Row
from roadwright.optimize.whole import Values


def cover_cuts(linear: Linear, owners: Sequence[str | None], broken: Collection[str], columns: Values) -> list[Row]:
    """Cuts against 0/1 `columns` for the rows of the rules in `broken`; `owners` names the rule of each row."""
    return [
        cut
        for place, owner in enumerate(owners)
        if owner is not None and owner in broken
        for cut in cover(linear.row(place), columns)
    ]


def cover(row: Row, columns: Values) -> list[Row]:
    """The cuts that a row in whole numbers gives against 0/1 columns; none where they keep it.

    Where no columns keep it the cut has no columns either, and nothing satisfies it.
    """
    numbers = [int(value) for value in row.values]
    cuts = []
    if row.upper != inf:
        cuts += _cover(row.places, numbers, int(row.upper), columns)
    if row.lower != -inf:
        cuts += _cover(row.places, [-number for number in numbers], -int(row.lower), columns)
    return cuts


def _cover(places: Sequence[int], numbers: Sequence[int], limit: int, columns: Values) -> list[Row]:
    """Against columns that break sum of numbers <= limit."""
    excess = sum(min(number, 0) for number in numbers) - limit  # by how much the row is broken if every column helped
    blamed = sorted(
        (
            (abs(number), place, number)
            for place, number in zip(places, numbers, strict=True)
            if number and columns[place] == (number > 0)
        ),
        reverse=True,
    )
    blame: list[tuple[int, int]] = []
    for size, place, number in blamed:
        if excess > 0:
            break
        blame.append((place, number))
        excess += size
    if excess <= 0:
        return []
    # Not all of them can stay: sum of (1 - x) over those that are 1, and of x over those that are 0, is at least 1.
    coefficients = [-1.0 if number > 0 else 1.0 for _, number in blame]
    return [Row([place for place, _ in blame], coefficients, 1 - sum(number > 0 for _, number in blame), inf)]


def other_than(columns: Values) -> Row:
    """At least one of the 0/1 columns is otherwise."""
    return Row(range(len(columns)), np.where(columns == 1.0, -1.0, 1.0).tolist(), 1 - int(columns.sum()), inf)
