"""From a problem to its solution: the objective's stages in order, then the tie-break, every answer checked exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from time import monotonic
from typing import Any

import numpy as np

from roadwright.domain.decimals import as_float, exact
from roadwright.domain.optimization import (
    TOKENS,
    FindingKind,
    ObjectiveMode,
    Proof,
    RunStatus,
    Severity,
    StopReason,
    capacity_id,
)
from roadwright.optimize.analysis.diagnosis import diagnose_model
from roadwright.optimize.messages import Message, message
from roadwright.optimize.model.canonical import snapshot_hash
from roadwright.optimize.model.checks import findings_of
from roadwright.optimize.model.constraint import Constraint
from roadwright.optimize.model.evaluation import Evaluation, TargetValue
from roadwright.optimize.model.objective import Plan, objective_contributions, plan
from roadwright.optimize.model.portfolio_model import PortfolioModel
from roadwright.optimize.model.problem import Problem, ProblemFinding
from roadwright.optimize.model.rounding import rounding_of
from roadwright.optimize.model.solution import (
    CapacityResult,
    ConstraintResult,
    SelectedItem,
    Solution,
    StageValue,
    SynergyResult,
    TargetResult,
)
from roadwright.optimize.solver import highs
from roadwright.optimize.solver.highs import CancelSignal, Tick
from roadwright.optimize.solver.portfolio import PortfolioAnswer, StageAnswer, best_portfolio
from roadwright.optimize.solver.search import Search

LARGE = 20_000
"""Above this many candidates the default gap is LARGE_GAP instead of 0."""
LARGE_GAP = 1e-4
SECONDS_BETWEEN_TICKS = 0.1


@dataclass(frozen=True, slots=True)
class SolveOptions:
    """How long and how exactly to solve.

    `time_limit` is in seconds over everything (None: none). `gap` is the relative gap that is good enough (None: 0, or
    above 20,000 candidates 1e-4). `diagnose_seconds` bounds the search for a conflict and a repair.
    """

    time_limit: float | None = None
    gap: float | None = None
    tie_break: bool = True
    diagnose: bool = True
    diagnose_seconds: float = 30.0

    def __post_init__(self) -> None:
        for name in ("time_limit", "gap", "diagnose_seconds"):
            value = getattr(self, name)
            if value is not None and not (np.isfinite(value) and value >= 0):
                raise ValueError(f"{name} must be a number of at least 0, not {value}")


@dataclass(frozen=True, slots=True)
class SolveProgress:
    """Where a running solve stands; objective and bound count improvement, and are None until there are any."""

    stage: str
    seconds: float
    objective: float | None
    bound: float | None
    gap: float | None
    nodes: int
    selected: tuple[str, ...] | None = None
    """The best selection so far, where it has just been found (checked by the solver only, not yet exactly)."""


def solve(
    problem: Problem,
    options: SolveOptions | None = None,
    *,
    progress: Callable[[SolveProgress], None] | None = None,
    cancel: CancelSignal | None = None,
) -> Solution:
    """The best portfolio that the problem allows, proved and checked; see Solution.status for how it ended.

    `progress` is called some times a second from the solving thread; setting `cancel` ends the search with what there
    is. On very large models the solver can ignore limit and cancel for a while: `solve_isolated` does not.
    """
    options = options or SolveOptions()
    began = monotonic()
    model = PortfolioModel.of(problem)
    steps = plan(model)
    findings = [*findings_of(model), *steps.findings]
    gap = options.gap
    if gap is None:
        gap = LARGE_GAP if model.size > LARGE else 0.0
        if gap:
            findings.append(_large(model.size))
    search = Search(
        model,
        deadline=None if options.time_limit is None else began + options.time_limit,
        cancel=cancel,
        on_tick=_ticker(model, steps, began, progress),
    )
    if any(finding.severity is Severity.CRITICAL for finding in findings):
        answer = PortfolioAnswer(RunStatus.INFEASIBLE, proof=Proof.EXACT)
    else:
        answer = best_portfolio(search, steps.stages, gap=gap, tie_break=options.tie_break)
    if answer.status is RunStatus.INFEASIBLE and options.diagnose:
        left = search.seconds_left
        seconds = options.diagnose_seconds if left is None else min(left, options.diagnose_seconds)
        diagnosis = diagnose_model(model, seconds=seconds, cancel=cancel)
        answer = replace(answer, diagnosis=diagnosis)
    return report(model, steps, answer, findings, seconds=monotonic() - began, timings=search.timings)


def _large(size: int) -> ProblemFinding:
    return ProblemFinding(
        "objective",
        message("large", count=size, gap=LARGE_GAP),
        Severity.INFO,
        FindingKind.OBJECTIVE,
    )


def _ticker(
    model: PortfolioModel, steps: Plan, began: float, progress: Callable[[SolveProgress], None] | None
) -> Callable[[str, Tick], None] | None:
    """Turns the solver's costs into improvements for a progress callback."""
    if progress is None:
        return None
    signs = {stage.name: stage.sign for stage in steps.stages}
    told = began

    def on_tick(name: str, tick: Tick) -> None:
        nonlocal told
        if tick.columns is None and monotonic() - told < SECONDS_BETWEEN_TICKS:
            return
        told = monotonic()
        sign = signs.get(name, 1)
        objective = None if tick.incumbent is None else sign * tick.incumbent
        bound = None if tick.bound is None else sign * tick.bound
        gap = None
        if objective is not None and bound is not None:
            gap = abs(bound - objective) / abs(objective) if objective else None
        selected = None if tick.columns is None else tuple(model.keys_of(tick.columns))
        progress(SolveProgress(name, monotonic() - began, objective, bound, gap, tick.nodes, selected))

    return on_tick


