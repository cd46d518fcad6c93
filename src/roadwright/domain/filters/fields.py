"""The fields that a filter may name: their kinds, and finding the one that a person means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from roadwright.domain.text import normalised


class FieldKind(StrEnum):
    """How a field's values compare. The rules are in ``matching``; what is empty is never equal, less or anything."""

    TEXT = "text"
    """Without case; in order by the code points of the case-folded text."""
    NUMBER = "number"
    """To ``SIGNIFICANT_DIGITS``."""
    BOOLEAN = "yes/no"
    DATE = "date"
    MOMENT = "moment"
    """A time in UTC as text of one length, compared with a span of time such as a day."""
    CHOICE = "choice"
    """One of a few words; in the order in which they are listed."""
    KEY = "key"
    """An initiative's key, by its number: init-1 is INIT-000001."""
    PERIOD = "period"
    """A period key, by the days it names: Q2 2026 is 2026-Q2."""
    LIST = "list"
    """Texts; a comparison asks whether one of them is equal."""
    CARRIED = "number or text"
    """Numbers compare with numbers, as numbers, and texts with texts; a number and a text are never equal or less."""
    KEY_LIST = "list of keys"
    """Initiatives' keys; a comparison asks whether one of them is equal."""


LISTS = frozenset({FieldKind.LIST, FieldKind.KEY_LIST})


@dataclass(frozen=True)
class Span:
    """A stretch of time: from ``first`` on, up to but not including ``after``, both as moments are stored."""

    text: str
    """As it is typed: ``2026-05-31`` or ``2026-05-31T10:30Z``."""
    first: str
    after: str


@dataclass(frozen=True)
class Field:
    """One field of the rows that are filtered.

    ``read`` turns a text into a value to compare with (for lists: with an element), or raises MessageError, which
    names it and what would be accepted.
    """

    name: str
    kind: FieldKind
    read: Callable[[str], object] = field(compare=False)
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


def find_field(fields: Mapping[str, Field], typed: str) -> Field | None:
    """The field of this name or alias; case, blanks, hyphens and underscores don't matter."""
    wanted = normalised(typed)
    return next((f for f in fields.values() if wanted in {normalised(name) for name in (f.name, *f.aliases)}), None)
