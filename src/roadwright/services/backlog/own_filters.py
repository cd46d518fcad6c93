"""Filters that a person saved for themselves: nobody else sees them, and no ``@name`` means them.

They are kept as what a person chose, so that a name is taken for its owner only, and may be one of the team's too.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from roadwright.domain.messages import Message
from roadwright.domain.registry import nearest
from roadwright.domain.text import folded
from roadwright.services.backlog.find import NameProblem, bare_name, checked_name, checked_text, saved_filters
from roadwright.services.people.accounts import keep_preference, preference
from roadwright.store.clock import now

MOST_OWN = 50
"""So many a person keeps: all of them are chips above the backlog."""
_PREFERENCE = "filters"


@dataclass(frozen=True)
class OwnFilter:
    """A filter of one person."""

    name: str
    filter_text: str
    updated_at: str


@dataclass(frozen=True)
class SeenFilter:
    """A saved filter that a person sees: the team's, or their own."""

    name: str
    filter_text: str
    updated_at: str
    is_own: bool


def seen_filters(session: Session, who: str) -> list[SeenFilter]:
    """The filters that this person sees: the team's by name, then their own."""
    team = [SeenFilter(one.name, one.filter_text, one.updated_at, False) for one in saved_filters(session)]
    return team + [SeenFilter(one.name, one.filter_text, one.updated_at, True) for one in own_filters(session, who)]


def own_filters(session: Session, who: str) -> list[OwnFilter]:
    """The filters that this person saved for themselves, by name."""
    kept = preference(session, who, _PREFERENCE).get("saved") or ()
    return sorted((OwnFilter(**one) for one in kept), key=lambda one: folded(one.name))


def save_own_filter(session: Session, who: str, name: str, text: str) -> tuple[OwnFilter, str | None]:
    """Save a filter for this person alone, in place of theirs of this name: the filter, and what its text was before.

    Raises NameProblem, also where they have too many, and FilterError for a text that is no filter.
    """
    saved = OwnFilter(checked_name(name), checked_text(session, text), now())
    known = own_filters(session, who)
    others = [one for one in known if folded(one.name) != folded(saved.name)]
    if len(others) == len(known) >= MOST_OWN:
        raise NameProblem("too_many_own_filters", most=MOST_OWN)
    _keep(session, who, [*others, saved])
    return saved, next((one.filter_text for one in known if one not in others), None)


def remove_own_filter(session: Session, who: str, name: str) -> OwnFilter:
    """Forget a filter of this person. Raises NameProblem where they have none of this name."""
    known = own_filters(session, who)
    wanted = folded(bare_name(name))
    removed = next((one for one in known if folded(one.name) == wanted), None)
    if removed is None:
        names = [one.name for one in known]
        raise NameProblem.saying(_unknown(bare_name(name), names))
    _keep(session, who, [one for one in known if one != removed])
    return removed


def _unknown(name: str, names: list[str]) -> Message:
    if not names:
        return Message("no_own_filters", params={"name": name})
    return Message("unknown_own_filter", params={"name": name, "hint": nearest(name, names), "names": names})


def _keep(session: Session, who: str, filters: list[OwnFilter]) -> None:
    keep_preference(session, who, _PREFERENCE, {"saved": [asdict(one) for one in filters]})
