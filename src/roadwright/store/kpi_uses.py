"""Where a KPI is used, so that nobody renames or deactivates it unawares."""

from __future__ import annotations

from collections.abc import Iterable

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

_SHOWN = 3


def kpi_uses(session: Session, key: str) -> list[str]:
    """What uses the KPI, in words, e.g. ``contributions of INIT-000001, INIT-000004 and 7 more``. Empty: nothing."""
    wanted = folded(key)

    def names(entries: object) -> bool:
        if isinstance(entries, dict):
            return any(folded(str(entry)) == wanted for entry in entries)
        if isinstance(entries, list):
            return any(folded(str(e.get("kpi") if isinstance(e, dict) else e)) == wanted for e in entries)
        return folded(str(entries or "")) == wanted

    initiatives = session.execute(
        select(Initiative.initiative_key, Initiative.kpi_contribution_json).order_by(Initiative.id)
    )
    models = session.execute(
        select(Initiative.initiative_key, InitiativeMathModel)
        .join(InitiativeMathModel, InitiativeMathModel.initiative_id == Initiative.id)
        .order_by(InitiativeMathModel.id)
    )
    scenarios = session.scalars(select(OptimizationScenario).order_by(OptimizationScenario.id))
    targets = session.scalars(select(OptimizationTarget).order_by(OptimizationTarget.id))
    constraints = session.scalars(select(OptimizationConstraint).order_by(OptimizationConstraint.id))
    kpis = session.scalars(select(OrganizationMetricsConfig).order_by(OrganizationMetricsConfig.id))
    found = {
        "contributions of": [initiative for initiative, claimed in initiatives if names(claimed)],
        "math models": [
            f"{initiative} {model.model_name}"
            for initiative, model in models
            if names(model.target_kpi_key)
            or names(model.immediate_kpi_key)
            or names((model.metric_chain_json or {}).get("nodes"))
        ],
        "scenarios": [row.scenario_name for row in scenarios if names(row.objective_weights_json)],
        "targets": [f"{row.dimension} {row.dimension_key}" for row in targets if names(row.kpi_key)],
        "constraints": [str(row.dimension_key) for row in constraints if names(row.kpi_key)],
        "driven_by of": [row.kpi_key for row in kpis if names(row.driven_by)],
    }
    return [f"{what} {_some(where)}" for what, where in found.items() if where]


def _some(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return ", ".join(every[:_SHOWN]) + more
