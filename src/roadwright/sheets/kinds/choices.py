"""Yes and no, and choices of fixed words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import TypeVar

from roadwright.domain.optimization import DimensionProblem, parse_dimension
from roadwright.domain.reading.words import chosen, words_by_form, yes_or_no
from roadwright.domain.registry import nearest
from roadwright.sheets.kinds.texts import WORD, clean_text, read_as, refuse_unusable, show_text
from roadwright.sheets.scope import Scope
from roadwright.sheets.spec import CellProblem, Kind, Tone
from roadwright.sheets.values import CellValue

Word = TypeVar("Word", bound=str)
_PLAIN_TRUTH = ("TRUE", "FALSE")


def _read_boolean(value: CellValue, _: Scope) -> object:
    if isinstance(value, bool):
        return value
    refuse_unusable(value)
    text = clean_text(value)
    found = yes_or_no(text)
    if found is None:
        raise CellProblem("neither_yes_nor_no", value=value)
    if text.upper() in _PLAIN_TRUTH or text.startswith("="):
        return found
    return read_as(value, found, "TRUE" if found else "FALSE")


def _show_boolean(value: object) -> CellValue:
    return bool(value)


BOOLEAN = Kind(
    "yes/no",
    _read_boolean,
    _show_boolean,
    "TRUE or FALSE, yes or no, x or a blank",
    width=11,
    number_format='"TRUE";"TRUE";"FALSE"',  # Excel shows booleans as words by itself, LibreOffice only with this
    choices=("TRUE", "FALSE"),
    align="center",
)
CHOSEN = replace(BOOLEAN, tones={"TRUE": Tone.GOOD})


def choice(
    words: type[StrEnum] | tuple[str, ...],
    tones: Mapping[str, Tone] | None = None,
    *,
    also: Mapping[Word, Sequence[str]] | None = None,
) -> Kind:
    """One of a fixed set of words, compared by letters and digits. ``tones`` colour some of them, ``also`` are what
    people type instead."""
    choices = tuple(str(word) for word in words)
    known = frozenset(choices)
    synonyms = {str(word): other for word, other in (also or {}).items() if str(word) in known}
    forms = words_by_form(choices, synonyms)

    def read(value: CellValue, _: Scope) -> object:
        if type(value) is str and value in known:
            return value
        text = clean_text(value)
        word = chosen(forms, text)
        if word is None:
            raise CellProblem("unknown_choice", value=text, hint=nearest(text, choices), choices=choices)
        return word if text == word else read_as(value, word, word)

    expected = f"one of {', '.join(choices)}"
    width = max(11, *(len(word) + 2 for word in choices))
    return Kind("choice", read, show_text, expected, width=width, choices=choices, tones=tones or {}, also=synonyms)


def _read_dimension(value: CellValue, _: Scope) -> object:
    """Dimensions in their own spelling; what names none is left to whoever judges the row."""
    text = clean_text(value)
    try:
        parts = "+".join(parse_dimension(text))
    except DimensionProblem:
        return text or None
    return text if text == parts else read_as(value, parts, parts)


DIMENSION = replace(WORD, reader=_read_dimension, is_text=False)
"""What is sliced by: ``country``, ``country+department``."""
