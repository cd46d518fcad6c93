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
from roadwright.domain.errors import RoadwrightError
from roadwright.domain.exit_codes import ExitCode, exit_code_of
from roadwright.domain.machine import os_fault
from roadwright.domain.messages import Message

_private: ContextVar[Path | None] = ContextVar("_private", default=None)
JSON = "--json"
"""The option of every command that can answer with JSON."""
_LONGEST = 500
"""Characters of a fault's own words on the terminal; the log has all of them."""


def keep_logs_in(private: Path) -> None:
    """Let the logs of this command's faults be kept in the folder for a workspace's own files."""
    _private.set(private)


class Stopped(Exception):
    """A command can't do what was asked; the messages, a line each, and the exit code are its whole answer."""

    def __init__(self, code: ExitCode, *messages: Message) -> None:
        super().__init__(code, *messages)
        self.code = code
        self.messages = messages

    def __str__(self) -> str:
        return "\n".join(map(str, self.messages))


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
            text, code = str(stopped), stopped.code
        except Exception as fault:
            if isinstance(fault, OSError) and fault.errno == errno.EPIPE:
                raise  # whoever read the output has enough of it
            told, code = _told(fault)
            text = str(told)
        typer.echo(text, err=True)
        if asks_for_json:
            _print_json(text, code)
        raise typer.Exit(code)


def _print_json(error: str, code: int) -> None:
    typer.echo(json.dumps({"status": "failed", "error": error, "code": code}, ensure_ascii=False, indent=2))


def _print_whatever_is_asked() -> None:
    """Print characters that the terminal's encoding lacks, or that stand for bytes of a file name, as escapes."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _told(fault: Exception) -> tuple[RoadwrightError | Message, ExitCode]:
    """What there is to tell of a fault: the words are those of its message."""
    if isinstance(fault, RoadwrightError):
        return fault, exit_code_of(fault)
    if isinstance(fault, UnicodeEncodeError):
        return Message("text_not_utf8", params={"text": ascii(fault.object)}), ExitCode.WRONG
    return _of_the_system(fault) or _of_our_own(fault), ExitCode.FAILED


def _of_the_system(fault: Exception) -> Message | None:
    if isinstance(fault, OSError):
        why = os_fault(fault)
        return why if fault.filename is None else Message("file_unusable", params={"file": fault.filename, "why": why})
    if isinstance(fault, MemoryError):
        return Message("out_of_memory")
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415 - some commands need no database

    if isinstance(fault, DBAPIError):
        return Message("database_stops_command", params={"why": str(fault.orig or fault)})
    return None


def _of_our_own(fault: Exception) -> Message:
    said = " ".join(str(fault).split())
    said = said if len(said) <= _LONGEST else said[:_LONGEST] + "…"
    params: dict[str, object] = {"kind": type(fault).__name__, "said": said or Message("without_words")}
    log = _keep_log(fault)
    if log is None:
        return Message("unexpected_fault_unlogged", params=params)
    params["log"] = str(log)
    return Message("unexpected_fault", params=params)


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
