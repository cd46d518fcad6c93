"""What an alert of an optimization run is about."""

from __future__ import annotations

from enum import StrEnum


class AlertKind(StrEnum):
    """What an alert is about, as Gaps_And_Alerts names it."""

    TARGET = "target"
    CONSTRAINT = "constraint"
    DATA = "data"
    INFEASIBLE = "infeasible"
