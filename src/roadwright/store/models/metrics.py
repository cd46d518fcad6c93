"""The organisation's KPI registry."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from roadwright.store.models.base import Base, Provenance


class OrganizationMetricsConfig(Provenance, Base):
    """One KPI. Attributes have the names of Metrics_Config's columns."""

    __tablename__ = "organization_metrics_config"

    id: Mapped[int] = mapped_column(primary_key=True)
    kpi_key: Mapped[str] = mapped_column(unique=True)
    kpi_name: Mapped[str]
    kpi_level: Mapped[str] = mapped_column(String(16))
    unit: Mapped[str | None]
    direction: Mapped[str] = mapped_column(String(16))
    baseline_value: Mapped[float | None]
    description: Mapped[str | None]
    is_active: Mapped[bool]
    driven_by: Mapped[list[str] | None]
    notes: Mapped[str | None]
