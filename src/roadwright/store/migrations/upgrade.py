"""Bring a database to the newest schema: all in one transaction, which one process at a time can have."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text

from roadwright.domain.messages import Message
from roadwright.store.session import NoUpgrade, file_of, version_on

_HERE = Path(__file__).parent
VERSIONS = [_HERE / "versions"]
"""The folders that hold migrations."""
_LOCK = 0x726F6164
"""The number of the advisory lock on PostgreSQL; ours alone in a database of ours."""


def configuration(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(map(str, VERSIONS)).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine, copies: Path | None = None) -> None:
    """Run the migrations that the database lacks: all of them, or none where anything fails or the process dies.

    Whoever comes second waits, and finds nothing left to do. Before an upgrade of a SQLite file a copy is kept.
    """
    with _alone(engine) as connection:
        config = configuration(connection)
        scripts = ScriptDirectory.from_config(config)
        version = version_on(connection)
        if version == scripts.get_current_head():
            return
        try:
            scripts.get_revision(version or "base")
        except CommandError as error:
            raise NoUpgrade(Message("schema_unknown", params={"version": version})) from error
        file = file_of(engine.url)
        if version is not None and file is not None:
            _keep_copy(file, version, copies or file.parent)
        command.upgrade(config, "head")
        if file is not None and (broken := connection.execute(text("PRAGMA foreign_key_check")).first()) is not None:
            raise NoUpgrade(Message("upgrade_breaks_rows", params={"table": broken[0]}))


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that one process at a time can have; committed in the end."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # Python's driver begins transactions by itself, but not before DDL, so each CREATE TABLE would be
            # committed alone. It is told to leave that to us, on a connection that goes back to no pool.
            connection.detach()
            driver = connection.connection.dbapi_connection
            assert isinstance(driver, sqlite3.Connection)
            driver.isolation_level = None
            # Tables that others refer to are made anew by some migrations; this has no effect in a transaction.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("select pg_advisory_xact_lock(:number)"), {"number": _LOCK})
        yield connection
        connection.commit()


def _keep_copy(file: Path, version: str, folder: Path) -> Path:
    """Copy the database as it is before the upgrade, by SQLite's online backup. Returns where the copy lies."""
    moment = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / f"{file.stem}-schema-{version}-{moment}.db"
    unfinished = copy.with_suffix(".part")
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(unfinished)) as goal:
        source.backup(goal)
    unfinished.replace(copy)
    return copy
