"""What an alert of an optimization run is about, and how much it matters."""

from __future__ import annotations

from enum import StrEnum


class AlertKind(StrEnum):
    """What an alert is about."""

    TARGET = "target"
    CONSTRAINT = "constraint"
    DATA = "data"
    INFEASIBLE = "infeasible"


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"
