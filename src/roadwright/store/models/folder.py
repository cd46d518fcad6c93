"""Folders: every folder that works on this database, where there may be several copies of one."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from roadwright.store.models.base import Base


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
