"""Says in words that the disk of a SQLite database is full, which SQLite calls by several other names."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import OperationalError

from roadwright.domain.machine import disk_is_full, free_space

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
