"""The best portfolio of a problem that was changed a little, and how it compares with the one there is."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from roadwright.domain.optimization import RunStatus, StopReason
from roadwright.optimize.core import Core
from roadwright.optimize.engine import Cancel
from roadwright.optimize.evaluate import Evaluation, evaluate
from roadwright.optimize.exact import ROUNDING, as_float, exact
from roadwright.optimize.matrix import Model
from roadwright.optimize.objective import Stage, plan
from roadwright.optimize.portfolio import Answer, best_portfolio
from roadwright.optimize.problem import Problem
from roadwright.optimize.solution import Solution
from roadwright.optimize.stages import Search


class Unproved(Exception):
    """A variant's best portfolio could not be proved; `reason` says why, None where it was stopped on request."""

    def __init__(self, reason: StopReason | None) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Difference:
    """What a variant's objective has more than the base's (negative: less), in the first stage that differs."""

    gain: Fraction
    stage: str
    added: list[str]
    dropped: list[str]


@dataclass(frozen=True)
class Base:
    """A problem, its answer, and the time there is for comparing it with variants."""

    model: Model
    stages: tuple[Stage, ...]
    optima: tuple[Fraction, ...]
    best: Evaluation
    deadline: float | None
    cancel: Cancel | None

    @classmethod
    def of(cls, problem: Problem, solution: Solution, deadline: float | None, cancel: Cancel | None) -> Base:
        """Raises ValueError where the solution holds no portfolio of the problem."""
        model = Model.of(problem)
        if not set(solution.selected) <= set(model.universe.place):
            raise ValueError("the solution selects what is no candidate of the problem")
        if solution.objective_value is None:
            raise ValueError(f"there is no portfolio to explain: the solution is {solution.status}")
        best = evaluate(model, solution.selected)
        stages = plan(model).stages
        optima = tuple(stage.value(best) for stage in stages)
        if isinstance(solution.objective_value, list):
            known = {one.stage: one.optimum for one in solution.objective_value}
            optima = tuple(
                value if known.get(stage.name) is None else exact(known[stage.name] or 0.0)
                for stage, value in zip(stages, optima, strict=True)
            )
        return cls(model, stages, optima, best, deadline, cancel)

    def search(self, problem: Problem) -> Search:
        return Search(Model.of(problem), deadline=self.deadline, cancel=self.cancel)

    def solve(self, problem: Problem) -> Answer:
        """The best portfolio of a changed problem, for the base's objective."""
        return best_portfolio(self.search(problem), self.stages, known=self.best)

    def solve_with(self, key: str, *, selected: bool, gap: float = 0.0) -> Answer:
        """The best portfolio that has a candidate, or that doesn't have it."""
        linear = self.model.linear
        place, value = self.model.universe.place[key], float(selected)
        lower, upper = linear.lower.copy(), linear.upper.copy()
        lower[place] = upper[place] = value
        search = Search(self.model, deadline=self.deadline, cancel=self.cancel, core=Core(lower, upper, []))
        return best_portfolio(search, self.stages, known=self.best, gap=gap)

    def difference(self, answer: Answer) -> Difference:
        """How a proved answer compares. Raises Unproved where there is none."""
        if answer.status is not RunStatus.OPTIMAL or answer.best is None:
            raise Unproved(answer.reason)
        gain, stage = Fraction(0), ""
        for one, base in zip(answer.stages, self.optima, strict=False):
            sign = -one.stage.sign
            gain, stage = sign * (one.optimum - base), one.stage.name
            if abs(gain) > 2 * ROUNDING * max(abs(base), abs(one.optimum)):
                break
            gain = Fraction(0)
        mine, other = set(self.best.selected), set(answer.best.selected)
        return Difference(gain, stage, sorted(other - mine), sorted(mine - other))


def figure(value: Fraction) -> float:
    """A gain or loss as a float that is never -0."""
    return as_float(value) + 0.0
