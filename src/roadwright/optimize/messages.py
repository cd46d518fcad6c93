"""Messages of the optimizer, whose words stand in ``domain.messages.optimizer``.

Each is a statement: how much it matters stands beside it, in the finding that holds it. Parameters named `field`,
`rule` and `rules` hold names that a caller may want to show otherwise.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection

from roadwright.domain.messages import Level, Message


def message(code: str, **params: object) -> Message:
    """A message with these parameters."""
    return Message(code, Level.OK, params=params)


def text(words: str) -> Message:
    """Words that were read from a stored answer."""
    return message("stored_words", words=words)


def hint(word: str, words: Collection[str]) -> Message | None:
    """The word that was probably meant, or those that there are; none among very many."""
    if len(words) > 1000:
        return None
    known = sorted(words)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.75)
    if close:
        return message("hint_nearest", word=close[0])
    return message("hint_known", words=known) if 0 < len(known) <= 12 else None
