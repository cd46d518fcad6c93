"""Which workspace a database belongs to, and its revisions: what a folder compares with what it saw last."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.store.clock import now
from roadwright.store.models import (
    Initiative,
    IssuedKey,
    OptimizationRun,
    RowBaseline,
    WorkspaceIdentity,
    WorkspaceRevision,
)
from roadwright.store.queries import chunks


@dataclass(frozen=True)
class Revision:
    """One commit that workbooks were written after; the token tells it from the same number of another copy."""

    number: int
    token: str


def workspace_id(session: Session) -> str:
    """Which workspace the database belongs to."""
    return session.get_one(WorkspaceIdentity, 1).workspace_id


def take_identity(session: Session, workspace_id: str) -> None:
    """Make an empty database that of a workspace which there is already: its other folders can join it then."""
    session.get_one(WorkspaceIdentity, 1).workspace_id = workspace_id


def moved_to(session: Session) -> str | None:
    """The database that took this one's place; None where none did."""
    return session.get_one(WorkspaceIdentity, 1).moved_to


def say_moved(session: Session, url: str | None) -> None:
    """Keep which database took this one's place, so that whoever still uses this one is told."""
    session.get_one(WorkspaceIdentity, 1).moved_to = url


def give_new_identity(session: Session) -> str:
    """Make the database that of a workspace of its own: a copy is not the original. Returns the new workspace_id."""
    identity = session.get_one(WorkspaceIdentity, 1)
    identity.workspace_id, identity.created_at = uuid.uuid4().hex, now()
    return identity.workspace_id


def next_revision(session: Session) -> Revision:
    """A new revision, which is there once the session's transaction is committed."""
    row = WorkspaceRevision(token=uuid.uuid4().hex, made_at=now())
    session.add(row)
    session.flush()
    return Revision(row.number, row.token)


def latest_revision(session: Session) -> Revision | None:
    """The newest revision; None where no workbook was ever written from this database."""
    row = session.scalar(select(WorkspaceRevision).order_by(WorkspaceRevision.number.desc()).limit(1))
    return None if row is None else Revision(row.number, row.token)


def has_revision(session: Session, revision: Revision) -> bool:
    """Whether this very revision is part of the database's history."""
    row = session.get(WorkspaceRevision, revision.number)
    return row is not None and row.token == revision.token


def is_empty(session: Session) -> bool:
    """Whether the database was never used: no key was given, no workbook written, no run kept."""
    used = (Initiative.id, IssuedKey.number, OptimizationRun.id, WorkspaceRevision.number, RowBaseline.row_version)
    return all(session.scalar(select(column).limit(1)) is None for column in used)


def known_row_versions(session: Session, row_versions: set[str]) -> set[str]:
    """Those of these row versions that the database gave to rows of sheets."""
    known: set[str] = set()
    for part in chunks(row_versions):
        known.update(session.scalars(select(RowBaseline.row_version).where(RowBaseline.row_version.in_(part))))
    return known


def known_runs(session: Session, run_ids: set[str]) -> set[str]:
    """Those of these optimization runs that the database holds."""
    known: set[str] = set()
    for part in chunks(run_ids):
        known.update(session.scalars(select(OptimizationRun.run_id).where(OptimizationRun.run_id.in_(part))))
    return known


def known_numbers(session: Session, numbers: set[int]) -> set[int]:
    """Those of these numbers that were given out for keys of initiatives."""
    known: set[int] = set()
    for part in chunks(numbers):
        known.update(session.scalars(select(IssuedKey.number).where(IssuedKey.number.in_(part))))
    return known
