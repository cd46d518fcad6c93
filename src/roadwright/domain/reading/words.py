"""Words as people type them: yes and no, the words of a choice, and those that stand for nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from roadwright.domain.text import folded

BLANK_WORDS = ("-", "–", "—", "n/a", "NA", "TBD", "tbc", "?", "none")
"""What people type where they have nothing to say; a blank in any column but text."""
_BLANK_WORDS = frozenset(
    map(folded, (*BLANK_WORDS, "n.a.", "tba", "t.b.d.", "t.b.c.", "--", "---", "??", "???", "\u2212"))
)
_LONGEST_BLANK_WORD = max(map(len, _BLANK_WORDS))

YES = ("TRUE", "yes", "y", "1", "on", "x", "X", "✓", "✔", "☑")
NO = ("FALSE", "no", "n", "0", "off", "✗", "✘", "☐")
_YES = frozenset(map(folded, (*YES, "✅", "=true()")))
_NO = frozenset(map(folded, (*NO, "❌", "=false()")))

_OTHERS = re.compile(r"[\W_]+")


def is_blank_word(text: str) -> bool:
    """Whether a text says that there is nothing to say."""
    bare = text.strip()
    return len(bare) <= _LONGEST_BLANK_WORD and folded(bare) in _BLANK_WORDS


def yes_or_no(text: str) -> bool | None:
    """Whether a word means yes or no; None where it means neither."""
    word = folded(text)
    return True if word in _YES else False if word in _NO else None


def letters_and_digits(text: str) -> str:
    """The form in which the words of a choice compare: ``Under Review`` and ``under_review`` are one."""
    return _OTHERS.sub("", folded(text))


def words_by_form(words: Iterable[str], also: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Each word of a choice by the forms in which it may be typed, its synonyms included."""
    found = {letters_and_digits(synonym) or folded(synonym): word for word in also for synonym in also[word]}
    return {**found, **{letters_and_digits(word): word for word in words}}


def chosen(forms: Mapping[str, str], text: str) -> str | None:
    """The word of a choice that a text means, or None."""
    return forms.get(letters_and_digits(text) or folded(text))
