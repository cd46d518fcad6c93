"""`roadwright backup`, `restore`, `move-database` and `rebuild`: what keeps a workspace's data safe."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from roadwright.actions.execute import ActionResult
from roadwright.actions.keeping import BACKUP, BackupOptions, move
from roadwright.actions.keeping import restore as restored_from
from roadwright.actions.ledger import requester
from roadwright.actions.rebuild import run_rebuild
from roadwright.actions.runner import run_command
from roadwright.cli.actions import attended, show_outcome
from roadwright.cli.workspace import WorkspaceOption, opened, stop
from roadwright.domain.exit_codes import ExitCode
from roadwright.store.clock import now
from roadwright.store.session import StoreError
from roadwright.workspace.backup import BackupProblem
from roadwright.workspace.turns import WorkspaceBusy


def backup(
    folder: WorkspaceOption = Path(),
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE.zip", help="The file to write.", show_default="named by folder and time"
        ),
    ] = None,
) -> None:
    moment = now()[:19].replace("-", "").replace(":", "").replace("T", "-")
    path = output or Path(f"{folder.resolve().name}-{moment}.zip")

    def show(result: ActionResult) -> None:
        if result.error is not None:
            typer.echo(f"no backup was made: {result.error}", err=True)
            return
        figures = result.summary
        typer.echo(
            f"wrote {path}: {figures['database_rows']:,} rows of the database and {figures['files']} files, "
            f"{figures['bytes']:,} bytes"
        )
        if "spreadsheets_left_out" in figures:
            typer.echo(f"not in it, because Google keeps their versions: {figures['spreadsheets_left_out']}")

    work = partial(run_command, action=BACKUP, options=BackupOptions(output=path))
    raise typer.Exit(attended(folder, BACKUP.name, work, show).exit_code)


def restore(
    path: Annotated[Path, typer.Argument(metavar="FILE.zip", help="The backup.")],
    folder: Annotated[
        Path, typer.Option("--workspace", "-w", metavar="NEWDIR", help="The new folder; it must not hold anything yet.")
    ],
    database: Annotated[
        str | None,
        typer.Option(
            "--database", metavar="URL", help="An empty database to restore into.", show_default="SQLite in NEWDIR"
        ),
    ] = None,
) -> None:
    try:
        restored = restored_from(path, folder, database, requester("cli"))
    except (BackupProblem, StoreError) as error:
        stop(ExitCode.FAILED, "nothing_restored", why=error.message)
    manifest = restored.manifest
    typer.echo(f"restored {path} of {manifest.created_at[:19].replace('T', ' ')} UTC into {folder}:")
    typer.echo(f"  {manifest.rows:,} rows of the database and {manifest.files_beside} files")
    for notice in restored.notices:
        typer.echo(f"  {notice}")


def move_database(
    url: Annotated[str, typer.Argument(metavar="URL", help="The new database, which is empty.")],
    folder: WorkspaceOption = Path(),
) -> None:
    with opened(folder) as workspace:
        try:
            moved = move(workspace, url, requester("cli"))
        except (StoreError, WorkspaceBusy) as error:
            stop(ExitCode.FAILED, "nothing_moved", why=error.message)
    typer.echo(f"moved {moved.rows:,} rows of {len(moved.tables)} tables, counted and compared")
    typer.echo(f"  from {moved.source} (its data are left there; it names the new one, and is refused from now on)")
    typer.echo(f"  to   {moved.target}")
    for notice in moved.notices:
        typer.echo(f"  {notice}")


def rebuild(folder: WorkspaceOption = Path()) -> None:
    result = run_rebuild(folder, requester("cli"), lambda message: typer.echo(message, err=True))
    show_outcome(result)
    raise typer.Exit(result.exit_code)
