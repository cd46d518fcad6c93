"""The KPI registry as rules see it: which KPIs there are, which may be claimed, and what a mistyped key meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from roadwright.domain.errors import InputError
from roadwright.domain.kpis import CONTRIBUTABLE, Direction, KpiLevel
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
        listed = f"expected one of {', '.join(accepted)}" if accepted else "Metrics_Config has no such KPI yet"
        if kpi is None:
            raise UnknownKpi(f'"{typed}" is no KPI of Metrics_Config{nearest(typed, accepted)}; {listed}')
        if not kpi.is_active:
            raise UnknownKpi(f'"{kpi.key}" is not active in Metrics_Config; {listed}')
        if kpi.level not in CONTRIBUTABLE:
            raise UnknownKpi(f'"{kpi.key}" is a {kpi.level} KPI, which only stands in metric chains; {listed}')
        return kpi


def nearest(word: str, known: Iterable[str]) -> str:
    """`` (did you mean gmv?)`` where a known word is close, else nothing."""
    by_fold = {folded(key): key for key in known}
    close = difflib.get_close_matches(folded(word), by_fold, n=1)
    return f" (did you mean {by_fold[close[0]]}?)" if close else ""


def key_problem(key: str) -> str | None:
    """Why a text can't be a KPI key, or None where it can: keys stand in chains, pairs and formulas."""
    bad = _FORBIDDEN.search(key)
    if bad is None:
        return None
    what = "a blank" if bad[0].isspace() else bad[0]
    return f'"{key}" holds {what}; a KPI key has no blanks and none of , ; : > = quotes or brackets, e.g. repeat_rate'


def north_star_problem(north_stars: list[str]) -> str | None:
    """What is wrong with the registry's north star, or None: there is exactly one active."""
    if len(north_stars) == 1:
        return None
    if not north_stars:
        return "there would be no active north star; exactly one active KPI must have kpi_level north_star"
    return f"there would be {len(north_stars)} active north stars ({', '.join(sorted(north_stars))}); keep exactly one"
