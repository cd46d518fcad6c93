"""Where a KPI is used, so that nobody renames or deactivates it unawares."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.messages import Message
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


def kpi_uses(session: Session, key: str) -> list[Message]:
    """What uses the KPI, e.g. ``contributions of INIT-000001, INIT-000004 and 7 more``. Empty: nothing."""
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
        "used_by_contributions": [initiative for initiative, claimed in initiatives if names(claimed)],
        "used_by_math_models": [
            f"{initiative} {model.model_name}"
            for initiative, model in models
            if names(model.target_kpi_key)
            or names(model.immediate_kpi_key)
            or names((model.metric_chain_json or {}).get("nodes"))
        ],
        "used_by_scenarios": [row.scenario_name for row in scenarios if names(row.objective_weights_json)],
        "used_by_targets": [f"{row.dimension} {row.dimension_key}" for row in targets if names(row.kpi_key)],
        "used_by_constraints": [str(row.dimension_key) for row in constraints if names(row.kpi_key)],
        "used_by_drivers": [row.kpi_key for row in kpis if names(row.driven_by)],
    }
    return [Message(code, params={"where": _some(where)}) for code, where in found.items() if where]


def _some(names: Iterable[str]) -> Message:
    every = tuple(names)
    if len(every) <= _SHOWN:
        return Message("all_named", params={"named": every})
    return Message("some_named", params={"named": every[:_SHOWN], "more": len(every) - _SHOWN})
