"""Roadmaps by name, and the names of the roadmaps that initiatives are on."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.roadmaps import GateStatus
from roadwright.store.chunks import chunks
from roadwright.store.models import Roadmap, RoadmapEntry


def all_roadmaps(session: Session) -> list[Roadmap]:
    """Every roadmap, in the order in which they were made."""
    return list(session.scalars(select(Roadmap).order_by(Roadmap.id)))


def find_roadmap(session: Session, name: str) -> Roadmap | None:
    """The roadmap of this name, in any case. Names are compared here: databases fold case differently."""
    wanted = name.strip().casefold()
    names = session.execute(select(Roadmap.id, Roadmap.roadmap_name).order_by(Roadmap.id))
    found = next((number for number, there in names if there.casefold() == wanted), None)
    return None if found is None else session.get_one(Roadmap, found)


def roadmap_names(session: Session, keys: Iterable[str]) -> dict[str, list[str]]:
    """The roadmaps that each of these initiatives is on, oldest first; one that blocks it does not count."""
    found: dict[str, list[str]] = {}
    for part in chunks(keys):
        rows = session.execute(
            select(RoadmapEntry.initiative_key, Roadmap.roadmap_name, RoadmapEntry.gate_status)
            .join(Roadmap, RoadmapEntry.roadmap_id == Roadmap.id)
            .where(RoadmapEntry.initiative_key.in_(part))
            .order_by(Roadmap.id)
        )
        for key, name, status in rows:
            if status != GateStatus.BLOCKED:
                found.setdefault(key, []).append(name)
    return found
