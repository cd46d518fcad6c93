"""How texts compare: which spellings of a name, a key, a dimension or a filter's value are one text.

Stored values stay as they were typed; only comparisons go through here. The database folds texts by the same rules, see
``services.backlog.folding``. The names of columns and fields compare by more lenient rules, see ``normalised``.
"""

from __future__ import annotations

import re
import unicodedata

INVISIBLE = "".join(
    map(
        chr,
        (
            0xAD,  # soft hyphen
            0x61C,  # Arabic letter mark
            0x200B,  # zero-width space
            *(0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)),  # direction of writing
            *range(0x2060, 0x2065),  # word joiner, invisible operators
            0xFEFF,  # byte order mark
        ),
    )
)
"""Characters that nobody sees and that pasted text brings along; they never tell two texts apart.

Joiners and tags are not among them: they make another word in Persian, and another flag among emoji.
"""
_WITHOUT_INVISIBLE = dict.fromkeys(map(ord, INVISIBLE))

BLANKS = "".join(char for char in map(chr, range(0x3001)) if char.isspace())
"""Every sort of blank that Unicode has, line ends and the no-break space included."""


def composed(text: str) -> str:
    """The text in NFC: an accent that is a character of its own is joined with its letter."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def folded(text: str) -> str:
    """The form in which texts compare: in NFC, case-folded, without outer blanks, each inner run of blanks one space.

    Texts that are equal by Unicode's canonical caseless matching have one form, and the form's own form is itself.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    decomposed = unicodedata.normalize("NFD", text.translate(_WITHOUT_INVISIBLE))
    return " ".join(unicodedata.normalize("NFC", decomposed.casefold()).split())


def same_text(one: str, other: str) -> bool:
    """Whether two texts are one, however they are spelled."""
    return one == other or folded(one) == folded(other)


def same_words(one: str, other: str) -> bool:
    """Whether two texts differ in blanks, invisible characters and the form of accents only; case counts."""
    return one == other or _words(one) == _words(other)


def _words(text: str) -> list[str]:
    return composed(text.translate(_WITHOUT_INVISIBLE)).split()


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
