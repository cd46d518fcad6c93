"""Roadmaps: curated subsets of the backlog, the gates that guard them, their entries, and what was published."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from roadwright.store.models.base import Base, Key, Moment, Provenance, Row


class Roadmap(Provenance, Base):
    """One roadmap. Attributes have the names of the Roadmaps tab's columns."""

    __tablename__ = "roadmaps"

    id: Mapped[int] = mapped_column(primary_key=True)
    roadmap_name: Mapped[str] = mapped_column(unique=True)
    is_declared: Mapped[bool] = mapped_column(default=True)
    """Whether it has been on Roadmaps. One that is only named by rows of Roadmap_Entries is no roadmap yet: it keeps
    these rows, its period_key is empty, and nothing runs on it."""
    period_key: Mapped[str]
    description: Mapped[str | None]
    source: Mapped[str | None] = mapped_column(String(16))
    source_ref: Mapped[str | None]
    gate_policy: Mapped[str | None]
    adopted_run: Mapped[str | None]
    """The run whose choice the roadmap shows and publishes."""
    status: Mapped[str] = mapped_column(String(16))
    version: Mapped[int | None]
    """The newest published version."""
    owner: Mapped[str | None]
    entry_rows: Mapped[list[RoadmapEntry]] = relationship(cascade="all, delete-orphan")
    status_changes: Mapped[list[RoadmapStatusChange]] = relationship(
        cascade="all, delete-orphan", order_by="RoadmapStatusChange.id"
    )
    versions: Mapped[list[RoadmapVersion]] = relationship(order_by="RoadmapVersion.number")


class RoadmapStatusChange(Base):
    """Who moved a roadmap from one status to another, and when."""

    __tablename__ = "roadmap_status_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    roadmap_id: Mapped[int] = mapped_column(ForeignKey("roadmaps.id"), index=True)
    from_status: Mapped[str] = mapped_column(String(16))
    to_status: Mapped[str] = mapped_column(String(16))
    changed_by: Mapped[str]
    changed_at: Mapped[Moment]


class RoadmapEntry(Provenance, Base):
    """One initiative on one roadmap. Attributes have the names of the Roadmap_Entries tab's columns."""

    __tablename__ = "roadmap_entries"
    __table_args__ = (UniqueConstraint("roadmap_id", "initiative_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    roadmap_id: Mapped[int] = mapped_column(ForeignKey("roadmaps.id"), index=True)
    initiative_key: Mapped[Key]
    gate_status: Mapped[str | None] = mapped_column(String(16))
    gate_failures: Mapped[list[str] | None]
    gate_results_json: Mapped[list[Row] | None]
    """How each gate of the policy judged it: gate, severity, passed, and the message of one that did not pass."""
    judged_at: Mapped[Moment | None]
    """When the gates came to this judgement; judging again to the same end leaves it."""
    matches_source: Mapped[bool | None]
    """Whether the roadmap's source still names it; None where a person put it there."""
    waived_by: Mapped[str | None]
    waiver_reason: Mapped[str | None]
    waived_at: Mapped[Moment | None]
    """When the waiver was first seen; None again once it is taken back."""
    waiver_waits: Mapped[bool] = mapped_column(default=False)
    """Whether it was typed in a sheet where people sign in, and counts only with an approver's yes."""
    priority_rank: Mapped[float | None]
    planned_period: Mapped[str | None]
    is_locked: Mapped[bool]
    selected: Mapped[bool | None]
    """Chosen: by the run that the roadmap has adopted; on one from a portfolio or list whatever stands on it. None
    where that is not known yet."""
    notes: Mapped[str | None]
    sheet_row: Mapped[int | None]
    """The row of Roadmap_Entries where it was last seen."""


class GatePolicy(Provenance, Base):
    """One gate of a named policy. Attributes have the names of the Gates tab's columns."""

    __tablename__ = "gate_policies"
    __table_args__ = (UniqueConstraint("gate_policy", "gate"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    gate_policy: Mapped[str]
    gate: Mapped[str] = mapped_column(String(32))
    parameter: Mapped[str | None]
    severity: Mapped[str] = mapped_column(String(8))
    notes: Mapped[str | None]


class RoadmapVersion(Base):
    """What a roadmap was when it was published. A trigger of the database refuses to change or delete it."""

    __tablename__ = "roadmap_versions"
    __table_args__ = (UniqueConstraint("roadmap_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    roadmap_id: Mapped[int] = mapped_column(ForeignKey("roadmaps.id"), index=True)
    number: Mapped[int]
    """1 for the first publication, and so on."""
    content_hash: Mapped[str] = mapped_column(String(80))
    """SHA-256 of the canonical text of the content."""
    content_json: Mapped[Row]
    """The roadmap, its entries with scores, contributions, tokens and gate results, what was left out, and the run and
    constraint set that it came from."""
    published_by: Mapped[str]
    published_at: Mapped[Moment]
