"""Messages of actions on what stops them: rows that could not be saved, and roadmaps that something stands against."""

from __future__ import annotations

from roadwright.domain.messages import Message
from roadwright.sheets.spec import TabSpec
from roadwright.store.models import Roadmap


def row_stops(place: str, status: str) -> Message:
    """A row, by its place or name, that could not be saved; ``status`` is what it says itself."""
    return Message("row_stops", params={"place": place, "status": status})


def numbered_row_stops(spec: TabSpec, row: int, status: str) -> Message:
    """The same of a row that has no name."""
    return Message("numbered_row_stops", params={"tab": spec.name, "row": row, "status": status})


def roadmap_stops(roadmap: Roadmap, *faults: Message) -> Message:
    """What stands against a roadmap."""
    return Message("roadmap_stops", params={"roadmap": roadmap.roadmap_name, "faults": faults})
