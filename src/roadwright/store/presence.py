"""Which runs are alive: told by locks that end with their process, so that neither clocks nor process numbers count.

On PostgreSQL a session of the run's own holds an advisory lock, which anyone can see from anywhere. On SQLite the run
holds an operating-system lock on a file beside the database. Such a lock says nothing to another machine, nor on a
file system without locks: there the run also touches its file every few seconds, and whoever looks watches for a while
whether it still does. Nothing compares a time of one machine with a time of another to call a run dead.
"""

from __future__ import annotations

import os
import platform
import secrets
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from roadwright.domain.machine import running_kernel

PRIVATE = ".roadwright"
"""The folder for our own notes, temporary files and locks: in a workspace, and beside a SQLite database."""
BEAT_SECONDS = 5.0
"""How often a run touches its file, and makes sure that its session is still there."""
FRESH_SECONDS = 60.0
"""A file that was touched so recently needs no watching."""
WATCH_SECONDS = 3 * BEAT_SECONDS
_LEFTOVER_SECONDS = 24 * 3600.0
"""A file that was not touched for so long, and holds no lock, is no run's."""
_PATIENCE = 2.0
"""Seconds that the end of a run waits for a beat that is going on."""
_RUNNING = "running"
_HELD = text("""
    select classid, objid from pg_locks
    where locktype = 'advisory' and objsubid = 1 and granted
    and database = (select oid from pg_database where datname = current_database())
""")


class Presence(ABC):
    """A run's sign of life, from when it is made until it is ended or its process is gone."""

    worker: str
    """What the ledger keeps of it: the machine, and a token that no other run has."""

    def __init__(self, token: str, machine: str) -> None:
        self.worker = f"{machine}/{token}"
        self._is_over = threading.Event()
        self._beats = threading.Thread(target=self._keep, name="presence", daemon=True)

    def _keep(self) -> None:
        while not self._is_over.wait(BEAT_SECONDS):
            self._beat()

    @abstractmethod
    def _beat(self) -> None: ...

    @abstractmethod
    def leave_word(self, word: str) -> None:
        """Say how the run ends, for whoever finds it dead before the ledger could be written."""

    def end(self) -> None:
        """The run is over, and the ledger says so."""
        self._is_over.set()
        self._beats.join(_PATIENCE)


class Presences(ABC):
    """The signs of life of all runs on one database."""

    @abstractmethod
    def begin(self) -> Presence:
        """A new run is alive from here on."""

    @abstractmethod
    def dead(self, workers: Collection[str]) -> dict[str, str | None]:
        """Those, among these, that are gone without an end, each with the word that it left."""


def presences(engine: Engine) -> Presences:
    """The signs of life of the runs on this database."""
    if engine.dialect.name == "postgresql":
        return _Sessions(engine)
    return _Files(Path(str(engine.url.database)).parent / PRIVATE / _RUNNING)


def _new_token() -> str:
    return f"{secrets.randbits(63):016x}"


# On PostgreSQL


class _SessionPresence(Presence):
    def __init__(self, engine: Engine) -> None:
        token = _new_token()
        super().__init__(token, platform.node())
        self._engine = engine
        self._key = int(token, 16)
        self._changing = threading.Lock()
        self._session: Connection | None = locked_session(engine, self._key)
        self._beats.start()

    def _beat(self) -> None:
        """A session that was lost, as by a restart of the server, is replaced."""
        with self._changing:
            try:
                if self._session is not None:
                    self._session.execute(text("select 1"))
                elif not self._is_over.is_set():
                    self._session = locked_session(self._engine, self._key)
            except SQLAlchemyError:
                self._close()

    def _close(self) -> None:
        if self._session is not None:
            close_session(self._session)
        self._session = None

    def leave_word(self, word: str) -> None:
        """None is needed: another session can always write the ledger, whatever this process is in the middle of."""

    def end(self) -> None:
        super().end()
        if self._changing.acquire(timeout=_PATIENCE):  # else it hangs in a network that is gone, as the session is
            self._close()
            self._changing.release()


def own_session(engine: Engine) -> Connection:
    """A session of its own, without transactions, which the pool does not get back."""
    session = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        session.detach()
    except BaseException:
        close_session(session)
        raise
    return session


