"""Initiatives as the tabs show them: loading them by key, their values by column, and making new ones."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.initiatives import ContributionSource, Lifecycle
from roadwright.domain.keys import INITIATIVE, canonical_key, number_in, parse_key
from roadwright.domain.messages import Message
from roadwright.domain.registry import did_you_mean, nearest_key
from roadwright.domain.text import folded
from roadwright.services.rows.identity import Identity
from roadwright.sheets.spec import TabSpec
from roadwright.store.clock import now
from roadwright.store.identity import known_numbers
from roadwright.store.models import Initiative
from roadwright.store.queries import ATTRIBUTES, attributes_of, initiatives_by_key
from roadwright.tabs.backlog import DEFAULT_COEFFICIENT

_LOADED = "initiatives by key"
"""Where a session keeps the initiatives that it has loaded: a pass asks for the same ones again and again."""
_MOST_TITLES = 2_000
"""So many titles are compared with a mistyped one."""


def load_initiatives(session: Session, keys: Iterable[str]) -> dict[str, Initiative]:
    """The initiatives with these keys (any case); unknown ones are left out."""
    wanted = {key for text in keys if (key := canonical_key(text)) is not None}
    loaded: dict[str, Initiative] = session.info.setdefault(_LOADED, {})
    loaded.update(initiatives_by_key(session, [key for key in wanted if key not in loaded]))
    return {key: loaded[key] for key in sorted(wanted) if key in loaded}


def all_keys(session: Session) -> list[str]:
    """Every initiative's key, in order."""
    return list(session.scalars(select(Initiative.initiative_key).order_by(Initiative.id)))


def all_initiatives(session: Session) -> list[Initiative]:
    """Every initiative, in the order of the keys."""
    return list(session.scalars(select(Initiative).order_by(Initiative.id)))


def no_such_initiative(session: Session, typed: str) -> Message:
    """What to say where no initiative has this key: the one that was meant, or how far the keys go."""
    return Message("no_such_initiative", params={"id": typed, "hint": nearest_initiative(session, typed)})


def nearest_initiative(session: Session, typed: str) -> Message | str:
    """The initiative that was likely meant, by its title or its number: `` (did you mean INIT-000012 …?)``."""
    if parse_key(INITIATIVE, typed) is None:
        rows = session.execute(select(Initiative.title, Initiative.initiative_key).limit(_MOST_TITLES))
        titles = {folded(title): f"{key} {title}" for title, key in rows}
        if near := difflib.get_close_matches(folded(typed), titles, n=1):
            return did_you_mean(titles[near[0]])
    known = [number for key in all_keys(session) if (number := parse_key(INITIATIVE, key)) is not None]
    return nearest_key(INITIATIVE, number_in(typed), known)


def by_identity(session: Session, identities: Collection[Identity]) -> dict[Identity, Initiative]:
    """The initiatives behind rows that are identified by initiative_key alone."""
    wanted = {identity: canonical_key(identity[0]) for identity in identities if identity[0]}
    found = load_initiatives(session, (key for key in wanted.values() if key is not None))
    return {identity: found[key] for identity, key in wanted.items() if key in found}


def initiative_values(initiative: Initiative, spec: TabSpec) -> dict[str, object]:
    """What a tab shows of an initiative: its attributes of the columns' names."""
    names = _attributes_on(spec.name)
    return dict(zip(names, attributes_of(initiative, names), strict=True))


@cache
def _attributes_on(tab: str) -> tuple[str, ...]:
    """What a tab shows as it is stored; but each row of a tab has its own ``updated_at``."""
    return tuple(name for name in tabs.BY_NAME[tab].by_name if name in ATTRIBUTES and name != "updated_at")


def set_attribute(initiative: Initiative, name: str, value: object) -> None:
    """Store one typed value, with the default of a blank where the model needs one."""
    if value is None and name == "strategic_priority_coefficient":
        value = DEFAULT_COEFFICIENT
    setattr(initiative, name, value)


def new_initiative(key: str, title: str, *, row_version: str, source: str) -> Initiative:
    """An initiative with nothing but its key and title; the caller adds it to the session."""
    return Initiative(
        initiative_key=key,
        title=title,
        lifecycle_status=str(Lifecycle.NEW),
        strategic_priority_coefficient=DEFAULT_COEFFICIENT,
        is_optimization_candidate=False,
        intake_source="backlog",
        intake_missing=False,
        kpi_contribution_source=str(ContributionSource.COMPUTED),
        submitted_at=now(),
        created_at=now(),
        updated_at=row_version,
        updated_source=source,
    )


def stamp(initiative: Initiative, row_version: str, source: str) -> None:
    """Say which action last wrote the initiative, and when."""
    initiative.updated_at = row_version
    initiative.updated_source = source


def issued_numbers(session: Session, keys: Iterable[str]) -> set[int]:
    """The numbers, among those in these keys, that were given out."""
    return known_numbers(session, {n for key in keys if (n := parse_key(INITIATIVE, key)) is not None})
