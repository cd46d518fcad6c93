"""Units and multipliers of numbers: what a column or a KPI declares, and what people write behind a number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from roadwright.domain.reading.currencies import currency_of
from roadwright.domain.text import folded

THOUSAND, MILLION, BILLION, TRILLION = (Decimal(10) ** power for power in (3, 6, 9, 12))
ONE = Decimal(1)
_LETTERS = {"k": THOUSAND, "K": THOUSAND, "M": MILLION, "B": BILLION}
_MULTIPLIERS = {
    **dict.fromkeys(("thousand", "thousands", "tsd", "tsd."), THOUSAND),
    **dict.fromkeys(("mio", "mio.", "mn", "mn.", "mln", "mln.", "mill.", "million", "millions"), MILLION),
    **dict.fromkeys(("bn", "bn.", "mrd", "mrd.", "mia", "mia.", "bln", "billion", "billions"), BILLION),
    **dict.fromkeys(("tn", "trn", "trillion", "trillions"), TRILLION),
}
"""What multiplies a number. A single ``m`` is not among them: it is a million or months."""
_BY_LENGTH = sorted(_MULTIPLIERS, key=len, reverse=True)
_PERCENT = frozenset({"%", "\uff05", "\ufe6a", "percent", "per cent", "percents", "pct", "pct.", "p.c."})
_POINTS = frozenset({"pp", "p.p.", "pps", "ppt", "percentage point", "percentage points", "percent points", "% points"})
_SHARE = re.compile(r"(share|ratio|rate|fraction|proportion|probability)\b")
_BLANKS = re.compile(r"\s+")


def is_percent(text: str | None) -> bool:
    """Whether a unit, or what stands behind a number, is the percent sign or its word."""
    return text is not None and folded(text) in _PERCENT


@dataclass(frozen=True)
class Unit:
    """The unit that a column or a KPI declares.

    ``name`` is how it is written, ``words`` the folded forms of it that may stand at a number. ``currencies`` are what
    its sign can stand for, ``scale`` is 1000 where it counts in thousands: ``k€``. ``is_open`` units stand beside
    others: tokens may be planned in money.
    """

    name: str = ""
    words: frozenset[str] = frozenset()
    currencies: frozenset[str] = frozenset()
    scale: Decimal = ONE
    is_open: bool = False

    @property
    def is_percent(self) -> bool:
        """Whether numbers are held in percent, or in points of it."""
        return is_percent(self.name) or folded(self.name) in _POINTS

    @property
    def is_share(self) -> bool:
        """Whether numbers are parts of one, so that 8 % is 0.08: no unit, or one such as ``share of buyers``."""
        return not self.name or _SHARE.match(folded(self.name)) is not None


NO_UNIT = Unit(is_open=True)
"""Nothing is declared: currencies may be written, and say nothing."""
TOKENS = Unit("tokens", frozenset({"token", "tokens", "engineering tokens", "eng tokens"}), is_open=True)
DAYS = Unit(
    "days",
    frozenset(
        {
            *("d", "d.", "day", "days", "pd", "md", "pds", "mds", "person day", "person days", "person-day"),
            *("person-days", "man day", "man days", "man-day", "man-days", "working day", "working days", "workday"),
            *("workdays", "business days", "engineering days", "engineering day", "eng days", "dev days", "dev day"),
        }
    ),
)


@lru_cache(maxsize=1_000)
def unit_named(text: str | None) -> Unit:
    """The unit that a person wrote for a KPI or a param."""
    name = "" if text is None else text.strip()
    if not name:
        return NO_UNIT
    word = folded(name)
    words = {word, _BLANKS.sub("", word)}
    if not is_percent(name) and name.isalpha():
        words |= {word[:-1]} if word.endswith("s") and len(word) > 2 else {f"{word}s"}
    scale, rest = split_multiplier(name)
    currencies = currency_of(rest) if rest else frozenset[str]()
    if not currencies and rest and name[:1] in "mM":
        currencies, scale = currency_of(name[1:]), MILLION
    return Unit(name, frozenset(words), currencies, scale if currencies else ONE)


def split_multiplier(text: str) -> tuple[Decimal, str]:
    """What multiplies a number, at the beginning or the end of what stands behind it, and the rest."""
    bare = text.strip()
    for word in (*_BY_LENGTH, *_LETTERS):
        factor = _LETTERS.get(word) or _MULTIPLIERS[word]
        said = bare if word in _LETTERS else bare.lower()
        if said.startswith(word) and _stands_alone(bare[len(word) :]):
            return factor, bare[len(word) :].strip()
        if said.endswith(word) and _stands_alone(bare[: -len(word)], before=True):
            return factor, bare[: -len(word)].strip()
    return ONE, bare


def _stands_alone(rest: str, *, before: bool = False) -> bool:
    """Whether what is left beside a multiplier is a word of its own, or the currency that is multiplied: ``kEUR``."""
    return not rest or not rest[-1 if before else 0].isalpha() or bool(currency_of(rest))
