"""The end of every command that something stops: one message and an exit code, never a traceback on the terminal.

Exceptions of ours, of the database and of the operating system are told in words. Anything else is a fault of
Roadwright's own: it is named in one line, and its traceback is kept in a log. With ``--json`` standard output holds an
object with the same words and code.
"""

from __future__ import annotations

import errno
import json
import os
import platform
import sys
import tempfile
import traceback
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from roadwright import __version__
from roadwright.cli.interrupts import answered
from roadwright.domain.disk import os_fault
from roadwright.domain.errors import RoadwrightError
from roadwright.domain.exit_codes import ExitCode, exit_code_of

_private: ContextVar[Path | None] = ContextVar("_private", default=None)
JSON = "--json"
"""The option of every command that can answer with JSON."""
_LONGEST = 500
"""Characters of a fault's own words on the terminal; the log has all of them."""


def keep_logs_in(private: Path) -> None:
    """Let the logs of this command's faults be kept in the folder for a workspace's own files."""
    _private.set(private)


class Stopped(Exception):
    """A command can't do what was asked; the message and the exit code are its whole answer."""

    def __init__(self, message: str, code: ExitCode) -> None:
        super().__init__(message)
        self.code = code


class Commands(TyperGroup):
    """The commands, none of which ends with a traceback."""

    def invoke(self, ctx: Any) -> Any:
        _print_whatever_is_asked()
        _private.set(None)
        asks_for_json = JSON in (*ctx._protected_args, *ctx.args)
        try:
            return self._invoke(ctx, asks_for_json=asks_for_json)
        finally:
            answered()

    def _invoke(self, ctx: Any, *, asks_for_json: bool) -> Any:
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort):
            raise
        except TyperException as wrong:  # usage, which typer itself tells on standard error
            if asks_for_json:
                _print_json(wrong.format_message(), wrong.exit_code)
            raise
        except Stopped as stopped:
            message, code = str(stopped), stopped.code
        except Exception as fault:
            if isinstance(fault, OSError) and fault.errno == errno.EPIPE:
                raise  # whoever read the output has enough of it
            message, code = _in_words(fault)
        typer.echo(message, err=True)
        if asks_for_json:
            _print_json(message, code)
        raise typer.Exit(code)


def _print_json(error: str, code: int) -> None:
    typer.echo(json.dumps({"status": "failed", "error": error, "code": code}, ensure_ascii=False, indent=2))


def _print_whatever_is_asked() -> None:
    """Print characters that the terminal's encoding lacks, or that stand for bytes of a file name, as escapes."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _in_words(fault: Exception) -> tuple[str, ExitCode]:
    if isinstance(fault, RoadwrightError):
        return str(fault), exit_code_of(fault)
    if isinstance(fault, OSError):
        named = f"{fault.filename} can't be used: " if fault.filename is not None else ""
        return f"{named}{os_fault(fault)}", ExitCode.FAILED
    if isinstance(fault, UnicodeEncodeError):
        return f"{fault.object!a} is not valid text (bytes that are not UTF-8)", ExitCode.WRONG
    if isinstance(fault, MemoryError):
        return "there is not enough memory for this", ExitCode.FAILED
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415 - some commands need no database

    if isinstance(fault, DBAPIError):
        return f"the database can't be used: {fault.orig or fault}; see roadwright doctor", ExitCode.FAILED
    said = " ".join(str(fault).split())
    said = said if len(said) <= _LONGEST else said[:_LONGEST] + "…"
    log = _keep_log(fault)
    kept = f"the log is {log}" if log is not None else "no log could be written"
    return f"unexpected fault, {type(fault).__name__}: {said or 'without words'}; {kept}", ExitCode.FAILED


def _keep_log(fault: Exception) -> Path | None:
    """Write the traceback into the workspace, else into the system's folder for temporary files."""
    moment = datetime.now(UTC)
    head = f"roadwright {__version__}, Python {platform.python_version()}, {platform.platform()}"
    content = "\n".join((head, moment.isoformat(), *traceback.format_exception(fault))).encode(
        errors="backslashreplace"
    )
    private = _private.get()
    folders = [] if private is None else [private]
    with suppress(OSError):
        folders.append(Path(tempfile.gettempdir()))
    for folder in folders:
        path = folder / f"roadwright-fault-{moment:%Y%m%dT%H%M%S%f}-{os.getpid()}.log"
        with suppress(OSError):
            with path.open("xb") as file:
                file.write(content)
            return path
    return None
