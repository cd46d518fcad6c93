"""Copying a whole database into another one, between SQLite and PostgreSQL, and telling whether two hold the same."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, Table, delete, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from roadwright.domain.messages import Message
from roadwright.store.models import Base, WorkspaceIdentity
from roadwright.store.numbers import keep_all_sequences_above
from roadwright.store.session import Store, StoreError, file_of, open_store, shown_url

_ROWS = 500
_TOLD = 3
"""Tables that are named as not empty."""
_MODULUS = 2**256
_EXACT, _LARGEST = 2**53, 2**1023
"""Whole numbers from here on are not all floats; and none is one from there on."""


class CopyProblem(StoreError):
    """The database can't be copied into the other one, where nothing was changed; the message says why."""


@dataclass(frozen=True)
class Tally:
    """How many rows a table has, and the sum of their digests: equal rows have an equal one, whatever their order."""

    rows: int
    digest: int


def tally(connection: Connection) -> dict[str, Tally]:
    """Count and digest every table."""
    return {table.name: _tally(connection, table) for table in Base.metadata.sorted_tables}


def _tally(connection: Connection, table: Table) -> Tally:
    count = total = 0
    for row in connection.execution_options(yield_per=_ROWS).execute(select(table)):
        text = json.dumps([_plain(value) for value in row], ensure_ascii=False, sort_keys=True)
        total = (total + int.from_bytes(hashlib.sha256(text.encode()).digest())) % _MODULUS
        count += 1
    return Tally(count, total)


def _plain(value: object) -> object:
    """One form for what is equal: databases give whole numbers in JSON back in different ways."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and _EXACT < abs(value) < _LARGEST:
        return int(float(value))  # JSON from PostgreSQL has 1e300 as a whole number with all its digits
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def differences(one: dict[str, Tally], other: dict[str, Tally]) -> list[Message]:
    """The tables that are not the same in both."""
    found = []
    for name, a in one.items():
        b = other[name]
        if a.rows != b.rows:
            found.append(Message("table_counts_differ", params={"table": name, "here": a.rows, "there": b.rows}))
        elif a.digest != b.digest:
            found.append(Message("table_rows_differ", params={"table": name}))
    return found


@contextmanager
def snapshot(store: Store) -> Iterator[Connection]:
    """A connection that sees the database at one moment, whatever others write meanwhile."""
    with store.engine.connect() as connection:
        if store.engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        else:
            connection.exec_driver_sql("BEGIN")  # Python's driver begins none for reading
        yield connection
        connection.rollback()


def refuse_used(store: Store) -> None:
    """Raises CopyProblem unless the database is as it was created: nothing is ever copied over data."""
    with store.engine.connect() as connection:
        used = {
            table.name: count
            for table in Base.metadata.sorted_tables
            if table is not WorkspaceIdentity.__table__
            and (count := connection.scalar(select(func.count()).select_from(table)))
        }
    if used:
        told = tuple(
            Message("table_has_rows", params={"table": table, "count": count})
            for table, count in islice(used.items(), _TOLD)
        )
        raise CopyProblem("database_not_empty", database=shown_url(store.engine.url), tables=told)


def copy_all(source: Connection, target: Store) -> dict[str, Tally]:
    """Copy every row into an empty database, then compare both. All in one transaction. Raises CopyProblem."""
    refuse_used(target)
    try:
        with target.engine.begin() as connection:
            connection.execute(delete(WorkspaceIdentity))
            for table in Base.metadata.sorted_tables:
                _copy(source, connection, table)
            keep_all_sequences_above(connection)
            there, here = tally(connection), tally(source)
            differing = differences(here, there)
            if differing:
                raise CopyProblem("copy_differs", differences=tuple(differing))
            return there
    except SQLAlchemyError as error:
        cause = " ".join(str(getattr(error, "orig", None) or error).split())
        raise CopyProblem("row_not_taken", database=shown_url(target.engine.url), why=cause) from error


def _copy(source: Connection, target: Connection, table: Table) -> None:
    found = source.execution_options(yield_per=_ROWS).execute(select(table))
    for part in found.mappings().partitions():
        target.execute(insert(table), [dict(row) for row in part])


def copy_to_file(store: Store, path: Path) -> dict[str, Tally]:
    """Copy the database, as it is at one moment, into a new SQLite file. Returns what it holds.

    From SQLite by its own online backup, from PostgreSQL row by row.
    """
    file = file_of(store.engine.url)
    if file is not None:
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(path)) as goal:
            source.backup(goal)
    copied = open_store(f"sqlite:///{path}")
    try:
        if file is None:
            with snapshot(store) as connection:
                copy_all(connection, copied)
        with copied.engine.connect() as connection:
            return tally(connection)
    finally:
        copied.close()
        with closing(sqlite3.connect(path)) as goal:
            goal.execute("PRAGMA journal_mode=DELETE")  # all of it in the one file
