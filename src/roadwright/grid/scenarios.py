"""A what-if that becomes a scenario: what a person changed, as rows of Scenario_Config, Constraints and Targets.

The rows are saved by the same reading, checking and merging as all others, all of them or none. Rules that other
scenarios share are never changed for them: the scenario gets a set of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.actions.submit import ActionRequest, checked, submit
from roadwright.actions.workbench import built_now
from roadwright.domain.errors import InputError
from roadwright.domain.messages import Level, Message
from roadwright.domain.text import folded
from roadwright.grid.changes import SOURCE, Changed, RowChange, change_rows
from roadwright.grid.editing import context_of, note_rows
from roadwright.grid.listing import GridRow, told_rows
from roadwright.grid.sources import Source
from roadwright.optimize import Problem
from roadwright.services.portfolios.candidates import find_scenario, rules_of
from roadwright.services.portfolios.rules import FIELD_OF_COLUMN, rule_columns
from roadwright.services.portfolios.workbench.changes import Changes, added_id
from roadwright.services.portfolios.workbench.question import gone_from
from roadwright.services.rows.identity import identity_of
from roadwright.services.rows.notes import level_of
from roadwright.sheets.spec import TabSpec
from roadwright.store.models import (
    ActionRun,
    OptimizationConstraint,
    OptimizationConstraintSet,
    OptimizationScenario,
    OptimizationTarget,
)
from roadwright.sync.reading import scope_of
from roadwright.workspace.workspace import Workspace

RUN = "pm.optimize_run_all_candidates"
_COLUMN_OF_FIELD = {field: name for name, field in FIELD_OF_COLUMN.items() if name in tabs.CONSTRAINTS.by_name}
_MOST_NAME = 200

Stored = OptimizationConstraint | OptimizationTarget


class NotSavedAsRun(InputError):
    """A what-if that can't be saved as it is; nothing of it was saved."""


@dataclass
class Plan:
    """The rows that saving changes, by tab, in the order in which they are saved."""

    scenario_name: str
    set_name: str | None
    scenario: list[RowChange] = field(default_factory=list)
    constraints: list[RowChange] = field(default_factory=list)
    targets: list[RowChange] = field(default_factory=list)

    def parts(self) -> list[tuple[TabSpec, list[RowChange]]]:
        return [
            (tabs.SCENARIO_CONFIG, self.scenario),
            (tabs.CONSTRAINTS, self.constraints),
            (tabs.TARGETS, self.targets),
        ]


@dataclass(frozen=True)
class SavedAsRun:
    """The run that was asked for, of which scenario, and the tabs whose sheets have rows to follow."""

    run: ActionRun
    scenario_name: str
    tabs: tuple[TabSpec, ...]


def save_as_run(
    workspace: Workspace, scenario_name: str, changes: Changes, *, name: str, requested_by: str
) -> SavedAsRun:
    """Save the changes as a scenario, under its own or a new name, and ask for its run, which the sheets show.

    Raises NotSavedAsRun, ScenarioProblem, InvalidProblem, and WorkspaceBusy where it is never its turn.
    """
    name = " ".join(name.split())
    _refuse_unfinished(changes, name)
    with workspace.exclusive(), workspace.store.transaction() as session:
        scenario = find_scenario(session, scenario_name)
        plan = plan_of(session, scenario, changes, name)
        context = context_of(workspace, session, SOURCE)
        for spec, rows in plan.parts():
            if not rows:
                continue
            changed = change_rows(context, spec, rows, scope_of(workspace, session, spec))
            _refuse_failed(spec, changed)
            note_rows(session, spec, changed, requested_by)
    asked = ActionRequest(RUN, options={"scenario_name": plan.scenario_name})
    run = submit(workspace, checked(workspace, asked), requested_by, for_worker=True)
    return SavedAsRun(run, plan.scenario_name, tuple(spec for spec, rows in plan.parts() if rows))


