"""Finding the initiatives that match a filter, typed or saved by name (``@name``, wherever a filter is typed)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from roadwright.domain.errors import InputError
from roadwright.domain.filters import Field, Filter, FilterError, parse_filter
from roadwright.domain.messages import Message
from roadwright.domain.registry import nearest
from roadwright.domain.text import folded
from roadwright.services.backlog.carried import further_fields
from roadwright.services.backlog.conditions import condition
from roadwright.services.backlog.fields import filter_fields
from roadwright.store.clock import now
from roadwright.store.models import Initiative, SavedFilter

SIGN = "@"
"""What begins the name of a saved filter where a filter is typed."""
LONGEST_NAME = 200


class NameProblem(InputError, ValueError):
    """A name that no filter can have, or that none has; the message says which there are."""


def all_fields(session: Session) -> dict[str, Field]:
    """Every field that a filter may name: the backlog's, and what initiatives carry along."""
    return {**filter_fields(), **further_fields(session)}


def saved_filters(session: Session) -> list[SavedFilter]:
    """All saved filters, by name."""
    return sorted(session.scalars(select(SavedFilter)), key=lambda saved: folded(saved.name))


def find_saved(session: Session, name: str) -> SavedFilter | None:
    """The saved filter of this name, in any case, with or without the @."""
    wanted = folded(bare_name(name))
    return next((saved for saved in saved_filters(session) if folded(saved.name) == wanted), None)


def bare_name(name: str) -> str:
    """A filter's name without the @, and with single blanks."""
    return " ".join(name.strip().removeprefix(SIGN).split())


def resolve_filter(session: Session, text: str) -> Filter:
    """Read a filter of the backlog; ``@name`` is the saved filter of this name. Raises FilterError."""
    if not text.strip().startswith(SIGN):
        return parse_filter(text, all_fields(session))
    name = bare_name(text.strip())
    saved = find_saved(session, name)
    if saved is None:
        raise FilterError.of(text, text.index(SIGN), _unknown(session, name))
    try:
        return parse_filter(saved.filter_text, all_fields(session))
    except FilterError as error:  # a field may be gone since it was saved
        raise FilterError(error.text, error.place, "saved_filter", name=saved.name, why=error.message) from error


def _unknown(session: Session, name: str) -> Message:
    names = [saved.name for saved in saved_filters(session)]
    if not names:
        return Message("no_saved_filters", params={"name": name})
    return Message("unknown_saved_filter", params={"name": name, "hint": nearest(name, names), "names": names})


def checked_name(name: str) -> str:
    """The name as a filter gets it. Raises NameProblem for one that no filter can have."""
    bare = bare_name(name)
    if not bare or len(bare) > LONGEST_NAME or not bare.isprintable():
        raise NameProblem("bad_filter_name", name=name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…")
    return bare


def checked_text(session: Session, text: str) -> str:
    """The text as it is saved. Raises FilterError for one that is no filter or only names another."""
    if text.strip().startswith(SIGN):
        raise FilterError(text, text.index(SIGN), "filter_names_another")
    parse_filter(text, all_fields(session))
    return text.strip()


def save_filter(session: Session, name: str, text: str, source: str) -> tuple[SavedFilter, str | None]:
    """Save a filter by name, in place of the one that has this name: the filter, and what the text was before.

    Raises NameProblem, and FilterError for a text that is no filter or only names another.
    """
    bare, checked = checked_name(name), checked_text(session, text)
    saved = find_saved(session, bare)
    before = saved.filter_text if saved is not None else None
    if saved is None:
        saved = SavedFilter(created_at=now())
        session.add(saved)
    saved.name, saved.filter_text = bare, checked
    saved.updated_at, saved.updated_source = now(), source
    return saved, before


def remove_filter(session: Session, name: str) -> SavedFilter:
    """Forget a saved filter. Raises NameProblem where there is none of this name."""
    saved = find_saved(session, name)
    if saved is None:
        raise NameProblem.saying(_unknown(session, bare_name(name)))
    session.delete(saved)
    return saved


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
