"""Which workspace a database belongs to, how far it has come, from which numbers its keys go on; and its folders.

Several folders that work on one database are copies of one.
"""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from roadwright.store.models.base import Base, Moment


class WorkspaceIdentity(Base):
    """The one row that says which workspace the data belong to. The schema is created with it."""

    __tablename__ = "workspace_identity"

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(String(32))
    """Random; a folder keeps the same one (see ``workspace.identity``)."""
    created_at: Mapped[Moment]
    moved_to: Mapped[str | None]
    """The database that took this one's place, as people are told; never with a password."""


class WorkspaceRevision(Base):
    """One commit that workbooks were written after.

    A folder remembers the last revision that it saw. A database without it is an older copy, or one that went another
    way since: numbers alone would not tell the latter, so each revision has a random token.
    """

    __tablename__ = "workspace_revisions"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it from the class

    number: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[Moment]


class KeyFloor(Base):
    """The number that new keys of one kind stay above, because a workbook shows keys that the tables don't hold."""

    __tablename__ = "key_floors"

    prefix: Mapped[str] = mapped_column(String(8), primary_key=True)
    """Of the keys: ``ACT``, ``OPT``."""
    number: Mapped[int]


class WorkspaceFolder(Base):
    """One folder with workbooks, told from its copies by the order in which they are used (see workspace.folders)."""

    __tablename__ = "workspace_folders"

    folder: Mapped[str] = mapped_column(String(16), primary_key=True)
    began: Mapped[int]
    """The number of its first use, among the uses of all folders."""
    used: Mapped[int]
    """The number of its last use."""
    turn: Mapped[str] = mapped_column(String(16))
    """What its last use wrote into the folder as well."""
    place: Mapped[str]
    """The path that it had then."""
