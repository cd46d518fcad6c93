"""What the commands on a workspace share: their options, and how they open it and end with a message."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from roadwright.actions.ledger import awaited
from roadwright.cli.faults import JSON, Stopped, keep_logs_in
from roadwright.domain.exit_codes import ExitCode
from roadwright.domain.messages import Message
from roadwright.workspace.workspace import Workspace, open_workspace

WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", "-w", metavar="DIR", help="The workspace's folder.", show_default="this folder")
]
JsonOption = Annotated[bool, typer.Option(JSON, help="Print one JSON object.")]


def stop(exit_code: ExitCode, code: str, /, **params: object) -> NoReturn:
    """End the command with the message of this code."""
    raise Stopped(exit_code, Message(code, params=params))


@contextmanager
def opened(folder: Path) -> Iterator[Workspace]:
    """The workspace in a folder. Raises SettingsError and StoreError, which end the command in words."""
    workspace = open_workspace(folder)
    keep_logs_in(workspace.private)
    if workspace.notice is not None:
        typer.echo(workspace.notice, err=True)
    try:
        yield replace(workspace, is_waiting=lambda: typer.echo(awaited(workspace.store), err=True))
    finally:
        workspace.close()
