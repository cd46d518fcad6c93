"""A roadmap as it is now, in the form of a version's content: read from the store, nothing is judged or changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.messages import Message
from roadwright.domain.registry import Registry
from roadwright.domain.roadmaps import STANDS, GateSeverity, GateStatus
from roadwright.optimize.constraints import SynergyBonus
from roadwright.services.portfolios.candidates import tokens_of
from roadwright.services.roadmaps.content import (
    Content,
    Entry,
    GateContent,
    KpiTotal,
    LeftOut,
    Origin,
    RoadmapFacts,
    Synergy,
    Totals,
    Verdict,
    Waiver,
    chosen_of,
    known_sum,
)
from roadwright.services.roadmaps.policy import DEFAULT_GATES, rows_of_policy
from roadwright.services.roadmaps.selected import adopted_run_of
from roadwright.store.kpis import load_registry
from roadwright.store.models import (
    Initiative,
    OptimizationRun,
    OrganizationMetricsConfig,
    Roadmap,
    RoadmapEntry,
)
from roadwright.store.percentiles import score_percentiles
from roadwright.store.queries import initiatives_by_key


def content_now(session: Session, roadmap: Roadmap) -> Content:
    """The roadmap with its admitted and waived entries, as the gates last judged them."""
    registry, run = load_registry(session), adopted_run_of(session, roadmap)
    rows = sorted(roadmap.entry_rows, key=lambda row: row.initiative_key)
    initiatives = initiatives_by_key(session, (row.initiative_key for row in rows))
    shares = score_percentiles(session) if rows else {}
    entries, left_out = [], []
    for row in rows:
        initiative = initiatives[row.initiative_key]
        if row.gate_status in STANDS:
            entries.append(_entry(row, initiative, registry, shares.get(row.initiative_key)))
        else:
            left_out.append(_left_out(row, initiative))
    return Content(
        roadmap=_facts(session, roadmap),
        entries=tuple(entries),
        left_out=tuple(left_out),
        totals=_totals(session, entries, run),
        origin=None if run is None else _origin(run),
    )


def _facts(session: Session, roadmap: Roadmap) -> RoadmapFacts:
    return RoadmapFacts(
        roadmap_name=roadmap.roadmap_name,
        period_key=roadmap.period_key,
        description=roadmap.description,
        source=roadmap.source,
        source_ref=roadmap.source_ref,
        gate_policy=roadmap.gate_policy,
        gates=_gates(session, roadmap.gate_policy),
        owner=roadmap.owner,
    )


def _gates(session: Session, policy: str | None) -> tuple[GateContent, ...]:
    mine = sorted(rows_of_policy(session, policy or ""), key=lambda row: row.gate)
    if not mine:
        return tuple(GateContent(gate=gate, severity=severity) for gate, severity in DEFAULT_GATES)
    return tuple(
        GateContent(gate=row.gate, severity=GateSeverity(row.severity), parameter=row.parameter) for row in mine
    )


def _entry(row: RoadmapEntry, initiative: Initiative, registry: Registry, share: float | None) -> Entry:
    waiver = None
    if row.gate_status == GateStatus.WAIVED and row.waived_by and row.waiver_reason:
        waiver = Waiver(waived_by=row.waived_by, reason=row.waiver_reason, waived_at=row.waived_at)
    return Entry(
        initiative_key=initiative.initiative_key,
        title=initiative.title,
        brief_description=initiative.brief_description,
        department=initiative.department,
        country=initiative.country,
        product_area=initiative.product_area,
        category=initiative.category,
        program_key=initiative.program_key,
        lifecycle_status=initiative.lifecycle_status,
        scope_mode=initiative.scope_mode,
        tokens=tokens_of(initiative),
        deadline_date=initiative.deadline_date,
        active_scoring_framework=initiative.active_scoring_framework,
        value_score=initiative.value_score,
        effort_score=initiative.effort_score,
        overall_score=initiative.overall_score,
        score_percentile=share,
        kpi_contributions=_contributions(initiative.kpi_contribution_json or {}, registry),
        gate_status=GateStatus(row.gate_status or GateStatus.ADMITTED),
        gate_results=tuple(sorted(map(Verdict.model_validate, row.gate_results_json or ()), key=lambda one: one.gate)),
        gate_failures=tuple(row.gate_failures or ()),
        waiver=waiver,
        priority_rank=row.priority_rank,
        planned_period=row.planned_period,
        is_locked=row.is_locked,
        selected=row.selected,
    )


def _contributions(stored: Mapping[str, float], registry: Registry) -> dict[str, float]:
    """In the registry's own spelling of the keys, so that sums meet."""
    spelled = ((kpi.key if (kpi := registry.resolve(key)) is not None else key, value) for key, value in stored.items())
    return dict(sorted(spelled))


