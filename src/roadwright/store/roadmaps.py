"""Roadmaps by name."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.store.models import Roadmap


def all_roadmaps(session: Session) -> list[Roadmap]:
    """Every roadmap, in the order in which they were made."""
    return list(session.scalars(select(Roadmap).order_by(Roadmap.id)))


def find_roadmap(session: Session, name: str) -> Roadmap | None:
    """The roadmap of this name, in any case. Names are compared here: databases fold case differently."""
    wanted = name.strip().casefold()
    names = session.execute(select(Roadmap.id, Roadmap.roadmap_name).order_by(Roadmap.id))
    found = next((number for number, there in names if there.casefold() == wanted), None)
    return None if found is None else session.get_one(Roadmap, found)
