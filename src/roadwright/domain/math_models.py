"""A math model's words."""

from __future__ import annotations

from enum import StrEnum


class Pattern(StrEnum):
    """How a math model turns a change into KPI units; each has a suggested formula."""

    RATE_UPLIFT = "rate_uplift"
    TRAFFIC_UPLIFT = "traffic_uplift"
    VALUE_PER_TRANSACTION = "value_per_transaction"
    UNIT_EXPANSION = "unit_expansion"
    MONETIZATION_RATE = "monetization_rate"
    LOSS_REDUCTION = "loss_reduction"
    CUSTOM = "custom"


def says_increment(*words: str | None) -> bool:
    """Whether a param is marked as an increment: its unit, description or notes say so."""
    return any("increment" in text.casefold() for text in words if text)