REASONS = {
    StopReason.TIME_LIMIT: "stopped_by_limit",
    StopReason.GAP: "within_gap",
    StopReason.NUMERICS: "numerics",
}
ENDS = {
    RunStatus.UNKNOWN: "unknown",
    RunStatus.INFEASIBLE: "infeasible",
    RunStatus.CANCELLED: "cancelled",
    RunStatus.FAILED: "failed",
}


def report(
    model: PortfolioModel,
    steps: Plan,
    answer: PortfolioAnswer,
    findings: list[ProblemFinding],
    *,
    seconds: float,
    timings: Mapping[str, float],
) -> Solution:
    """The Solution that tells an answer."""
    best = answer.best
    objective, bound, gap = _objective(model, steps, answer)
    return Solution(
        status=answer.status,
        said=answer.said or _said(answer),
        objective_value=objective,
        bound=bound,
        gap=gap,
        selected=list(best.selected) if best else [],
        tie_break=answer.tie_break,
        snapshot_hash=snapshot_hash(model.problem),
        solver={"name": "HiGHS", "version": highs.version(), "options": highs.options()},
        warnings=findings,
        seconds=seconds,
        timings=dict(timings),
        diagnosis=answer.diagnosis,
        reason=answer.reason,
        proof=answer.proof,
        **(_figures(model, best) if best else {}),
    )


def _said(answer: PortfolioAnswer) -> Message:
    """What there is to say of how it ended."""
    if answer.status is RunStatus.FEASIBLE and answer.reason is not None:
        return message(REASONS[answer.reason], rules=list(answer.delicate) or ["the problem"])
    is_empty = answer.status is RunStatus.CANCELLED and answer.best is None
    return message("cancelled_early" if is_empty else ENDS.get(answer.status, "nothing"))


def _objective(
    model: PortfolioModel, steps: Plan, answer: PortfolioAnswer
) -> tuple[float | list[StageValue] | None, float | None, float | None]:
    """The objective's value, bound and gap in the form that its mode has."""
    best = answer.best
    if best is None:
        return None, None, None
    bound, gap = _bound_and_gap(model, answer.stages[-1]) if answer.stages else (None, None)
    solved = {one.stage.name: one.optimum for one in answer.stages}
    value = objective_of(model, steps, best, solved)
    if isinstance(value, list) and len(solved) < len(steps.stages):
        return value, None, None
    return value, bound, gap


