"""The end of every command that something stops: one message and an exit code, never a traceback on the terminal.

Exceptions of ours, of the database and of the operating system are told in words. Anything else is a fault of
Roadwright's own: it is named in one line, and its traceback is kept in a log.
"""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from contextlib import suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from roadwright.domain.disk import os_fault
from roadwright.domain.errors import RoadwrightError
from roadwright.domain.exit_codes import ExitCode, exit_code_of

_private: ContextVar[Path | None] = ContextVar("_private", default=None)
_LONGEST = 500
"""Characters of a fault's own words on the terminal; the log has all of them."""


def keep_logs_in(private: Path) -> None:
    """Let the logs of this command's faults be kept in the folder for a workspace's own files."""
    _private.set(private)


class Commands(TyperGroup):
    """The commands, none of which ends with a traceback."""

    def invoke(self, ctx: Any) -> Any:
        _print_whatever_is_asked()
        _private.set(None)
        try:
            return super().invoke(ctx)
        except (TyperException, typer.Exit, typer.Abort):
            raise
        except Exception as fault:
            if isinstance(fault, OSError) and fault.errno == errno.EPIPE:
                raise  # whoever read the output has enough of it
            message, code = _in_words(fault)
        typer.echo(message, err=True)
        raise typer.Exit(code)


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
    from sqlalchemy.exc import DBAPIError

    if isinstance(fault, DBAPIError):
        return f"the database can't be used: {fault.orig or fault}; see roadwright doctor", ExitCode.FAILED
    said = " ".join(str(fault).split())
    said = said if len(said) <= _LONGEST else said[:_LONGEST] + "…"
    log = _keep_log(fault)
    kept = f"the log is {log}" if log is not None else "no log could be written"
    return f"unexpected fault, {type(fault).__name__}: {said or 'without words'}; {kept}", ExitCode.FAILED


def _keep_log(fault: Exception) -> Path | None:
    """Write the traceback into the workspace, else into the system's folder for temporary files."""
    import platform
    import traceback
    from datetime import UTC, datetime

    from roadwright import __version__

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
