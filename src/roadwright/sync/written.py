"""What was last written into each workbook, so that our writes are told from those of people.

That tells which workbooks people changed since the backend last read or wrote them; also which somebody has open.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.actions import ActionStatus
from roadwright.sheets.backend import WorkbookRef
from roadwright.store.clock import now, to_text
from roadwright.store.models import ActionRun, WorkspaceIdentity, WrittenWorkbook
from roadwright.store.session import Store
from roadwright.workspace.workspace import TabPlace, Workspace

_OVER = "over "
"""Stands before the address of a workbook that was written over a save which a watch has yet to find."""


def note_written(
    store: Store, digests: Mapping[WorkbookRef, str], before: Mapping[WorkbookRef, str] = MappingProxyType({})
) -> None:
    """Keep the digests of workbooks that were written just now, or are as whoever watches them has found them.

    ``before`` has what they were. Where nobody knew that, the write holds what somebody saved in the very moment of it,
    and a watch has still to take it for theirs.
    """
    given = {ref: digest for ref, digest in digests.items() if digest}
    if not given:
        return
    with store.transaction() as session:
        for ref, digest in given.items():
            was = before.get(ref)
            over = bool(was) and was != _known(session, ref)
            address = f"{_OVER if over else ''}{ref.identity}"
            session.merge(WrittenWorkbook(address=address, digest=digest, written_at=now()))


def _known(session: Session, ref: WorkbookRef) -> str | None:
    return session.scalar(select(WrittenWorkbook.digest).where(WrittenWorkbook.address == ref.identity))


def is_as_written(store: Store, ref: WorkbookRef, digest: str) -> bool:
    """Whether a workbook with this digest is as we last wrote it, from whichever process."""
    with store.transaction() as session:
        return _known(session, ref) == digest


def file_digest(file: Path) -> str | None:
    """The digest of a workbook's file, as the receipt of a write tells it; None where it can't be read."""
    with suppress(OSError):
        return hashlib.sha256(file.read_bytes()).hexdigest()
    return None


BACKLOG_SYNC = "pm.backlog_sync"
"""The action that reads every intake sheet, whichever tab it names."""
_RUNS = 200
"""How many of the newest runs are looked through for the one that last read a workbook."""
_MAKING = dt.timedelta(seconds=30)
"""How long after its database the templates of a new workspace may be written."""


@dataclass(frozen=True)
class BookState:
    """A workbook file, and what there is to say of it."""

    ref: WorkbookRef
    is_missing: bool
    is_changed: bool
    """Somebody saved it, and nothing has read it since."""
    is_open: bool


def book_states(session: Session, workspace: Workspace) -> list[BookState]:
    """Every workbook that is a file, in the order of the settings."""
    by_book: dict[WorkbookRef, list[TabPlace]] = {}
    for place in workspace.places():
        by_book.setdefault(place.workbook, []).append(place)
    known = set(session.scalars(select(WrittenWorkbook.digest)))
    made = session.scalars(select(WorkspaceIdentity.created_at)).first()
    ended = (str(ActionStatus.SUCCESS), str(ActionStatus.PARTIAL))
    newest = select(ActionRun.action, ActionRun.request_json, ActionRun.started_at)
    runs = session.execute(newest.where(ActionRun.status.in_(ended)).order_by(ActionRun.id.desc()).limit(_RUNS)).all()
    return [
        BookState(
            ref=ref,
            is_missing=ref.is_missing,
            is_changed=_is_changed(ref.file, known, _last_read(places, runs) or _templates_until(made)),
            is_open=workspace.is_open_elsewhere(places[0]),
        )
        for ref, places in by_book.items()
        if ref.file is not None
    ]


def unread_books(workspace: Workspace) -> frozenset[WorkbookRef]:
    """The workbooks that somebody saved, and that nothing has read since."""
    with workspace.store.transaction() as session:
        return frozenset(state.ref for state in book_states(session, workspace) if state.is_changed)


def _is_changed(file: Path, known: Collection[str], since: str) -> bool:
    """Whether it was written to since then, by somebody else than us."""
    with suppress(OSError):
        written = dt.datetime.fromtimestamp(file.stat().st_mtime, dt.UTC)
        return to_text(written) > since and (digest := file_digest(file)) is not None and digest not in known
    return False


def _last_read(places: Sequence[TabPlace], runs: Sequence[Any]) -> str | None:
    """When the newest run began that read one of these tabs."""
    names = {name for place in places for name in (place.name, place.full_name)}
    has_ideas = any(place.spec.name in (tabs.INTAKE.name, tabs.BACKLOG.name) for place in places)
    for action, asked, started in runs:
        if started is not None and (asked.get("tab") in names or (has_ideas and action == BACKLOG_SYNC)):
            return str(started)
    return None


def _templates_until(made: str | None) -> str:
    return "" if made is None else to_text(dt.datetime.fromisoformat(made) + _MAKING)
