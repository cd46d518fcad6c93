"""The exact problem of a run: candidates, KPIs, rules and targets of a scenario as the optimizer's Problem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.initiatives import Lifecycle, tokens_field
from roadwright.domain.kpis import CONTRIBUTABLE
from roadwright.domain.messages import Level, Message
from roadwright.domain.optimization import TOKENS, Dimension, ObjectiveMode
from roadwright.domain.registry import RegisteredKpi, Registry
from roadwright.optimize import (
    Candidate,
    Fault,
    InvalidProblem,
    Kpi,
    Names,
    Objective,
    OrderItem,
    Problem,
    ProblemBuilder,
    RowReader,
)
from roadwright.services.portfolios.candidates import rules_of, tokens_of
from roadwright.services.portfolios.dependencies import DependencyRules, dependencies_bind, dependency_rules
from roadwright.services.portfolios.duplicates import duplicates, mandatory_duplicates
from roadwright.services.portfolios.rules import RuleSet, add_locks, named_initiatives, read_rules
from roadwright.store.kpis import load_registry
from roadwright.store.models import Initiative, OptimizationConstraint, OptimizationScenario, OptimizationTarget

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
    """The problem of a run (None: its faults say why), and what was found while it was built: (initiative, message)."""

    problem: Problem | None
    faults: list[Fault]
    places: dict[str, str]
    """By id of a rule where it stands in a sheet."""
    constraint_set_name: str | None
    candidates: list[Initiative]
    findings: list[tuple[str, Message]] = field(default_factory=list)
    done: frozenset[str] = frozenset()
    """Every initiative that is done, whether a rule names it or not."""
    dependencies: DependencyRules = field(default_factory=DependencyRules)
    """What the candidates depend on, where that binds."""
    stored: Mapping[str, OptimizationConstraint | OptimizationTarget] = field(default_factory=dict)
    """By id of a rule or target the row that it is stored as; locks and dependencies have none."""
    ignored_sets: tuple[str, ...] = ()
    """Sets for every scenario that names them, where this one names none."""


def _candidate(
    initiative: Initiative, kpis: Mapping[str, RegisteredKpi], registry: Registry
) -> tuple[Candidate, list[Message]]:
    contributions: dict[str, float] = {}
    problems = []
    for typed, value in (initiative.kpi_contribution_json or {}).items():
        kpi = registry.resolve(typed)
        if kpi is None or kpi.key not in kpis:
            code = "contribution_unknown" if kpi is None else "contribution_left_out"
            problems.append(Message(code, Level.WARNING, params={"kpi": typed}))
        else:
            contributions[kpi.key] = value
    slices = {
        str(dimension): value for dimension, name in _SLICES.items() if (value := getattr(initiative, name)) is not None
    }
    candidate = Candidate(
        key=initiative.initiative_key,
        tokens=tokens_of(initiative),
        contributions=contributions,
        dimensions=slices,
        deadline_date=None if initiative.deadline_date is None else initiative.deadline_date.isoformat(),
    )
    return candidate, problems


def _objective(scenario: OptimizationScenario, registry: Registry) -> Objective:
    def key(typed: str) -> str:
        kpi = registry.resolve(typed)
        return kpi.key if kpi is not None else typed

    mode, weights = ObjectiveMode(scenario.objective_mode), scenario.objective_weights_json
    if mode is ObjectiveMode.WEIGHTED_KPIS and isinstance(weights, dict):
        return Objective(mode=mode, weights={key(kpi): weight for kpi, weight in weights.items()})
    if mode is ObjectiveMode.LEXICOGRAPHIC and isinstance(weights, list):
        order = (OrderItem(**{**stage, "kpi": key(str(stage["kpi"]))}) for stage in weights)
        return Objective(mode=mode, order=tuple(order))
    return Objective(mode=mode)


def problem_kpi(kpi: RegisteredKpi) -> Kpi:
    """A KPI of the registry as the optimizer's."""
    return Kpi(key=kpi.key, level=kpi.level, direction=kpi.direction, unit=kpi.unit, baseline_value=kpi.baseline_value)


def build_problem(
    session: Session,
    scenario: OptimizationScenario,
    candidates: Sequence[Initiative],
    locks: Mapping[str, str] = MappingProxyType({}),
) -> BuiltProblem:
    """The problem that a run of this scenario over these candidates solves. Raises ScenarioProblem.

    ``locks`` are the initiatives that are locked on the scenario's roadmap, each with the place of its lock.
    """
    registry = load_registry(session)
    kpis = {kpi.key: kpi for kpi in registry.active if kpi.level in CONTRIBUTABLE}
    owners = rules_of(session, scenario)
    builder = ProblemBuilder()
    for kpi in kpis.values():
        builder.add_kpi(problem_kpi(kpi), kpi.key)
    builder.check_north_star()
    builder.set_capacities(scenario.capacity_total_tokens, {})
    findings: list[tuple[str, Message]] = []
    for initiative in candidates:
        candidate, problems = _candidate(initiative, kpis, registry)
        builder.add_candidate(candidate, candidate.key)
        findings.extend((candidate.key, problem) for problem in problems)
        if candidate.tokens is None:
            params = {"field": tokens_field(initiative.scope_mode)}
            findings.append((candidate.key, Message("tokens_blank", Level.WARNING, params=params)))
    builder.set_objective(_objective(scenario, registry))
    rows = session.execute(select(Initiative.initiative_key, Initiative.lifecycle_status))
    status = {row.initiative_key: row.lifecycle_status for row in rows}
    done = frozenset(key for key, now in status.items() if now == Lifecycle.DONE)
    outside = frozenset(status) - builder.candidates.keys()
    names = Names(builder.kpis, builder.tokens_of, outside - done, outside & done, {TOKENS})
    reader = RowReader(names, builder.faults)
    rules = read_rules(reader, owners, registry)
    add_locks(rules, reader, locks, str(Message("locked_on_roadmap", params={"roadmap": scenario.roadmap_name})))
    needed = dependency_rules(candidates, status) if dependencies_bind(scenario) else DependencyRules()
    rules.constraints += needed.rules
    findings += mandatory_duplicates(duplicates(session), owners.constraints)
    named = {text.strip().upper() for text in named_initiatives(rules)} & outside
    builder.set_others((named - done) | needed.unknown, named & done)
    built = BuiltProblem(
        None,
        [],
        rules.places,
        owners.name,
        list(candidates),
        findings,
        done,
        dependencies=needed,
        stored=rules.stored,
        ignored_sets=owners.ignored,
    )
    return _built(builder, rules, built)


def _built(builder: ProblemBuilder, rules: RuleSet, built: BuiltProblem) -> BuiltProblem:
    for constraint in rules.constraints:
        builder.add_constraint(constraint)
    for target in rules.targets:
        builder.add_target(target)
    try:
        return replace(built, problem=builder.problem())
    except InvalidProblem as invalid:
        return replace(built, faults=invalid.faults)
