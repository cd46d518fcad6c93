"""`roadwright run` does an action; `roadwright actions` lists and explains them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Protocol

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from roadwright.actions.cancelling import CancelSwitch
from roadwright.actions.contract import Report, summary_line
from roadwright.actions.execute import CANCELLED_BY_PERSON, ActionResult
from roadwright.actions.ledger import requester
from roadwright.actions.options import helps
from roadwright.actions.registry import ACTIONS, find_action
from roadwright.actions.runner import run_action
from roadwright.actions.submit import ActionRequest
from roadwright.cli.endings import RowLine, ending, print_rows
from roadwright.cli.interrupts import end_now, interrupts_ask
from roadwright.cli.workspace import JsonOption, WorkspaceOption, opened, stop
from roadwright.domain.exit_codes import ExitCode
from roadwright.domain.messages import Level
from roadwright.workspace.workspace import Workspace


def reporter(progress: Progress) -> Report:
    """Progress of an action as a line with a bar."""
    task = progress.add_task("", total=None)

    def report(message: str, done: int | None = None, total: int | None = None) -> None:
        counted = "" if done is None or total is None else f": {done:,} of {total:,}"
        progress.update(task, description=message + counted, completed=done or 0, total=total)

    return report


def show_outcome(result: ActionResult, *, all_rows: bool = False) -> None:
    """An action's answer for people: how it ended, its figures, and every row that is not simply OK."""
    console = Console(highlight=False)
    end = ending(result.status, result.summary)
    title = Text.assemble((end.text, f"bold {end.colour}"), f"  {result.action}")
    for key in (result.run_id, result.optimization_run_id):
        if key:
            title.append(f"  {key}", style="dim")
    console.print(title, soft_wrap=True)
    if result.error is not None:
        Console(stderr=True, highlight=False).print(Text(result.error), soft_wrap=True)
    figures = summary_line(result.summary)
    if figures:
        console.print(Text(f"  {figures}"))
    rows = [row for row in result.rows if all_rows or row.level is not Level.OK]
    print_rows(console, [RowLine(row.tab, row.row, row.key, row.run_status) for row in rows])
    for row in result.rows:
        for notice in row.notices:
            place = f"{row.tab} row {row.row}" if row.row else row.tab
            console.print(Text(f"  {place} {row.key}: {notice}", style="dim"))


class Work(Protocol):
    """Does an action in a workspace, with what a door gives to hear of it and to end it."""

    def __call__(
        self,
        workspace: Workspace,
        *,
        requested_by: str,
        report: Report,
        say: Callable[[str], None],
        switch: CancelSwitch,
    ) -> ActionResult: ...


def attended(folder: Path, name: str, work: Work, show: Callable[[ActionResult], None]) -> ActionResult:
    """Do an action while its progress is shown and Ctrl-C can end it, and show what came of it."""
    console = Console(stderr=True)
    bars = Progress(
        SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn(),
        console=console, transient=True, disable=not sys.stderr.isatty(),
    )  # fmt: skip
    switch = CancelSwitch()

    def break_off() -> None:
        error = str(CANCELLED_BY_PERSON)
        if switch.break_off(error):
            run_id = switch.run.run_id if switch.run is not None else None
            show(ActionResult(run_id, name, "cancelled", ExitCode.FAILED, error=error))
            end_now(ExitCode.FAILED)

    with interrupts_ask(switch.turn_on, break_off):
        with opened(folder) as workspace, bars:
            result = work(
                workspace,
                requested_by=requester("cli"),
                report=reporter(bars),
                say=lambda message: console.print(message, markup=False),
                switch=switch,
            )
        show(result)
    return result


def run(  # noqa: PLR0917 - typer calls it by name
    name: Annotated[str, typer.Argument(metavar="ACTION", help="The action, e.g. pm.backlog_sync.")],
    folder: WorkspaceOption = Path(),
    tab: Annotated[
        str | None, typer.Option("--tab", metavar="NAME", help="The tab to work on, e.g. Backlog or Team.xlsx!Ideas.")
    ] = None,
    select: Annotated[
        str | None,
        typer.Option("--select", metavar="…", help="Keys, names or rows, e.g. INIT-000001 or 7,9-12."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All rows (the default).")] = False,
    option: Annotated[
        list[str] | None,
        typer.Option("--option", "-o", metavar="NAME=VALUE", help="An option of it; repeatable."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit code 4 where some rows failed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Where some rows failed the status is partial and the exit code 0, or 4 with --strict; where all failed and
    nothing was saved, the action failed.

    Ctrl-C ends a solve with the best answer found by then, which is kept and shown, and anything else where it can end
    without harm. Once more, it ends the program at once, which is safe as well.
    """
    if everything and select is not None:
        stop(ExitCode.WRONG, "all_and_select")
    asked = ActionRequest(name, tab, select, tuple(option or ()))

    def show(result: ActionResult) -> None:
        if as_json:
            typer.echo(json.dumps(result.to_json(), ensure_ascii=False, indent=2))
        else:
            show_outcome(result)

    result = attended(folder, name, partial(run_action, asked=asked), show)
    if strict and result.status == "partial":
        raise typer.Exit(ExitCode.ROWS_FAILED)
    raise typer.Exit(result.exit_code)


def actions(
    name: Annotated[str | None, typer.Argument(metavar="[ACTION]", help="The action to explain.")] = None,
) -> None:
    console = Console(highlight=False, markup=False)
    if name is None:
        table = Table(box=None, pad_edge=False, show_header=False)
        for action in ACTIONS:
            table.add_row(action.name, action.help)
        console.print(table)
        return
    action = find_action(name)
    console.print(f"{action.name}: {action.help}\n\n{action.explanation}\n")
    if action.tabs:
        console.print(f"Tabs: {', '.join(spec.name for spec in action.tabs)} (the first is the default)")
    console.print(f"Selection: {'--select keys, names or row numbers' if action.selects else 'always everything'}")
    if action.options.model_fields:
        console.print("Options (--option name=value):")
        table = Table(box=None, pad_edge=False, show_header=False)
        for option in helps(action.options):
            table.add_row(f"  {option.name}", f"{option.help} (default: {option.default})")
        console.print(table)
