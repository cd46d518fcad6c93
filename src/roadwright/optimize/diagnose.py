"""What to tell where there is no answer: which rows can't be met together, and the cheapest way out."""

from __future__ import annotations

from time import monotonic

from roadwright.domain.optimization import CAPACITY_ID, RunStatus
from roadwright.optimize.conflict import Conflict, find_conflict
from roadwright.optimize.engine import Cancel
from roadwright.optimize.matrix import Model
from roadwright.optimize.objective import plan as objective_plan
from roadwright.optimize.portfolio import best_portfolio
from roadwright.optimize.problem import Problem
from roadwright.optimize.repair import RepairPlan, find_repair, repaired
from roadwright.optimize.solution import ConflictRow, Diagnosis, Repair, RepairChange
from roadwright.optimize.stages import Search
from roadwright.optimize.words import amount, describe

CONFLICT_UNTIL, REPAIR_UNTIL = 0.4, 0.8
"""The shares of the time after which conflict and repair must be done; the portfolio after the repair has the rest."""


def diagnose(problem: Problem, *, seconds: float | None = 30.0, cancel: Cancel | None = None) -> Diagnosis:
    """A minimal conflict and the cheapest repair of a problem that has no answer, within some seconds (None: any time).

    A problem that has an answer gets an empty conflict and no repair. What was not proved in time says so.
    """
    return diagnose_model(Model.of(problem), seconds=seconds, cancel=cancel)


def diagnose_model(model: Model, *, seconds: float | None, cancel: Cancel | None) -> Diagnosis:
    """`diagnose` for a model that has been built already."""
    began = monotonic()

    def until(share: float) -> float | None:
        return None if seconds is None else began + share * seconds

    conflict = find_conflict(model, deadline=until(CONFLICT_UNTIL), cancel=cancel)
    if conflict is None:
        return Diagnosis([], False, None, "no conflict was found in the time there was")
    plan = find_repair(model, deadline=until(REPAIR_UNTIL), cancel=cancel)
    selected = [] if plan is None else _portfolio(model, plan, until(1.0), cancel)
    return Diagnosis(
        conflict=[ConflictRow(rule, describe(model.problem, rule)) for rule in conflict.rules],
        conflict_minimal=conflict.is_minimal,
        repair=None if plan is None else _repair(model, plan, selected),
        message=_message(conflict, plan),
    )


def _portfolio(model: Model, plan: RepairPlan, deadline: float | None, cancel: Cancel | None) -> list[str]:
    """The selection after the changes: what `solve` finds for the repaired problem, if there is time to find it."""
    after = Model.of(repaired(model.problem, plan.changes))
    answer = best_portfolio(Search(after, deadline=deadline, cancel=cancel), objective_plan(after).stages)
    best = answer.best if answer.status is RunStatus.OPTIMAL and answer.best is not None else plan.best
    return list(best.selected)


def _repair(model: Model, plan: RepairPlan, selected: list[str]) -> Repair:
    changes = []
    for change in plan.changes:
        row = describe(model.problem, change.id)
        if change.field is None or change.before is None or change.after is None:
            words = f"drop {change.id} ({row})"
        else:
            where = "the capacity" if change.id.split(":")[0] == CAPACITY_ID else f"{change.field} of {change.id}"
            words = f"change {where} from {amount(change.before)} to {amount(change.after)} ({row})"
        changes.append(RepairChange(change.id, change.field, change.before, change.after, change.cost, words))
    return Repair(changes, plan.cost, plan.is_proved, selected)


def _message(conflict: Conflict, plan: RepairPlan | None) -> str:
    parts = [] if conflict.is_minimal else ["the conflict may hold rows that it doesn't need: the time was too short"]
    if plan is None:
        parts.append("no repair was found in the time there was")
    elif not plan.is_proved:
        parts.append("there may be a cheaper repair: the time was too short to prove it")
    return "; ".join(parts)
