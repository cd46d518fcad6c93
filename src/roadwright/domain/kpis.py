"""KPIs: their levels and directions, and how a signed change becomes an improvement."""

from __future__ import annotations

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


CONTRIBUTABLE = frozenset({KpiLevel.NORTH_STAR, KpiLevel.STRATEGIC})
"""The levels that an initiative may claim a contribution to, and that an objective may name."""
