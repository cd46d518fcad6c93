"""The numbers behind keys: each new one is above all that were given, also where only workbooks still show those."""

from __future__ import annotations

from sqlalchemy import Connection, FromClause, func, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from roadwright.domain.keys import INITIATIVE
from roadwright.store.models import Base, IssuedKey, KeyFloor

_HIGHEST = 2**31 - 1
"""PostgreSQL's integers end here."""


def next_number(session: Session, numbers: InstrumentedAttribute[int], prefix: str) -> int:
    """The next number of a kind of keys whose tables count by themselves (``ACT``, ``OPT``)."""
    floor = session.get(KeyFloor, prefix)
    return max(session.scalar(select(func.max(numbers))) or 0, floor.number if floor is not None else 0) + 1


def numbers_near(session: Session, numbers: InstrumentedAttribute[int], wanted: int | None) -> list[int]:
    """Of the numbers that a table has those next to this one: the last up to it and the first above, or the last."""
    wanted = _HIGHEST if wanted is None else min(wanted, _HIGHEST)
    below = session.scalar(select(func.max(numbers)).where(numbers <= wanted))
    above = session.scalar(select(func.min(numbers)).where(numbers > wanted))
    return [number for number in (below, above) if number is not None]


def go_on_above(session: Session, prefix: str, number: int) -> None:
    """Let new keys of this kind have higher numbers than this one."""
    if prefix == INITIATIVE:
        keep_sequence_above(session.connection(), IssuedKey.__table__, number)
        return
    floor = session.get(KeyFloor, prefix)
    if floor is None:
        session.add(KeyFloor(prefix=prefix, number=number))
    elif floor.number < number:
        floor.number = number


def keep_sequence_above(connection: Connection, counted: FromClause, number: int) -> None:
    """Let the database count on above this number in the key of a table that it numbers by itself."""
    table, [key] = str(counted.description), list(counted.primary_key)
    if connection.dialect.name == "sqlite":
        has_row = connection.scalar(text("select 1 from sqlite_sequence where name = :name"), {"name": table})
        statement = (
            "update sqlite_sequence set seq = max(seq, :number) where name = :name"
            if has_row
            else "insert into sqlite_sequence (name, seq) values (:name, :number)"
        )
        connection.execute(text(statement), {"name": table, "number": number})
    elif number > 0:
        sequence = connection.scalar(select(func.pg_get_serial_sequence(table, key.name)))
        last = connection.scalar(text(f"select last_value from {sequence}")) or 0
        connection.execute(select(func.setval(sequence, max(last, number))))


def keep_all_sequences_above(connection: Connection) -> None:
    """Let the database count on above the rows that were put into its tables with their numbers."""
    for table in Base.metadata.sorted_tables:
        key = list(table.primary_key.columns)
        counts = table.dialect_options["sqlite"]["autoincrement"] if connection.dialect.name == "sqlite" else True
        if counts and len(key) == 1 and key[0].autoincrement and key[0].type.python_type is int:
            keep_sequence_above(connection, table, connection.scalar(select(func.max(key[0]))) or 0)
