"""Initiatives by key, however many."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from operator import itemgetter

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from roadwright.store.chunks import chunks
from roadwright.store.models import Initiative

ATTRIBUTES = frozenset(inspect(Initiative).columns.keys())
"""The names of what is stored of an initiative."""


def initiatives_by_key(session: Session, keys: Iterable[str]) -> dict[str, Initiative]:
    """The initiatives with these keys; unknown ones are left out."""
    found: dict[str, Initiative] = {}
    for part in chunks(keys):
        rows = session.scalars(select(Initiative).where(Initiative.initiative_key.in_(part)))
        found.update((row.initiative_key, row) for row in rows)
    return found


def attributes_of(initiative: Initiative, names: Collection[str]) -> tuple[object, ...]:
    """The initiative's attributes of these names (two or more)."""
    # Straight from the loaded state: attribute by attribute it takes most of the time of a pass over many initiatives.
    try:
        found: tuple[object, ...] = _getter(tuple(names))(vars(initiative))
    except KeyError:  # not all of them are loaded
        found = tuple(getattr(initiative, name) for name in names)
    return found


@cache
def _getter(names: tuple[str, ...]) -> itemgetter[tuple[str, ...]]:
    return itemgetter(*names)
