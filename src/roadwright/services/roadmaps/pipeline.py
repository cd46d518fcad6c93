"""Where everything stands between an idea and a published roadmap: the counts of each stage, from the store alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from roadwright.domain.kpis import Direction
from roadwright.domain.optimization import AlertKind
from roadwright.domain.periods import same_period
from roadwright.domain.text import folded
from roadwright.services.portfolios.shown import shows_answer
from roadwright.store.models import (
    Initiative,
    OptimizationRun,
    OptimizationScenario,
    OrganizationMetricsConfig,
    Roadmap,
)
from roadwright.store.session import fiscal_year_of

Counts = Mapping[str, int]


@dataclass(frozen=True)
class RoadmapLine:
    """A roadmap in a line."""

    name: str
    status: str
    version: int | None


@dataclass(frozen=True)
class TargetReached:
    """How far the latest answer is with one target, on the KPI's own scale."""

    kpi: str
    where: str
    """The slice, such as a country; empty where it is about everything."""
    unit: str | None
    decreases: bool
    baseline: float
    reached: float
    target: float
    short: float

    @property
    def is_met(self) -> bool:
        return not self.short


@dataclass(frozen=True)
class LatestRun:
    """The newest run of all, and its answer where it has one."""

    run_id: str
    scenario: str
    period: str
    status: str
    candidates: int | None
    selected: int | None
    used: float | None
    capacity: float
    targets_met: str | None


@dataclass(frozen=True)
class Standing:
    """Where the newest answer of all leaves its targets."""

    scenario: str
    run_id: str
    targets: tuple[TargetReached, ...]


@dataclass(frozen=True)
class Pipeline:
    """All stages. Counts are the largest first."""

    total: int
    sheets: Counts
    """By intake sheet, how many ideas it brought in."""
    statuses: Counts
    scored: int
    frameworks: Counts
    candidates: int
    periods: Counts
    """Of candidates; the key is empty where none is named."""
    roadmaps: tuple[RoadmapLine, ...]
    run: LatestRun | None
    standing: Standing | None


def pipeline_of(session: Session) -> Pipeline:
    """The stages as they are now."""
    flagged = Initiative.is_optimization_candidate.is_(True)
    scored = Initiative.overall_score.is_not(None)
    statuses = _counts(session, Initiative.lifecycle_status)
    frameworks = _counts(session, Initiative.active_scoring_framework, scored)
    periods = _periods(session, flagged)
    roadmaps = session.execute(
        select(Roadmap.roadmap_name, Roadmap.status, Roadmap.version).where(Roadmap.is_declared).order_by(Roadmap.id)
    )
    return Pipeline(
        total=sum(statuses.values()),
        sheets=_counts(session, Initiative.intake_source),
        statuses=statuses,
        scored=session.scalar(select(func.count()).select_from(Initiative).where(scored)) or 0,
        frameworks=frameworks,
        candidates=sum(periods.values()),
        periods=periods,
        roadmaps=tuple(RoadmapLine(*one) for one in roadmaps),
        run=_latest(session),
        standing=_standing(session),
    )


def latest_scenario(session: Session) -> str | None:
    """The scenario of the latest run that still is there, else the first that there is; None where there is none."""
    known = list(session.scalars(select(OptimizationScenario.scenario_name).order_by(OptimizationScenario.id)))
    ran = session.scalar(
        select(OptimizationRun.scenario_name)
        .where(OptimizationRun.scenario_name.in_(known))
        .order_by(OptimizationRun.id.desc())
        .limit(1)
    )
    return ran or (known[0] if known else None)


def _counts(session: Session, column: Any, *wanted: ColumnElement[bool]) -> dict[str, int]:
    found = session.execute(select(column, func.count()).where(*wanted).group_by(column)).all()
    return {value or "": count for value, count in sorted(found, key=lambda one: (-one[1], one[0] or ""))}


def _periods(session: Session, flagged: ColumnElement[bool]) -> dict[str, int]:
    """Keys that name the same period count together; the most frequent spelling names them."""
    merged: dict[str, int] = {}
    fiscal_year = fiscal_year_of(session)
    for key, count in _counts(session, Initiative.candidate_period_key, flagged).items():
        name = next((one for one in merged if one and key and same_period(one, key, fiscal_year)), key)
        merged[name] = merged.get(name, 0) + count
    return dict(sorted(merged.items(), key=lambda one: -one[1]))


def _latest(session: Session) -> LatestRun | None:
    columns = (
        OptimizationRun.run_id,
        OptimizationRun.scenario_name,
        OptimizationRun.period_key,
        OptimizationRun.status,
        OptimizationRun.capacity_total,
        OptimizationRun.shown_json,
    )
    run = session.execute(select(*columns).order_by(OptimizationRun.id.desc()).limit(1)).first()
    if run is None:
        return None
    shown = run.shown_json
    return LatestRun(
        run.run_id,
        run.scenario_name,
        run.period_key,
        run.status,
        shown.get("candidates"),
        shown.get("selected_count"),
        shown.get("capacity_used"),
        run.capacity_total,
        shown.get("targets_met"),
    )


def _standing(session: Session) -> Standing | None:
    runs = select(OptimizationRun.id, OptimizationRun.shown_json).order_by(OptimizationRun.id.desc())
    number = next((number for number, shown in session.execute(runs) if shows_answer(shown)), None)
    if number is None:
        return None
    run = session.get_one(OptimizationRun, number)
    kpis = {row.kpi_key: row for row in session.scalars(select(OrganizationMetricsConfig))}
    targets = [
        _reached(row, kpis.get(row["kpi_key"]))
        for row in run.context_json.get("alerts", ())
        if row["kind"] == AlertKind.TARGET and row.get("target") is not None
    ]
    targets.sort(key=lambda one: one.is_met)
    return Standing(run.scenario_name, run.run_id, tuple(targets))


def _reached(row: Mapping[str, Any], kpi: OrganizationMetricsConfig | None) -> TargetReached:
    is_all = folded(str(row["dimension"])) == "all"
    return TargetReached(
        kpi=row["kpi_key"] if kpi is None else kpi.kpi_name or kpi.kpi_key,
        where="" if is_all else str(row["dimension_key"]),
        unit=None if kpi is None else kpi.unit,
        decreases=kpi is not None and Direction(kpi.direction) is Direction.DECREASE,
        baseline=row.get("baseline") or 0.0,
        reached=row["achieved"],
        target=row["target"],
        short=row.get("gap") or 0.0,
    )
