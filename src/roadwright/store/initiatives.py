"""Initiatives by key, however many."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.store.chunks import chunks
from roadwright.store.models import Initiative


def initiatives_by_key(session: Session, keys: Iterable[str]) -> dict[str, Initiative]:
    """The initiatives with these keys; unknown ones are left out."""
    found: dict[str, Initiative] = {}
    for part in chunks(keys):
        rows = session.scalars(select(Initiative).where(Initiative.initiative_key.in_(part)))
        found.update((row.initiative_key, row) for row in rows)
    return found
