"""Period keys: free text such as ``2026-Q2``, ``Q2_2026``, ``2026-H1`` or ``2026-05``."""

from __future__ import annotations

import calendar
import datetime as dt
import re

from roadwright.domain.text import folded

_BLANKS = re.compile(r"[\s\-_]+")
_PART = r"(?P<part>[QH]\d|\d{1,2})"
_FORMS = tuple(re.compile(form) for form in (rf"(?P<year>\d{{4}}){_PART}?", r"(?P<part>[QH]\d)(?P<year>\d{4})"))


def _squeezed(key: str) -> str:
    return _BLANKS.sub("", folded(key)).upper()


def days_of(key: str) -> tuple[dt.date, dt.date] | None:
    """First and last day that a period key names, or None where it names none (free text)."""
    text = _squeezed(key)
    match = next((m for form in _FORMS if (m := form.fullmatch(text))), None)
    if match is None:
        return None
    year, part = int(match["year"]), match["part"]
    if part is None:
        first, length = 1, 12
    elif part[0] in "QH":
        length = 3 if part[0] == "Q" else 6
        first = (int(part[1:]) - 1) * length + 1
    else:
        first, length = int(part), 1
    if not (1 <= first <= 12 and year >= 1):
        return None
    last = first + length - 1
    return dt.date(year, first, 1), dt.date(year, last, calendar.monthrange(year, last)[1])


def same_period(one: str | None, other: str | None) -> bool:
    """Equal when both name the same days, else when their text is equal without case, blanks, ``-`` and ``_``."""
    if not one or not other:
        return False
    days = days_of(one)
    return (days is not None and days == days_of(other)) or _squeezed(one) == _squeezed(other)
