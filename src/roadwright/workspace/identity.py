"""The identity of a workspace: whether the database is the one that the folder's workbooks were written from.

The folder keeps it in ``.roadwright/workspace.json``: the workspace_id, and the last revision that the folder saw. The
revision is written down after the database's commit and before the workbooks, so that every row of a workbook is
covered by it: a database without that revision is empty, an older copy, or another one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

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
    from roadwright.sheets.backends.xlsx import place_file  # noqa: PLC0415 - hardly any command writes it

    revision = None if note.revision is None else {"number": note.revision.number, "token": note.revision.token}
    content = {"workspace_id": note.workspace_id, "revision": revision}
    place_file(private / FILE, (json.dumps(content, indent=2) + "\n").encode())


def check_database(workspace: Workspace, note: Note | None) -> str | None:
    """Find out whether the database is the folder's. Returns what there is to tell. Raises WrongDatabase.

    A folder without an identity takes the database's, unless its workbooks hold what the database does not know.
    """
    refuse_moved(workspace)
    with workspace.store.transaction() as session:
        mine, latest = workspace_id(session), latest_revision(session)
        if note is not None and (note.workspace_id == mine or note.revision is not None):
            if note.workspace_id == mine and (note.revision is None or has_revision(session, note.revision)):
                return None
            raise WrongDatabase(_found(session, workspace, note))
        unknown = held_by(workspace).unknown_to(session)
    if unknown:
        raise WrongDatabase(
            f"the workbooks hold what the database {_shown(workspace)} does not know: {'; '.join(unknown)}. "
            f"{_ways_out(workspace.root)}"
        )
    write_note(workspace.private, Note(mine, latest))
    if latest is None and note is None:
        return None
    return f"{workspace.root} now belongs to the workspace of the database {_shown(workspace)} ({mine[:8]})"


def refuse_moved(workspace: Workspace) -> None:
    """Refuse a database whose data were moved into another one. Raises WrongDatabase."""
    with workspace.store.transaction() as session:
        url = moved_to(session)
    if url is not None:
        raise WrongDatabase(
            f"the database {_shown(workspace)} was moved to {url}. Nothing was written. Name that one in database_url, "
            "with its password where it needs one. Where it is lost, go back to a backup: roadwright restore FILE.zip "
            "-w NEWDIR; or name an empty database, and take over what the workbooks hold, keys kept: roadwright "
            f"rebuild -w {workspace.root}"
        )


def _shown(workspace: Workspace) -> str:
    return shown_url(workspace.store.engine.url)


def _found(session: Session, workspace: Workspace, note: Note) -> str:
    """What is wrong with the database, for a folder that was synced before, and the ways out."""
    shown, latest = _shown(workspace), latest_revision(session)
    seen = f"revision {note.revision.number:,}" if note.revision is not None else "it"
    ways = _ways_out(workspace.root)
    if is_empty(session):
        return f"the database {shown} is empty, but the workbooks of this folder were written from one ({seen}). {ways}"
    if note.workspace_id != workspace_id(session):
        return (
            f"the database {shown} belongs to another workspace than the workbooks of this folder. "
            f"{_ways_out(workspace.root, 'name an empty database, and ')}"
        )
    if latest is None or (note.revision is not None and latest.number < note.revision.number):
        number = 0 if latest is None else latest.number
        return f"the database {shown} is older (revision {number:,}) than the workbooks of this folder ({seen}). {ways}"
    return f"the database {shown} comes from an older copy: it lacks what the workbooks show since {seen}. {ways}"


def missing_database(root: Path, what: str) -> WrongDatabase:
    """The refusal where there is no database of ours at all under workbooks that were written from one."""
    return WrongDatabase(f"{what}, but the workbooks of this folder were written from it. {_ways_out(root)}")


def _ways_out(root: Path, first: str = "") -> str:
    return (
        "Nothing was written. Name the right database in database_url; or go back to a backup: roadwright restore "
        f"FILE.zip -w NEWDIR; or {first}take over what the workbooks hold, keys kept: roadwright rebuild -w {root}"
    )
