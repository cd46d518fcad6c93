"""The KPI registry, loaded for the rules that ask it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.kpis import Direction, KpiLevel
from roadwright.domain.registry import RegisteredKpi, Registry
from roadwright.domain.text import folded
from roadwright.store.models import OrganizationMetricsConfig


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
