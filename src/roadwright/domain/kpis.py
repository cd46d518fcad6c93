"""KPIs: their levels and directions, and how a signed change becomes an improvement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum


class KpiLevel(StrEnum):
    """What role a KPI plays. Exactly one active KPI is the north star; supporting ones appear in chains only."""

    NORTH_STAR = "north_star"
    STRATEGIC = "strategic"
    SUPPORTING = "supporting"


class Direction(StrEnum):
    """Which way a KPI should move."""

    INCREASE = "increase"
    DECREASE = "decrease"

    @property
    def sign(self) -> int:
        """+1 where more is better, -1 where less is: improvement = sign * signed change."""
        return 1 if self is Direction.INCREASE else -1


LEVEL_SYNONYMS: Mapping[KpiLevel, Sequence[str]] = {
    KpiLevel.NORTH_STAR: ("ns", "nsm", "north star metric", "north star kpi"),
    KpiLevel.STRATEGIC: ("strategy", "strat", "strategic kpi"),
    KpiLevel.SUPPORTING: ("support", "supporting kpi", "supportive", "driver", "input metric"),
}
DIRECTION_SYNONYMS: Mapping[Direction, Sequence[str]] = {
    Direction.INCREASE: (
        *("up", "inc", "increasing", "grow", "growth", "raise", "more", "higher", "higher is better", "more is better"),
        *("maximise", "maximize", "max", "↑", "+"),
    ),
    Direction.DECREASE: (
        *("down", "dec", "decreasing", "reduce", "reduction", "less", "lower", "lower is better", "less is better"),
        *("minimise", "minimize", "min", "↓"),
    ),
}

CONTRIBUTABLE = frozenset({KpiLevel.NORTH_STAR, KpiLevel.STRATEGIC})
"""The levels that an initiative may claim a contribution to, and that an objective may name."""
