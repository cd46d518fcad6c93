"""Taking turns: one action at a time works on a folder and on a database, whatever folders and hosts there are.

Those who wait are served in the order in which they came: within a process by a line of its own, on PostgreSQL across
machines by that of the advisory lock. Between processes on SQLite whoever looks first after the end of a turn has it.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from roadwright.domain.errors import OperationError
from roadwright.store.presence import PRIVATE, close_session, locked_session, own_session

_PAUSE = 0.02
"""Seconds between two attempts to get a turn."""
_TOLD_SECONDS = 0.1
"""How often whoever waits for another one in this process, or for PostgreSQL, looks whether it is to end."""
_DATABASE = 0x526F_6164_7772_0002
"""The advisory lock of a turn on PostgreSQL."""


class WorkspaceBusy(OperationError):
    """Another action is running in this workspace."""


class _Line:
    """Those in this process that have, or wait for, the same turn."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._waiting: deque[object] = deque()

    def join(self, who: object) -> None:
        with self._change:
            self._waiting.append(who)

    def leave(self, who: object) -> None:
        with self._change, suppress(ValueError):
            self._waiting.remove(who)
            self._change.notify_all()

    def is_first(self, who: object, wait: float) -> bool:
        with self._change:
            return self._change.wait_for(lambda: self._waiting[0] is who, wait)


_lines: dict[str, _Line] = {}


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
        self._line = _lines.setdefault(str(files[-1]), _Line())

    def take(self) -> None:
        """Wait for the turn. Raises WorkspaceBusy when that takes too long, and what ``check`` raises."""
        attempts = self._attempts(time.monotonic() + self._wait)
        self._line.join(self)
        try:
            while not self._line.is_first(self, 0):
                next(attempts)
                self._line.is_first(self, _TOLD_SECONDS)
            if self._engine.dialect.name == "postgresql":
                self._session = self._database_lock(attempts)
            while not self._files_locked():
                next(attempts)
                time.sleep(_PAUSE)
            self._check()
        except BaseException:
            self._release()
            raise

    def _attempts(self, deadline: float) -> Iterator[None]:
        """One for each failed attempt. Raises WorkspaceBusy after the last, and what ends the action."""
        is_told = False
        while time.monotonic() < deadline:
            if not is_told:
                self._is_waiting()
                is_told = True
            self._safe_point()
            yield
        raise WorkspaceBusy("workspace_busy", seconds=self._wait)

    def _database_lock(self, attempts: Iterator[None]) -> Connection:
        """A session that holds PostgreSQL's lock. Whoever waits there has its turn in the order of coming."""
        session = locked_session(self._engine, _DATABASE)
        if session is not None:
            return session
        session = own_session(self._engine)
        try:
            with _waiting(session) as has_lock:
                while not has_lock():
                    next(attempts)
        except BaseException:
            close_session(session)
            raise
        return session

    def _files_locked(self) -> bool:
        try:
            for lock in self._locks:
                Path(lock.lock_file).parent.mkdir(exist_ok=True)
                lock.acquire()
        except Timeout:
            self._unlock_files()
            return False
        except OSError as error:
            why = error.strerror or str(error)
            raise WorkspaceBusy("workspace_not_lockable", why=why, file=error.filename) from error
        return True

    def _unlock_files(self) -> None:
        for lock in reversed(self._locks):
            lock.release()

    def give_back(self) -> None:
        """Let others have their turn."""
        self._release()
        self._is_given_back()

    def _release(self) -> None:
        self._unlock_files()
        if self._session is not None:
            close_session(self._session)
            self._session = None
        self._line.leave(self)


@contextmanager
def _waiting(session: Connection) -> Iterator[Callable[[], bool]]:
    """Wait for the lock in a thread, so that whoever waits can be ended; gives what says, after a moment, if it is had.

    Left without the lock, the wait is broken off.
    """
    faults: list[SQLAlchemyError] = []

    def wait() -> None:
        try:
            session.execute(text("select pg_advisory_lock(:key)"), {"key": _DATABASE})
        except SQLAlchemyError as fault:
            faults.append(fault)

    thread = threading.Thread(target=wait, name="turn", daemon=True)
    thread.start()

    def has_lock() -> bool:
        thread.join(_TOLD_SECONDS)
        if thread.is_alive():
            return False
        if faults:
            raise faults[0]
        return True

    try:
        yield has_lock
    finally:
        if thread.is_alive():
            driver: Any = session.connection.dbapi_connection
            driver.cancel()
            thread.join()