def objective_of(
    model: PortfolioModel, steps: Plan, best: Evaluation, optima: Mapping[str, Fraction]
) -> float | list[StageValue]:
    """A portfolio's objective in the form that its mode has; `optima` are those of the stages that were solved."""
    if model.problem.objective.mode is not ObjectiveMode.LEXICOGRAPHIC:
        return as_float(steps.stages[0].value(best)) if steps.stages else 0.0
    return [
        StageValue(
            stage=stage.name,
            optimum=as_float(optima[stage.name]) if stage.name in optima else None,
            final=as_float(stage.value(best)),
            tolerance=as_float(stage.tolerance),
        )
        for stage in steps.stages
    ]


def _bound_and_gap(model: PortfolioModel, answer: StageAnswer) -> tuple[float | None, float | None]:
    value = answer.optimum
    if answer.is_proved:
        return as_float(value), 0.0
    if answer.bound is None:
        return None, None
    bound = min(answer.bound, value) if answer.stage.is_shortfall else max(answer.bound, value)
    costs = answer.stage.costs(model)
    measure = abs(value) or costs.unit * costs.largest
    return as_float(bound), as_float(abs(bound - value) / measure) if measure else 0.0


def _figures(model: PortfolioModel, best: Evaluation) -> dict[str, Any]:
    problem = model.problem
    star = problem.north_star
    worth = objective_contributions(model)
    active = {synergy.constraint.id for synergy in best.active}
    chosen = [model.index.candidates[place] for place in model.index.columns_of(best.selected)]
    return {
        "items": [
            SelectedItem(
                candidate.key,
                candidate.tokens or 0.0,
                as_float(worth[candidate.key]),
                star.direction.sign * candidate.contributions.get(star.key, 0.0) + 0.0,
            )
            for candidate in chosen
        ],
        "tokens_used": as_float(best.used[TOKENS]),
        "resources_used": {name: as_float(value) for name, value in best.used.items()},
        "achieved": {kpi: as_float(value) for kpi, value in best.achieved.items()},
        "targets": [_target(best_value) for best_value in _in_input_order(model, best.targets)],
        "constraints": [
            _constraint(row, best.measured[row.id]) for row in problem.constraints if row.id in best.measured
        ],
        "capacities": [
            _capacity(resource, best.used[resource], exact(limit))
            for resource, limit in [(TOKENS, problem.capacity), *sorted(problem.capacities.items())]
        ],
        "synergies": [
            SynergyResult(row.id, row.bonus.kpi_key, row.bonus.value, row.id in active)
            for row in problem.constraints
            if row.bonus is not None
        ],
    }


def _in_input_order(model: PortfolioModel, values: Sequence[TargetValue]) -> list[TargetValue]:
    by_id = {value.needed.target.id: value for value in values}
    return [by_id[target.id] for target in model.problem.targets]


def _target(value: TargetValue) -> TargetResult:
    needed, target = value.needed, value.needed.target
    met = value.shortfall <= rounding_of(needed.need)
    return TargetResult(
        id=target.id,
        kpi_key=target.kpi_key,
        type=target.type.value,
        need=as_float(needed.need),
        achieved=as_float(value.achieved),
        shortfall=as_float(value.shortfall),
        met=met,
        binding=needed.is_floor and _at(value.improvement, needed.need),
    )


def _at(value: Fraction, limit: Fraction) -> bool:
    return abs(limit - value) <= rounding_of(limit)


def _constraint(row: Constraint, used: Fraction) -> ConstraintResult:
    limits = {number.side: number for number in row.numbers()}
    low, high = limits.get(-1), limits.get(1)
    return ConstraintResult(
        id=row.id,
        type=row.type,
        resource=None if row.part is None else row.part.resource,
        used=as_float(used),
        limit_min=None if low is None else low.value,
        limit_max=None if high is None else high.value,
        binding=any(_at(used, number.exact_value) for number in limits.values()),
    )


def _capacity(resource: str, used: Fraction, limit: Fraction) -> CapacityResult:
    return CapacityResult(capacity_id(resource), resource, as_float(used), as_float(limit), _at(used, limit))
