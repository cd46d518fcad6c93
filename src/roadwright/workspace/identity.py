"""The identity of a workspace: whether the database is the one that the folder's workbooks were written from.

The folder keeps it in ``.roadwright/workspace.json``: the workspace_id, and the last revision that the folder saw. The
revision is written down after the database's commit and before the workbooks, so that every row of a workbook is
covered by it: a database without that revision is empty, an older copy, or another one.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from roadwright.domain.messages import Level, Message
from roadwright.sheets.files import place_file
from roadwright.store.clock import to_text
from roadwright.store.identity import Revision, has_revision, is_empty, latest_revision, moved_to, workspace_id
from roadwright.store.session import StoreError, shown_url
from roadwright.workspace.contents import held_by

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from roadwright.workspace.workspace import Workspace

FILE = "workspace.json"


class WrongDatabase(StoreError):
    """The workbooks were not written from this database as it is; the message says what was found and the ways out."""


@dataclass(frozen=True)
class Note:
    """What a folder knows of its database. ``revision`` is None where no workbook was written yet."""

    workspace_id: str
    revision: Revision | None


def read_note(private: Path) -> Note | None:
    """The folder's note; None where there is none that can be read: then the workbooks themselves are asked."""
    try:
        content = json.loads((private / FILE).read_text(encoding="utf-8"))
        revision = content["revision"]
        return Note(
            str(content["workspace_id"]),
            None if revision is None else Revision(int(revision["number"]), str(revision["token"])),
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None


def write_note(private: Path, note: Note) -> None:
    """Keep the note, whole or not at all. Raises SheetError where the disk won't take it."""
    revision = None if note.revision is None else {"number": note.revision.number, "token": note.revision.token}
    content = {"workspace_id": note.workspace_id, "revision": revision}
    place_file(private / FILE, (json.dumps(content, indent=2) + "\n").encode())


def check_database(workspace: Workspace, note: Note | None) -> Message | None:
    """Find out whether the database is the folder's. Returns what there is to tell. Raises WrongDatabase.

    A folder without an identity takes the database's, unless its workbooks hold what the database does not know.
    """
    refuse_moved(workspace)
    with workspace.store.transaction() as session:
        mine, latest = workspace_id(session), latest_revision(session)
        if note is not None and (note.workspace_id == mine or note.revision is not None):
            if note.workspace_id == mine and (note.revision is None or has_revision(session, note.revision)):
                return None
            raise WrongDatabase.saying(_found(session, workspace, note))
        unknown = held_by(workspace).unknown_to(session)
    if unknown:
        ways = _ways_out(workspace.root)
        raise WrongDatabase("database_lacks", database=_shown(workspace), unknown=tuple(unknown), ways=ways)
    write_note(workspace.private, Note(mine, latest))
    if latest is None and note is None:
        return None
    params = {"folder": str(workspace.root), "database": _shown(workspace), "identity": mine[:8]}
    return Message("folder_joined", Level.OK, params=params)


def went_on_until(workspace: Workspace) -> str | None:
    """Until when the folder worked on a database that went on from this older copy; None where this is no such copy."""
    note = read_note(workspace.private)
    if note is None or note.revision is None:
        return None
    with workspace.store.transaction() as session:
        if has_revision(session, note.revision):
            return None
    seen = (workspace.private / FILE).stat().st_mtime
    return to_text(dt.datetime.fromtimestamp(seen, dt.UTC))


def refuse_moved(workspace: Workspace) -> None:
    """Refuse a database whose data were moved into another one. Raises WrongDatabase."""
    with workspace.store.transaction() as session:
        url = moved_to(session)
    if url is not None:
        raise WrongDatabase("database_moved", database=_shown(workspace), url=url, folder=str(workspace.root))


def _shown(workspace: Workspace) -> str:
    return shown_url(workspace.store.engine.url)


def _found(session: Session, workspace: Workspace, note: Note) -> Message:
    """What is wrong with the database, for a folder that was synced before, and the ways out."""
    latest, ways = latest_revision(session), _ways_out(workspace.root)
    seen = Message("it")
    if note.revision is not None:
        seen = Message("revision", params={"number": note.revision.number})
    params: dict[str, object] = {"database": _shown(workspace), "seen": seen, "ways": ways}
    if is_empty(session):
        return Message("database_empty_now", params=params)
    if note.workspace_id != workspace_id(session):
        params["ways"] = _ways_out(workspace.root, "ways_to_new_database")
        return Message("database_of_others", params=params)
    if latest is None or (note.revision is not None and latest.number < note.revision.number):
        params["number"] = 0 if latest is None else latest.number
        return Message("database_older", params=params)
    return Message("database_older_copy", params=params)


def missing_database(root: Path, what: Message) -> WrongDatabase:
    """The refusal where there is no database of ours at all under workbooks that were written from one."""
    return WrongDatabase("database_gone", what=what, ways=_ways_out(root))


def _ways_out(root: Path, code: str = "ways_to_database") -> Message:
    return Message(code, params={"folder": str(root)})
