"""Which folder this is, where several work on one database: each has a token, which a copy of it must not share.

Every use of a folder writes a new random word into the folder and into the database. Of a folder and its copy the one
that is used first keeps the token; the other one then has an old word and gets a token of its own. So neither paths nor
hosts count: a folder that is moved, or shared between machines, stays the same one.
"""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from roadwright.store.models import WorkspaceFolder
from roadwright.store.session import Store, one_at_a_time

FILE = "folder.json"


@dataclass(frozen=True)
class Folder:
    """A folder, and the others that are in use beside it.

    One that was not used since this one began, and does not stand where it was used last, is none of them: this one may
    be what became of it, restored from a backup.
    """

    token: str
    others: frozenset[str]


@dataclass(frozen=True)
class _Note:
    """What the folder holds: its token, and the words of its last two uses, of which the database has one."""

    token: str
    words: tuple[str, ...]


def use_folder(store: Store, private: Path) -> Folder:
    """Say that the folder is used now, by whoever holds it alone."""
    note = _read(private / FILE)
    with store.transaction() as session:
        one_at_a_time(session)
        number = (session.scalar(select(func.max(WorkspaceFolder.used))) or 0) + 1
        mine = session.get(WorkspaceFolder, note.token) if note is not None else None
        word = secrets.token_hex(8)
        if note is None or mine is None or mine.turn not in note.words:
            mine = WorkspaceFolder(folder=secrets.token_hex(8), began=number)
            session.add(mine)
            known: tuple[str, ...] = ()
        else:
            known = (mine.turn,)
        mine.used, mine.turn, mine.place = number, word, str(private)
        # Before the commit: if this process ends in between, the database has the word before, which is there as well.
        _write(private / FILE, _Note(mine.folder, (*known, word)))
        return Folder(mine.folder, frozenset(one.folder for one in _others(session, mine)))


def last_token(private: Path) -> str:
    """The token that the folder had at its last use, for whoever only looks; empty where it was never used."""
    note = _read(private / FILE)
    return "" if note is None else note.token


def other_places(store: Store, private: Path) -> list[Path]:
    """Where the other folders that are in use stood at their last use."""
    note = _read(private / FILE)
    with store.transaction() as session:
        mine = session.get(WorkspaceFolder, note.token) if note is not None else None
        return sorted(Path(one.place).parent for one in _others(session, mine))


def _others(session: Session, mine: WorkspaceFolder | None) -> list[WorkspaceFolder]:
    folders = session.scalars(select(WorkspaceFolder))
    return [one for one in folders if one is not mine and ((mine and one.used > mine.began) or _stands(one))]


def _stands(folder: WorkspaceFolder) -> bool:
    """Whether the folder is still where it was used last; of one on another machine that can't be seen."""
    note = _read(Path(folder.place) / FILE)
    return note is not None and note.token == folder.folder and folder.turn in note.words


def _read(file: Path) -> _Note | None:
    with suppress(OSError, ValueError, KeyError, TypeError):
        content = json.loads(file.read_text(encoding="utf-8"))
        return _Note(str(content["folder"]), tuple(map(str, content["words"])))
    return None


def _write(file: Path, note: _Note) -> None:
    new = file.with_suffix(".part")
    new.write_text(json.dumps({"folder": note.token, "words": note.words}) + "\n", encoding="utf-8")
    new.replace(file)
