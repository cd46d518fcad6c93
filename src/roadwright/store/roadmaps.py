"""Roadmaps by name, and names of roadmaps that nobody has filled in on Roadmaps yet."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.messages import Message
from roadwright.domain.roadmaps import RoadmapStatus
from roadwright.domain.text import folded
from roadwright.store.clock import now
from roadwright.store.models import Roadmap


def all_roadmaps(session: Session) -> list[Roadmap]:
    """Every roadmap, in the order in which they were made."""
    return list(session.scalars(select(Roadmap).where(Roadmap.is_declared).order_by(Roadmap.id)))


def find_roadmap(session: Session, name: str) -> Roadmap | None:
    """The roadmap of this name, in any case."""
    found = _named(session, name)
    return found if found is not None and found.is_declared else None


def only_named(session: Session, name: str) -> Message | None:
    """What to say where rows of Roadmap_Entries name this roadmap, but it has never been saved on Roadmaps."""
    found = _named(session, name)
    if found is None or found.is_declared:
        return None
    return Message("roadmap_only_named", params={"roadmap": found.roadmap_name})


def keeper_of_entries(session: Session, name: str, source: str) -> Roadmap:
    """What keeps the entries of the roadmap of this name: the roadmap, or until there is one a mere name."""
    found = _named(session, name)
    if found is None:
        found = Roadmap(
            roadmap_name=name.strip(),
            period_key="",
            status=str(RoadmapStatus.DRAFT),
            is_declared=False,
            created_at=now(),
            updated_at=now(),
            updated_source=source,
        )
        session.add(found)
        session.flush()
    return found


def declare_roadmap(session: Session, name: str) -> Roadmap:
    """A roadmap that is new on Roadmaps, to be filled in; it gets the entries that named it before."""
    found = _named(session, name)
    if found is None:
        return Roadmap(roadmap_name=name.strip(), status=str(RoadmapStatus.DRAFT), created_at=now())
    found.roadmap_name, found.is_declared = name.strip(), True
    return found


def _named(session: Session, name: str) -> Roadmap | None:
    """Names are compared here: databases fold case differently."""
    wanted = folded(name)
    names = session.execute(select(Roadmap.id, Roadmap.roadmap_name).order_by(Roadmap.id))
    found = next((number for number, there in names if folded(there) == wanted), None)
    return None if found is None else session.get_one(Roadmap, found)
