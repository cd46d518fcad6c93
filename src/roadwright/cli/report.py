"""`roadwright report`: a workbook for a steering committee."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from roadwright.cli.solve import check_output, refuse
from roadwright.cli.workspace import WorkspaceOption, opened
from roadwright.services.roadmaps.report.content import report_of
from roadwright.services.roadmaps.report.workbook import report_bytes


def report(
    name: Annotated[
        str, typer.Argument(metavar="OPT-…|ROADMAP[@N]", help="A run, a roadmap as it is now, or a published version.")
    ],
    folder: WorkspaceOption = Path(),
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE.xlsx", help="Where to write it.", show_default="NAME report.xlsx"),
    ] = None,
) -> None:
    """The decision in a sentence, what is in and out with prices, capacity by department, KPIs against targets, value
    against tokens, the alternatives, and what stands against it. A file of that name is replaced.
    """
    file = output or Path(f"{_file_name(name)} report.xlsx")
    check_output(file)
    with opened(folder) as workspace, workspace.store.transaction() as session:
        content = report_bytes(report_of(session, name))
    try:
        file.write_bytes(content)
    except OSError as error:
        refuse("output_unwritable", file=str(file), why=error.strerror or str(error))
    typer.echo(str(file))


def _file_name(name: str) -> str:
    return re.sub(r"[^\w @.-]+", "-", name.strip())[:100] or "decision"
