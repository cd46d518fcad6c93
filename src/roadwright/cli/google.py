"""`roadwright google`: check, setup and login for spreadsheets of Google Sheets."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from roadwright.cli.workspace import WorkspaceOption, opened, stop
from roadwright.domain.exit_codes import ExitCode
from roadwright.domain.messages import Level
from roadwright.sheets.backend import SheetError
from roadwright.sync.lists import forget_lists
from roadwright.workspace import spreadsheets
from roadwright.workspace.spreadsheets import SpreadsheetReport

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.command("check")
def check(folder: WorkspaceOption = Path()) -> None:
    """Look at each spreadsheet: whether it can be reached and edited, its tabs and headers. Exit code 1: not well."""
    with opened(folder) as workspace:
        reports = list(spreadsheets.check(workspace))
    _end(reports)


@app.command("setup")
def setup(folder: WorkspaceOption = Path()) -> None:
    """Add the tabs that spreadsheets lack, ready to type into. What is there is never touched."""
    with opened(folder) as workspace:
        reports = list(spreadsheets.set_up(workspace))
        if any(report.added for report in reports):
            forget_lists(workspace)
    for report in reports:
        for tab in report.added:
            typer.echo(f"{report.ref.label}: added {tab}")
        if not report.added and all(m.severity is Level.OK for m in report.messages):
            typer.echo(f"{report.ref.label}: all tabs are there; nothing was changed")
    _end(reports, quiet=True)


@app.command("login")
def login(
    folder: WorkspaceOption = Path(),
    client: Annotated[
        Path | None,
        typer.Option("--client", metavar="FILE", help="The OAuth client.", show_default="google-client.json in DIR"),
    ] = None,
) -> None:
    """Sign in with your own account, in the browser. The sign-in is kept in the workspace, readable by you alone."""
    with opened(folder) as workspace:
        try:
            path = spreadsheets.sign_in(workspace, client)
        except SheetError as error:
            stop(ExitCode.FAILED, error.message.code, **error.message.params)
    typer.echo(f"signed in; kept in {path}")


def _end(reports: Iterable[SpreadsheetReport], *, quiet: bool = False) -> None:
    """Say what was found, and end with 1 where not all is well."""
    found = list(reports)
    if not found:
        stop(ExitCode.WRONG, "google_no_spreadsheets")
    accounts = list(dict.fromkeys(report.account for report in found if report.account))
    if accounts and not quiet:
        typer.echo(f"spreadsheets have to be shared with {', '.join(accounts)} (as an Editor)")
    bad = 0
    for report in found:
        name = f"{report.ref.label} ({report.title})" if report.title else report.ref.label
        for message in report.messages:
            is_well = message.severity is Level.OK
            bad += not is_well
            if not (quiet and is_well):
                typer.echo(f"{'ok  ' if is_well else 'bad '} {name}: {message}", err=quiet)
    if not quiet:
        typer.echo(f"not well: {bad} of the above" if bad else "all is well")
    raise typer.Exit(ExitCode.FAILED if bad else ExitCode.DONE)
