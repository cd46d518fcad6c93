"""A math model's words, and what its pattern suggests: a formula, and the chain that the registry's drivers draw."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from roadwright.domain.chains import DrivenBy, driver_path
from roadwright.domain.text import folded


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


SUGGESTED_FORMULAS: Mapping[Pattern, str] = MappingProxyType(
    {
        Pattern.RATE_UPLIFT: "base_volume * (rate_after - rate_before)",
        Pattern.TRAFFIC_UPLIFT: "traffic_uplift * conversion_rate",
        Pattern.VALUE_PER_TRANSACTION: "transactions * (value_after - value_before) * pass_through_rate",
        Pattern.UNIT_EXPANSION: "(units_after - units_before) * value_per_unit",
        Pattern.MONETIZATION_RATE: "base_volume * (monetization_rate_after - monetization_rate_before)",
        Pattern.LOSS_REDUCTION: "base_volume * (loss_rate_before - loss_rate_after) * retained_share",
    }
)
"""The formula of each pattern; ``custom`` has none."""


def suggested_formula(pattern: str | None) -> str | None:
    """The formula that a pattern suggests, or None for ``custom`` and blank."""
    return SUGGESTED_FORMULAS.get(Pattern(pattern)) if pattern else None


def suggested_chain(immediate: str | None, target: str, driven_by: DrivenBy) -> str:
    """A chain from the immediate to the target KPI: along the registry's drivers where a path exists, else direct.

    Without an immediate KPI, or where it is the target itself, it is the target alone.
    """
    if not immediate or folded(immediate) == folded(target):
        return target
    return " -> ".join(driver_path(driven_by, immediate, target) or (immediate, target))
