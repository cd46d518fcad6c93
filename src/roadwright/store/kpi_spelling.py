"""A KPI's key in another spelling: what refers to it takes the spelling of the registry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.text import folded
from roadwright.store.models import (
    Initiative,
    InitiativeMathModel,
    OptimizationConstraint,
    OptimizationScenario,
    OptimizationTarget,
    OrganizationMetricsConfig,
)

_REFERRING: tuple[tuple[type[Any], tuple[str, ...]], ...] = (
    (Initiative, ("kpi_contribution_json", "kpi_contribution_computed_json", "immediate_kpi_key", "metric_chain_json")),
    (InitiativeMathModel, ("target_kpi_key", "immediate_kpi_key", "metric_chain_json")),
    (OptimizationScenario, ("objective_weights_json",)),
    (OptimizationTarget, ("kpi_key",)),
    (OptimizationConstraint, ("kpi_key",)),
    (OrganizationMetricsConfig, ("driven_by",)),
)


def respell_kpi(session: Session, key: str) -> None:
    """Let everything that names this KPI do so in this spelling."""
    respelled = _respeller(key)
    for model, names in _REFERRING:
        for row in session.scalars(select(model)):
            for name in names:
                before = getattr(row, name)
                after = respelled(before)
                if after != before:
                    setattr(row, name, after)


def _respeller(key: str) -> Callable[[Any], Any]:
    wanted = folded(key)

    def respelled(value: Any) -> Any:
        if isinstance(value, str):
            return key if folded(value) == wanted else value
        if isinstance(value, list):
            return [respelled(entry) for entry in value]
        if isinstance(value, dict):
            return {respelled(name): entry if name == "source" else respelled(entry) for name, entry in value.items()}
        return value

    return respelled