def _left_out(row: RoadmapEntry, initiative: Initiative) -> LeftOut:
    reasons = (
        tuple(row.gate_failures or ()) if row.gate_status == GateStatus.BLOCKED else (str(Message("entry_not_judged")),)
    )
    return LeftOut(
        initiative_key=initiative.initiative_key,
        title=initiative.title,
        department=initiative.department,
        country=initiative.country,
        tokens=tokens_of(initiative),
        reasons=reasons,
    )


def _totals(session: Session, entries: Sequence[Entry], run: OptimizationRun | None) -> Totals:
    chosen = chosen_of(entries, by_run=run is not None)
    synergies = () if run is None else synergies_of(run, {entry.initiative_key for entry in chosen})
    known = {row.kpi_key: row for row in session.scalars(select(OrganizationMetricsConfig))}
    claimed = {key for entry in chosen for key in entry.kpi_contributions} | {one.kpi_key for one in synergies}
    kpis = []
    for key in sorted(claimed):
        row = known.get(key)
        parts = [
            *(entry.kpi_contributions.get(key) for entry in chosen),
            *(one.bonus for one in synergies if one.kpi_key == key),
        ]
        described = {} if row is None else _described(row)
        kpis.append(KpiTotal.model_validate({"kpi_key": key, "total": known_sum(parts), **described}))
    return Totals(
        entries=len(entries),
        chosen=len(chosen),
        tokens=known_sum(entry.tokens for entry in chosen),
        without_tokens=sum(entry.tokens is None for entry in chosen),
        kpis=tuple(kpis),
        standing_tokens=known_sum(entry.tokens for entry in entries),
        synergies=synergies,
    )


def _described(row: OrganizationMetricsConfig) -> dict[str, object]:
    return {"kpi_name": row.kpi_name, "level": row.kpi_level, "unit": row.unit, "direction": row.direction}


def _origin(run: OptimizationRun) -> Origin:
    return Origin(
        run_id=run.run_id,
        scenario_name=run.scenario_name,
        constraint_set_name=run.constraint_set_name,
        period_key=run.period_key,
        status=run.status,
        objective_mode=run.objective_mode,
        capacity_total=run.capacity_total,
        snapshot_hash=run.snapshot_hash,
        finished_at=run.finished_at,
    )


def synergies_of(run: OptimizationRun, selected: Collection[str]) -> tuple[Synergy, ...]:
    """The synergies that count, by the rules that the run obeyed, in their order."""
    snapshot = run.inputs_snapshot_json or {}
    there = {*selected, *(snapshot.get("delivered") or ())}
    rules = (rule for rule in snapshot.get("constraints") or () if rule["type"] == SynergyBonus.type)
    return tuple(
        Synergy(
            group=rule["dimension_key"],
            kpi_key=rule["kpi_key"],
            bonus=rule["bonus_value"],
            members=tuple(sorted(rule["members"])),
        )
        for rule in rules
        if there.issuperset(rule["members"])
    )
