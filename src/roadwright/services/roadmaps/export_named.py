"""Exporting what a person names, in the format that they ask for.

That is a roadmap as it is now, a published version, or a run's portfolio.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from roadwright.domain.roadmaps import GateStatus, RoadmapSource
from roadwright.services.roadmaps.content import Content, Edition, Entry, RoadmapFacts, Totals, known_sum
from roadwright.services.roadmaps.export_calendar import ics_bytes
from roadwright.services.roadmaps.export_csv import Elsewhere, csv_text, jira_csv
from roadwright.services.roadmaps.export_markdown import markdown_text
from roadwright.services.roadmaps.export_workbook import workbook_bytes
from roadwright.services.roadmaps.lookup import answered, find_named_or_run
from roadwright.services.roadmaps.snapshot import content_now
from roadwright.services.roadmaps.versions import edition_of
from roadwright.store.clock import now
from roadwright.store.models import Initiative, OptimizationRun
from roadwright.store.queries import initiatives_by_key

_Places = Mapping[str, Elsewhere]

_FORMATS: Mapping[str, Callable[[Edition, _Places], bytes]] = {
    "jira-csv": lambda edition, places: jira_csv(edition, places).encode(),
    "csv": lambda edition, _: csv_text(edition).encode(),
    "json": lambda edition, _: _json(edition).encode(),
    "ics": lambda edition, _: ics_bytes(edition),
    "md": lambda edition, _: markdown_text(edition).encode(),
    "xlsx": lambda edition, _: workbook_bytes(edition),
}
FORMATS = tuple(_FORMATS)


def export_named(session: Session, name: str, form: str) -> bytes:
    """The file of a roadmap, a version or a run, in one of `FORMATS`. Raises UnknownName."""
    edition = find_edition(session, name)
    keys = [entry.initiative_key for entry in edition.content.entries]
    places = {
        key: Elsewhere(initiative.external_source, initiative.external_id, initiative.external_url)
        for key, initiative in initiatives_by_key(session, keys).items()
    }
    return _FORMATS[form](edition, places)


def _json(edition: Edition) -> str:
    facts = {"version": edition.number or None, "published_by": edition.published_by or None}
    content = edition.content.model_dump(mode="json")
    return json.dumps({**facts, "published_at": edition.published_at, **content}, ensure_ascii=False, indent=2) + "\n"


UNPUBLISHED = 0
"""The number of an edition that is no published version."""


def find_edition(session: Session, text: str) -> Edition:
    """What a person names, to be exported. Raises UnknownName."""
    found = find_named_or_run(session, text)
    if isinstance(found, OptimizationRun):
        return _of_run(session, answered(found))
    roadmap, version = found
    if version is not None:
        return edition_of(version)
    return Edition(content_now(session, roadmap), UNPUBLISHED, roadmap.owner or "", now())


def _of_run(session: Session, run: OptimizationRun) -> Edition:
    run_id = run.run_id
    rows: Sequence[Mapping[str, Any]] = run.context_json.get("results") or ()
    chosen = [row for row in rows if row["selected"]]
    candidates = {row["key"]: row for row in (run.inputs_snapshot_json or {}).get("candidates", ())}
    known = initiatives_by_key(session, [str(row["initiative_key"]) for row in chosen])
    entries = tuple(
        _entry(row, known.get(row["initiative_key"]), candidates.get(row["initiative_key"], {}), run.period_key)
        for row in sorted(chosen, key=lambda one: str(one["initiative_key"]))
    )
    totals = Totals(entries=len(entries), chosen=len(entries), tokens=known_sum(entry.tokens for entry in entries))
    facts = RoadmapFacts(
        roadmap_name=f"{run.scenario_name} {run_id}",
        period_key=run.period_key,
        source=RoadmapSource.PORTFOLIO,
        source_ref=run_id,
    )
    return Edition(Content(roadmap=facts, entries=entries, totals=totals), UNPUBLISHED, "", run.finished_at or now())


def _entry(row: Mapping[str, Any], initiative: Initiative | None, candidate: Mapping[str, Any], period: str) -> Entry:
    said: dict[str, Any] = {
        name: getattr(initiative, name, None)
        for name in ("brief_description", "product_area", "category", "program_key", "scope_mode", "deadline_date")
    }
    return Entry(
        initiative_key=row["initiative_key"],
        title=row["title"],
        department=row["department"],
        country=row["country"],
        lifecycle_status=initiative.lifecycle_status if initiative is not None else "",
        tokens=row.get("allocated_tokens") or candidate.get("tokens"),
        kpi_contributions=candidate.get("contributions") or {},
        gate_status=GateStatus.ADMITTED,
        priority_rank=row.get("rank"),
        planned_period=period,
        selected=True,
        **said,
    )
