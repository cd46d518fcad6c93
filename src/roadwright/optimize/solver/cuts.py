"""Rows added to a model: cuts against answers that break a rule, and rows that follow from all rules.

A cut excludes an answer which the solver's tolerances let through, and no answer that keeps the rules: where the sum
over the columns that are 1 (or the columns that are 0, for negative values) breaks a limit by itself, not all of these
columns can stay as they are (the cover inequality of integer programming).

Where many pairs of candidates have a bonus, half of everything and most of each bonus fit into a capacity: the bound is
weak and the search long. Multiplying the capacity by one candidate's x (first level of the reformulation-linearization
of Sherali and Adams, for quadratic knapsacks in Billionnet and Calmels 1996) limits what fits beside it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from math import inf

import numpy as np

from roadwright.domain.optimization import TOKENS, capacity_id
from roadwright.optimize.model.constraint import LinearRow
from roadwright.optimize.model.linear import Linear
from roadwright.optimize.model.numbers import Values
from roadwright.optimize.model.portfolio_model import PortfolioModel


def cover_cuts(
    linear: Linear, owners: Sequence[str | None], broken: Collection[str], columns: Values
) -> list[LinearRow]:
    """Cuts against 0/1 `columns` for the rows of the rules in `broken`; `owners` names the rule of each row."""
    return [
        cut
        for place, owner in enumerate(owners)
        if owner is not None and owner in broken
        for cut in cover(linear.row(place), columns)
    ]


def cover(row: LinearRow, columns: Values) -> list[LinearRow]:
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


def _cover(places: Sequence[int], numbers: Sequence[int], limit: int, columns: Values) -> list[LinearRow]:
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
    return [LinearRow([place for place, _ in blame], coefficients, 1 - sum(number > 0 for _, number in blame), inf)]


def other_than(columns: Values) -> LinearRow:
    """At least one of the 0/1 columns is otherwise."""
    return LinearRow(range(len(columns)), np.where(columns == 1.0, -1.0, 1.0).tolist(), 1 - int(columns.sum()), inf)


MANY_PAIRS = 8
"""Candidates with at least so many bonuses in pairs get a row; with fewer it costs more than it brings."""


def implied_rows(model: PortfolioModel) -> list[LinearRow]:
    """For each capacity, and each candidate i with many bonuses in pairs (i, j): sum of t_j y_ij <= (C - t_i) x_i.

    Holds for every selection that keeps the capacity, also by what counts as rounding. Only for models with all rules.
    Each row counts a pair once, whatever the number of its bonuses: a further bonus of a pair is in a further row.
    """
    partners: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    bonuses: Counter[tuple[int, ...]] = Counter()
    for column, synergy in enumerate(model.resolved.synergies, model.size):
        if len(synergy.members) == 2 and model.improves(column):
            one, other = sorted(synergy.members)
            number = bonuses[one, other]
            bonuses[one, other] += 1
            partners[one, number].append((column, other))
            partners[other, number].append((column, one))
    rows: list[LinearRow] = []
    capacities = {capacity_id(resource) for resource in (TOKENS, *model.problem.capacities)}
    for owner, capacity in zip(model.owners, model.rows, strict=True):
        if owner not in capacities:
            continue
        usage, limit = dict(zip(capacity.places, capacity.values, strict=True)), capacity.upper
        for (place, _), pairs in sorted(partners.items()):
            if len(pairs) >= MANY_PAIRS:
                terms = {column: usage[other] for column, other in pairs} | {place: usage[place] - limit}
                used = {column: value for column, value in terms.items() if value}
                rows.append(LinearRow(list(used), list(used.values()), -inf, 0))
    return rows
