"""Dates as people type them: ``31/05/2026``, ``1 Oct 2026``, ``30.09.2026 14:00``, ``Q3 2026``."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

from roadwright.domain.periods import MONTHS, Days, days_of
from roadwright.domain.reading.rules import AS_TYPED, ReadingRules, Unreadable
from roadwright.domain.text import BLANKS, INVISIBLE

_UNIFORM = str.maketrans(
    {
        **dict.fromkeys(BLANKS, " "),
        **dict.fromkeys(INVISIBLE),
        **dict.fromkeys("\u2212\u2010\u2011\u2012\u2013", "-"),
        **dict.fromkeys("\u2019\u2018", "'"),
    }
)
_ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ISO_WITH_ZONE = re.compile(r"\d{4}-\d\d-\d\d\s?(?:z|[+-]\d\d:?\d\d)", re.IGNORECASE | re.ASCII)
_ZONE = r"(?:z|utc|gmt|[a-z]{2,5}|\(?[a-z]+/[a-z_]+\)?)?\s*(?:[+-]\d\d?(?::?\d\d)?)?(?:\s*\([a-z ]+\))?"
_TIME = re.compile(
    rf"(?:t|,?\s+|,?\s+at\s+)(?:\d{{1,2}}:\d\d(?::\d\d(?:[.,]\d+)?)?\s*(?:am|pm|a\.m\.|p\.m\.|h|uhr)?|"
    rf"\d{{1,2}}\s*(?:am|pm|a\.m\.|p\.m\.|uhr))\s*{_ZONE}",
    re.IGNORECASE | re.ASCII,
)
_WEEKDAY = re.compile(
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+", re.IGNORECASE | re.ASCII
)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})(?P<sign>[-/.])(?P<month>\d{1,2})(?P=sign)(?P<day>\d{1,2})", re.ASCII)
_COMPACT = re.compile(r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)", re.ASCII)
_YEAR_LAST = re.compile(
    r"(?P<one>\d{1,2})\s?(?P<sign>[-/.])\s?(?P<two>\d{1,2})\s?(?P=sign)\s?(?P<year>\d{4}|\d\d)", re.ASCII
)
_MONTH_NAME = r"(?P<name>[a-z]{3,9})\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?"
_BETWEEN = r"[\s\-/.,]*"
_YEAR = r"(?P<year>\d{4}|'?\d\d)"
_NAMED = tuple(
    re.compile(form, re.IGNORECASE | re.ASCII)
    for form in (
        rf"{_DAY}{_BETWEEN}(?:of\s+)?{_MONTH_NAME}{_BETWEEN}{_YEAR}",
        rf"{_MONTH_NAME}{_BETWEEN}{_DAY}(?:\s*,\s*|\s+|[-/]){_YEAR}",
        rf"(?P<year>\d{{4}}){_BETWEEN}{_MONTH_NAME}{_BETWEEN}{_DAY}",
    )
)
_MONTH_AND_TWO = re.compile(r"(?P<name>[a-z]{3,9})\.?[\s\-/.]*(?P<two>\d{1,2})", re.IGNORECASE | re.ASCII)
_THIS_CENTURY = re.compile(r"20\d\d", re.ASCII)
_TWO_PARTS = re.compile(r"\d{1,2}[./-]\d{1,2}", re.ASCII)
_LONGEST = 80


class Edge(Enum):
    """Which day of a period a date is: a deadline is its last, a start its first."""

    FIRST = 0
    LAST = 1


@dataclass(frozen=True, slots=True)
class TypedDate:
    """The day that a text means, and whether it is written as its cell shows it."""

    day: dt.date
    is_plain: bool = False


def parse_date(text: str, rules: ReadingRules = AS_TYPED, edge: Edge = Edge.LAST) -> TypedDate:
    """The day that a text means. Raises Unreadable."""
    bare = text.translate(_UNIFORM).strip()
    if _ISO.fullmatch(bare):
        return TypedDate(_day(int(bare[:4]), int(bare[5:7]), int(bare[8:])), is_plain=True)
    if _ISO_WITH_ZONE.fullmatch(bare):
        bare = bare[:10] + " "
    bare = with_english_months(bare)
    if len(bare) > _LONGEST:
        raise Unreadable("is_no_date")
    day = _parts(bare.rstrip(), rules)
    if day is None and (time := _time_behind(bare)) is not None:
        day = _parts(bare[:time].rstrip(" ,"), rules)
    if day is not None:
        return TypedDate(day)
    if (period := _period(bare, rules)) is not None:
        return TypedDate(period[edge.value])
    two = _MONTH_AND_TWO.fullmatch(bare)
    if two is not None and two["name"].lower() in MONTHS:
        month = two["name"].capitalize()
        raise Unreadable("day_or_year", month=month, number=int(two["two"]), year=2000 + int(two["two"]))
    if _TWO_PARTS.fullmatch(bare):
        raise Unreadable("date_without_year")
    raise Unreadable("is_no_date")


def _time_behind(text: str) -> int | None:
    """Where a time begins that stands behind a date."""
    for found in re.finditer(r"(?<=\d)t(?=\d)|,?\s", text, re.IGNORECASE):
        if found.start() and _TIME.fullmatch(text, found.start()):
            return found.start()
    return None


def _parts(text: str, rules: ReadingRules) -> dt.date | None:
    """The date of a text without a time; None where it is written in no known way."""
    bare = _WEEKDAY.sub("", text, count=1) if _WEEKDAY.match(text) else text
    if (found := _YEAR_FIRST.fullmatch(bare) or _COMPACT.fullmatch(bare)) is not None:
        return _day(int(found["year"]), int(found["month"]), int(found["day"]))
    if (found := _YEAR_LAST.fullmatch(bare)) is not None:
        return _ordered(int(found["one"]), int(found["two"]), _year(found["year"]), found["sign"] == ".", rules)
    for form in _NAMED:
        found = form.fullmatch(bare)
        if found is not None and found["name"].lower() in MONTHS:
            return _day(_year(found["year"]), MONTHS[found["name"].lower()], int(found["day"]))
    return None


def _ordered(one: int, two: int, year: int, dotted: bool, rules: ReadingRules) -> dt.date:
    """The day of two numbers and a year: the order is clear where a number is no month, with dots, or by the rules."""
    if two > 12 or one > 12 or one == two:
        return _day(year, one, two) if two > 12 else _day(year, two, one)
    if dotted or rules.dates == "dmy":
        return _day(year, two, one)
    if rules.dates == "mdy":
        return _day(year, one, two)
    raise Unreadable("two_dates", one=_day(year, two, one), other=_day(year, one, two))


def _period(text: str, rules: ReadingRules) -> Days | None:
    """The days of a month, quarter, half or year; none where ``Oct 26`` could be a day."""
    if _MONTH_AND_TWO.fullmatch(text) and text.replace(".", " ").split()[0].lower() in MONTHS:
        return None
    if text.isdigit() and not _THIS_CENTURY.fullmatch(text):
        return None
    return days_of(text, rules.fiscal_year)


def _year(text: str) -> int:
    digits = text.removeprefix("'")
    return 2000 + int(digits) if len(digits) == 2 else int(digits)


def _day(year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError as error:
        raise Unreadable("no_such_day") from error


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
# Compared without accents: ``août`` and ``aout`` are one. No two languages here call different months the same.
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
