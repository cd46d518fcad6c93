"""`roadwright init`, and how every command opens its workspace and speaks of errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from roadwright.cli.faults import JSON, Stopped, keep_logs_in
from roadwright.domain.disk import os_fault
from roadwright.domain.exit_codes import ExitCode

if TYPE_CHECKING:
    from roadwright.workspace.workspace import Workspace

WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", "-w", metavar="DIR", help="The workspace's folder.", show_default="this folder")
]
JsonOption = Annotated[bool, typer.Option(JSON, help="Print one JSON object.")]


def stop(message: str, code: ExitCode) -> NoReturn:
    """End the command with a message."""
    raise Stopped(message, code)


@contextmanager
def opened(folder: Path) -> Iterator[Workspace]:
    """The workspace in a folder. Raises SettingsError and StoreError, which end the command in words."""
    from roadwright.workspace.workspace import open_workspace

    workspace = open_workspace(folder)
    keep_logs_in(workspace.private)
    if workspace.notice is not None:
        typer.echo(workspace.notice, err=True)
    try:
        yield replace(workspace, is_waiting=lambda: typer.echo(_awaited(workspace), err=True))
    finally:
        workspace.close()


def _awaited(workspace: Workspace) -> str:
    from roadwright.actions.ledger import awaited

    return awaited(workspace.store)


def init(folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder; made if it is not there.")]) -> None:
    """Make a workspace: settings, database and template workbooks. Files that are there already stay as they are."""
    from roadwright.sheets.backend import SheetError
    from roadwright.store.session import StoreError
    from roadwright.workspace.create import create_workspace
    from roadwright.workspace.settings import SettingsError

    try:
        created = create_workspace(folder)
    except SettingsError as error:
        stop(str(error), ExitCode.WRONG)
    except (SheetError, StoreError) as error:
        stop(f"the workspace can't be made: {error}", ExitCode.FAILED)
    except OSError as error:
        stop(f"the workspace can't be made: {error.filename or folder}: {os_fault(error)}", ExitCode.FAILED)
    if created.notice is not None:
        typer.echo(created.notice, err=True)
    for path in created.made:
        typer.echo(f"made  {path}")
    for path in created.kept:
        typer.echo(f"kept  {path}")
    typer.echo(f"\nNext: type ideas into {folder / 'Intake.xlsx'}, save and close it, then")
    typer.echo(f"  roadwright run pm.backlog_sync -w {folder}")