def locked_session(engine: Engine, key: int) -> Connection | None:
    """A session of its own that holds an advisory lock until it is closed; None where another one holds it."""
    session = own_session(engine)
    try:
        if session.scalar(text("select pg_try_advisory_lock(:key)"), {"key": key}):
            return session
    except BaseException:
        close_session(session)
        raise
    close_session(session)
    return None


def close_session(session: Connection) -> None:
    # The server gives locks up when it notices the end of a session, which takes it a moment; told to, it does at once.
    with suppress(SQLAlchemyError):  # it is gone already
        session.execute(text("select pg_advisory_unlock_all()"))
    with suppress(SQLAlchemyError):
        session.close()


class _Sessions(Presences):
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self) -> Presence:
        return _SessionPresence(self._engine)

    def dead(self, workers: Collection[str]) -> dict[str, str | None]:
        if not workers:
            return {}
        with self._engine.connect() as connection:
            held = {f"{high:08x}{low:08x}" for high, low in connection.execute(_HELD)}
        return {worker: None for worker in workers if worker.rpartition("/")[2] not in held}


# On SQLite


class _FilePresence(Presence):
    def __init__(self, folder: Path) -> None:
        token = _new_token()
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / f"{token}.lock"
        self._file.touch()
        self._lock = FileLock(self._file, blocking=False, thread_local=False, fallback_to_soft=False)
        try:
            self._lock.acquire()
        except OSError:
            super().__init__(token, "")  # a file system without locks: it is known by its touches alone
        else:
            super().__init__(token, running_kernel())
        self._beats.start()

    def _beat(self) -> None:
        with suppress(OSError):
            os.utime(self._file)

    def leave_word(self, word: str) -> None:
        with suppress(OSError):
            _word_beside(self._file).write_text(word, encoding="utf-8")

    def end(self) -> None:
        super().end()
        _remove(self._file)
        self._lock.release(force=True)


class _Files(Presences):
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self) -> Presence:
        self._clean()
        return _FilePresence(self._folder)

    def _clean(self) -> None:
        """Remove what processes left that were killed before their run was in the ledger."""
        for file in self._folder.glob("*.lock"):
            touched = _touched_at(file)
            if touched is not None and time.time() - touched > _LEFTOVER_SECONDS and not _is_locked(file):
                _remove(file)

    def dead(self, workers: Collection[str]) -> dict[str, str | None]:
        here = running_kernel()
        found: dict[str, str | None] = {}
        silent: dict[str, float] = {}
        for worker in workers:
            machine, _, token = worker.rpartition("/")
            file = self._folder / f"{token}.lock"
            touched = _touched_at(file)
            if touched is None or (machine == here and not _is_locked(file)):
                found[worker] = _word_of(file)
            elif machine != here and abs(time.time() - touched) > FRESH_SECONDS:
                silent[worker] = touched
        found.update(self._without_beat(silent))
        for worker in found:
            _remove(self._folder / f"{worker.rpartition('/')[2]}.lock")
        return found

    def _without_beat(self, silent: dict[str, float]) -> dict[str, str | None]:
        """Of runs whose file was not touched lately, as the clocks have it: those that don't touch it while watched."""
        files = {worker: self._folder / f"{worker.rpartition('/')[2]}.lock" for worker in silent}
        end = time.monotonic() + WATCH_SECONDS
        watched = set(silent)
        while watched and time.monotonic() < end:
            time.sleep(BEAT_SECONDS / 10)
            watched = {worker for worker in watched if _touched_at(files[worker]) == silent[worker]}
        return {worker: _word_of(files[worker]) for worker in watched}


def _is_locked(file: Path) -> bool:
    lock = FileLock(file, blocking=False, thread_local=False, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout:
        return True
    lock.release()
    return False


def _touched_at(file: Path) -> float | None:
    with suppress(FileNotFoundError):
        return file.stat().st_mtime
    return None


def _word_beside(file: Path) -> Path:
    return file.with_suffix(".word")


def _word_of(file: Path) -> str | None:
    with suppress(FileNotFoundError):
        return _word_beside(file).read_text(encoding="utf-8")
    return None


def _remove(file: Path) -> None:
    for path in (file, _word_beside(file)):
        with suppress(OSError):
            path.unlink()
