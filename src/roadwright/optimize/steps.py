"""A step of a solve: what is minimised, what later steps hold of it, and what is known of the result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import floor, inf

from roadwright.domain.optimization import Proof
from roadwright.optimize.engine import End
from roadwright.optimize.evaluate import Evaluation
from roadwright.optimize.exact import ROUNDING
from roadwright.optimize.matrix import Model
from roadwright.optimize.rules import Row
from roadwright.optimize.whole import WholeCost


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to minimise: what each column costs, and the exact cost of a selection."""

    name: str
    costs: WholeCost
    cost: Callable[[Evaluation], Fraction]


@dataclass(frozen=True, slots=True)
class Held:
    """What later stages must keep: the cost of a selection is at most `limit`."""

    step: Step
    limit: Fraction

    def is_kept(self, evaluation: Evaluation) -> bool:
        return self.step.cost(evaluation) <= self.limit

    def rows(self, model: Model) -> list[Row]:
        """The limit as rows; without the columns of goals where it can be said without."""
        costs = self.step.costs
        limit = floor(costs.in_units(self.limit))
        columns = costs.columns
        goals = [at - model.first_goal_column for at in columns]
        if all(0 <= goal < len(model.goals) for goal in goals):
            if not columns or limit < 0:
                return [Row(columns, [costs.numbers[at] for at in columns], -inf, limit)]
            if len(columns) == 1 or limit == 0:
                pairs = zip(goals, columns, strict=True)
                return [model.goals[goal].missed_by_at_most(limit // costs.numbers[at]) for goal, at in pairs]
        return [Row(columns, [costs.numbers[at] for at in columns], -inf, limit, costs.unit)]


@dataclass(frozen=True, slots=True)
class StepResult:
    """`evaluation` is the checked answer (None where there is none), `bound` the cost that none can beat (None: none
    is known). `proof` is how it is known, where the end is PROVED or INFEASIBLE.
    """

    end: End
    evaluation: Evaluation | None = None
    bound: Fraction | None = None
    proof: Proof = Proof.SOLVER
    is_delicate: bool = False


def best_of(step: Step, *some: Evaluation | None) -> Evaluation | None:
    """The one with the least cost, the last of equals; None where there is none."""
    best: Evaluation | None = None
    for one in some:
        if one is not None and (best is None or step.cost(one) <= step.cost(best)):
            best = one
    return best


def strictly_better(step: Step, cost: Fraction, by: Fraction = Fraction(0)) -> Held:
    """What a selection keeps that costs less than `cost` by more than rounding, and by at least `by`."""
    return Held(step, cost - max(by, step.costs.unit, 2 * ROUNDING * abs(cost)))


def is_proved(step: Step, result: StepResult, rounding: Fraction = ROUNDING) -> bool:
    """Whether no selection costs less than the result's, up to rounding: sums of whole numbers differ by a unit."""
    if result.evaluation is None or result.bound is None or result.end not in (End.PROVED, End.STOPPED_BY_GAP):
        return False
    cost = step.cost(result.evaluation)
    return cost - result.bound <= max(rounding * abs(cost), step.costs.unit / 2)
