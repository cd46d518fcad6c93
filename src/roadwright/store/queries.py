"""What is asked of many rows at once: long lists of values in parts, initiatives by key, their current scores."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from operator import itemgetter
from typing import TypeVar

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from roadwright.domain.initiatives import Framework
from roadwright.store.models import Initiative, InitiativeScore

Value = TypeVar("Value", int, str)

_SIZE = 500


def chunks(values: Iterable[Value]) -> Iterator[list[Value]]:
    """The values, sorted and each once, in parts that fit into one statement."""
    ordered = sorted(set(values))
    for start in range(0, len(ordered), _SIZE):
        yield ordered[start : start + _SIZE]


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


def current_scores(session: Session, initiative_ids: Iterable[int]) -> dict[tuple[int, Framework], InitiativeScore]:
    """The scores that count now, by initiative and framework."""
    found: dict[tuple[int, Framework], InitiativeScore] = {}
    for part in chunks(initiative_ids):
        rows = session.scalars(
            select(InitiativeScore).where(InitiativeScore.is_current, InitiativeScore.initiative_id.in_(part))
        )
        found.update(((row.initiative_id, Framework(row.framework)), row) for row in rows)
    return found
