"""Roadmaps: curated subsets of the backlog, the gate policies that guard them, and their entries."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from roadwright.store.models.base import Base, Key, Provenance


class Roadmap(Provenance, Base):
    """One roadmap. Attributes have the names of the Roadmaps tab's columns."""

    __tablename__ = "roadmaps"

    id: Mapped[int] = mapped_column(primary_key=True)
    roadmap_name: Mapped[str] = mapped_column(unique=True)
    period_key: Mapped[str]
    description: Mapped[str | None]
    source: Mapped[str | None] = mapped_column(String(16))
    source_ref: Mapped[str | None]
    gate_policy: Mapped[str | None]
    status: Mapped[str] = mapped_column(String(16))
    version: Mapped[int | None]
    """The newest published version."""
    owner: Mapped[str | None]
    entry_rows: Mapped[list[RoadmapEntry]] = relationship(cascade="all, delete-orphan")


class RoadmapEntry(Provenance, Base):
    """One initiative on one roadmap. Attributes have the names of the Roadmap_Entries tab's columns."""

    __tablename__ = "roadmap_entries"
    __table_args__ = (UniqueConstraint("roadmap_id", "initiative_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    roadmap_id: Mapped[int] = mapped_column(ForeignKey("roadmaps.id"), index=True)
    initiative_key: Mapped[Key]
    gate_status: Mapped[str | None] = mapped_column(String(16))
    gate_failures: Mapped[list[str] | None]
    waived_by: Mapped[str | None]
    waiver_reason: Mapped[str | None]
    priority_rank: Mapped[float | None]
    planned_period: Mapped[str | None]
    is_locked: Mapped[bool]
    selected: Mapped[bool | None]
    notes: Mapped[str | None]


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