def _refuse_unfinished(changes: Changes, name: str) -> None:
    if not name or len(name) > _MOST_NAME:
        raise NotSavedAsRun("scenario_name_length", most=_MOST_NAME)
    silent = [key for key, switch in changes.switches.items() if not switch.reason.strip()]
    if silent:
        raise NotSavedAsRun("switches_without_reason", keys=silent)


def _refuse_failed(spec: TabSpec, changed: Changed) -> None:
    """All rows are saved, or none."""
    wrong = [row for row in changed.rows if level_of(row.run_status) in (Level.FAILED, Level.CONFLICT)]
    if wrong:
        said = [Message("fault_at", params={"place": spec.name, "what": row.run_status}) for row in wrong]
        raise NotSavedAsRun("invalid_problem", faults=said)


# Which rows


def plan_of(session: Session, scenario: OptimizationScenario, changes: Changes, name: str) -> Plan:
    """The rows that become of the changes. Raises NotSavedAsRun, ScenarioProblem and InvalidProblem."""
    built = built_now(session, scenario)
    assert built.problem is not None
    gone = gone_from(built.problem, changes)
    if gone:
        raise NotSavedAsRun("changes_are_gone", names=[*gone.rules, *gone.initiatives])
    touched = {id for id in (*changes.off, *changes.edits) if id in built.problem.rows}
    fixed = sorted(id for id in touched if id not in built.stored)
    if fixed:
        raise NotSavedAsRun("rules_stand_elsewhere", rules=fixed)
    is_new = folded(name) != folded(scenario.scenario_name)
    if is_new and _is_taken(session, name):
        raise NotSavedAsRun("scenario_name_taken", scenario=name)
    owners = rules_of(session, scenario)
    shared = {owner.id for owner in owners.owners if not owner.scenario_name}
    touches_shared = any(built.stored[one].set_id in shared for one in touched)
    further = _further_rules(changes, built.problem)
    plan = Plan(name if is_new else scenario.scenario_name, owners.name)
    names_set = touches_shared or bool(further and owners.name is None)
    if names_set:
        wanted = f"{owners.name} of {plan.scenario_name}" if touches_shared else f"{plan.scenario_name} rules"
        plan.set_name = _free_set_name(session, wanted)
    copied = {id for id, row in built.stored.items() if touches_shared or (is_new and row.set_id not in shared)}
    _plan_rules(session, plan, built.stored, copied, changes)
    for row in further:
        place = {"scenario_name": plan.scenario_name, "constraint_set_name": plan.set_name}
        _add_rule(plan.constraints, _new_row(tabs.CONSTRAINTS, {**place, **row}))
    _plan_scenario(session, plan, scenario, changes, is_new=is_new, names_set=names_set)
    return plan


def _add_rule(rows: list[RowChange], new: RowChange) -> None:
    """Add a rule; one that goes and says the same but for its reason changes instead."""
    identity = identity_of(tabs.CONSTRAINTS.identity, new.identity)
    for place, row in enumerate(rows):
        if row.remove and identity_of(tabs.CONSTRAINTS.identity, row.identity) == identity:
            rows[place] = RowChange(row.identity, row.mark, new.changes)
            return
    rows.append(new)


def _is_taken(session: Session, name: str) -> bool:
    return folded(name) in {folded(known) for known in session.scalars(select(OptimizationScenario.scenario_name))}


def _free_set_name(session: Session, wanted: str) -> str:
    source = Source(session, tabs.CONSTRAINTS)
    taken = {identity[1] for identity in source.identities}
    number = 1
    while folded(wanted if number == 1 else f"{wanted} {number}") in taken:
        number += 1
    return wanted if number == 1 else f"{wanted} {number}"


