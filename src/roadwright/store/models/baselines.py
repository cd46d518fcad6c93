"""What the backend remembers of sheets: what each copy of a row showed, and people's own words on mirrored tabs."""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from roadwright.store.models.base import Base, Moment, Row


class RowBaseline(Base):
    """What a row showed when the backend last wrote it: the base of the three-way merge.

    Found by the row's own ``updated_at``, which is unique per write. Copies are kept, so that a row in an older copy
    of a workbook still finds what it once showed.
    """

    __tablename__ = "row_baselines"
    __table_args__ = (Index("ix_row_baselines_identity", "tab", "identity"),)

    row_version: Mapped[Moment] = mapped_column(primary_key=True)
    tab: Mapped[str]
    """The declared tab; for intake the tab's kind, not the workbook's name for it."""
    identity: Mapped[str]
    """The row's identity as JSON text."""
    values: Mapped[Row]
    """{column: what the cell meant}, as JSON values."""


class SetBaseline(Base):
    """What a tab showed of a whole set when the backend last wrote it; its rows' copies carry the row version."""

    __tablename__ = "set_baselines"
    __table_args__ = (Index("ix_set_baselines_set", "tab", "set_identity"),)

    row_version: Mapped[Moment] = mapped_column(primary_key=True)
    tab: Mapped[str]
    set_identity: Mapped[str]
    """The set's identity as JSON text."""
    members: Mapped[list[str]]
    """The identities of its rows, each as JSON text."""
    is_written: Mapped[bool]
    """Whether the sheet is known to have shown it: it is remembered before the workbook is written, which may fail."""
    folder: Mapped[str | None]
    """The folder whose tab it is, of several on one database; None where that is not known."""
    origin: Mapped[str | None]
    """The origin of the workbook (see ``sheets.backend.Workbook``), empty where it tells none; None where that is not
    known."""


class UnconfirmedWrite(Base):
    """A row that was saved, and whose workbook is not known to show that yet: its write may have failed.

    Until it does, what the row said when it was saved is no edit any more, also where its version is the one before.
    """

    __tablename__ = "unconfirmed_writes"

    folder: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    """The workbook and the tab."""
    identity: Mapped[str] = mapped_column(primary_key=True)
    """The row's identity as JSON text."""
    seen_version: Mapped[str]
    """The row version that stood on the sheet when the row was saved; empty where there was none."""
    said: Mapped[Row]
    """What the sheet said in the columns whose value was taken from it, by column, as JSON values."""


class RowConflict(Base):
    """A row of a sheet that says something else than the database, in fields that both sides changed.

    As the last pass over its tab found it. Conflicts with intake are kept with their initiative.
    """

    __tablename__ = "row_conflicts"
    __table_args__ = (Index("ix_row_conflicts_place", "folder", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    folder: Mapped[str]
    place: Mapped[str]
    """The workbook and the tab."""
    number: Mapped[int]
    """Of the row on the tab."""
    identity: Mapped[list[str]]
    row_key: Mapped[str]
    """The row's identity as people read it."""
    said: Mapped[Row]
    """What the sheet says in these fields, by column, as JSON values."""
    seen_at: Mapped[Moment]
    """When it was found first."""


class CachedTab(Base):
    """A tab as the last pass left it (see ``sync.tab_cache``). It only saves time: without it the tab is read."""

    __tablename__ = "cached_tabs"

    place: Mapped[str] = mapped_column(primary_key=True)
    """The workbook and the tab."""
    fingerprint: Mapped[str]
    """Of the workbook's bytes and of all else that says what the tab means."""
    content: Mapped[Row]
    """Where its columns stand, and its rows."""


class RowAnnotation(Base):
    """A sheet-only cell on a tab that the backend rewrites, remembered by the row's identity."""

    __tablename__ = "row_annotations"
    __table_args__ = (UniqueConstraint("tab", "identity"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tab: Mapped[str]
    identity: Mapped[str]
    values: Mapped[Row]
