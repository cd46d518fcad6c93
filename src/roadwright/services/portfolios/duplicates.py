"""Duplicates that a rule or a lock asks for all the same: they never compete, so that one of the two is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.keys import canonical_key
from roadwright.domain.messages import Message, warning
from roadwright.optimize.constraints import Mandatory
from roadwright.store.models import Initiative, OptimizationConstraint, Roadmap, RoadmapEntry

MANDATORY_DUPLICATE = "duplicate_mandatory"


def duplicates(session: Session) -> dict[str, str]:
    """By key of what is marked as a duplicate, the key of the initiative that it repeats."""
    pairs = select(Initiative.initiative_key, Initiative.duplicate_of).where(Initiative.duplicate_of.is_not(None))
    return {row.initiative_key: str(row.duplicate_of) for row in session.execute(pairs)}


def mandatory_duplicates(
    marked: Mapping[str, str], rows: Iterable[OptimizationConstraint]
) -> list[tuple[str, Message]]:
    """The duplicates that these rows make mandatory: (initiative, what there is to say)."""
    found = []
    for row in rows:
        key = canonical_key(row.dimension_key or "")
        if row.constraint_type == Mandatory.type and key is not None and key in marked:
            place = tabs.CONSTRAINTS.name if row.sheet_row is None else f"{tabs.CONSTRAINTS.name}!{row.sheet_row}"
            found.append((key, warning(MANDATORY_DUPLICATE, key=key, original=marked[key], place=place)))
    return found


def promised_duplicates(session: Session) -> list[Message]:
    """What there is to say of all duplicates that a rule makes mandatory or that are locked on a roadmap."""
    marked = duplicates(session)
    if not marked:
        return []
    said = [why for _, why in mandatory_duplicates(marked, session.scalars(select(OptimizationConstraint)))]
    locked = (
        select(RoadmapEntry.initiative_key, Roadmap.roadmap_name)
        .join(Roadmap, RoadmapEntry.roadmap_id == Roadmap.id)
        .where(RoadmapEntry.is_locked)
        .order_by(RoadmapEntry.initiative_key, Roadmap.roadmap_name)
    )
    for key, roadmap in session.execute(locked):
        if key in marked:
            said.append(warning("duplicate_locked", key=key, original=marked[key], roadmap=roadmap))
    return said
