"""`roadwright import`: bring in a file that others made, after showing what it is taken to mean."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from roadwright.actions.contract import summary_line
from roadwright.actions.ledger import requester
from roadwright.actions.runner import run_action
from roadwright.actions.submit import ActionRequest
from roadwright.cli.workspace import WorkspaceOption, opened, stop
from roadwright.domain.exit_codes import ExitCode
from roadwright.services.imports.known import preset
from roadwright.sync.importing import Plan, plan_import, take_import

_MOST_SYNCED = 20_000
"""Rows that an import brings into the backlog at once; more take a while, and are left to the next sync."""


def import_file(  # noqa: PLR0917 - typer takes them by their annotations
    file: Annotated[Path, typer.Argument(metavar="FILE", help=".xlsx, .xlsm, .ods, .xls, .csv or .tsv.")],
    folder: WorkspaceOption = Path(),
    tab: Annotated[str | None, typer.Option("--tab", help="Which tab of it; else the one that says most.")] = None,
    into: Annotated[
        str | None, typer.Option("--into", metavar="NAME", help="Make or bring up to date Intake_NAME.xlsx from it.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Take what is proposed, without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what is proposed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Show it as JSON; asks nothing.")] = False,
    tracker: Annotated[
        str | None,
        typer.Option("--from", metavar="TRACKER", help="Which program exported it; else found by its header."),
    ] = None,
    no_sync: Annotated[bool, typer.Option("--no-sync", help="Leave the backlog to a later pm.backlog_sync.")] = False,
) -> None:
    """A workbook is used where it is; a file of another format becomes Intake_NAME.xlsx in the workspace, and importing
    a newer export of it again brings that up to date. What is taken is kept in roadwright.toml. Then the
    backlog is synced.
    """
    plan = plan_import(folder, file, tab=tab, into=into, named=preset(tracker) if tracker else None)
    if as_json:
        typer.echo(json.dumps(_as_json(plan), ensure_ascii=False, indent=2, default=str))
    else:
        _show(Console(highlight=False, soft_wrap=True), plan)
    if dry_run or (as_json and not yes):
        return
    if not yes:
        if not sys.stdin.isatty():
            stop(ExitCode.WRONG, "import_asks")
        if not typer.confirm("Take it so?", default=True):
            typer.echo("Nothing was written.")
            return
    is_long = len(plan.sheet.rows) > _MOST_SYNCED
    with opened(folder) as workspace, workspace.exclusive():
        take_import(workspace, plan, is_synced=not (no_sync or is_long))
    typer.echo(f"{plan.entry.workbook} is an intake workbook now, tab {plan.entry.tab}", err=as_json)
    if no_sync:
        return
    if is_long:
        typer.echo(f"It is long: roadwright run pm.backlog_sync -w {folder} brings its rows in", err=as_json)
        return
    _sync(folder, as_json)


def _sync(folder: Path, as_json: bool) -> None:
    with opened(folder) as workspace:
        result = run_action(workspace, ActionRequest("pm.backlog_sync"), requested_by=requester("cli"), report=_quiet)
    typer.echo(f"{result.status}  {result.action}  {result.run_id}  {summary_line(result.summary)}", err=as_json)
    if result.error is not None:
        typer.echo(str(result.error), err=True)
    if result.exit_code:
        raise typer.Exit(result.exit_code)


def _quiet(message: str, done: int | None = None, total: int | None = None) -> None:
    """The sync of an import is told by its answer."""


def _as_json(plan: Plan) -> Mapping[str, object]:
    found = plan.proposal
    return {
        "tab": plan.sheet.name,
        "header_row": found.header_row,
        "columns": found.columns,
        "values": found.values,
        "samples": plan.samples,
    }


def _show(console: Console, plan: Plan) -> None:
    found = plan.proposal
    known = f", an export of {found.preset}" if found.preset else ""
    console.print(Text(f"{plan.sheet.name}: header in row {found.header_row}{known}", style="bold"))
    for guess in found.guesses:
        console.print(Text(f"  {guess}"))
    for name, words in found.values.items():
        console.print(Text(f"  {name}: " + ", ".join(f'"{theirs}" = {ours}' for theirs, ours in words.items())))
    for name, unknown in found.unknown_words.items():
        console.print(Text(f"  {name}: not known, stays as it is: {', '.join(unknown)}", style="yellow"))
    for what, names in (("left out as no ideas", found.skip), ("filled down", found.fill_down)):
        if names:
            console.print(Text(f"  {what}: {', '.join(names)}"))
    if found.left:
        console.print(Text(f"  not taken, stays where it is: {', '.join(found.left)}", style="dim"))
    if plan.adds_only:
        console.print(Text(f"  goes on from {plan.entry.workbook}: its rows are brought up to date, new ones added"))
    console.print(Text("The first rows, as they would be read:"))
    for row in plan.samples:
        console.print(Text("  " + "; ".join(f"{name}: {_short(value)}" for name, value in row.items())))


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else text[:59] + "…"
