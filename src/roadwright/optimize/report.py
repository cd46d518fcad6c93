"""The answer in the terms of the problem: figures per KPI, target, rule and capacity, out of an exact evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from roadwright.domain.optimization import (
    TOKENS,
    ConstraintType,
    ObjectiveMode,
    RunStatus,
    StopReason,
    capacity_id,
)
from roadwright.optimize import engine
from roadwright.optimize.canonical import snapshot_hash
from roadwright.optimize.evaluate import Evaluation, TargetValue
from roadwright.optimize.exact import as_float, exact, rounding_of
from roadwright.optimize.matrix import Model
from roadwright.optimize.objective import Plan, objective_contributions
from roadwright.optimize.portfolio import Answer, StageAnswer
from roadwright.optimize.problem import Constraint, Finding
from roadwright.optimize.solution import (
    CapacityResult,
    ConstraintResult,
    SelectedItem,
    Solution,
    StageValue,
    SynergyResult,
    TargetResult,
)
from roadwright.optimize.words import names

MESSAGES = {
    RunStatus.UNKNOWN: "stopped by the time limit before any portfolio was found; give it more time",
    RunStatus.INFEASIBLE: "no portfolio keeps all the rules",
    RunStatus.CANCELLED: "stopped on request: the portfolio keeps all rules, but it is not proved to be the best",
    RunStatus.FAILED: "the solver's answer did not stand up to the exact check, so there is none",
}
REASONS = {
    StopReason.TIME_LIMIT: "stopped by a limit: the portfolio keeps all rules, but it is not proved to be the best",
    StopReason.GAP: "the portfolio keeps all rules and is within the gap that was asked for of the best",
    StopReason.NUMERICS: "the portfolio keeps all rules, but it can't be proved to be the best: "
    "the numbers of {rows} are too far apart; fewer digits help",
}
NONE_YET = "stopped on request before any portfolio was found"


def report(
    model: Model, steps: Plan, answer: Answer, findings: list[Finding], *, seconds: float, timings: Mapping[str, float]
) -> Solution:
    """The Solution that tells an answer."""
    best = answer.best
    objective, bound, gap = _objective(model, steps, answer)
    return Solution(
        status=answer.status,
        message=answer.message or _message(answer),
        objective_value=objective,
        bound=bound,
        gap=gap,
        selected=list(best.selected) if best else [],
        tie_break=answer.tie_break,
        snapshot_hash=snapshot_hash(model.problem),
        solver={"name": "HiGHS", "version": engine.version(), "options": engine.options()},
        warnings=findings,
        seconds=seconds,
        timings=dict(timings),
        diagnosis=answer.diagnosis,
        reason=answer.reason,
        proof=answer.proof,
        **(_figures(model, best) if best else {}),
    )


def _message(answer: Answer) -> str:
    if answer.status is RunStatus.FEASIBLE and answer.reason is not None:
        return REASONS[answer.reason].format(rows=names(answer.delicate) or "the problem")
    is_empty = answer.status is RunStatus.CANCELLED and answer.best is None
    return NONE_YET if is_empty else MESSAGES.get(answer.status, "")


def _objective(
    model: Model, steps: Plan, answer: Answer
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
    model: Model, steps: Plan, best: Evaluation, optima: Mapping[str, Fraction]
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


def _bound_and_gap(model: Model, answer: StageAnswer) -> tuple[float | None, float | None]:
    value = answer.optimum
    if answer.is_proved:
        return as_float(value), 0.0
    if answer.bound is None:
        return None, None
    bound = min(answer.bound, value) if answer.stage.is_shortfall else max(answer.bound, value)
    costs = answer.stage.costs(model)
    measure = abs(value) or costs.unit * costs.largest
    return as_float(bound), as_float(abs(bound - value) / measure) if measure else 0.0


def _figures(model: Model, best: Evaluation) -> dict[str, Any]:
    problem = model.problem
    star = problem.north_star
    worth = objective_contributions(model)
    chosen = [model.universe.candidates[place] for place in model.universe.places(best.selected)]
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
        "constraints": [_constraint(row, best.spent[row.id]) for row in problem.constraints if row.id in best.spent],
        "capacities": [
            _capacity(resource, best.used[resource], exact(limit))
            for resource, limit in [(TOKENS, problem.capacity), *sorted(problem.capacities.items())]
        ],
        "synergies": [
            SynergyResult(row.id, row.kpi_key or "", row.bonus_value or 0.0, active)
            for row, active in _synergies(problem.constraints, best)
        ],
    }


def _in_input_order(model: Model, values: Sequence[TargetValue]) -> list[TargetValue]:
    by_id = {value.needed.target.id: value for value in values}
    return [by_id[target.id] for target in model.problem.targets]


def _synergies(constraints: Sequence[Constraint], best: Evaluation) -> list[tuple[Constraint, bool]]:
    active = {synergy.constraint.id for synergy in best.active}
    return [(row, row.id in active) for row in constraints if row.type is ConstraintType.SYNERGY_BONUS]


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
    is_count = row.type is ConstraintType.CHOOSE_COUNT
    is_floor = row.type is ConstraintType.CAPACITY_FLOOR
    low: float | None = row.min_count if is_count else row.min_tokens if is_floor else None
    high: float | None = row.max_count if is_count else None if is_floor else row.max_tokens
    return ConstraintResult(
        id=row.id,
        type=row.type.value,
        resource=None if is_count else row.resource,
        used=as_float(used),
        limit_min=low,
        limit_max=high,
        binding=any(limit is not None and _at(used, exact(limit)) for limit in (low, high)),
    )


def _capacity(resource: str, used: Fraction, limit: Fraction) -> CapacityResult:
    return CapacityResult(capacity_id(resource), resource, as_float(used), as_float(limit), _at(used, limit))
