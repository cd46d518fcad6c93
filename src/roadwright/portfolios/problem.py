"""The exact problem of a run: candidates, KPIs, rules and targets of a scenario as the optimizer's Problem JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.initiatives import Lifecycle, tokens_field
from roadwright.domain.kpis import CONTRIBUTABLE
from roadwright.domain.messages import Level, Message
from roadwright.domain.optimization import ConstraintType, Dimension, ObjectiveMode
from roadwright.domain.registry import RegisteredKpi, Registry
from roadwright.portfolios.candidates import constraint_set_of, tokens_of
from roadwright.portfolios.rules import constraint_rule, target_rule
from roadwright.store.models import (
    Initiative,
    OptimizationConstraint,
    OptimizationConstraintSet,
    OptimizationScenario,
    OptimizationTarget,
)
from roadwright.store.registry import load_registry

_SLICES = {
    Dimension.COUNTRY: "country",
    Dimension.DEPARTMENT: "department",
    Dimension.CATEGORY: "category",
    Dimension.PROGRAM: "program_key",
    Dimension.PRODUCT_AREA: "product_area",
    Dimension.CUSTOMER_SEGMENT: "customer_segment",
    Dimension.INITIATIVE_TYPE: "initiative_type",
}
"""Which of an initiative's fields each dimension slices by."""


@dataclass
class BuiltProblem:
    """The Problem JSON of a run, and what was found while it was built: (initiative key, message)."""

    json: dict[str, object]
    constraint_set: OptimizationConstraintSet | None
    candidates: list[Initiative]
    findings: list[tuple[str, Message]] = field(default_factory=list)
    done: frozenset[str] = frozenset()
    """Every initiative that is done, whether a rule names it or not."""


def row_id(tab: str, row: int | None, taken: set[str]) -> dict[str, str]:
    """The id that names a rule's row in the sheet; none where the row is not known or another rule has it."""
    name = f"{tab}!{row}"
    if row is None or name in taken:
        return {}
    taken.add(name)
    return {"id": name}


def _columns(row: OptimizationConstraint | OptimizationTarget) -> dict[str, object]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def _candidate(
    initiative: Initiative, kpis: Sequence[RegisteredKpi], registry: Registry
) -> tuple[dict[str, object], list[Message]]:
    known = {kpi.key for kpi in kpis}
    contributions: dict[str, float] = {}
    problems = []
    for typed, value in (initiative.kpi_contribution_json or {}).items():
        kpi = registry.resolve(typed)
        if kpi is None or kpi.key not in known:
            code = "contribution_unknown" if kpi is None else "contribution_left_out"
            problems.append(Message(code, Level.WARNING, params={"kpi": typed}))
        else:
            contributions[kpi.key] = value
    slices = {
        str(dimension): value for dimension, name in _SLICES.items() if (value := getattr(initiative, name)) is not None
    }
    candidate: dict[str, object] = {
        "key": initiative.initiative_key,
        "tokens": tokens_of(initiative),
        "contributions": contributions,
        "dimensions": slices,
    }
    if initiative.deadline_date is not None:
        candidate["deadline_date"] = initiative.deadline_date.isoformat()
    return candidate, problems


def _objective(scenario: OptimizationScenario, registry: Registry) -> dict[str, object]:
    def key(typed: str) -> str:
        kpi = registry.resolve(typed)
        return kpi.key if kpi is not None else typed

    weights = scenario.objective_weights_json
    if scenario.objective_mode == ObjectiveMode.WEIGHTED_KPIS and isinstance(weights, dict):
        return {"mode": scenario.objective_mode, "weights": {key(kpi): weight for kpi, weight in weights.items()}}
    if scenario.objective_mode == ObjectiveMode.LEXICOGRAPHIC and isinstance(weights, list):
        return {
            "mode": scenario.objective_mode,
            "order": [{**stage, "kpi": key(str(stage["kpi"]))} for stage in weights],
        }
    return {"mode": scenario.objective_mode}


def _kpi(kpi: RegisteredKpi) -> dict[str, object]:
    row: dict[str, object] = {"key": kpi.key, "level": str(kpi.level), "direction": str(kpi.direction)}
    if kpi.unit is not None:
        row["unit"] = kpi.unit
    if kpi.baseline_value is not None:
        row["baseline_value"] = kpi.baseline_value
    return row


def _named_initiatives(rules: Iterable[dict[str, object]]) -> set[str]:
    named: set[str] = set()
    for rule in rules:
        members = rule.get("members")
        named.update(map(str, members) if isinstance(members, list) else ())
        named.update(str(rule["dimension_key"]).split("+") if rule.get("dimension_key") is not None else ())
    return named


def build_problem(
    session: Session,
    scenario: OptimizationScenario,
    candidates: Sequence[Initiative],
    locks: Mapping[str, str] = MappingProxyType({}),
) -> BuiltProblem:
    """The problem that a run of this scenario over these candidates solves. Raises ScenarioProblem.

    ``locks`` are the initiatives that are locked on the scenario's roadmap, each with the id of that rule.
    """
    registry = load_registry(session)
    kpis = [kpi for kpi in registry.active if kpi.level in CONTRIBUTABLE]
    owner = constraint_set_of(session, scenario)
    taken: set[str] = set()
    constraints = [
        {**constraint_rule(_columns(row), registry), **row_id(tabs.CONSTRAINTS.name, row.sheet_row, taken)}
        for row in (owner.constraints if owner is not None else ())
    ]
    reason = str(Message("locked_on_roadmap", params={"roadmap": scenario.roadmap_name}))
    constraints += [
        {"type": str(ConstraintType.MANDATORY), "dimension_key": key, "reason": reason, "id": id}
        for key, id in locks.items()
    ]
    targets = [
        {**target_rule(_columns(row), registry), **row_id(tabs.TARGETS.name, row.sheet_row, taken)}
        for row in (owner.targets if owner is not None else ())
    ]
    findings: list[tuple[str, Message]] = []
    rows = []
    for initiative in candidates:
        row, problems = _candidate(initiative, kpis, registry)
        rows.append(row)
        findings.extend((initiative.initiative_key, problem) for problem in problems)
        if row["tokens"] is None:
            params = {"field": tokens_field(initiative.scope_mode)}
            findings.append((initiative.initiative_key, Message("tokens_blank", Level.WARNING, params=params)))
    inside = {initiative.initiative_key for initiative in candidates}
    named = {text.strip().upper() for text in _named_initiatives([*constraints, *targets])} - inside
    others = list(session.execute(select(Initiative.initiative_key, Initiative.lifecycle_status)))
    done = frozenset(key for key, status in others if status == Lifecycle.DONE)
    outside = {key for key, _ in others if key in named}
    problem: dict[str, object] = {
        "candidates": rows,
        "kpis": [_kpi(kpi) for kpi in kpis],
        "capacity": scenario.capacity_total_tokens,
        "objective": _objective(scenario, registry),
        "constraints": constraints,
        "targets": targets,
        "outside": sorted(outside - done),
        "delivered": sorted(outside & done),
    }
    return BuiltProblem(problem, owner, list(candidates), findings, done)
