"""Initiative: one idea or piece of work, with everything that tabs show of it; filters that were saved by name."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, validates

from roadwright.store.models.base import Base, Key, Moment, Provenance, Row


class IssuedKey(Base):
    """A number given out for an initiative key.

    Keys are given, and written into the sheet, before the initiative is stored: a crash in between leaves a key that
    is known but not yet used, and never a second initiative for one row.
    """

    __tablename__ = "issued_keys"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - a number that was deleted is never given again

    number: Mapped[int] = mapped_column(primary_key=True)
    issued_at: Mapped[Moment]
    issued_for: Mapped[str]
    """The workbook and tab that the key was given to."""
    folder: Mapped[str | None] = mapped_column(String(16))
    """The folder with that workbook."""


COMPARED = ("title", "brief_description", "product_area")
"""What says that two initiatives are likely the same."""


class Initiative(Provenance, Base):
    """One initiative. Attributes have the names of the tabs' columns; None is "no value"."""

    __tablename__ = "initiatives"

    id: Mapped[int] = mapped_column(primary_key=True)
    initiative_key: Mapped[Key] = mapped_column(unique=True)

    title: Mapped[str]
    brief_description: Mapped[str | None] = mapped_column(String(500))
    department: Mapped[str | None]
    requesting_team: Mapped[str | None]
    requester_name: Mapped[str | None]
    requester_email: Mapped[str | None]
    country: Mapped[str | None]
    product_area: Mapped[str | None]
    customer_segment: Mapped[str | None]
    initiative_type: Mapped[str | None]
    category: Mapped[str | None]
    program_key: Mapped[str | None]
    lifecycle_status: Mapped[str] = mapped_column(String(32), index=True)
    hypothesis: Mapped[str | None]
    problem_statement: Mapped[str | None]
    strategic_priority_coefficient: Mapped[float]
    risk_level: Mapped[str | None] = mapped_column(String(16))
    effort_engineering_days: Mapped[float | None]
    engineering_tokens: Mapped[float | None]
    engineering_tokens_mvp: Mapped[float | None]
    engineering_tokens_full: Mapped[float | None]
    scope_mode: Mapped[str | None] = mapped_column(String(16))
    dependencies_initiatives: Mapped[list[str] | None]
    dependencies_others: Mapped[str | None]
    deadline_date: Mapped[dt.date | None]
    earliest_start_date: Mapped[dt.date | None]
    is_optimization_candidate: Mapped[bool]
    candidate_period_key: Mapped[str | None]
    duplicate_of: Mapped[str | None] = mapped_column(String(32))
    """The key of the initiative that says the same; this one then competes for nothing."""
    is_compared: Mapped[bool | None]
    """Whether it was compared with all others as it reads now; None: not yet."""

    intake_source: Mapped[str]
    """The intake workbook and tab in words, or ``backlog``."""
    intake_workbook: Mapped[str | None]
    intake_tab: Mapped[str | None]
    intake_row: Mapped[int | None]
    intake_missing: Mapped[bool]
    """Its intake row is gone."""
    folder: Mapped[str | None] = mapped_column(String(16))
    """The folder, of those that work on this database, in which it was typed (or what became of that folder)."""
    intake_conflicts: Mapped[Row | None]
    """Fields that intake and backlog changed to different values: {field: the intake's value}."""
    submitted_at: Mapped[Moment]
    external_id: Mapped[str | None] = mapped_column(index=True)
    """What identifies it in the program that it came from."""
    external_source: Mapped[str | None]
    """The name of that program, or of the workbook, in which the ``external_id`` is unique."""
    external_url: Mapped[str | None]
    carried: Mapped[Row | None]
    """What stands in the columns of its intake row that go along as they are: numbers and texts by name."""

    active_scoring_framework: Mapped[str | None] = mapped_column(String(16))
    use_math_model: Mapped[bool | None]
    value_score: Mapped[float | None]
    effort_score: Mapped[float | None]
    overall_score: Mapped[float | None]
    rice_reach: Mapped[float | None]
    rice_impact: Mapped[float | None]
    rice_confidence: Mapped[float | None]
    rice_effort: Mapped[float | None]
    wsjf_business_value: Mapped[float | None]
    wsjf_time_criticality: Mapped[float | None]
    wsjf_risk_reduction: Mapped[float | None]
    wsjf_job_size: Mapped[float | None]

    math_warnings: Mapped[list[str] | None]
    """What the last scoring found wrong with its math models."""
    immediate_kpi_key: Mapped[str | None]
    metric_chain_json: Mapped[Row | None]
    """The primary model's chain as a graph: {nodes, edges, source}."""
    kpi_contribution_json: Mapped[dict[str, float] | None]
    """The contribution that counts: {KPI key: signed increment in the KPI's unit}."""
    kpi_contribution_computed_json: Mapped[dict[str, float] | None]
    kpi_contribution_source: Mapped[str] = mapped_column(String(16))
    kpi_contribution_notes: Mapped[str | None]

    @validates(*COMPARED)
    def _reads_otherwise(self, name: str, value: object) -> object:
        if getattr(self, name) != value:
            self.is_compared = None
        return value


class ToldDuplicate(Base):
    """Two initiatives of which it was told that they are likely the same; the lower key first."""

    __tablename__ = "told_duplicates"

    initiative_key: Mapped[Key] = mapped_column(primary_key=True)
    other_key: Mapped[Key] = mapped_column(primary_key=True)
    told_at: Mapped[Moment]


class SavedFilter(Provenance, Base):
    """One filter, to be used again by its name."""

    __tablename__ = "saved_filters"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    filter_text: Mapped[str]
