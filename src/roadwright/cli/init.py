"""`roadwright init` makes a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from roadwright.cli.workspace import stop
from roadwright.domain.exit_codes import ExitCode
from roadwright.domain.machine import os_fault
from roadwright.sheets.backend import SheetError
from roadwright.store.session import StoreError
from roadwright.workspace.create import create_workspace


def init(folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder; made if it is not there.")]) -> None:
    try:
        created = create_workspace(folder)
    except (SheetError, StoreError) as error:
        stop(ExitCode.FAILED, "workspace_not_made", why=error.message)
    except OSError as error:
        stop(ExitCode.FAILED, "workspace_file_not_made", file=str(error.filename or folder), why=os_fault(error))
    if created.notice is not None:
        typer.echo(created.notice, err=True)
    for path in created.made:
        typer.echo(f"made  {path}")
    for path in created.kept:
        typer.echo(f"kept  {path}")
    if created.has_spreadsheets:
        typer.echo("\nNext: share the spreadsheets and add their tabs (docs/google.md says how), type ideas, then")
        typer.echo(f"  roadwright google setup -w {folder}")
    else:
        if created.is_renewed:
            typer.echo("\nWhat is stored is shown in a workbook that was made anew once its tabs are saved, synced or")
            typer.echo(f"refreshed: roadwright run pm.refresh_tab --tab … -w {folder}")
        typer.echo(f"\nNext: type ideas into {folder / 'Intake.xlsx'}, save and close it, then")
    typer.echo(f"  roadwright plan -w {folder}")
