"""A good first portfolio where pairs of candidates bring most of the value: greedy starts, then adding and swapping.

The solver's own searches start from fractions, which say little in such problems (see `strengthen`): it can miss for
minutes the best portfolio that this finds in a second. What is found is a start, no more: the solver proves or beats
it, and it is checked exactly like any answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roadwright.optimize.evaluate import Evaluation, evaluate
from roadwright.optimize.matrix import Model
from roadwright.optimize.whole import Values

MAX_CANDIDATES, MAX_ROWS = 600, 100
"""Above these the tables of all swaps grow too large."""
STARTS, SEED = 60, 1
SPREAD = 0.3
"""By up to this share the greedy order is shuffled, differently in each start."""
SHARE = 0.4
"""The share of its bonuses that a candidate is credited with in the greedy order."""

Chosen = NDArray[np.bool_]


def good_start(model: Model, costs: Values) -> Evaluation | None:
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


def _pairs(model: Model, costs: Values) -> _Pairs | None:
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
