"""Filters of the backlog that were saved by name."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from roadwright.store.models.base import Base, Provenance


class SavedFilter(Provenance, Base):
    """One filter, to be used again by its name."""

    __tablename__ = "saved_filters"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    filter_text: Mapped[str]
