"""Keys of initiatives as people type them: short, in any case, with the title behind the key."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress

from roadwright.domain.keys import canonical_key
from roadwright.domain.reading.rules import Unreadable
from roadwright.domain.reading.words import letters_and_digits

_KEY = re.compile(r"init-\d{1,12}(?![\w])", re.IGNORECASE | re.ASCII)
_BEHIND_KEY = " \t\r\n:;,.–—-|/()[]\"'\u00a0"
_BEFORE_KEY = re.compile(r"[,;\s]+(?=init-\d{1,12}(?![\w]))", re.IGNORECASE | re.ASCII)
_BREAKS = re.compile(r"[,;\r\n]+")

Titles = Callable[[str], str | None]
"""The title of the initiative with a key."""
KeyOfTitle = Callable[[str], str | None]
"""The key of an initiative with a title, by its letters and digits."""


def starts_with_key(text: str) -> bool:
    """Whether a text begins with an initiative's key."""
    return _KEY.match(text.lstrip()) is not None


def initiative_named(text: str, title_of: Titles, key_of: KeyOfTitle) -> str:
    """The key that a text names, in its full form; a text that begins with no key is given back as it is.

    Raises Unreadable where the title behind the key is another's.
    """
    bare = text.strip()
    found = _KEY.match(bare)
    key = canonical_key(found[0]) if found is not None else None
    if found is None or key is None:
        return bare
    behind = bare[found.end() :].strip(_BEHIND_KEY)
    said = letters_and_digits(behind)
    title = title_of(key) if said else None
    if said and title is None:
        return bare  # nobody knows the initiative, so nobody knows what stands behind its key
    if title is None or letters_and_digits(title) == said:
        return key
    other = key_of(said)
    if other is not None:
        raise Unreadable("names_two_initiatives", key=key, title=title, other=other, other_title=behind)
    raise Unreadable("key_with_other_title", key=key, title=title, typed=behind)


def split_list(text: str) -> list[str]:
    """The entries of a list: separated by comma, semicolon or newline, outer blanks removed."""
    return [entry for part in _BREAKS.split(text) if (entry := part.strip())]


def initiatives_named(text: str, title_of: Titles, key_of: KeyOfTitle) -> list[str]:
    """The keys of a list, each perhaps with its title, which may hold a comma. Raises Unreadable."""
    pieces = _BEFORE_KEY.split(text.strip().strip(",;"))
    if all(starts_with_key(piece) for piece in pieces):
        with suppress(Unreadable):
            keys = [initiative_named(piece, title_of, key_of) for piece in pieces]
            if all(canonical_key(key) for key in keys):
                return keys
    return [initiative_named(entry, title_of, key_of) for entry in split_list(text)]
