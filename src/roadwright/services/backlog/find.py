"""Finding the initiatives that match a filter."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from roadwright.domain.filters import Filter
from roadwright.services.backlog.conditions import condition
from roadwright.services.backlog.saved import resolve_filter
from roadwright.store.models import Initiative


def find_initiatives(session: Session, wanted: str | Filter | None) -> list[Initiative]:
    """The initiatives that match a filter (text, ``@name`` of a saved one, or read already), in the order of keys.

    None finds all. Raises FilterError.
    """
    key = Initiative.initiative_key
    query = select(Initiative).order_by(func.length(key), key)
    if wanted is not None:
        read = resolve_filter(session, wanted) if isinstance(wanted, str) else wanted
        query = query.where(condition(session, read))
    return list(session.scalars(query))


def matching_keys(session: Session, wanted: str) -> list[str]:
    """The keys of the initiatives that match a filter, in order; nothing else of them is read. Raises FilterError."""
    return keys_matching(session, resolve_filter(session, wanted))


def keys_matching(session: Session, wanted: Filter) -> list[str]:
    """The same for a filter that is read already."""
    key = Initiative.initiative_key
    matching = condition(session, wanted)
    return list(session.scalars(select(key).where(matching).order_by(func.length(key), key)))


def column_values(session: Session, keys: Collection[str], names: Collection[str]) -> dict[str, dict[str, object]]:
    """Some stored columns of these initiatives, by key."""
    columns = [getattr(Initiative, name) for name in names]
    wanted = set(keys)
    rows = session.execute(select(Initiative.initiative_key, *columns))
    return {key: dict(zip(names, values, strict=True)) for key, *values in rows if key in wanted}
