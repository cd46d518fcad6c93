"""Period keys: free text such as ``2026-Q2``, ``Q3/2026``, ``3Q26``, ``H1 2026``, ``Oct 2026``, ``FY26 Q3``.

A key is kept as it was typed. Two keys are one period when they name the same days.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from roadwright.domain.text import folded

Days = tuple[dt.date, dt.date]
"""The first and the last day of a period."""

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"),
            ("feb", "february"),
            ("mar", "march"),
            ("apr", "april"),
            ("may",),
            ("jun", "june"),
            ("jul", "july"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        1,
    )
    for name in names
}
"""The English names of months, the same in every locale."""


@dataclass(frozen=True)
class FiscalYear:
    """When fiscal years start, and which calendar year names them: that of their end, or of their start.

    Without ``starts`` nothing is known of them, and ``FY26 Q3`` names no days.
    """

    starts: int | None = None
    named_by_end: bool = True

    def first_month(self, year: int) -> tuple[int, int]:
        """The calendar year and month in which the fiscal year of this name begins."""
        starts = self.starts or 1
        return (year - 1 if self.named_by_end and starts > 1 else year), starts


CALENDAR = FiscalYear()
"""Where no setting says when fiscal years start."""

_SEPARATORS = re.compile(r"[\s\-_/.,'’‘–—]+")
_BLANKS = re.compile(r"[\s\-_]+")
_YEAR = r"(?P<year>\d{4}|\d{2})"
_LONG_YEAR = r"(?P<year>\d{4})"
_PART = r"(?:(?P<sort>[qh])(?P<number>\d)|(?P<count>\d)(?P<unit>[qh]))"
_WORDS = re.compile(r"\b(?:quarter|half|semester)\b", re.IGNORECASE)
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"{_LONG_YEAR}",
        rf"{_LONG_YEAR} ?{_PART}",
        rf"{_PART} ?{_YEAR}",
        rf"{_LONG_YEAR} (?P<month>\d{{1,2}})",
        r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)",
        rf"(?P<month>\d{{1,2}}) {_LONG_YEAR}",
        rf"(?P<name>[a-z]+) ?{_YEAR}",
        rf"{_LONG_YEAR} ?(?P<name>[a-z]+)",
    )
)
_FISCAL_YEAR = r"fy ?(?P<year>\d{4}|\d{2})(?: (?P<end>\d{4}|\d{2}))?"
_FISCAL_FORMS = tuple(
    re.compile(form) for form in (_FISCAL_YEAR, rf"{_FISCAL_YEAR} ?{_PART}", rf"{_PART} ?{_FISCAL_YEAR}")
)
_WITHOUT_YEAR = re.compile(r"[qh] ?\d|\d ?[qh]|[a-z]+")


def _squeezed(key: str) -> str:
    return _BLANKS.sub("", folded(key))


def _spelled(key: str) -> str:
    """The key in lower case, with one space for whatever separates its parts."""
    return _SEPARATORS.sub(" ", _WORDS.sub(lambda word: word[0][0], folded(key))).strip()


@lru_cache(maxsize=10_000)
def days_of(key: str, fiscal_year: FiscalYear = CALENDAR) -> Days | None:
    """First and last day that a period key names, or None where it names none (free text)."""
    text = _spelled(key)
    for form in _FORMS:
        match = form.fullmatch(text)
        if match is not None and match.groupdict().get("name", "jan") in MONTHS:
            return _calendar_days(match.groupdict())
    match = next((m for form in _FISCAL_FORMS if (m := form.fullmatch(text))), None)
    return _fiscal_days(match.groupdict(), fiscal_year) if match is not None else None


def is_fiscal(key: str) -> bool:
    """Whether the key names a part of a fiscal year, whose days the settings tell."""
    return any(form.fullmatch(_spelled(key)) for form in _FISCAL_FORMS)


def lacks_year(key: str) -> bool:
    """Whether the key is a quarter, a half or a month of no year: ``Q3``."""
    text = _spelled(key)
    return _WITHOUT_YEAR.fullmatch(text) is not None and (not text.isalpha() or text in MONTHS)


def _calendar_days(parts: dict[str, str | None]) -> Days | None:
    year, month = _year(parts["year"] or ""), parts.get("month")
    if (name := parts.get("name")) is not None:
        return _months(year, MONTHS[name], 1)
    if month is not None:
        return _months(year, int(month), 1) if 1 <= int(month) <= 12 else None
    part = _part(parts)
    return None if part is None else _months(year, *part)


def _fiscal_days(parts: dict[str, str | None], fiscal_year: FiscalYear) -> Days | None:
    year, part = _year(parts["year"] or ""), _part(parts)
    if fiscal_year.starts is None or part is None:
        return None
    first_year, first_month = fiscal_year.first_month(year)
    if (end := parts.get("end")) is not None:
        if _year(end) != year + 1:
            return None
        first_year = year
    months = first_month - 1 + part[0] - 1
    return _months(first_year + months // 12, months % 12 + 1, part[1])


def _year(text: str) -> int:
    return 2000 + int(text) if len(text) == 2 else int(text)


def _part(parts: dict[str, str | None]) -> tuple[int, int] | None:
    """The first month of a quarter or a half in its year, and how many months it has; a whole year without one."""
    sort, number = parts.get("sort") or parts.get("unit"), parts.get("number") or parts.get("count")
    if sort is None or number is None:
        return 1, 12
    length = 3 if sort == "q" else 6
    first = (int(number) - 1) * length + 1
    return (first, length) if 1 <= first <= 12 else None


def _months(year: int, first: int, count: int) -> Days | None:
    last_year, last = year + (first + count - 2) // 12, (first + count - 2) % 12 + 1
    if not 1 <= year <= last_year <= 9999:
        return None
    return dt.date(year, first, 1), dt.date(last_year, last, calendar.monthrange(last_year, last)[1])


def same_period(one: str | None, other: str | None, fiscal_year: FiscalYear = CALENDAR) -> bool:
    """Equal when both name the same days, else when their text is equal without case, blanks, ``-`` and ``_``."""
    if not one or not other:
        return False
    days = days_of(one, fiscal_year)
    return (days is not None and days == days_of(other, fiscal_year)) or _squeezed(one) == _squeezed(other)


_STEPPED = (
    re.compile(r"(?P<sort>[qh])[\s-]?(?P<place>\d)(?!\d)", re.IGNORECASE),
    re.compile(r"(?<!\d)(?P<place>\d)(?P<sort>[qh])", re.IGNORECASE),
)
_YEARS = re.compile(r"(?<!\d)(\d{4}|\d{2})(?!\d)")


def next_period(key: str) -> str | None:
    """The period after this one, in the same spelling where that is a quarter or a half; None for free text."""
    days = days_of(key)
    part = next((match for form in _STEPPED if (match := form.search(key))), None)
    if part is not None and (days is not None or is_fiscal(key)):
        return _next_part(key, part)
    if days is None:
        return None
    first = days[1] + dt.timedelta(days=1)
    months = (days[1].year - days[0].year) * 12 + days[1].month - days[0].month + 1
    return f"{first.year}" if months == 12 else f"{first.year}-{first.month:02}"


def _next_part(key: str, part: re.Match[str]) -> str | None:
    """The quarter or half after this one, the year with it where that is over."""
    number, last = int(part["place"]), 4 if part["sort"].lower() == "q" else 2
    start, end = part.span("place")
    following = f"{key[:start]}{number % last + 1}{key[end:]}"
    if number < last:
        return following
    outside = [year for year in _YEARS.finditer(following) if not start <= year.start() < end]
    if len(outside) != 1:
        return None
    [year] = outside
    digits = f"{int(year[1]) + 1:0{len(year[1])}}"[-len(year[1]) :]
    return f"{following[: year.start()]}{digits}{following[year.end() :]}"
