"""Finds what a person names in a comparison (a roadmap, a version ``name@2``, a run ``OPT-000001``) and loads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from roadwright.domain.kpis import KpiLevel
from roadwright.domain.messages import Message, notice
from roadwright.services.roadmaps.compare import Decision, Item
from roadwright.services.roadmaps.content import Content, reading_kpis
from roadwright.services.roadmaps.lookup import answered, find_named_or_run
from roadwright.services.roadmaps.snapshot import content_now, synergies_of
from roadwright.services.roadmaps.versions import content_of
from roadwright.store.models import OptimizationRun
from roadwright.store.session import fiscal_year_of


def find_decision(session: Session, text: str) -> Decision:
    """What a person names: a roadmap as it is now, a published version, or a run. Raises UnknownName."""
    return replace(_named(session, text), fiscal_year=fiscal_year_of(session))


def _named(session: Session, text: str) -> Decision:
    found = find_named_or_run(session, text)
    if isinstance(found, OptimizationRun):
        return of_run(answered(found))
    roadmap, version = found
    if version is None:
        return of_content(roadmap.roadmap_name, "roadmap", content_now(session, roadmap))
    return of_content(f"{roadmap.roadmap_name}@{version.number}", "version", content_of(version))


def of_content(label: str, kind: str, content: Content) -> Decision:
    """A roadmap or version: its chosen entries are in, the others and what was left out are not."""
    chosen = {entry.initiative_key for entry in content.chosen}
    items = [
        Item(
            key=entry.initiative_key,
            title=entry.title,
            tokens=entry.tokens,
            contributions=entry.kpi_contributions,
            department=entry.department,
            country=entry.country,
            planned_period=entry.planned_period,
            rank=entry.priority_rank,
            scope_mode=entry.scope_mode,
            why_not=None if entry.initiative_key in chosen else notice("not_selected_on", label=label),
        )
        for entry in content.entries
    ]
    items += [
        Item(
            key=one.initiative_key,
            title=one.title,
            tokens=one.tokens,
            contributions={},
            department=one.department,
            country=one.country,
            why_not=notice("left_out_of", label=label, reasons="; ".join(one.reasons) or notice("reasons_unknown")),
            why_briefly=_briefly(one.reasons),
        )
        for one in content.left_out
    ]
    units = {kpi.kpi_key: kpi.unit for kpi in reading_kpis(content)}
    bonuses = [(one.kpi_key, one.bonus) for one in content.totals.synergies]
    return Decision(label, kind, content.roadmap.period_key, items, units, bonuses)


def _briefly(reasons: Sequence[str]) -> Message:
    """The first reason for leaving an initiative out, and how many more there are."""
    if not reasons:
        return notice("left_out_blocked")
    if len(reasons) == 1:
        return notice("left_out_for", reason=reasons[0])
    return notice("left_out_for_more", reason=reasons[0], more=len(reasons) - 1)


def of_run(run: OptimizationRun) -> Decision:
    """A run: its portfolio is in, its other candidates are not. It plans no periods, ranks or scopes."""
    snapshot: Mapping[str, Any] = run.inputs_snapshot_json or {}
    candidates = {row["key"]: row for row in snapshot.get("candidates", ())}
    rows: Sequence[Mapping[str, Any]] = run.context_json.get("results") or ()
    items = []
    for row in sorted(rows, key=lambda one: str(one["initiative_key"])):
        key = row["initiative_key"]
        candidate = candidates.get(key, {})
        why_not = None if row["selected"] else notice("candidate_not_selected", run=run.run_id)
        items.append(
            Item(
                key=key,
                title=row["title"],
                tokens=candidate.get("tokens"),
                contributions=candidate.get("contributions") or {},
                department=row["department"],
                country=row["country"],
                why_not=why_not,
            )
        )
    kpis = sorted(snapshot.get("kpis", ()), key=lambda kpi: (kpi["level"] != KpiLevel.NORTH_STAR, kpi["key"]))
    units = {kpi["key"]: kpi.get("unit") for kpi in kpis}
    bonuses = [(one.kpi_key, one.bonus) for one in synergies_of(run, {item.key for item in items if item.is_in})]
    return Decision(run.run_id, "run", run.period_key, items, units, bonuses, tells_plan=False)
