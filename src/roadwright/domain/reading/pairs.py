"""KPIs with numbers as people type them: ``gmv: 120k; retention: +0.5 %``, by line, ``;`` or ``,``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from roadwright.domain.shown import tidy

_BREAKS = re.compile(r"[;\r\n]+")
_NAME = r"[^\W\d][\w.\-]*"
_NUMBER_AHEAD = r"[+\-−–~≈]?\s*(?:ca\.?\s*)?[€$£¥]?\s*[+\-−]?\.?\d"
_COMMA = re.compile(rf",\s*(?={_NAME}\s*(?:[:=]|\s)\s*{_NUMBER_AHEAD})")
_PAIR = re.compile(r"(?P<name>[^:=]*?)\s*[:=]\s*(?P<number>.*)", re.DOTALL)
_WITH_BLANK = re.compile(rf"(?P<name>{_NAME})\s+(?P<number>{_NUMBER_AHEAD}.*)", re.DOTALL)
_AMBIGUOUS = re.compile(r"-?[1-9]\d{0,2}\.\d{3}")
_SWAPPED = str.maketrans(",.", ".,")


class NoPair(ValueError):
    """A text that is no list of pairs; its argument is the part that is none."""


def split_pairs(text: str) -> Iterator[tuple[str, str]]:
    """Each name with the text of its number. Raises NoPair."""
    for part in _BREAKS.split(text):
        for piece in _COMMA.split(part):
            if not (pair := piece.strip().rstrip(",").rstrip()):
                continue
            found = _PAIR.fullmatch(pair) or _WITH_BLANK.fullmatch(pair)
            if found is None or not found["name"].strip():
                raise NoPair(pair)
            yield found["name"].strip(), found["number"].strip()


def are_pairs(text: str) -> bool:
    """Whether a text is meant as pairs, right or wrong, and not as a list of names."""
    pieces = (piece.strip() for part in _BREAKS.split(text) for piece in _COMMA.split(part))
    return any(":" in piece or "=" in piece or _WITH_BLANK.fullmatch(piece) for piece in pieces)


def pair_number(number: float, decimal: str | None = None) -> str:
    """A number so that it is read as itself again, whatever the decimal sign that the settings say."""
    text = f"{tidy(float(number)):,}"
    if decimal == ",":
        return text.translate(_SWAPPED)
    return f"{text}0" if _AMBIGUOUS.fullmatch(text) else text


def pairs_text(pairs: Iterable[tuple[str, float]], show: Callable[[str, float], str]) -> str:
    """Pairs as their cell shows them: ``gmv: 120,000; retention: 0.5 %``, by name."""
    return "; ".join(f"{name}: {show(name, number)}" for name, number in sorted(pairs))
