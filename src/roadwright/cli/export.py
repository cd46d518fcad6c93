"""`roadwright export`: a roadmap, a version or a run as a file for other programs."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from roadwright.cli.workspace import WorkspaceOption, opened, stop
from roadwright.domain.exit_codes import ExitCode
from roadwright.domain.machine import os_fault
from roadwright.services.roadmaps.export_named import export_named


class ExportFormat(StrEnum):
    JIRA = "jira-csv"
    CSV = "csv"
    JSON = "json"
    ICS = "ics"
    MD = "md"
    XLSX = "xlsx"


def export(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A roadmap, a version (growth@2) or a run (OPT-000001).")],
    form: Annotated[ExportFormat, typer.Option("--format", help="What to make of it.")],
    folder: WorkspaceOption = Path(),
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it there; an old file is replaced.")
    ] = None,
) -> None:
    """jira-csv has an issue for each chosen initiative, and the Issue key of those that came from Jira; ics has
    deadlines and planned periods as events of whole days. Without -o the file goes to the standard output.
    """
    with opened(folder) as workspace, workspace.store.transaction() as session:
        content = export_named(session, name, form)
    if output is None:
        if form is ExportFormat.XLSX and sys.stdout.isatty():
            stop(ExitCode.WRONG, "export_needs_file")
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        why = os_fault(error, folder=output.parent, needed=len(content))
        stop(ExitCode.FAILED, "output_unwritable", file=str(output), why=why)
    typer.echo(f"{name} written to {output}", err=True)
