"""Opening the database: SQLite file or PostgreSQL by URL, brought to the newest schema.

What its sessions carry: the fiscal year of the workspace, how often they wrote. SQLite calls a full disk by several
other names; here it is said in words.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, Executable, create_engine, event, inspect, make_url, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import ORMExecuteState, Session, object_session, sessionmaker

from roadwright.domain.decimals import rounded
from roadwright.domain.errors import OperationError
from roadwright.domain.machine import disk_is_full, free_space, special_kind
from roadwright.domain.periods import CALENDAR, FiscalYear
from roadwright.domain.text import folded
from roadwright.store.migrations import NEWEST

# SQLAlchemy prints a traceback where it drops a connection that was lost, which whoever needs it says in words.
logging.getLogger("sqlalchemy.pool").addHandler(logging.NullHandler())

_WRITES = "writes"
_ONE_AT_A_TIME = 0x526F_6164_7772_0001
"""The advisory lock of transactions that give out keys and row versions."""
BUSY_SECONDS = 30
"""How long a statement waits for another process of ours that writes to the same SQLite file."""


_PAUSE = 0.05
KEEPALIVE = "set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3"
"""So PostgreSQL notices within half a minute that the machine of a session is gone, and frees what that held."""


class StoreError(OperationError):
    """The database can't be used; the message says why and what to do."""


class NoUpgrade(SQLAlchemyError):
    """The database can't be brought to this program's schema; its argument is a message that says why."""


class EmptyDatabase(StoreError):
    """There is no schema of ours in the database, and none was to be created."""


@dataclass(frozen=True)
class Store:
    """An open database."""

    engine: Engine
    _sessions: sessionmaker[Session]

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose changes are committed at the end, or none of them when something is raised."""
        with self._sessions.begin() as session:
            yield session

    def write_if_free(self, statement: Executable, *, wait: float = 0.0) -> bool:
        """Execute one statement, or not at all where a transaction holds the row (on SQLite the database) for longer
        than ``wait`` seconds, or the database is gone. For progress, and for a process that is about to end.

        SQLite has one writer at a time: an action that reports progress in the middle of its own transaction would
        wait for itself.
        """
        milliseconds = max(int(wait * 1000), 1)
        is_sqlite, is_written = self.engine.dialect.name == "sqlite", True
        try:
            with self.engine.connect() as connection:
                try:
                    if is_sqlite:
                        connection.exec_driver_sql(f"PRAGMA busy_timeout={milliseconds}")
                    else:
                        connection.exec_driver_sql(f"set local lock_timeout = {milliseconds}")
                    connection.execute(statement)
                    connection.commit()
                except DBAPIError:
                    connection.rollback()
                    is_written = False
                except BaseException:
                    connection.invalidate()  # broken off in the middle: its settings go with it
                    raise
                if is_sqlite:
                    connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        except DBAPIError:
            return False
        return is_written

    def carry(self, **info: object) -> None:
        """Let every session from now on carry this in its ``info``."""
        self._sessions.configure(info=info)

    def close(self) -> None:
        self.engine.dispose()


_DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql+psycopg")


def parse_url(url: str) -> URL:
    """The URL with our driver: plain ``postgresql://`` (or ``postgres://``) means psycopg 3. Raises StoreError."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError("database_url_unreadable", url=url) from error
    if parsed.drivername in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in _DRIVERS:
        raise StoreError("database_kind_unknown", kind=parsed.drivername)
    if parsed.get_backend_name() == "sqlite" and _is_in_memory(parsed):
        raise StoreError("database_in_memory", url=url)
    try:
        parsed.get_dialect()().create_connect_args(parsed)
    except (ArgumentError, ValueError, TypeError) as error:
        why = str(error).splitlines()[0]
        raise StoreError("database_unusable", database=shown_url(parsed), why=why) from error
    return parsed


def _is_in_memory(url: URL) -> bool:
    name = url.database or ""
    return name in ("", ":memory:") or name.startswith("file::memory:") or url.query.get("mode") == "memory"


def shown_url(url: URL) -> str:
    """The URL as messages show it: without the password."""
    return url.update_query_dict(dict.fromkeys(_secrets(url), "***")).render_as_string(hide_password=True)


def url_without_password(url: URL) -> str:
    """The URL as it may be kept."""
    bare = URL.create(url.drivername, url.username, None, url.host, url.port, url.database, url.query)
    return bare.difference_update_query(_secrets(url)).render_as_string(hide_password=False)


def _secrets(url: URL) -> list[str]:
    """The parameters of the URL that hold a password."""
    return [name for name in url.query if "pass" in name.lower()]


def _refuse_special(file: Path) -> None:
    """Refuse what SQLite would call a disk I/O error, or wait for without end."""
    with suppress(OSError):
        if (kind := special_kind(file)) is not None:
            raise StoreError("not_a_database", path=str(file), kind=kind)


