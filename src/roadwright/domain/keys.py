"""The keys that the backend gives: ``INIT-000001`` for initiatives, ``ACT-`` and ``OPT-`` for runs."""

from __future__ import annotations

import re
from functools import lru_cache

from roadwright.domain.text import folded

INITIATIVE = "INIT"
ACTION_RUN = "ACT"
OPTIMIZATION_RUN = "OPT"


def make_key(prefix: str, number: int) -> str:
    """The key of the number-th thing of its kind: ``make_key("INIT", 1)`` is ``INIT-000001``."""
    return f"{prefix}-{number:06d}"


def parse_key(prefix: str, text: str) -> int | None:
    """The number in a key, as texts compare (in any case, with outer blanks), or None where the text is no such key."""
    match = re.fullmatch(rf"{prefix.lower()}-(\d{{1,12}})", folded(text), re.ASCII)
    return int(match[1]) if match else None


def number_in(text: str) -> int | None:
    """The last number in a text that is meant as a key, however it is mistyped: 12 in ``INIT_12`` and ``ACT-0012``."""
    found = re.findall(r"\d{1,12}", text, re.ASCII)
    return int(found[-1]) if found else None


@lru_cache(maxsize=200_000)
def canonical_key(text: str) -> str | None:
    """An initiative's key as it is stored (``init-1`` is ``INIT-000001``), or None where the text is no such key."""
    number = parse_key(INITIATIVE, text)
    return None if number is None else make_key(INITIATIVE, number)
