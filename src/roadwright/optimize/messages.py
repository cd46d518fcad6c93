"""Messages of the optimizer, whose words stand in ``domain.messages.optimizer``.

Each is a statement: how much it matters stands beside it, in the finding that holds it. Parameters named `field`,
`rule` and `rules` hold names that a caller may want to show otherwise.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection

from roadwright.domain.messages import Message, notice


def text(words: str) -> Message:
    """Words that were read from a stored answer."""
    return notice("stored_words", words=words)


def hint(word: str, words: Collection[str]) -> Message | None:
    """The word that was probably meant, or those that there are; none among very many."""
    if len(words) > 1000:
        return None
    known = sorted(words)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.75)
    if close:
        return notice("hint_nearest", word=close[0])
    return notice("hint_known", words=known) if 0 < len(known) <= 12 else None
