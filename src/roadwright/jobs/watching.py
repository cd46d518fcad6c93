"""The watched folder: a workbook that a person saved is saved into the database, within seconds.

A file is looked at once nobody has touched it for a moment and it is a whole ZIP. Our own writes are known by their
digest in the database, whichever process wrote them. One that was made over a save which nobody had looked at yet is
taken for that save: it holds what the person typed.
"""

from __future__ import annotations

import threading
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError
from watchfiles import watch

from roadwright.actions.pm.backlog import BACKLOG_SYNC
from roadwright.actions.pm.saving import SAVE_SELECTED
from roadwright.actions.submit import ActionRequest, checked, submit
from roadwright.domain.errors import RoadwrightError
from roadwright.jobs.pending import PendingWrites
from roadwright.sheets.backend import WorkbookRef
from roadwright.sync.written import file_digest, is_as_written, note_written, unread_books
from roadwright.workspace.workspace import Workspace

WATCHER = "watch"
"""As whom the ledger names it."""
QUIET_SECONDS = 0.5
"""How long a file stays as it is before it is looked at."""
_LOOK_MILLISECONDS = 250
_PATIENCE_SECONDS = 60.0
"""How long a file may stay half written."""
log = structlog.get_logger("roadwright.watch")


@dataclass
class _Touched:
    """A file that somebody wrote to."""

    since: float
    first: float
    state: tuple[int, int] | None = None


class Watch:
    """Watches the workbooks of one workspace. ``wake`` is called where a run was asked for.

    Without ``saves`` it only completes what is pending.
    """

    def __init__(
        self, workspace: Workspace, pending: PendingWrites | None, wake: Callable[[], None], *, saves: bool = True
    ) -> None:
        self._workspace = workspace
        self._saves = saves
        self._pending = pending
        self._wake = wake
        self._stops = threading.Event()
        self._touched: dict[Path, _Touched] = {}
        self._books = {Path(file).resolve(): ref for ref in self._refs() if (file := ref.file) is not None}
        self._seen = {file: file_digest(file) for file in self._books}
        self._thread = threading.Thread(target=self._watch, name="watch", daemon=True)

    def _refs(self) -> set[WorkbookRef]:
        return {place.workbook for place in self._workspace.places()}

    def start(self) -> None:
        unread = unread_books(self._workspace) if self._saves else self._books.values()
        read = {ref: digest for file, ref in self._books.items() if ref not in unread and (digest := self._seen[file])}
        note_written(self._workspace.store, read)
        self._thread.start()

    def stop(self) -> None:
        self._stops.set()
        self._thread.join(2)

    def _watch(self) -> None:
        folders = sorted({str(file.parent) for file in self._books if file.parent.is_dir()})
        if not folders or not self._saves:
            while not self._stops.wait(_LOOK_MILLISECONDS / 1000):
                self._look_safely()
            return
        changes = watch(
            *folders,
            stop_event=self._stops,
            recursive=False,
            debounce=100,
            step=50,
            rust_timeout=_LOOK_MILLISECONDS,
            yield_on_timeout=True,
            raise_interrupt=False,
            watch_filter=lambda _, path: Path(path).resolve() in self._books,
        )
        for found in changes:
            for _, path in found:
                now = time.monotonic()
                self._touched[Path(path).resolve()] = _Touched(now, now)
            self._look_safely()

    def _look_safely(self) -> None:
        try:
            self.look()
        except (RoadwrightError, SQLAlchemyError, OSError) as fault:
            log.warning("not looked at", why=str(fault))

    def look(self) -> None:
        """Save what was saved and is at rest, and write what can be written now."""
        asked = False
        for file, touched in list(self._touched.items()):
            if self._is_at_rest(file, touched):
                del self._touched[file]
                asked |= self._take(file)
        if self._pending is not None:
            asked |= self._pending.look()
        if asked:
            self._wake()

    def _is_at_rest(self, file: Path, touched: _Touched) -> bool:
        now, state = time.monotonic(), file_state(file)
        if state != touched.state:
            touched.state, touched.since = state, now
            return False
        if now - touched.since < QUIET_SECONDS:
            return False
        if state is not None and is_whole(file):
            return True
        if now - touched.first > _PATIENCE_SECONDS:
            del self._touched[file]  # the next change brings it back
        return False

    def _take(self, file: Path) -> bool:
        """Ask for the file's tabs to be saved, unless it is as we wrote it. Returns whether anything was asked for."""
        digest = file_digest(file)
        if digest is None or digest == self._seen.get(file):
            return False
        self._seen[file] = digest
        ref = self._books[file]
        if is_as_written(self._workspace.store, ref, digest):
            return False
        log.info("saved by a person", workbook=ref.label)
        for request in self._requests(ref):
            submit(self._workspace, checked(self._workspace, request), WATCHER, for_worker=True)
        note_written(self._workspace.store, {ref: digest})  # what is written over it wakes nobody
        return True

    def _requests(self, ref: WorkbookRef) -> list[ActionRequest]:
        """What saves the tabs of a workbook."""
        places = [place for place in self._workspace.places() if place.workbook == ref]
        is_intake = any(place.workbook == ref for place in self._workspace.intake())
        found = [ActionRequest(BACKLOG_SYNC.name)] if is_intake else []
        return found + [
            ActionRequest(SAVE_SELECTED.name, place.full_name) for place in places if place.spec in SAVE_SELECTED.tabs
        ]


def file_state(file: Path) -> tuple[int, int] | None:
    """What changes with a file that somebody writes; None where there is none."""
    with suppress(OSError):
        found = file.stat()
        return found.st_mtime_ns, found.st_size
    return None


def is_whole(file: Path) -> bool:
    """Whether the file is a whole ZIP, and not one that is still being written."""
    try:
        with zipfile.ZipFile(file) as archive:
            return bool(archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False
