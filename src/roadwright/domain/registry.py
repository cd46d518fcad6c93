"""The KPI registry as rules see it: which KPIs there are, which may be claimed, and what a mistyped key meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from roadwright.domain.errors import InputError
from roadwright.domain.keys import make_key
from roadwright.domain.kpis import CONTRIBUTABLE, Direction, KpiLevel
from roadwright.domain.messages import Level, Message
from roadwright.domain.text import folded

_FORBIDDEN = re.compile(r"""[\s,;:>=→"'{}\[\]]""")


@dataclass(frozen=True)
class RegisteredKpi:
    """One row of the registry."""

    key: str
    level: KpiLevel
    direction: Direction
    is_active: bool
    unit: str | None = None
    baseline_value: float | None = None


class UnknownKpi(InputError, ValueError):
    """A key that may not stand where it does; the message says why, and what could stand there."""


@dataclass(frozen=True)
class Registry:
    """All KPIs by key."""

    kpis: Mapping[str, RegisteredKpi]

    @classmethod
    def of(cls, kpis: Iterable[RegisteredKpi]) -> Registry:
        return cls({kpi.key: kpi for kpi in kpis})

    @property
    def active(self) -> list[RegisteredKpi]:
        return [kpi for kpi in self.kpis.values() if kpi.is_active]

    @property
    def north_stars(self) -> list[str]:
        return [kpi.key for kpi in self.active if kpi.level is KpiLevel.NORTH_STAR]

    def resolve(self, typed: str) -> RegisteredKpi | None:
        """The KPI that a person means, whatever the case they type it in."""
        exact = self.kpis.get(typed)
        if exact is not None:
            return exact
        return next((kpi for kpi in self.kpis.values() if folded(kpi.key) == folded(typed)), None)

    def contributable(self, typed: str) -> RegisteredKpi:
        """The active north-star or strategic KPI of this key. Raises UnknownKpi."""
        kpi = self.resolve(typed)
        accepted = [k.key for k in self.active if k.level in CONTRIBUTABLE]
        listed = Message("kpis_accepted", params={"keys": accepted}) if accepted else Message("no_contributable_kpi")
        if kpi is None:
            raise UnknownKpi("unknown_kpi_listed", key=typed, hint=nearest(typed, accepted), accepted=listed)
        if not kpi.is_active:
            raise UnknownKpi("kpi_inactive", key=kpi.key, accepted=listed)
        if kpi.level not in CONTRIBUTABLE:
            raise UnknownKpi("kpi_only_in_chains", key=kpi.key, level=kpi.level, accepted=listed)
        return kpi


def nearest(word: str, known: Iterable[str]) -> Message | str:
    """`` (did you mean gmv?)`` where a known word is close, else an empty text."""
    by_fold = {folded(key): key for key in known}
    close = difflib.get_close_matches(folded(word), by_fold, n=1)
    return did_you_mean(by_fold[close[0]]) if close else ""


def did_you_mean(name: str) -> Message:
    """What is said of the known word that was likely meant: `` (did you mean gmv?)``."""
    return Message("did_you_mean", Level.OK, params={"name": name})


def nearest_key(prefix: str, number: int | None, known: Collection[int]) -> Message | str:
    """What is said of a key that nothing has: the one of the nearest number, or how far the numbers go."""
    if not known:
        return ""
    if number is None or number > max(known):
        return Message("newest_key", Level.OK, params={"key": make_key(prefix, max(known))})
    return did_you_mean(make_key(prefix, min(known, key=lambda one: abs(one - number))))


def key_problem(key: str) -> Message | None:
    """Why a text can't be a KPI key, or None where it can: keys stand in chains, pairs and formulas."""
    bad = _FORBIDDEN.search(key)
    if bad is None:
        return None
    if bad[0].isspace():
        return Message("kpi_key_has_blank", params={"key": key})
    return Message("kpi_key_character", params={"key": key, "character": bad[0]})


def north_star_problem(north_stars: list[str]) -> Message | None:
    """What is wrong with the registry's north star, or None: there is exactly one active."""
    if len(north_stars) == 1:
        return None
    if not north_stars:
        return Message("no_north_star")
    return Message("several_north_stars", params={"count": len(north_stars), "keys": sorted(north_stars)})
