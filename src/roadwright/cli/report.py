"""`roadwright report`: a workbook for a steering committee, or its one page as PDF."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from roadwright.cli.solve import check_output, refuse
from roadwright.cli.workspace import WorkspaceOption, opened
from roadwright.services.roadmaps.report.content import report_of
from roadwright.services.roadmaps.report.workbook import report_bytes
from roadwright.workspace.workspace import Workspace


def report(
    name: Annotated[
        str,
        typer.Argument(
            metavar="OPT-…|ROADMAP[@N]",
            help="A run, a roadmap as it is now, or a published version; for a PDF a run or a scenario.",
        ),
    ],
    folder: WorkspaceOption = Path(),
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE.xlsx|FILE.pdf",
            help="Where to write it. A PDF is printed by an installed Chromium.",
            show_default="NAME report.xlsx",
        ),
    ] = None,
) -> None:
    """The decision in a sentence, what is in and out with prices, capacity by department, KPIs against targets, value
    against tokens, the alternatives, and what stands against it. A file of that name is replaced.
    """
    file = output or Path(f"{_file_name(name)} report.xlsx")
    check_output(file)
    with opened(folder) as workspace:
        content = _pdf(workspace, name) if file.suffix.lower() == ".pdf" else _workbook(workspace, name)
    try:
        file.write_bytes(content)
    except OSError as error:
        refuse("output_unwritable", file=str(file), why=error.strerror or str(error))
    typer.echo(str(file))


def _workbook(workspace: Workspace, name: str) -> bytes:
    with workspace.store.transaction() as session:
        return report_bytes(report_of(session, name))


def _pdf(workspace: Workspace, name: str) -> bytes:
    from roadwright.web.pages.report.printing import paper_file, printed  # noqa: PLC0415 - pages take long to load

    with workspace.store.transaction() as session:
        page = paper_file(session, name)
    return printed(page)


def _file_name(name: str) -> str:
    return re.sub(r"[^\w @.-]+", "-", name.strip())[:100] or "decision"
