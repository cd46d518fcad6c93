"""Names of months in the languages that trackers and people write in, brought to the English ones.

Names are compared without accents: ``août`` and ``aout`` are one. No two languages here call different months the same.
"""

from __future__ import annotations

import re
import unicodedata

from roadwright.domain.periods import MONTHS

_NAMES = (
    "januar|jän|jänner|janvier|janv|enero|ene|janeiro|gennaio|gen|januari|styczeń|stycznia|sty",
    "februar|feber|février|févr|fév|febrero|fevereiro|fev|febbraio|februari|luty|lutego|lut",
    "märz|mär|mrz|mars|marzo|março|maart|mrt|marzec|marca",
    "avril|avr|abril|abr|aprile|kwiecień|kwietnia|kwi",
    "mai|mayo|maio|maggio|mag|mei|maj|maja",
    "juni|juin|junio|junho|giugno|giu|czerwiec|czerwca|cze",
    "juli|juillet|juil|julio|julho|luglio|lug|lipiec|lipca|lip",
    "août|agosto|ago|augustus|sierpień|sierpnia|sie",
    "septembre|septiembre|setiembre|setembro|set|settembre|sett|wrzesień|września|wrz",
    "oktober|okt|octobre|octubre|outubro|out|ottobre|ott|październik|października|paź",
    "novembre|noviembre|novembro|listopad|listopada|lis",
    "dezember|dez|décembre|déc|diciembre|dic|dezembro|dicembre|grudzień|grudnia|gru",
)
_WORD = re.compile(r"[^\W\d_]{3,12}")
_OF = re.compile(r"(?<![^\W\d_])(?:de|del|di)\s+", re.IGNORECASE)
_FIRST = re.compile(r"(?<![\d\w])1(?:er|º|°)(?!\w)", re.IGNORECASE)


def _plain(word: str) -> str:
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


_ENGLISH = {
    _plain(name): short.capitalize()
    for names, short in zip(_NAMES, (name for name in MONTHS if len(name) == 3), strict=True)
    for name in names.split("|")
}


def with_english_months(text: str) -> str:
    """The text of a date with the month in English: ``31 de maio de 2026`` is ``31 May 2026``."""
    changed = _WORD.sub(lambda found: _ENGLISH.get(_plain(found[0]), found[0]), unicodedata.normalize("NFC", text))
    return _FIRST.sub("1", _OF.sub("", changed)) if changed != text else text
