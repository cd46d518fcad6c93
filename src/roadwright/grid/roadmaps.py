"""Roadmaps as programs read them: flat, and one with its entries and versions."""

from __future__ import annotations

from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.text import folded
from roadwright.grid.listing import told_rows
from roadwright.grid.sources import Source
from roadwright.sheets.merge import plain
from roadwright.store.models import Roadmap


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
