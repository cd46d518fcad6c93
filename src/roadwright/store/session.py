"""Opening the database: SQLite file or PostgreSQL by URL, brought to the newest schema."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import URL, Engine, Executable, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import ORMExecuteState, Session, sessionmaker

from roadwright.store.migrations import NEWEST

# SQLAlchemy prints a traceback where it drops a connection that was lost, which whoever needs it says in words.
logging.getLogger("sqlalchemy.pool").addHandler(logging.NullHandler())

_WRITES = "writes"
_ONE_AT_A_TIME = 0x526F_6164_7772_0001
"""The advisory lock of transactions that give out keys and marks."""
BUSY_SECONDS = 30
"""How long a statement waits for another process of ours that writes to the same SQLite file."""


class StoreError(Exception):
    """The database can't be used; the message says why and what to do."""


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

    def close(self) -> None:
        self.engine.dispose()


def _prepared(url: str) -> URL:
    """The URL with our driver: plain ``postgresql://`` (or ``postgres://``) means psycopg 3."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(
            f'the database_url "{url}" can\'t be read; expected sqlite:///FILE or postgresql://…'
        ) from error
    if parsed.drivername in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreError(f"{parsed.drivername} is not supported; expected sqlite:///FILE or postgresql://…")
    return parsed


def _connect(url: str) -> Engine:
    parsed = _prepared(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True)
    engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _settings(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()
        # SQLite folds the case of ASCII only.
        connection.create_function("casefold", 1, _casefold, deterministic=True)  # type: ignore[attr-defined]

    return engine


def _casefold(value: object) -> object:
    """What SQL calls on SQLite to compare text without case, by all of Unicode's rules."""
    return value.casefold() if isinstance(value, str) else value


def schema_version(engine: Engine) -> str | None:
    """The schema that the database has, or None where it has none of ours yet."""
    if not inspect(engine).has_table("alembic_version"):
        return None
    with engine.connect() as connection:
        version: str | None = connection.scalar(text("select version_num from alembic_version"))
    return version


def open_store(url: str) -> Store:
    """Open the database and bring its schema to the newest. Raises StoreError."""
    engine = _connect(url)
    try:
        if schema_version(engine) != NEWEST:
            # Alembic is slow to import, and hardly ever needed.
            from roadwright.store.migrations.upgrade import upgrade  # noqa: PLC0415

            upgrade(engine)
    except (OperationalError, SQLAlchemyError) as error:
        engine.dispose()
        shown = engine.url.render_as_string(hide_password=True)
        raise StoreError(f"the database {shown} can't be used: {getattr(error, 'orig', None) or error}") from error
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
        session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})


def _count_write(session: Session, _: object = None) -> None:
    session.info[_WRITES] = session.info.get(_WRITES, 0) + 1


def _count_statement(state: ORMExecuteState) -> None:
    if not state.is_select:
        _count_write(state.session)


def writes(session: Session) -> int:
    """How often the session has written so far, what waits in it included: the same number, the same content."""
    session.flush()
    return int(session.info.get(_WRITES, 0))
