"""Problems where bonuses of pairs bring most of the value: a smaller model of them (Glover 1975), and a good start.

h_i stands for the bonuses that candidate i has with what is selected: h_i <= U_i x_i and h_i <= sum of q_ij x_j, with
U_i the most that fits beside i into the capacity; each pair is counted from both ends, so half of all h is the bonus.
The model is far smaller than with a column per pair, and its bound sometimes better, sometimes worse: a trial at the
root decides.

The solver's own heuristics start from fractions, which say little in such problems (see `cuts`): it can miss for
minutes the best portfolio that `good_start` finds in a second by greedy starts, then adding and swapping. The result is
only a start: the solver proves or improves it, and it is checked exactly like any answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, inf

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from roadwright.optimize.model.constraint import LinearRow
from roadwright.optimize.model.evaluation import Evaluation, evaluate
from roadwright.optimize.model.linear import Linear
from roadwright.optimize.model.numbers import Values, WholeCost
from roadwright.optimize.model.portfolio_model import PortfolioModel
from roadwright.optimize.solver.highs import Limits, minimise, relax
from roadwright.optimize.solver.presolve import tighten

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


def has_many_pairs(model: PortfolioModel) -> bool:
    """Whether there are more bonuses than candidates, all of them in pairs."""
    synergies = model.resolved.synergies
    return len(synergies) > model.size and not model.goals and all(len(one.members) == 2 for one in synergies)


def worth_of_pairs(model: PortfolioModel, costs: Iterable[WholeCost]) -> list[int] | None:
    """What each bonus is worth by the first costs that count all of them; None where none do."""
    for some in costs:
        worth = [-number for number in some.numbers[model.size : model.first_goal_column]]
        if all(value > 0 for value in worth):
            return worth
    return None


def pair_model(model: PortfolioModel, linear: Linear, costs: WholeCost, worth: Sequence[int]) -> PairModel | None:
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
        rows.append(LinearRow([column, one], [1, -most], -inf, 0))
        rows.append(LinearRow([column, *pairs], [1, *(-bonus for bonus in pairs.values())], -inf, 0))
    wide = kept.with_columns(upper, [False] * len(upper)).with_rows(rows)
    # The bonuses' own columns are out of use, also those that were fixed at 1.
    low, top = wide.lower.copy(), wide.upper.copy()
    low[first : first + len(synergies)] = top[first : first + len(synergies)] = 0.0
    objective = _counted(LinearRow(range(model.width), costs.numbers, -inf, inf), worth, columns, halves)
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


def _defines(row: LinearRow, model: PortfolioModel) -> bool:
    """Whether a row is y <= x of a bonus, which the columns of candidates make unnecessary."""
    if len(row.places) != 2 or row.upper != 0 or sorted(row.values) != [-1, 1]:
        return False
    (_, place), (_, bonus) = sorted(zip(row.values, row.places, strict=True))
    return bonus >= model.size and place in model.resolved.synergies[bonus - model.size].members


def _counted(row: LinearRow, worth: Sequence[int], bonuses: range, halves: range) -> LinearRow | None:
    """Twice a row that counts all bonuses by their worth, in candidates; None where it counts them otherwise."""
    values = dict(zip(row.places, row.values, strict=True))
    shares = {Fraction(int(values.get(y, 0)), value) for y, value in zip(bonuses, worth, strict=True)}
    share = shares.pop()
    if shares or share.denominator != 1:
        return None
    others = {at: 2 * int(value) for at, value in values.items() if at not in bonuses}
    counted = dict.fromkeys(halves, share.numerator) if share else {}
    low, high = (limit if limit in (-inf, inf) else 2 * int(limit) for limit in (row.lower, row.upper))
    return LinearRow([*others, *counted], [*others.values(), *counted.values()], low, high)


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


MAX_CANDIDATES, MAX_ROWS = 600, 100
"""Above these the tables of all swaps grow too large."""
STARTS, SEED = 60, 1
SPREAD = 0.3
"""By up to this share the greedy order is shuffled, differently in each start."""
SHARE = 0.4
"""The share of its bonuses that a candidate is credited with in the greedy order."""

Chosen = NDArray[np.bool_]


def good_start(model: PortfolioModel, costs: Values) -> Evaluation | None:
    """A portfolio with low costs that keeps all rules; None where there are few synergies, or none was found."""
    if len(model.resolved.synergies) <= model.size or model.size > MAX_CANDIDATES:
        return None
    pairs = _pairs(model, costs)
    if pairs is None:
        return None
    random = np.random.default_rng(SEED)
    best, best_value = np.zeros(model.size, bool), 0.0
    for _ in range(STARTS):
        chosen = pairs.climb(pairs.greedy(random.uniform(1 - SPREAD, 1 + SPREAD, model.size)))
        if pairs.value(chosen) > best_value:
            best, best_value = chosen, pairs.value(chosen)
    evaluation = evaluate(model, model.keys_of(best.astype(float)))
    return None if evaluation.violations else evaluation


@dataclass(frozen=True)
class _Pairs:
    """What each candidate and each pair brings, and the rows over candidates alone: low <= rows @ x <= high."""

    single: Values
    pair: Values
    rows: Values
    low: Values
    high: Values

    def value(self, chosen: Chosen) -> float:
        return float(self.single[chosen].sum() + self.pair[np.ix_(chosen, chosen)].sum() / 2)

    def fits(self, use: Values) -> Chosen:
        """For each column of uses whether all rows hold."""
        return np.asarray(((use >= self.low[:, None]) & (use <= self.high[:, None])).all(axis=0))

    def greedy(self, shuffle: Values) -> Chosen:
        """Candidates by worth for what they use of the tightest row, as long as they fit."""
        limits = np.where(np.isfinite(self.high) & (self.high > 0), self.high, np.inf)
        use = np.maximum((np.abs(self.rows) / limits[:, None]).max(axis=0, initial=0.0), 1e-9)
        chosen, used = np.zeros(len(use), bool), np.zeros(len(self.rows))
        for place in np.argsort(-(self.single + SHARE * self.pair.sum(axis=1)) / use * shuffle, kind="stable"):
            after = used + self.rows[:, place]
            if self.fits(after[:, None])[0]:
                chosen[place], used = True, after
        return chosen

    def climb(self, chosen: Chosen) -> Chosen:
        """Add or swap what improves most, until nothing does."""
        while True:
            gain, used = self.single + self.pair @ chosen, self.rows @ chosen
            inside, outside = np.flatnonzero(chosen), np.flatnonzero(~chosen)
            added = np.where(self.fits(used[:, None] + self.rows[:, outside]), gain[outside], -np.inf)
            swapped = gain[outside][None, :] - gain[inside][:, None] - self.pair[np.ix_(inside, outside)]
            for row, low, high, total in zip(self.rows, self.low, self.high, used, strict=True):
                after = total - row[inside][:, None] + row[outside][None, :]
                swapped[(after < low) | (after > high)] = -np.inf
            if max(added.max(initial=-np.inf), swapped.max(initial=-np.inf)) <= 0:
                return chosen
            chosen = chosen.copy()
            if added.max(initial=-np.inf) >= swapped.max(initial=-np.inf):
                chosen[outside[added.argmax()]] = True
            else:
                place = np.unravel_index(swapped.argmax(), swapped.shape)
                chosen[inside[place[0]]], chosen[outside[place[1]]] = False, True


def _pairs(model: PortfolioModel, costs: Values) -> _Pairs | None:
    """None where there are too many rows, or where selecting nothing breaks one, so that there is nowhere to start."""
    size, linear = model.size, model.linear
    single, pair = -costs[:size], np.zeros((size, size))
    for column, synergy in enumerate(model.resolved.synergies, size):
        if len(synergy.members) == 1:
            single[synergy.members[0]] -= costs[column]
        elif len(synergy.members) == 2:
            one, other = synergy.members
            pair[one, other] -= costs[column]
            pair[other, one] = pair[one, other]
    is_rule = np.array([owner is not None for owner in model.owners], bool)
    beyond = np.asarray(abs(linear.matrix[:, size:]).sum(axis=1)).ravel() > 0
    used = is_rule & ~beyond
    low, high = linear.row_lower[used], linear.row_upper[used]
    if used.sum() > MAX_ROWS or bool((low > 0).any()) or bool((high < 0).any()):
        return None
    return _Pairs(single, pair, linear.matrix[used][:, :size].toarray(), low, high)
