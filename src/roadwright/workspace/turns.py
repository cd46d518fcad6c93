"""Taking turns: one action at a time works on a folder and on a database, whatever folders and hosts there are."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine

from roadwright.domain.errors import OperationError
from roadwright.store.presence import PRIVATE, close_session, locked_session

_PAUSE = 0.1
"""Seconds between two attempts to get a turn."""
_DATABASE = 0x526F_6164_7772_0002
"""The advisory lock of a turn on PostgreSQL."""


class WorkspaceBusy(OperationError):
    """Another action is running in this workspace."""


class Turn:
    """The right to work on a workspace. It can be given back for a time, and taken again.

    ``wait`` are the seconds that it is waited for; ``is_waiting`` is called once it has to be, and ``safe_point`` again
    and again meanwhile. ``check`` is called whenever it is taken, because others may have worked until then; where that
    raises something, it is given back. ``is_given_back`` is called when it was held and is not any more.
    """

    def __init__(
        self,
        private: Path,
        engine: Engine,
        wait: float,
        *,
        is_waiting: Callable[[], None],
        safe_point: Callable[[], None],
        check: Callable[[], None],
        is_given_back: Callable[[], None],
    ) -> None:
        self._wait = wait
        self._is_given_back = is_given_back
        self._is_waiting = is_waiting
        self._safe_point = safe_point
        self._check = check
        self._engine = engine
        self._session: Connection | None = None
        files = [private / "action.lock"]
        if engine.dialect.name == "sqlite":
            database = Path(str(engine.url.database))
            files.append(database.parent / PRIVATE / f"{database.name}.lock")
        self._locks = [FileLock(file, blocking=False, thread_local=False) for file in files]

    def take(self) -> None:
        """Wait for the turn. Raises WorkspaceBusy when that takes too long, and what ``check`` raises."""
        deadline = time.monotonic() + self._wait
        told = False
        while not self._taken():
            if time.monotonic() >= deadline:
                raise WorkspaceBusy("workspace_busy", seconds=self._wait)
            if not told:
                self._is_waiting()
                told = True
            self._safe_point()
            time.sleep(_PAUSE)
        try:
            self._check()
        except BaseException:
            self._release()
            raise

    def _taken(self) -> bool:
        try:
            for lock in self._locks:
                Path(lock.lock_file).parent.mkdir(exist_ok=True)
                lock.acquire()
            if self._engine.dialect.name == "postgresql":
                self._session = locked_session(self._engine, _DATABASE)
        except Timeout:
            self._release()
            return False
        except OSError as error:
            self._release()
            why = error.strerror or str(error)
            raise WorkspaceBusy("workspace_not_lockable", why=why, file=error.filename) from error
        except BaseException:
            self._release()
            raise
        if self._engine.dialect.name == "postgresql" and self._session is None:
            self._release()
            return False
        return True

    def give_back(self) -> None:
        """Let others have their turn."""
        self._release()
        self._is_given_back()

    def _release(self) -> None:
        if self._session is not None:
            close_session(self._session)
            self._session = None
        for lock in reversed(self._locks):
            lock.release()
