"""A step of a solve: what is minimised, over which rows, what later steps keep of it, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor, inf

import numpy as np
import scipy.sparse as sp

from roadwright.domain.optimization import Proof
from roadwright.optimize.model.constraint import LinearRow
from roadwright.optimize.model.evaluation import Evaluation
from roadwright.optimize.model.linear import Linear
from roadwright.optimize.model.numbers import Values, WholeCost
from roadwright.optimize.model.portfolio_model import PortfolioModel
from roadwright.optimize.model.rounding import ROUNDING
from roadwright.optimize.solver.highs import SearchEnd


@dataclass(frozen=True, slots=True)
class SolveStep:
    """One thing to minimise: what each column costs, and the exact cost of a selection."""

    name: str
    costs: WholeCost
    cost: Callable[[Evaluation], Fraction]


@dataclass(frozen=True, slots=True)
class ObjectiveCut:
    """What later stages must keep: the cost of a selection is at most `limit`."""

    step: SolveStep
    limit: Fraction

    def is_kept(self, evaluation: Evaluation) -> bool:
        return self.step.cost(evaluation) <= self.limit

    def rows(self, model: PortfolioModel) -> list[LinearRow]:
        """The limit as rows; without the columns of goals where it can be said without."""
        costs = self.step.costs
        limit = floor(costs.in_units(self.limit))
        columns = costs.columns
        goals = [at - model.first_goal_column for at in columns]
        if all(0 <= goal < len(model.goals) for goal in goals):
            if not columns or limit < 0:
                return [LinearRow(columns, [costs.numbers[at] for at in columns], -inf, limit)]
            if len(columns) == 1 or limit == 0:
                pairs = zip(goals, columns, strict=True)
                return [model.goals[goal].missed_by_at_most(limit // costs.numbers[at]) for goal, at in pairs]
        return [LinearRow(columns, [costs.numbers[at] for at in columns], -inf, limit, costs.unit)]


@dataclass(frozen=True, slots=True)
class StepResult:
    """`evaluation` is the checked answer (None where there is none), `bound` the cost that none can beat (None: none
    is known). `proof` is how it is known, where the end is PROVED or INFEASIBLE.
    """

    end: SearchEnd
    evaluation: Evaluation | None = None
    bound: Fraction | None = None
    proof: Proof = Proof.SOLVER
    is_delicate: bool = False


def best_of(step: SolveStep, *some: Evaluation | None) -> Evaluation | None:
    """The one with the least cost, the last of equals; None where there is none."""
    best: Evaluation | None = None
    for one in some:
        if one is not None and (best is None or step.cost(one) <= step.cost(best)):
            best = one
    return best


def strictly_better(step: SolveStep, cost: Fraction, by: Fraction = Fraction(0)) -> ObjectiveCut:
    """What a selection keeps that costs less than `cost` by more than rounding, and by at least `by`."""
    return ObjectiveCut(step, cost - max(by, step.costs.unit, 2 * ROUNDING * abs(cost)))


def is_proved(step: SolveStep, result: StepResult, rounding: Fraction = ROUNDING) -> bool:
    """Whether no selection costs less than the result's, up to rounding: sums of whole numbers differ by a unit."""
    if (
        result.evaluation is None
        or result.bound is None
        or result.end not in (SearchEnd.PROVED, SearchEnd.STOPPED_BY_GAP)
    ):
        return False
    cost = step.cost(result.evaluation)
    return cost - result.bound <= max(rounding * abs(cost), step.costs.unit / 2)


@dataclass(frozen=True)
class System:
    """Rows to solve with, the rule that each belongs to, and the rules that an answer must keep (None: all)."""

    linear: Linear
    owners: Sequence[str | None]
    enforced: frozenset[str] | None = None
    complete: Callable[[Evaluation], Values] | None = None
    """All columns of a selection, where there are more of them than the model has."""

    def broken(self, evaluation: Evaluation) -> set[str]:
        """The enforced rules that a selection breaks by more than rounding."""
        broken = {violation.id for violation in evaluation.violations if not violation.is_rounding}
        return broken if self.enforced is None else broken & self.enforced


def without_goals(model: PortfolioModel, system: System) -> System:
    """The same rows but those that measure the shortfalls of goals, for steps that don't use these."""
    measured = system.linear.matrix[:, model.first_goal_column : model.width]
    rows: list[int] = np.flatnonzero(np.diff(sp.csr_matrix(measured).indptr) == 0).tolist()
    return System(system.linear.only(rows), [system.owners[row] for row in rows], system.enforced, system.complete)


def whole(model: PortfolioModel) -> System:
    """All rules of a model."""
    return System(model.linear, model.owners)


def part(model: PortfolioModel, rules: frozenset[str]) -> System:
    """Only the rules (and capacities) with these ids; what defines synergies and shortfalls stays."""
    rows = [row for row, owner in enumerate(model.owners) if owner is None or owner in rules]
    return System(model.linear.only(rows), [model.owners[row] for row in rows], rules)


def rule_ids(model: PortfolioModel) -> list[str]:
    """The ids of all rules that demand something of the candidates, each once, in the model's order."""
    return list(dict.fromkeys(owner for owner in model.owners if owner is not None))
