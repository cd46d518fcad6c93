"""Opening the database: SQLite file or PostgreSQL by URL, brought to the newest schema."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Engine, Executable, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import ORMExecuteState, Session, sessionmaker

from roadwright.domain.decimals import rounded
from roadwright.domain.disk import special_kind
from roadwright.domain.errors import OperationError
from roadwright.domain.text import folded
from roadwright.store.full_disk import explain_full_disks
from roadwright.store.migrations import NEWEST

# SQLAlchemy prints a traceback where Ctrl-C breaks a statement off and its connection is dropped, which is no news.
logging.getLogger("sqlalchemy.pool").addHandler(logging.NullHandler())

_WRITES = "writes"
BUSY_SECONDS = 30
"""How long a statement waits for another process of ours that writes to the same SQLite file."""


class StoreError(OperationError):
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

    def write_if_free(self, statement: Executable) -> bool:
        """Execute one statement now, or not at all where a transaction holds the database. For progress, no more.

        SQLite has one writer at a time: an action that reports progress in the middle of its own transaction would
        wait for itself.
        """
        with self.engine.connect() as connection:
            is_sqlite, is_written = self.engine.dialect.name == "sqlite", True
            try:
                if is_sqlite:
                    connection.exec_driver_sql("PRAGMA busy_timeout=0")
                connection.execute(statement)
                connection.commit()
            except OperationalError:
                connection.rollback()
                is_written = False
            except BaseException:
                connection.invalidate()  # Ctrl-C in the middle: its settings go with it
                raise
            if is_sqlite:
                connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        return is_written

    def close(self) -> None:
        self.engine.dispose()


_DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql+psycopg")


def parse_url(url: str) -> URL:
    """The URL with our driver: plain ``postgresql://`` (or ``postgres://``) means psycopg 3. Raises StoreError."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError(
            f'the database_url "{url}" can\'t be read; expected sqlite:///FILE or postgresql://…'
        ) from error
    if parsed.drivername in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in _DRIVERS:
        raise StoreError(f"{parsed.drivername} is not supported; expected sqlite:///FILE or postgresql://…")
    if parsed.get_backend_name() == "sqlite" and _is_in_memory(parsed):
        raise StoreError(
            f'the database_url "{url}" names a database in memory, which would be gone at the end of each command; '
            "name a file, e.g. sqlite:///roadwright.db"
        )
    try:
        parsed.get_dialect()().create_connect_args(parsed)
    except (ArgumentError, ValueError, TypeError) as error:
        shown = parsed.render_as_string(hide_password=True)
        raise StoreError(f"the database {shown} can't be used: {str(error).splitlines()[0]}") from error
    return parsed


def _is_in_memory(url: URL) -> bool:
    name = url.database or ""
    return name in ("", ":memory:") or name.startswith("file::memory:") or url.query.get("mode") == "memory"


def _refuse_special(file: Path) -> None:
    """Refuse what SQLite would call a disk I/O error, or wait for without end."""
    with suppress(OSError):
        if (kind := special_kind(file)) is not None:
            raise StoreError(f"{file} is {kind}, not a database; name a file in database_url")


def _connect(url: str) -> Engine:
    parsed = parse_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True)
    engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS})
    file = Path(str(parsed.database))
    _refuse_special(file)
    explain_full_disks(engine, file)

    @event.listens_for(engine, "connect")
    def _settings(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()
        # What SQLite has no functions for, see filtering.folding.
        connection.create_function("folded", 1, _folded, deterministic=True)  # type: ignore[attr-defined]
        connection.create_function("rounded", 1, _rounded, deterministic=True)  # type: ignore[attr-defined]

    return engine


def _folded(value: object) -> object:
    return folded(value) if isinstance(value, str) else value


def _rounded(value: object) -> object:
    return rounded(value) if isinstance(value, int | float) else value


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


def _count_write(session: Session, _: object = None) -> None:
    session.info[_WRITES] = session.info.get(_WRITES, 0) + 1


def _count_statement(state: ORMExecuteState) -> None:
    if not state.is_select:
        _count_write(state.session)


def writes(session: Session) -> int:
    """How often the session has written so far, what waits in it included: the same number, the same content."""
    session.flush()
    return int(session.info.get(_WRITES, 0))
