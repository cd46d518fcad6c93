"""What stands behind the scores: the registry, models, params that wait, and scores that are not current."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.formulas import FormulaError, parse_formula
from roadwright.domain.initiatives import NEVER_CANDIDATES, Framework
from roadwright.domain.messages import Message
from roadwright.domain.registry import Registry
from roadwright.domain.text import folded
from roadwright.services.roadmaps.gates.checks import score_current
from roadwright.services.roadmaps.gates.rule import Setting, Subject
from roadwright.services.scoring.math_model import run_model
from roadwright.services.scoring.models_of import LoadedModel, load_models
from roadwright.store.kpis import load_registry
from roadwright.store.models import (
    Initiative,
    InitiativeParam,
    OptimizationConstraintSet,
    OptimizationScenario,
    OptimizationTarget,
    OrganizationMetricsConfig,
)
from roadwright.store.queries import current_scores


@dataclass(frozen=True)
class ModelLine:
    """A math model."""

    key: str
    title: str
    name: str
    kpi: str
    formula: str | None
    chain: tuple[str, ...]
    brings: float | None
    is_approved: bool
    is_primary: bool
    warnings: tuple[Message, ...] = ()
    fault: Message | None = None
    """What is wrong with the formula itself, with its line."""


@dataclass(frozen=True)
class Mover:
    """An initiative that moves a KPI, and by how much."""

    key: str
    title: str
    value: float


@dataclass(frozen=True)
class KpiTarget:
    """A target on a KPI: of which set and slice, what is to be reached, and the scenarios that it counts for."""

    set_name: str
    slice: str
    value: float
    is_floor: bool
    scenarios: tuple[str, ...]


@dataclass(frozen=True)
class Stale:
    """An initiative whose active score is not what its inputs give now."""

    key: str
    title: str
    why: Message


def model_lines(session: Session) -> list[ModelLine]:
    """All math models, the open ones first."""
    registry = load_registry(session)
    found = []
    for initiative, models in _models(session):
        found += [_line(initiative, item, registry) for item in models]
    return sorted(found, key=lambda one: (one.is_approved, one.title.casefold(), one.name.casefold()))


def _models(session: Session) -> Iterable[tuple[Initiative, list[LoadedModel]]]:
    initiatives = {one.id: one for one in session.scalars(select(Initiative).order_by(Initiative.id))}
    for number, models in load_models(session, initiatives).items():
        yield initiatives[number], models


def _line(initiative: Initiative, item: LoadedModel, registry: Registry) -> ModelLine:
    row, fault = item.row, None
    if row.formula_text:
        try:
            parse_formula(row.formula_text)
        except FormulaError as problem:
            fault = problem.placed
    result = run_model(item.model, registry)
    kpi = registry.resolve(row.target_kpi_key)
    chain = (row.metric_chain_json or {}).get("nodes") or [row.target_kpi_key]
    return ModelLine(
        key=initiative.initiative_key,
        title=initiative.title,
        name=row.model_name,
        kpi=kpi.key if kpi is not None else row.target_kpi_key,
        formula=row.formula_text,
        chain=tuple(map(str, chain)),
        brings=row.computed_score,
        is_approved=row.approved_by_user,
        is_primary=row.is_primary,
        warnings=tuple(one for one in (*result.problems, *result.warnings) if row.approved_by_user),
        fault=fault,
    )


def waiting_params(session: Session) -> list[tuple[str, str, str]]:
    """The params that nobody stands behind yet: initiative, model and param; of initiatives that still count."""
    rows = session.execute(
        select(Initiative.initiative_key, InitiativeParam.model_name, InitiativeParam.param_name)
        .join(Initiative, Initiative.id == InitiativeParam.initiative_id)
        .where(InitiativeParam.approved.is_(False), Initiative.lifecycle_status.not_in(list(NEVER_CANDIDATES)))
        .order_by(InitiativeParam.id)
    )
    return [(key, model, param) for key, model, param in rows]


def movers(session: Session, kpi: str) -> list[Mover]:
    """The initiatives that move this KPI, those that move it most first."""
    found = []
    for one in session.scalars(select(Initiative).where(Initiative.lifecycle_status.not_in(list(NEVER_CANDIDATES)))):
        brings = {folded(key): value for key, value in (one.kpi_contribution_json or {}).items()}
        if value := brings.get(folded(kpi)):
            found.append(Mover(one.initiative_key, one.title, value))
    return sorted(found, key=lambda mover: (-abs(mover.value), mover.key))


def targets_on(session: Session, kpi: str) -> list[KpiTarget]:
    """The targets on this KPI, of every set; one that scenarios have in sets of the same name is told once."""
    rows = session.execute(
        select(OptimizationTarget, OptimizationConstraintSet)
        .join(OptimizationConstraintSet, OptimizationConstraintSet.id == OptimizationTarget.set_id)
        .order_by(OptimizationTarget.id)
    )
    naming = defaultdict[str, list[str]](list)
    for scenario in session.scalars(select(OptimizationScenario).order_by(OptimizationScenario.id)):
        naming[folded(scenario.constraint_set_name or "")].append(scenario.scenario_name)
    found: dict[tuple[object, ...], KpiTarget] = {}
    for row, owner in rows:
        if folded(row.kpi_key) != folded(kpi):
            continue
        name, is_floor = owner.constraint_set_name, row.floor_or_goal == "floor"
        place = (folded(name), folded(row.dimension), folded(row.dimension_key), row.target_value, is_floor)
        known = found.get(place, KpiTarget(name, row.dimension_key, row.target_value, is_floor, ()))
        more = [owner.scenario_name] if owner.scenario_name else naming[folded(name)]
        found[place] = replace(known, scenarios=tuple(dict.fromkeys((*known.scenarios, *more))))
    return list(found.values())


def registry_rows(session: Session) -> list[OrganizationMetricsConfig]:
    """The KPIs, in the order in which they came."""
    return list(session.scalars(select(OrganizationMetricsConfig).order_by(OrganizationMetricsConfig.id)))


def stale_scores(session: Session) -> list[Stale]:
    """The initiatives whose inputs changed since their score was activated, or no longer give one."""
    chosen = list(
        session.scalars(
            select(Initiative)
            .where(
                Initiative.active_scoring_framework.is_not(None),
                Initiative.lifecycle_status.not_in(list(NEVER_CANDIDATES)),
            )
            .order_by(Initiative.initiative_key)
        )
    )
    ids = [one.id for one in chosen]
    models, scores = load_models(session, ids), current_scores(session, ids)
    setting = Setting(period_key="", registry=load_registry(session))
    found = []
    for one in chosen:
        score = scores.get((one.id, Framework(one.active_scoring_framework or "")))
        subject = Subject(one, models.get(one.id, ()), score)
        why = score_current(subject, None, setting)
        if why is not None:
            found.append(Stale(one.initiative_key, one.title, why))
    return found
