"""The current scores of initiatives, framework by framework."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.initiatives import Framework
from roadwright.store.models import InitiativeScore

_CHUNK = 500


def current_scores(session: Session, initiative_ids: Iterable[int]) -> dict[tuple[int, Framework], InitiativeScore]:
    """The scores that count now, by initiative and framework."""
    wanted = sorted(set(initiative_ids))
    found: dict[tuple[int, Framework], InitiativeScore] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = session.scalars(
            select(InitiativeScore).where(
                InitiativeScore.is_current, InitiativeScore.initiative_id.in_(wanted[start : start + _CHUNK])
            )
        )
        found.update(((row.initiative_id, Framework(row.framework)), row) for row in rows)
    return found
