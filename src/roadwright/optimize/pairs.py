"""Many bonuses in pairs with one column per candidate instead of one per pair (Glover 1975).

h_i stands for the bonuses that candidate i has with what is selected: h_i <= U_i x_i and h_i <= sum of q_ij x_j, with
U_i the most that fits beside i into the capacity; each pair is counted from both ends, so half of all h is the bonus.
The model is far smaller than with a column per pair, and its bound sometimes better, sometimes worse: a trial at the
root tells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, inf

import numpy as np
import scipy.sparse as sp

from roadwright.optimize.engine import Limits, minimise, relax
from roadwright.optimize.matrix import Linear, Model
from roadwright.optimize.rules import Row
from roadwright.optimize.tighten import tighten
from roadwright.optimize.whole import Values, WholeCost

WORSE = 1.5
"""By so many times the bound's distance to a known answer may be larger: the smaller model makes up for it."""


@dataclass(frozen=True, slots=True)
class PairModel:
    """A model with a column per candidate for its pairs, and its costs."""

    linear: Linear
    costs: WholeCost
    partners: dict[int, dict[int, int]]

    def start(self, columns: Values, size: int) -> Values:
        """Columns of the original model as columns of this one."""
        chosen = columns[:size]
        held = [
            float(sum(bonus for other, bonus in pairs.items() if chosen[other])) if chosen[one] else 0.0
            for one, pairs in self.partners.items()
        ]
        return np.concatenate([chosen, np.zeros(len(columns) - size), held])


def has_many_pairs(model: Model) -> bool:
    """Whether there are more bonuses than candidates, all of them in pairs."""
    synergies = model.resolved.synergies
    return len(synergies) > model.size and not model.goals and all(len(one.members) == 2 for one in synergies)


def worth_of_pairs(model: Model, costs: Iterable[WholeCost]) -> list[int] | None:
    """What each bonus is worth by the first costs that count all of them; None where none do."""
    for some in costs:
        worth = [-number for number in some.numbers[model.size : model.first_goal_column]]
        if all(value > 0 for value in worth):
            return worth
    return None


def pair_model(model: Model, linear: Linear, costs: WholeCost, worth: Sequence[int]) -> PairModel | None:
    """The same model in candidates alone.

    None where costs or rows count bonuses otherwise than by their `worth`; rows that only define them are left out.
    """
    first, synergies = model.size, model.resolved.synergies
    columns = range(first, first + len(synergies))
    partners: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for synergy, value in zip(synergies, worth, strict=True):
        one, other = synergy.members
        partners[one][other] += value
        partners[other][one] += value
    partners = {one: partners[one] for one in sorted(partners)}
    halves = range(model.width, model.width + len(partners))
    touched = sp.csr_matrix(linear.matrix[:, first : first + len(synergies)])
    counts = np.diff(touched.indptr)
    kept = linear.only(np.flatnonzero(counts == 0).tolist())
    rows = []
    for at in np.flatnonzero(counts).tolist():
        row = linear.row(at)
        if _defines(row, model):
            continue
        counted = _counted(row, worth, columns, halves)
        if counted is None:
            return None
        rows.append(counted)
    capacity = model.rows[0]
    limit = int(capacity.upper)
    usage = {at: int(value) for at, value in zip(capacity.places, capacity.values, strict=True)}
    upper = []
    for column, (one, pairs) in enumerate(partners.items(), model.width):
        most = _most_beside(one, pairs, usage, limit)
        upper.append(float(most))
        rows.append(Row([column, one], [1, -most], -inf, 0))
        rows.append(Row([column, *pairs], [1, *(-bonus for bonus in pairs.values())], -inf, 0))
    wide = kept.with_columns(upper, [False] * len(upper)).with_rows(rows)
    # The bonuses' own columns are out of use, also those that something had settled at 1.
    low, top = wide.lower.copy(), wide.upper.copy()
    low[first : first + len(synergies)] = top[first : first + len(synergies)] = 0.0
    objective = _counted(Row(range(model.width), costs.numbers, -inf, inf), worth, columns, halves)
    if objective is None:
        return None
    numbers = [0] * (model.width + len(partners))
    for at, number in zip(objective.places, objective.values, strict=True):
        numbers[at] = int(number)
    return PairModel(replace(wide, lower=low, upper=top), WholeCost(numbers, costs.unit / 2, costs.constant), partners)


def is_better(pairs: PairModel, linear: Linear, costs: Values, known: Values, limits: Limits) -> bool:
    """Whether the root of the model in candidates promises a shorter search than the one with a column per pair.

    `known` are the columns of a good answer, in the original model.
    """
    relaxed = relax(linear, costs, limits)
    tightened = tighten(pairs.linear)
    if relaxed is None or tightened is None:
        return False
    root = minimise(tightened, pairs.costs.floats, replace(limits, nodes=1))
    cost = float(np.dot(costs, known))
    return cost - root.bound / 2.0 <= WORSE * (cost - relaxed.bound)


def _defines(row: Row, model: Model) -> bool:
    """Whether a row is y <= x of a bonus, which the columns of candidates make unnecessary."""
    if len(row.places) != 2 or row.upper != 0 or sorted(row.values) != [-1, 1]:
        return False
    (_, place), (_, bonus) = sorted(zip(row.values, row.places, strict=True))
    return bonus >= model.size and place in model.resolved.synergies[bonus - model.size].members


def _counted(row: Row, worth: Sequence[int], bonuses: range, halves: range) -> Row | None:
    """Twice a row that counts all bonuses by their worth, in candidates; None where it counts them otherwise."""
    values = dict(zip(row.places, row.values, strict=True))
    shares = {Fraction(int(values.get(y, 0)), value) for y, value in zip(bonuses, worth, strict=True)}
    share = shares.pop()
    if shares or share.denominator != 1:
        return None
    others = {at: 2 * int(value) for at, value in values.items() if at not in bonuses}
    counted = dict.fromkeys(halves, share.numerator) if share else {}
    low, high = (limit if limit in (-inf, inf) else 2 * int(limit) for limit in (row.lower, row.upper))
    return Row([*others, *counted], [*others.values(), *counted.values()], low, high)


def _most_beside(one: int, pairs: Mapping[int, int], usage: Mapping[int, int], limit: int) -> int:
    """The most bonus that fits beside a candidate into the capacity, in fractions and rounded up."""
    left = max(0, limit - usage.get(one, 0))
    most = sum(bonus for other, bonus in pairs.items() if not usage.get(other))
    dear = [(Fraction(bonus, usage[other]), other) for other, bonus in pairs.items() if usage.get(other)]
    for share, other in sorted(dear, reverse=True):
        if usage[other] > left:
            return most + ceil(share * left)
        most, left = most + pairs[other], left - usage[other]
    return most
