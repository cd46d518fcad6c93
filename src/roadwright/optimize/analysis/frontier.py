"""Trade-offs, exactly: value against tokens, and one KPI against another.

Both walk along the frontier: the best portfolio within a limit, then the best one strictly beyond it, and so on. Each
point is solved to proved optimality and can't be beaten on one axis without losing on the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from time import monotonic
from typing import Any

from roadwright.domain.decimals import as_float
from roadwright.domain.errors import InputError
from roadwright.domain.messages import Message, notice
from roadwright.domain.optimization import TOKENS, RunStatus, StopReason
from roadwright.optimize.model.evaluation import Evaluation
from roadwright.optimize.model.objective import Plan, Stage, plan
from roadwright.optimize.model.portfolio_model import PortfolioModel
from roadwright.optimize.model.problem import Problem
from roadwright.optimize.model.rounding import ROUNDING
from roadwright.optimize.model.solution import StageValue
from roadwright.optimize.solver.highs import CancelSignal, SearchEnd
from roadwright.optimize.solver.portfolio import PortfolioAnswer, best_portfolio, break_ties, stage_step, tokens_step
from roadwright.optimize.solver.report import objective_of
from roadwright.optimize.solver.search import Search
from roadwright.optimize.solver.steps import ObjectiveCut, SolveStep, is_proved, strictly_better

MAX_POINTS = 500
STRICTLY = 10 * ROUNDING
"""By this share of itself an axis must move to count as another point."""


class WrongFrontier(InputError, ValueError):
    """KPIs that the problem does not have, or a number of points out of range."""


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """One portfolio that nothing beats; `achieved` has the signed changes of all KPIs."""

    tokens: float
    objective_value: float | list[StageValue]
    achieved: Mapping[str, float]
    selected: list[str]


@dataclass(frozen=True, slots=True)
class Frontier:
    """The points in order of tokens (or of the first KPI's improvement), and whether they are all there are.

    `status` is optimal where every point is proved and none is missing at the chosen resolution, feasible where some
    are missing (`message` says which), infeasible or unknown where there is none.
    """

    points: list[FrontierPoint]
    status: RunStatus
    said: Message

    @property
    def message(self) -> str:
        return str(self.said)

    def to_json(self) -> dict[str, Any]:
        points = [
            {
                "tokens": point.tokens,
                "objective_value": [
                    {"stage": one.stage, "optimum": one.optimum, "final": one.final} for one in point.objective_value
                ]
                if isinstance(point.objective_value, list)
                else point.objective_value,
                "achieved": dict(point.achieved),
                "selected": point.selected,
            }
            for point in self.points
        ]
        return {"points": points, "status": self.status.value, "message": self.message}


def frontier(
    problem: Problem,
    *,
    kpis: tuple[str, str] | None = None,
    points: int | None = None,
    seconds: float | None = None,
    cancel: CancelSignal | None = None,
    progress: Callable[[FrontierPoint], None] | None = None,
) -> Frontier:
    """Value against tokens up to the capacity, or the frontier between two KPIs: every point, at most 500.

    `progress` is called with each point as it is found, the last one of the frontier first.

    With `points` the first is capped at that number, and between KPIs the second one moves by at least its range
    divided by it: within that resolution the frontier is exact. Raises WrongFrontier for KPIs that the problem doesn't
    have, or for a number of points out of range.
    """
    if points is not None and not 2 <= points <= MAX_POINTS:
        raise WrongFrontier("frontier_wrong_points", most=MAX_POINTS, points=points)
    model = PortfolioModel.of(problem)
    most = points if points and kpis is None else MAX_POINTS
    walk = _Walk(model, plan(model), most, None if seconds is None else monotonic() + seconds, cancel, progress)
    if kpis is None:
        return walk.by_tokens()
    unknown = [kpi for kpi in kpis if kpi not in problem.kpi]
    if unknown or kpis[0] == kpis[1]:
        if unknown:
            raise WrongFrontier("unknown_frontier_kpi", kpi=unknown[0], known=sorted(problem.kpi))
        raise WrongFrontier("frontier_same_kpi")
    return walk.by_kpis(*kpis, points)


class _Stopped(Exception):
    """A point could not be proved; `end` says why."""

    def __init__(self, answer: PortfolioAnswer) -> None:
        super().__init__(answer.status)
        self.status, self.reason = answer.status, answer.reason


@dataclass
class _Walk:
    """A walk along one frontier."""

    model: PortfolioModel
    plan: Plan
    most: int
    deadline: float | None
    cancel: CancelSignal | None
    progress: Callable[[FrontierPoint], None] | None

    def by_tokens(self) -> Frontier:
        """From the best portfolio downwards, each time with strictly fewer tokens."""
        tokens = tokens_step(self.model)
        found: list[Evaluation] = []
        limits: list[ObjectiveCut] = []

        def below() -> Message:
            return notice("below_tokens", tokens=as_float(tokens.cost(found[-1])))

        try:
            while tokens.costs.columns or not found:
                point = self.best(self.plan.stages, tokens, limits)
                if point is None:
                    break
                if len(found) == self.most:
                    return self.frontier(found[::-1], notice("frontier_capped", most=self.most, missing=below()))
                self.take(point, found)
                limits = [_beyond(tokens, tokens.cost(point), Fraction(0))]
        except _Stopped as stop:
            missing = notice("points_below_missing", below=below()) if found else None
            return self.stopped(found[::-1], stop, missing)
        return self.frontier(found[::-1])

    def by_kpis(self, first: str, second: str, resolution: int | None) -> Frontier:
        """From the best of the first KPI on, each time with strictly more of the second one."""
        one, other = (Stage(kpi, {kpi: Fraction(1)}) for kpi in (first, second))
        goal = stage_step(self.model, other)
        found: list[Evaluation] = []
        limits: list[ObjectiveCut] = []
        step, top = Fraction(0), None
        missing = notice("points_before_missing", kpi=second)
        try:
            top = self.best((other, one), None, limits)
            while top is not None:
                point = self.best((one, other), None, limits)
                if point is None or other.value(point) >= other.value(top):
                    self.take(top, found)
                    break
                if len(found) == self.most - 1:
                    self.take(top, found)
                    return self.frontier(found[::-1], notice("frontier_capped_before", most=self.most, kpi=second))
                if resolution and not found:
                    step = (other.value(top) - other.value(point)) / resolution
                self.take(point, found)
                limits = [_beyond(goal, goal.cost(point), step)]
        except _Stopped as stop:
            if top is not None:
                self.take(top, found)
            return self.stopped(found[::-1], stop, missing if found else None)
        return self.frontier(found[::-1])

    def take(self, point: Evaluation, found: list[Evaluation]) -> None:
        found.append(point)
        if self.progress is not None:
            self.progress(self.point(point))

    def best(self, stages: tuple[Stage, ...], then: SolveStep | None, limits: list[ObjectiveCut]) -> Evaluation | None:
        """The best portfolio within limits, with the least of `then` among equals; None where there is none."""
        search = Search(self.model, deadline=self.deadline, cancel=self.cancel, objective_cuts=list(limits))
        answer = best_portfolio(search, stages, tie_break=False)
        if answer.status is RunStatus.INFEASIBLE:
            return None
        if answer.status is not RunStatus.OPTIMAL or answer.best is None:
            raise _Stopped(answer)
        best = answer.best
        if then is not None:
            result = search.minimise(then, start=best)
            if result.evaluation is None or not is_proved(then, result):
                status = RunStatus.CANCELLED if result.end is SearchEnd.CANCELLED else RunStatus.UNKNOWN
                raise _Stopped(PortfolioAnswer(status, reason=result.end.stop_reason))
            best = result.evaluation
            search.hold(then, then.cost(best))
        last = then or stage_step(self.model, stages[-1])
        return break_ties(search, last, best, shortfall_done=False)[0]

    def frontier(self, found: list[Evaluation], missing: Message | None = None) -> Frontier:
        if missing is not None:
            status, said = RunStatus.FEASIBLE, missing
        else:
            status = RunStatus.OPTIMAL if found else RunStatus.INFEASIBLE
            said = notice("nothing_to_say" if found else "solve_infeasible")
        return Frontier([self.point(one) for one in found], status, said)

    def point(self, found: Evaluation) -> FrontierPoint:
        return FrontierPoint(
            tokens=as_float(found.used[TOKENS]),
            objective_value=objective_of(self.model, self.plan, found, {}),
            achieved={kpi: as_float(value) for kpi, value in found.achieved.items()},
            selected=list(found.selected),
        )

    def stopped(self, found: list[Evaluation], stop: _Stopped, missing: Message | None) -> Frontier:
        cancelled = stop.status is RunStatus.CANCELLED
        why = notice("stopped_late" if stop.reason is StopReason.TIME_LIMIT else "stopped_by_numerics")
        why = notice("stopped_on_request") if cancelled else why
        frontier = self.frontier(found, why if missing is None else notice("stopped_with", why=why, missing=missing))
        status = RunStatus.CANCELLED if cancelled else frontier.status if found else RunStatus.UNKNOWN
        return Frontier(frontier.points, status, frontier.said)


def _beyond(step: SolveStep, cost: Fraction, by: Fraction) -> ObjectiveCut:
    """The next point must cost strictly less than this one, by at least `by`."""
    return strictly_better(step, cost, max(by, STRICTLY * abs(cost)))
