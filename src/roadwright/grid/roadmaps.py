"""Roadmaps as programs read them, and what a roadmap's page shows: where it stands, its board and its gates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.periods import FiscalYear
from roadwright.domain.roadmaps import STANDS, GateResult
from roadwright.domain.text import folded
from roadwright.grid.listing import GridRow, told_rows
from roadwright.grid.sources import Source
from roadwright.services.bindings.periods import periods_in_use
from roadwright.services.roadmaps.board import BoardEntry
from roadwright.services.roadmaps.content import known_sum
from roadwright.services.roadmaps.selected import runs_over
from roadwright.services.roadmaps.standing import drift_of
from roadwright.services.roadmaps.versions import newest_version
from roadwright.sheets.merge import plain
from roadwright.store.kpis import load_registry
from roadwright.store.models import Roadmap
from roadwright.store.queries import initiatives_by_key
from roadwright.store.roadmaps import all_roadmaps


def roadmap_rows(session: Session) -> list[dict[str, object]]:
    """The rows of the tab Roadmaps."""
    source = Source(session, tabs.ROADMAPS)
    return [{name: plain(value) for name, value in row.items()} for row in source.values(source.identities).values()]


def whole_roadmap(session: Session, roadmap: Roadmap) -> dict[str, object]:
    """One roadmap: its row, flat, with its entries and versions."""
    name = folded(roadmap.roadmap_name)
    own = Source(session, tabs.ROADMAPS).values([(name,)])[name,]
    entries = Source(session, tabs.ROADMAP_ENTRIES)
    rows = told_rows(session, entries, [identity for identity in entries.identities if identity[0] == name])
    return {
        **{name: plain(value) for name, value in own.items()},
        "entries": [{**row.values, "run_status": row.run_status} for row in rows],
        "versions": [
            {
                "number": version.number,
                "published_by": version.published_by,
                "published_at": version.published_at,
                "content_hash": version.content_hash,
            }
            for version in roadmap.versions
        ],
    }


@dataclass(frozen=True)
class RoadmapView:
    """One roadmap as its page shows it."""

    name: str
    names: tuple[str, ...]
    """Of all roadmaps."""
    row: GridRow
    status: str
    period: str
    periods: tuple[str, ...]
    """Those that scenarios and roadmaps have."""
    years: FiscalYear
    entries: tuple[BoardEntry, ...]
    unit: str | None
    """Of the north star."""
    drifted: int | None
    """How many things differ from the newest version; None where there is none."""
    moves: tuple[tuple[str, str, str, str], ...]
    """From, to, by whom and when; the newest first."""
    versions: tuple[tuple[int, str, str, str], ...]
    """Number, by whom, when and hash; the newest first."""
    runs: tuple[tuple[str, str], ...]
    """Those that it could adopt, each with its scenario."""

    @property
    def standing(self) -> list[BoardEntry]:
        return [entry for entry in self.entries if entry.gate_status in STANDS]

    @property
    def blocked(self) -> list[BoardEntry]:
        return [entry for entry in self.entries if entry.is_blocked]

    @property
    def tokens(self) -> float:
        return known_sum(entry.tokens for entry in self.standing)

    def value(self, column: str) -> Any:
        """What its row says."""
        return self.row.values.get(column)


def roadmap_view(session: Session, roadmap: Roadmap) -> RoadmapView:
    """All that the page of a roadmap shows at once."""
    name = folded(roadmap.roadmap_name)
    own = told_rows(session, Source(session, tabs.ROADMAPS), [(name,)])[0]
    registry = load_registry(session)
    star = next(iter(registry.north_stars), None)
    source = Source(session, tabs.ROADMAP_ENTRIES)
    rows = told_rows(session, source, [identity for identity in source.identities if identity[0] == name])
    by_key = {str(row.identity["initiative_key"]): row for row in rows}
    initiatives = initiatives_by_key(session, by_key)
    entries = []
    for entry in roadmap.entry_rows:
        row, initiative = by_key[entry.initiative_key], initiatives[entry.initiative_key]
        brings = {folded(key): value for key, value in (initiative.kpi_contribution_json or {}).items()}
        tokens = row.values["tokens"]
        entries.append(
            BoardEntry(
                key=entry.initiative_key,
                title=initiative.title,
                department=initiative.department,
                country=initiative.country,
                tokens=float(tokens) if isinstance(tokens, int | float) else None,
                gain=None if star is None else brings.get(folded(star)),
                deadline=initiative.deadline_date,
                gate_status=entry.gate_status,
                results=tuple(map(GateResult.from_json, entry.gate_results_json or ())),
                waived_by=entry.waived_by,
                waiver_reason=entry.waiver_reason,
                rank=entry.priority_rank,
                planned_period=entry.planned_period,
                is_locked=entry.is_locked,
                selected=entry.selected,
                mark=row.mark,
            )
        )
    in_use = periods_in_use(session)
    newest = newest_version(roadmap)
    return RoadmapView(
        name=roadmap.roadmap_name,
        names=tuple(one.roadmap_name for one in all_roadmaps(session)),
        row=own,
        status=roadmap.status,
        period=roadmap.period_key,
        periods=tuple(in_use.keys),
        years=in_use.fiscal_year,
        entries=tuple(entries),
        unit=None if star is None else registry.kpis[star].unit,
        drifted=None if newest is None else len(drift_of(session, roadmap, newest).changes),
        moves=tuple((m.from_status, m.to_status, m.changed_by, m.changed_at) for m in reversed(roadmap.status_changes)),
        versions=tuple(
            (v.number, v.published_by, v.published_at, v.content_hash) for v in reversed(list(roadmap.versions))
        ),
        runs=tuple(runs_over(session, roadmap.roadmap_name).items()),
    )
