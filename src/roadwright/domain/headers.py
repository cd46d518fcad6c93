"""The names of columns and fields as people type them: which spellings are one name."""

from __future__ import annotations

import re
import unicodedata

from roadwright.domain.text import folded

_ACRONYMS = frozenset({"kpi", "rice", "wsjf", "json", "id", "mvp", "csv", "url"})
_SEPARATORS = re.compile(r"[\s_\-\u2010-\u2015]+")
# Combining grapheme joiner, fillers of Hangul and Khmer, variation selectors: ignorable, but not in the category Cf.
_IGNORABLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")


def normalised(header: str) -> str:
    """A header without case, spaces, hyphens, underscores and all that is invisible: ``KPI Key`` equals ``kpi_key``."""
    if not header.isascii():
        header = "".join(char for char in _IGNORABLE.sub("", header) if unicodedata.category(char) != "Cf")
    return _SEPARATORS.sub("", folded(header))


def in_words(name: str) -> str:
    """A field's name as a header shows it, equal to it as a header: ``kpi_key`` is ``KPI key``."""
    first, *others = (word.upper() if word in _ACRONYMS else word for word in name.split("_"))
    return " ".join((first[:1].upper() + first[1:], *others))