def _further_rules(changes: Changes, problem: Problem) -> list[dict[str, Any]]:
    """What is added, in the columns of Constraints; nothing that is a rule already."""
    there = {(rule.type, rule.dimension_key) for rule in problem.constraints if rule.id not in changes.off}
    rows = []
    for place, rule in enumerate(changes.added):
        if added_id(place) in changes.off:
            continue
        content = {**rule, **changes.edits.get(added_id(place), {})}
        rows.append({_COLUMN_OF_FIELD.get(field, field): value for field, value in content.items() if field != "id"})
    for key, switch in sorted(changes.switches.items()):
        kind = "mandatory" if switch.way == "in" else "exclude_initiative"
        if (kind, key) not in there:
            rows.append({"constraint_type": kind, "dimension_key": key, "reason": switch.reason.strip()})
    for key, period in sorted(changes.periods.items()):
        reason = str(Message("put_into_period", params={"period": period}))
        if ("exclude_initiative", key) not in there:
            rows.append({"constraint_type": "exclude_initiative", "dimension_key": key, "reason": reason})
    return rows


def _plan_rules(
    session: Session, plan: Plan, stored: Mapping[str, Stored], copied: Collection[str], changes: Changes
) -> None:
    """Numbers that change, and rules that go; those that are copied stand once more, as they are changed."""
    for spec, rows, model in (
        (tabs.CONSTRAINTS, plan.constraints, OptimizationConstraint),
        (tabs.TARGETS, plan.targets, OptimizationTarget),
    ):
        told = _told(session, spec, {id: row for id, row in stored.items() if isinstance(row, model)})
        for id, row in told.items():
            edits = {_COLUMN_OF_FIELD.get(name, name): value for name, value in changes.edits.get(id, {}).items()}
            if id in copied:
                if id not in changes.off:
                    values = {name: value for name, value in row.values.items() if name in rule_columns(spec)}
                    place = {"scenario_name": plan.scenario_name, "constraint_set_name": plan.set_name}
                    rows.append(_new_row(spec, {**values, **place, **edits}))
            elif id in changes.off:
                rows.append(RowChange(row.identity, row.mark, {}, remove=True))
            elif edits:
                rows.append(RowChange(row.identity, row.mark, edits))


def _told(session: Session, spec: TabSpec, stored: Mapping[str, Stored]) -> dict[str, GridRow]:
    """The rows as they are listed, with their marks, by the rule's id."""
    identities = {}
    for id, row in stored.items():
        owner = session.get_one(OptimizationConstraintSet, row.set_id)
        values = {name: getattr(row, name) for name in rule_columns(spec) if hasattr(row, name)}
        values |= {"scenario_name": owner.scenario_name or None, "constraint_set_name": owner.constraint_set_name}
        identities[id] = identity_of(spec.identity, values)
    rows = told_rows(session, Source(session, spec), list(dict.fromkeys(identities.values())))
    by_identity = {identity_of(spec.identity, row.identity): row for row in rows}
    return {id: by_identity[identity] for id, identity in identities.items()}


def _new_row(spec: TabSpec, values: Mapping[str, Any]) -> RowChange:
    filled = {name: value for name, value in values.items() if value is not None}
    identity = {name: filled.get(name) for name in spec.identity}
    return RowChange(identity, None, {name: value for name, value in filled.items() if name not in spec.identity})


def _plan_scenario(
    session: Session,
    plan: Plan,
    scenario: OptimizationScenario,
    changes: Changes,
    *,
    is_new: bool,
    names_set: bool,
) -> None:
    [told] = told_rows(session, Source(session, tabs.SCENARIO_CONFIG), [(folded(scenario.scenario_name),)])
    now: dict[str, Any] = {}
    if changes.capacity is not None:
        now["capacity_total_tokens"] = changes.capacity
    objective = changes.objective()
    if objective is not None:
        now["objective_mode"] = objective["mode"]
        now["objective_weights_json"] = objective.get("weights") or objective.get("order")
    if names_set:
        now["constraint_set_name"] = plan.set_name
    if is_new:
        inputs = {column.name for column in tabs.SCENARIO_CONFIG.saved}
        kept = {name: value for name, value in told.values.items() if name in inputs and value is not None}
        plan.scenario.append(_new_row(tabs.SCENARIO_CONFIG, {**kept, **now, "scenario_name": plan.scenario_name}))
    elif now:
        plan.scenario.append(RowChange(told.identity, told.mark, now))
