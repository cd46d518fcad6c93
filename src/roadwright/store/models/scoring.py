"""The organisation's KPI registry; scores and math models of an initiative."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from roadwright.store.models.base import Base, Moment, Provenance, Row


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


class InitiativeScore(Base):
    """One framework's score of an initiative at one time. The history stays; at most one per framework is current."""

    __tablename__ = "initiative_scores"
    __table_args__ = (Index("ix_initiative_scores_current", "initiative_id", "framework", "is_current"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiatives.id"))
    framework: Mapped[str] = mapped_column(String(16))
    is_current: Mapped[bool]
    value: Mapped[float | None]
    effort: Mapped[float | None]
    overall: Mapped[float | None]
    """Before the strategic coefficient, which enters at activation only."""
    components: Mapped[Row]
    warnings: Mapped[list[str]]
    computed_at: Mapped[Moment]
    computed_by: Mapped[str]


class InitiativeMathModel(Provenance, Base):
    """A formula for one initiative and one target KPI."""

    __tablename__ = "initiative_math_models"
    __table_args__ = (UniqueConstraint("initiative_id", "model_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiatives.id"))
    model_name: Mapped[str]
    target_kpi_key: Mapped[str]
    immediate_kpi_key: Mapped[str | None]
    metric_chain_text: Mapped[str | None]
    """The chain as it was typed."""
    metric_chain_json: Mapped[Row | None]
    formula_text: Mapped[str | None]
    assumptions_text: Mapped[str | None]
    is_primary: Mapped[bool]
    approved_by_user: Mapped[bool]
    pattern: Mapped[str | None] = mapped_column(String(32))
    computed_score: Mapped[float | None]


class InitiativeParam(Provenance, Base):
    """A named value in a math model's formula."""

    __tablename__ = "initiative_params"
    __table_args__ = (UniqueConstraint("initiative_id", "model_name", "param_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    initiative_id: Mapped[int] = mapped_column(ForeignKey("initiatives.id"))
    model_name: Mapped[str]
    param_name: Mapped[str]
    value: Mapped[float | None]
    value_in_percent: Mapped[bool | None]
    """It was typed as a percentage: 8 %, which is 0.08."""
    unit: Mapped[str | None]
    min: Mapped[float | None]
    max: Mapped[float | None]
    description: Mapped[str | None]
    source: Mapped[str | None]
    approved: Mapped[bool]
    is_auto_seeded: Mapped[bool]
    notes: Mapped[str | None]
