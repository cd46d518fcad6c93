"""The answer in the terms of the problem: figures per KPI, target, rule and capacity, out of an exact evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from roadwright.domain.decimals import as_float, exact
from roadwright.domain.messages import Message, notice
from roadwright.domain.optimization import (
    TOKENS,
    ObjectiveMode,
    RunStatus,
    StopReason,
    capacity_id,
)
from roadwright.optimize.model.canonical import snapshot_hash
from roadwright.optimize.model.constraint import Constraint
from roadwright.optimize.model.evaluation import Evaluation, TargetValue
from roadwright.optimize.model.objective import Plan, objective_contributions
from roadwright.optimize.model.portfolio_model import PortfolioModel
from roadwright.optimize.model.problem import ProblemFinding
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
from roadwright.optimize.solver.portfolio import PortfolioAnswer, StageAnswer

REASONS = {
    StopReason.TIME_LIMIT: "stopped_by_limit",
    StopReason.GAP: "within_gap",
    StopReason.NUMERICS: "solve_numerics",
}
ENDS = {
    RunStatus.UNKNOWN: "solve_unknown",
    RunStatus.INFEASIBLE: "solve_infeasible",
    RunStatus.CANCELLED: "solve_cancelled",
    RunStatus.FAILED: "solve_failed",
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
        return notice(REASONS[answer.reason], rules=list(answer.delicate) or ["the problem"])
    is_empty = answer.status is RunStatus.CANCELLED and answer.best is None
    return notice("solve_cancelled_early" if is_empty else ENDS.get(answer.status, "nothing_to_say"))


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
