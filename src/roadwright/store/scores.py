"""The current scores of initiatives, framework by framework."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.initiatives import Framework
from roadwright.store.chunks import chunks
from roadwright.store.models import InitiativeScore


def current_scores(session: Session, initiative_ids: Iterable[int]) -> dict[tuple[int, Framework], InitiativeScore]:
    """The scores that count now, by initiative and framework."""
    found: dict[tuple[int, Framework], InitiativeScore] = {}
    for part in chunks(initiative_ids):
        rows = session.scalars(
            select(InitiativeScore).where(InitiativeScore.is_current, InitiativeScore.initiative_id.in_(part))
        )
        found.update(((row.initiative_id, Framework(row.framework)), row) for row in rows)
    return found