def connect(url: str) -> Engine:
    """The engine for a database, with our settings on each connection; nothing is opened yet. Raises StoreError."""
    parsed = parse_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = create_engine(parsed, pool_pre_ping=True)
        event.listen(engine, "connect", _keep_alive)
        return engine
    engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS})
    file = Path(str(parsed.database))
    _refuse_special(file)
    explain_full_disks(engine, file)

    @event.listens_for(engine, "connect")
    def _settings(connection: sqlite3.Connection, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys=ON")
        _use_wal(cursor)
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()
        # What SQLite has no functions for, see services.backlog.folding.
        connection.create_function("folded", 1, _folded, deterministic=True)
        connection.create_function("rounded", 1, _rounded, deterministic=True)

    return engine


def _keep_alive(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute(KEEPALIVE)
    cursor.close()
    connection.commit()


def _use_wal(cursor: sqlite3.Cursor) -> None:
    """Switch the file to write-ahead logging, which lasts.

    The switch needs the file for itself, and does not wait for others as statements do: where two processes open a new
    file at once, one of them is told at once that the database is locked.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            if time.monotonic() > deadline:
                raise
        time.sleep(_PAUSE)


def _folded(value: str | float | bytes | None) -> str | float | bytes | None:
    return folded(value) if isinstance(value, str) else value


def _rounded(value: str | float | bytes | None) -> str | float | bytes | None:
    return rounded(value) if isinstance(value, int | float) else value


def schema_version(engine: Engine) -> str | None:
    """The schema that the database has, or None where it has none of ours yet."""
    with engine.connect() as connection:
        return version_on(connection)


def version_on(connection: Connection) -> str | None:
    """The same, as this connection's transaction sees it."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("select version_num from alembic_version"))
    return version


def file_of(url: URL) -> Path | None:
    """The file of a SQLite database; None for PostgreSQL."""
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def open_store(url: str, *, copies: Path | None = None, must_exist: bool = False) -> Store:
    """Open the database and bring its schema to the newest. Raises StoreError.

    Before an upgrade a copy of a SQLite database is kept in the folder ``copies`` (or beside the database). With
    ``must_exist`` no schema is created: raises EmptyDatabase where there is none.
    """
    engine = connect(url)
    shown = shown_url(engine.url)
    file = file_of(engine.url)
    try:
        if must_exist and file is not None and not os.path.lexists(file):
            raise EmptyDatabase("database_missing", database=shown)
        version = schema_version(engine)
        if must_exist and version is None:
            raise EmptyDatabase("database_empty", database=shown)
        if version != NEWEST:
            # Alembic is slow to import, and hardly ever needed.
            from roadwright.store.migrations.upgrade import upgrade  # noqa: PLC0415

            upgrade(engine, copies)
    except SQLAlchemyError as error:
        engine.dispose()
        why = error.args[0] if isinstance(error, NoUpgrade) else str(getattr(error, "orig", None) or error)
        raise StoreError("database_unusable", database=shown, why=why) from error
    except StoreError:
        engine.dispose()
        raise
    sessions = sessionmaker(engine, expire_on_commit=False)
    event.listen(sessions, "after_flush", _count_write)
    event.listen(sessions, "after_soft_rollback", _count_write)
    event.listen(sessions, "do_orm_execute", _count_statement)
    return Store(engine, sessions)


def one_at_a_time(session: Session) -> None:
    """From here to the end of the session's transaction no other one is in such a part, whatever folder it works for.

    On SQLite the lock that an action holds has to do; on PostgreSQL that one could be lost with its session.
    """
    if session.get_bind().dialect.name == "postgresql":
        # Past the session, which would count it as a write.
        session.connection().execute(text("select pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})


def _count_write(session: Session, _: object = None) -> None:
    session.info[_WRITES] = session.info.get(_WRITES, 0) + 1


def _count_statement(state: ORMExecuteState) -> None:
    if not state.is_select:
        _count_write(state.session)


def writes(session: Session) -> int:
    """How often the session has written so far, what waits in it included: the same number, the same content."""
    session.flush()
    return int(session.info.get(_WRITES, 0))


NEEDED = 1 << 20
"""Bytes that are needed beside a copy of the database for SQLite to work at all: its log and its shared memory."""
_PRIMARY = 0xFF
"""The part of an error code that extended ones have in common."""


class DiskFull(sqlite3.OperationalError):
    """The disk of the database is full; the message says how much is needed."""


def needed_space(file: Path) -> int:
    """Bytes that the disk of a database should have free: its log can grow to the size of the file."""
    try:
        return file.stat().st_size + NEEDED
    except OSError:
        return NEEDED


def explained(fault: BaseException | None, file: Path) -> DiskFull | None:
    """The same fault in words where a full disk is behind it."""
    if not isinstance(fault, sqlite3.Error) or isinstance(fault, DiskFull):
        return None
    code = getattr(fault, "sqlite_errorcode", 0) & _PRIMARY
    free = free_space(file.parent)
    is_failed_write = code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN) and free is not None and free < NEEDED
    if code != sqlite3.SQLITE_FULL and not is_failed_write:
        return None
    return DiskFull(str(disk_is_full(file.parent, needed_space(file))))


def explain_full_disks(engine: Engine, file: Path) -> None:
    """Let the engine raise OperationalError with these words for its original exception."""

    @event.listens_for(engine, "handle_error", retval=True)
    def _explain(context: ExceptionContext) -> BaseException | None:
        words = explained(context.original_exception, file)
        return None if words is None else OperationalError(context.statement, None, words)


FISCAL_YEAR = "fiscal_year"
"""Under this name a session's ``info`` holds it."""


def fiscal_year_of(session: Session | None) -> FiscalYear:
    """The fiscal year of the workspace that opened the session."""
    found = session.info.get(FISCAL_YEAR) if session is not None else None
    return found if isinstance(found, FiscalYear) else CALENDAR


def fiscal_year_at(row: object) -> FiscalYear:
    """The same, of the session in which a row was loaded."""
    return fiscal_year_of(object_session(row))
