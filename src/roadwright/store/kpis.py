"""The KPI registry, loaded for the rules that ask it, and what refers to a KPI by its key.

References are found before a KPI is renamed or deactivated, and spelled as the registry spells it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.kpis import Direction, KpiLevel
from roadwright.domain.messages import Message
from roadwright.domain.registry import RegisteredKpi, Registry
from roadwright.domain.text import folded
from roadwright.store.models import (
    Initiative,
    InitiativeMathModel,
    OptimizationConstraint,
    OptimizationScenario,
    OptimizationTarget,
    OrganizationMetricsConfig,
)


def registered(row: OrganizationMetricsConfig) -> RegisteredKpi:
    return RegisteredKpi(
        key=row.kpi_key,
        level=KpiLevel(row.kpi_level),
        direction=Direction(row.direction),
        is_active=row.is_active,
        unit=row.unit,
        baseline_value=row.baseline_value,
    )


def load_drivers(session: Session) -> dict[str, tuple[str, ...]]:
    """Which KPIs cause which: {KPI: the KPIs of its driven_by}, active ones, in the registry's own spelling."""
    rows = list(session.scalars(select(OrganizationMetricsConfig).where(OrganizationMetricsConfig.is_active)))
    spelled = {folded(row.kpi_key): row.kpi_key for row in rows}
    return {
        row.kpi_key: tuple(spelled[folded(key)] for key in row.driven_by or () if folded(key) in spelled)
        for row in rows
    }


def load_registry(session: Session) -> Registry:
    """All KPIs of Metrics_Config, in the order they were first saved."""
    rows = session.scalars(select(OrganizationMetricsConfig).order_by(OrganizationMetricsConfig.id))
    return Registry.of(registered(row) for row in rows)


_SHOWN = 3
_CHAIN = "metric_chain_json"


@dataclass(frozen=True)
class _Reference:
    """Rows of one table that name KPIs."""

    model: type[Any]
    typed: tuple[str, ...]
    """The attributes in which people name KPIs: these count as a use."""
    used: str
    """The code of the message that tells which rows do."""
    label: Callable[[Session, Any], str]
    derived: tuple[str, ...] = ()
    """Attributes that follow from what was typed elsewhere."""


def _model_label(session: Session, model: InitiativeMathModel) -> str:
    initiative = session.get_one(Initiative, model.initiative_id)
    return f"{initiative.initiative_key} {model.model_name}"


_REFERENCES = (
    _Reference(
        Initiative,
        ("kpi_contribution_json",),
        "used_by_contributions",
        lambda _, row: str(row.initiative_key),
        ("kpi_contribution_computed_json", "immediate_kpi_key", "metric_chain_json"),
    ),
    _Reference(
        InitiativeMathModel,
        ("target_kpi_key", "immediate_kpi_key", "metric_chain_json"),
        "used_by_math_models",
        _model_label,
    ),
    _Reference(
        OptimizationScenario, ("objective_weights_json",), "used_by_scenarios", lambda _, row: str(row.scenario_name)
    ),
    _Reference(
        OptimizationTarget, ("kpi_key",), "used_by_targets", lambda _, row: f"{row.dimension} {row.dimension_key}"
    ),
    _Reference(OptimizationConstraint, ("kpi_key",), "used_by_constraints", lambda _, row: str(row.dimension_key)),
    _Reference(OrganizationMetricsConfig, ("driven_by",), "used_by_drivers", lambda _, row: str(row.kpi_key)),
)


def kpi_uses(session: Session, key: str) -> list[Message]:
    """What uses the KPI, e.g. ``contributions of INIT-000001, INIT-000004 and 7 more``. Empty: nothing."""
    wanted = folded(key)
    found = {
        reference.used: [
            reference.label(session, row)
            for row in session.scalars(select(reference.model).order_by(reference.model.id))
            if any(wanted in map(folded, _texts(name, getattr(row, name))) for name in reference.typed)
        ]
        for reference in _REFERENCES
    }
    return [Message(code, params={"where": _some(where)}) for code, where in found.items() if where]


def respell_kpi(session: Session, key: str) -> None:
    """Let everything that names this KPI do so in this spelling."""
    wanted = folded(key)

    def respelled(said: str) -> str:
        return key if folded(said) == wanted else said

    for reference in _REFERENCES:
        for row in session.scalars(select(reference.model)):
            for name in (*reference.typed, *reference.derived):
                before = getattr(row, name)
                after = _respelled(name, before, respelled)
                if after != before:
                    setattr(row, name, after)


def _texts(name: str, value: Any) -> Iterator[str]:
    """The keys of KPIs that are stored under an attribute."""
    if name == _CHAIN:
        value = (value or {}).get("nodes")
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        yield from value


def _respelled(name: str, value: Any, respelled: Callable[[str], str]) -> Any:
    """What is stored under an attribute, with its keys of KPIs respelled."""
    if name == _CHAIN and value:
        edges = [[respelled(end) for end in edge] for edge in value["edges"]]
        return {**value, "nodes": [respelled(node) for node in value["nodes"]], "edges": edges}
    if isinstance(value, str):
        return respelled(value)
    if isinstance(value, list):
        return [respelled(key) for key in value]
    if isinstance(value, dict):
        return {respelled(key): said for key, said in value.items()}
    return value


def _some(names: Iterable[str]) -> Message:
    every = tuple(names)
    if len(every) <= _SHOWN:
        return Message("all_named", params={"named": every})
    return Message("some_named", params={"named": every[:_SHOWN], "more": len(every) - _SHOWN})
