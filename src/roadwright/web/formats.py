"""Figures, dates and periods as pages show them: one way for each kind, everywhere."""

from __future__ import annotations

import datetime as dt

from roadwright.domain.reading.currencies import currency_of
from roadwright.domain.reading.units import unit_named
from roadwright.domain.shown import figure, tidy

NONE = "–"
"""Stands where there is no figure."""
MINUS = "−"
_SIGNS = {"GBP": "£", "EUR": "€", "USD": "$", "JPY": "¥", "INR": "₹"}
_MILLION, _THOUSAND = 1_000_000, 1_000


def number(value: float | None, digits: int = 0) -> str:
    """With thousands separated and this many decimals: ``1,100``."""
    if value is None:
        return NONE
    text = f"{abs(value):,.{digits}f}"
    is_zero = not text.strip("0.,")
    return f"{MINUS if value < 0 and not is_zero else ''}{text}"


def smart(value: float | None) -> str:
    """With as many decimals as it needs: ``61,600``, ``5.7``, ``0.025``."""
    if value is None:
        return NONE
    size = abs(value)
    if size and size < 0.001:
        return figure(value).replace("-", MINUS)
    text = number(value, 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3)
    return text.rstrip("0").rstrip(".") if "." in text else text


def exact(value: float) -> str:
    """With all the digits that it has, so that two figures that differ look different: ``61,600.25``."""
    return f"{MINUS if value < 0 else ''}{tidy(abs(float(value))):,}"


def signed(text: str, value: float) -> str:
    """A change: always with a sign. ``text`` is its figure."""
    bare = text.lstrip(f"-{MINUS}")
    if not bare.strip("0.,%p £€$¥₹k"):
        return f"±{bare}"
    return f"{'+' if value > 0 else MINUS}{bare}"


def amount(value: float | None, unit: str | None = None, *, change: bool = False, short: bool = False) -> str:
    """A KPI's value in its own unit: ``£1.56M``, ``32.4 %``, ``+1.4 pp``, ``6.7``. ``short``: k and M for money."""
    if value is None:
        return NONE
    kind = unit_named(unit)
    size = abs(value)
    if kind.currencies:
        text = _money(size * float(kind.scale), unit or "", short=short)
    elif kind.is_percent:
        text = f"{size:,.1f}{' pp' if change else ' %'}"
    elif unit and kind.is_share:
        text = f"{size * 100:,.1f}{' pp' if change else ' %'}"
    else:
        text = smart(size)
    if change:
        return signed(text, value)
    return f"{MINUS}{text}" if value < 0 else text


def _money(size: float, unit: str, *, short: bool) -> str:
    codes = currency_of(unit.lstrip("kKmM") or unit) or currency_of(unit)
    code = next(iter(codes)) if len(codes) == 1 else ("USD" if "USD" in codes else "")
    sign = _SIGNS.get(code, f"{code} " if code else f"{unit} ")
    if short and size >= _MILLION:
        return f"{sign}{size / _MILLION:,.2f}M"
    if short and size >= _THOUSAND:
        return f"{sign}{size / _THOUSAND:,.0f}k"
    return f"{sign}{size:,.{0 if size == round(size) or size >= _THOUSAND else 2}f}"


def percent(share: float | None, digits: int = 0) -> str:
    """A part of one: 0.324 is ``32 %``."""
    return NONE if share is None else f"{number(share * 100, digits)} %"


def seconds(duration: float | None) -> str:
    """How long something took: ``0.24 s``, ``12 s``, ``3 min 5 s``."""
    if duration is None:
        return NONE
    if duration < 10:
        return f"{duration:.2f} s"
    if duration < 60:
        return f"{duration:.0f} s"
    minutes, rest = divmod(round(duration), 60)
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def short_key(key: str) -> str:
    """An initiative's number, as it stands small and grey beside its title: ``17`` of ``INIT-000017``."""
    return key.rpartition("-")[2].lstrip("0") or key


def plural(count: int, one: str, many: str = "") -> str:
    """``1 row``, ``3 rows``."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def listed(names: list[str], most: int = 2) -> str:
    """The first names and how many more there are: ``A · B and 3 more``."""
    shown = " · ".join(names[:most])
    return f"{shown} and {number(len(names) - most)} more" if len(names) > most else shown


def moment(stored: str | None, *, now: dt.datetime | None = None) -> str:
    """A moment in running text: ``15:14`` today, else ``29 Nov``, with the year where it is another one. All UTC."""
    if not stored:
        return NONE
    when = dt.datetime.fromisoformat(stored).astimezone(dt.UTC)
    today = (now or dt.datetime.now(dt.UTC)).date()
    if when.date() == today:
        return f"{when:%H:%M}"
    return f"{when.day} {when:%b}" if when.year == today.year else f"{when.day} {when:%b %Y}"


def moment_iso(stored: str | None) -> str:
    """A moment in a table: ``2026-11-29 15:14``."""
    return f"{dt.datetime.fromisoformat(stored).astimezone(dt.UTC):%Y-%m-%d %H:%M}" if stored else NONE


def day(stored: str | dt.date | None) -> str:
    """A day in a table or a fact: ``2026-11-29``."""
    return NONE if not stored else str(stored)[:10]
