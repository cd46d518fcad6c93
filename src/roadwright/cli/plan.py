"""`roadwright plan`: the whole round on a workspace, each step told, then what needs a person, and the answers."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from roadwright.actions.cancelling import Cancelled, SeriesSwitch
from roadwright.actions.contract import summary_line
from roadwright.actions.execute import CANCELLED_BY_PERSON, ActionResult
from roadwright.actions.ledger import requester
from roadwright.actions.plan import Planned, PlanStep
from roadwright.actions.plan import plan as do_plan
from roadwright.cli.actions import reporter
from roadwright.cli.interrupts import end_now, interrupts_ask
from roadwright.cli.workspace import JsonOption, WorkspaceOption, opened, stop
from roadwright.domain.actions import ActionStatus
from roadwright.domain.exit_codes import ExitCode
from roadwright.domain.optimization import RunStatus
from roadwright.domain.shown import figure
from roadwright.services.portfolios.overview import ScenarioAnswer
from roadwright.services.roadmaps.attention import Need, NeedKind
from roadwright.workspace.workspace import Workspace

_SAID_ELSEWHERE = frozenset(
    {
        "selected",
        "ok",
        "scenario_name",
        "optimization_status",
        "published",
        "versions",
        "files",
        "tokens",
        "unchanged_since",
    }
)
PLAIN_WIDTH = 110
"""Columns of the output where it does not go to a terminal."""
_MOST_OF_A_KIND = 12
"""Things of one sort that are listed; the JSON has all of them."""
_TITLES = {
    NeedKind.STEP: "Could not be done",
    NeedKind.ROW: "Rows in FAILED or CONFLICT",
    NeedKind.SCENARIO: "Scenarios",
    NeedKind.TARGET: "Targets missed",
    NeedKind.CANDIDATE: "Candidates that can't be chosen",
    NeedKind.MODEL: "Math models that wait for approval",
    NeedKind.PARAM: "Params of approved models",
}


def plan(
    folder: WorkspaceOption = Path(),
    scenario: Annotated[str | None, typer.Option("--scenario", metavar="NAME", help="Run only this scenario.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Run all scenarios (the default).")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit code 4 where some rows failed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Every step is an action with its own line in the ledger; one that fails stops no other. A scenario whose inputs
    are those of its latest answer is not solved again. Approvals, ticks and publishing are left to you.

    Exit codes: the highest of the steps: 0 done, 1 a step failed, 2 invalid, 3 infeasible.
    """
    if everything and scenario is not None:
        stop(ExitCode.WRONG, "all_and_scenario")
    console = Console(highlight=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH, quiet=as_json)
    errors = Console(stderr=True, highlight=False)
    switch = SeriesSwitch()

    def break_off() -> None:
        switch.break_off(str(CANCELLED_BY_PERSON))
        end_now(ExitCode.FAILED)

    with interrupts_ask(switch.turn_on, break_off), opened(folder) as workspace:
        try:
            planned = run_round(
                workspace, scenario, console, switch=switch, say=lambda said: errors.print(said, markup=False)
            )
        except Cancelled:
            stop(ExitCode.FAILED, "plan_left", folder=str(folder))
        switch.is_done = True
        if as_json:
            typer.echo(json.dumps(planned.to_json(), ensure_ascii=False, indent=2, default=str))
        else:
            show_round(console, planned)
    code = planned.exit_code
    if strict and code is ExitCode.DONE and planned.has_failed_rows:
        code = ExitCode.ROWS_FAILED
    raise typer.Exit(code)


def run_round(
    workspace: Workspace,
    scenario: str | None,
    console: Console,
    *,
    switch: SeriesSwitch,
    say: Callable[[str], None],
    door: str = "cli",
) -> Planned:
    """Do the round and tell each step when it is done. Raises Cancelled and ScenarioProblem."""
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn(),
        console=console, transient=True, disable=not sys.stdout.isatty() or console.quiet,
    ) as bars:  # fmt: skip
        return do_plan(
            workspace,
            scenario,
            requested_by=requester(door),
            report=reporter(bars),
            tell=lambda step, result: tell_step(console, step, result),
            say=say,
            switch=switch,
        )


def tell_step(console: Console, step: PlanStep, result: ActionResult) -> None:
    """A line for a step, and below it why it failed."""
    mark = ("✓ ", "green") if result.exit_code == 0 else ("✗ ", "bold red")
    if result.exit_code is ExitCode.INFEASIBLE or result.status == ActionStatus.PARTIAL:
        mark = ("! ", "bold yellow")
    line = Text.assemble(mark, step.title)
    same = result.summary.get("unchanged_since")
    if same:
        line.append(f"  the inputs are those of {same}: not solved again", style="dim")
    else:
        figures = summary_line(result.summary, _SAID_ELSEWHERE)
        line.append(f"  {figures}" if figures else "", style="dim")
    console.print(line)
    if result.error is not None:
        console.print(Text(f"    {result.error}", style="red"))


def show_round(console: Console, planned: Planned) -> None:
    """What needs a person, then the answers side by side."""
    show_needs(console, planned.needs)
    _answers(console, planned.answers, planned.unchanged)
    for told in planned.notices:
        console.print(Text(f"\n{told}", style="dim"))


def show_needs(console: Console, needs: Sequence[Need]) -> None:
    console.print(Text("\nWhat needs a person", style="bold"))
    if not needs:
        console.print(Text("  nothing"))
    for kind, title in _TITLES.items():
        mine = [one for one in needs if one.kind is kind]
        if not mine:
            continue
        console.print(Text(f"  {title}: {len(mine)}", style="yellow"))
        for one in mine[:_MOST_OF_A_KIND]:
            place = one.scenario if kind in (NeedKind.SCENARIO, NeedKind.TARGET) and one.scenario else one.place
            key = "" if one.key in ("", one.scenario) or kind is NeedKind.TARGET else f" {one.key}"
            head = f"{place}{key}: " if place or key else ""
            console.print(Text(f"    {head}{one.said}"))
        if len(mine) > _MOST_OF_A_KIND:
            console.print(Text(f"    and {len(mine) - _MOST_OF_A_KIND} more", style="dim"))


def _answers(console: Console, answers: Sequence[ScenarioAnswer], unchanged: dict[str, str]) -> None:
    if not answers:
        return
    console.print(Text("\nThe answers", style="bold"))
    table = Table("scenario", "status", "objective", "tokens", "selected", "targets", "run", "", box=None)
    table.padding, table.header_style = (0, 1), "dim"
    for column in table.columns[2:5]:
        column.justify = "right"
    for one in answers:
        later = one.is_answered and one.last_run != one.run_id
        told = f"{one.last_run} since then: {one.last_status}" if later else ""
        if one.scenario_name in unchanged:
            told = "unchanged"
        used = "" if one.capacity_used is None else f"{figure(one.capacity_used)} of {figure(one.capacity_total or 0)}"
        good = one.status == RunStatus.OPTIMAL and not later
        table.add_row(
            Text(one.scenario_name),
            Text(one.status or "never run", style="green" if good else "yellow"),
            "" if one.objective_value is None else figure(one.objective_value),
            used,
            "" if one.selected_count is None else f"{one.selected_count} of {one.candidates}",
            one.targets_met or "",
            one.run_id or "",
            Text(told, style="dim"),
        )
    console.print(table)
