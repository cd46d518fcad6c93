"""A roadmap as lanes: now, next, later and not planned, by the periods that are in use. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from roadwright.domain.periods import CALENDAR, FiscalYear, days_of, next_period, same_period
from roadwright.domain.roadmaps import GateResult, GateStatus

_FEWEST = 3
"""Periods that there are lanes for."""


class LaneName(StrEnum):
    """The lanes, from the left."""

    NOW = "now"
    NEXT = "next"
    LATER = "later"
    UNPLANNED = "unplanned"


@dataclass(frozen=True)
class BoardEntry:
    """One initiative on a roadmap, as the board and the gates show it."""

    key: str
    title: str
    department: str | None = None
    country: str | None = None
    tokens: float | None = None
    gain: float | None = None
    """What it brings to the north star, in its unit."""
    deadline: dt.date | None = None
    gate_status: str | None = None
    results: tuple[GateResult, ...] = ()
    waived_by: str | None = None
    waiver_reason: str | None = None
    rank: float | None = None
    planned_period: str | None = None
    is_locked: bool = False
    selected: bool | None = None
    mark: str | None = None
    """What its caller has seen of its row."""

    @property
    def is_blocked(self) -> bool:
        return self.gate_status == GateStatus.BLOCKED

    @property
    def failing(self) -> list[GateResult]:
        return [result for result in self.results if not result.passed]


@dataclass(frozen=True)
class Lane:
    """One lane. ``period`` is what an entry gets that is moved here; ``periods`` are all that it shows."""

    name: LaneName
    period: str | None
    periods: tuple[str, ...]
    entries: tuple[BoardEntry, ...]


def ordered_periods(keys: Iterable[str], years: FiscalYear = CALENDAR) -> list[str]:
    """Periods by their first day, the longer ones later, none twice; those that name no days stand last, by name."""
    found: list[str] = []
    for key in keys:
        if key and not any(same_period(key, other, years) for other in found):
            found.append(key)

    def place(key: str) -> tuple[bool, dt.date, dt.date, str]:
        days = days_of(key, years)
        first, last = days or (dt.date.max, dt.date.max)
        return days is None, first, last, key

    return sorted(found, key=place)


def lanes_of(
    entries: Sequence[BoardEntry], own_period: str, in_use: Iterable[str] = (), years: FiscalYear = CALENDAR
) -> list[Lane]:
    """The lanes of a roadmap; entries that are blocked stand in none.

    Now is the earlier of the roadmap's own period and the first one that something is planned for. Next and later are
    the periods after it that entries, scenarios and roadmaps have, or that follow in the calendar where these are too
    few; later holds all from the third on.
    """
    on = [entry for entry in entries if not entry.is_blocked]
    planned = [entry.planned_period for entry in on if entry.planned_period]
    order = ordered_periods([*planned, own_period, *in_use], years)
    begins = [own_period, *planned]
    first = next((n for n, key in enumerate(order) if any(same_period(key, one, years) for one in begins)), 0)
    order = order[first:]
    while order and len(order) < _FEWEST and (following := next_period(order[-1])) is not None:
        order.append(following)
    groups = [order[:1], order[1:2], order[2:], []]
    lanes = []
    for name, periods in zip(LaneName, groups, strict=True):
        if name is LaneName.UNPLANNED:
            mine = [entry for entry in on if not entry.planned_period]
        else:
            mine = [e for e in on if any(same_period(e.planned_period or "", one, years) for one in periods)]
        lanes.append(Lane(name, periods[0] if periods else None, tuple(periods), tuple(in_order(mine, order, years))))
    return lanes


def in_order(
    entries: Iterable[BoardEntry], periods: Sequence[str] = (), years: FiscalYear = CALENDAR
) -> list[BoardEntry]:
    """By period, then by rank, those without one last; the rest by key."""

    def place(entry: BoardEntry) -> tuple[int, bool, float, str]:
        of = entry.planned_period or ""
        number = next((n for n, key in enumerate(periods) if same_period(of, key, years)), len(periods))
        return number, entry.rank is None, entry.rank or 0.0, entry.key

    return sorted(entries, key=place)


def ranks_for(order: Sequence[tuple[str, float | None]], key: str) -> Mapping[str, float]:
    """The ranks to change, so that entries which stand in this order (key, rank) keep it; ``key`` is the moved one.

    Where the moved one fits between its neighbours' ranks, only it gets another; else all up to it are numbered.
    """
    place = next(n for n, (one, _) in enumerate(order) if one == key)
    before = order[place - 1][1] if place else None
    after = order[place + 1][1] if place + 1 < len(order) else None
    if (place == 0 or before is not None) and (after is not None or place + 1 == len(order) or place == 0):
        if place == 0 and after is not None and after > 1:
            return {key: after - 1}
        if before is not None and after is None:
            return {key: before + 1}
        if before is not None and after is not None and after - before > 0.01:
            middle = (before + after) / 2
            return {key: float(int(middle)) if before < int(middle) < after else round(middle, 3)}
    found: dict[str, float] = {}
    last = 0.0
    for number, (one, rank) in enumerate(order):
        if number > place and rank is None:
            break  # those without a rank stand behind anyway
        if rank is None or rank <= last or one == key:
            last += 1
            if rank != last:
                found[one] = last
        else:
            last = rank
    return found


def by_judgement(entries: Iterable[BoardEntry]) -> list[BoardEntry]:
    """As the gates show them: blocked ones first, then those nobody judged, then waived ones; by key."""
    order = {str(GateStatus.BLOCKED): 0, "": 1, str(GateStatus.WAIVED): 2}
    return sorted(entries, key=lambda entry: (order.get(entry.gate_status or "", 3), entry.key))
