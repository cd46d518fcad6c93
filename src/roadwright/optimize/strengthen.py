"""Rows that follow from a model's rules and cut off fractions which the rules alone let through.

Where many pairs of candidates have a bonus, half of everything and most of each bonus fit into a capacity: the bound is
weak and the search long. Multiplying the capacity by one candidate's x (first level of the reformulation-linearization
of Sherali and Adams, for quadratic knapsacks in Billionnet and Calmels 1996) says what really fits beside it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from math import inf

from roadwright.domain.optimization import TOKENS, capacity_id
from roadwright.optimize.matrix import Model
from roadwright.optimize.rules import Row

MANY_PAIRS = 8
"""Candidates with at least so many bonuses in pairs get a row; with fewer it costs more than it brings."""


def implied_rows(model: Model) -> list[Row]:
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
    rows: list[Row] = []
    capacities = {capacity_id(resource) for resource in (TOKENS, *model.problem.capacities)}
    for owner, capacity in zip(model.owners, model.rows, strict=True):
        if owner not in capacities:
            continue
        usage, limit = dict(zip(capacity.places, capacity.values, strict=True)), capacity.upper
        for (place, _), pairs in sorted(partners.items()):
            if len(pairs) >= MANY_PAIRS:
                terms = {column: usage[other] for column, other in pairs} | {place: usage[place] - limit}
                used = {column: value for column, value in terms.items() if value}
                rows.append(Row(list(used), list(used.values()), -inf, 0))
    return rows
