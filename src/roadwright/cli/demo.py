"""`roadwright demo`: the main job on a sample workspace, each step told, then the whole answer for a reader."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from roadwright import tabs
from roadwright.actions.cancelling import Cancelled, SeriesSwitch
from roadwright.actions.execute import CANCELLED_BY_PERSON, ActionResult
from roadwright.actions.plan import Planned
from roadwright.cli.interrupts import end_now, interrupts_ask
from roadwright.cli.plan import PLAIN_WIDTH, run_round, show_needs, tell_step
from roadwright.domain.exit_codes import ExitCode
from roadwright.domain.messages import Message
from roadwright.domain.roadmaps import GateStatus
from roadwright.domain.shown import figure
from roadwright.sample.company import ABOUT, COMMITTED, NAME, OPEN_FLOOR
from roadwright.sample.flow import DOOR, PUBLISH, StepFailed, make_sample, publish_own
from roadwright.services.roadmaps.compare import Decision, compare, sentences
from roadwright.services.roadmaps.content import Content
from roadwright.services.roadmaps.decisions import of_content
from roadwright.services.roadmaps.snapshot import content_now
from roadwright.sheets.backend import SheetError
from roadwright.store.models import OptimizationRun, Roadmap
from roadwright.store.roadmaps import all_roadmaps
from roadwright.store.session import StoreError
from roadwright.sync.engine import read_tab
from roadwright.sync.run_tabs import latest_runs
from roadwright.workspace.settings import FILE, SettingsError
from roadwright.workspace.workspace import PUBLISHED, Workspace, open_workspace


def demo(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The sample workspace; made if it is not there.")
    ] = Path("demo-workspace"),
) -> None:
    console = Console(highlight=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    errors = Console(stderr=True, highlight=False)
    switch = SeriesSwitch()

    def break_off() -> None:
        switch.break_off(str(CANCELLED_BY_PERSON))
        end_now(ExitCode.FAILED)

    with interrupts_ask(switch.turn_on, break_off):
        code = _run_demo(console, errors, folder, switch)
    raise typer.Exit(code)


def _run_demo(console: Console, errors: Console, folder: Path, switch: SeriesSwitch) -> int:
    try:
        if folder.exists():
            console.print(Text(f"{folder} is there: working on it as it is."))
        else:
            console.print(Text(f"{NAME}\n", style="bold").append(Text(f"{ABOUT}\n", style="not bold")))
            make_sample(folder, lambda message: console.print(Text(f"  · {message}")), switch)
        workspace = open_workspace(folder)
    except Cancelled:
        _tell(errors, "demo_not_made", folder=str(folder), soft_wrap=True)
        return ExitCode.FAILED
    except (SettingsError, StoreError, SheetError, StepFailed, OSError) as error:
        _tell(errors, "demo_stopped_by_fault", why=str(error))
        _tell(errors, "demo_start_over", folder=str(folder))
        return ExitCode.FAILED
    try:
        planned = _main_job(console, errors, workspace, switch)
        switch.is_done = True
        _report(console, workspace, planned, folder)
    except Cancelled:
        _tell(errors, "demo_left", folder=str(folder), soft_wrap=True)
        return ExitCode.FAILED
    finally:
        workspace.close()
    return planned.exit_code


def _tell(errors: Console, code: str, /, *, soft_wrap: bool = False, **params: object) -> None:
    errors.print(Text(str(Message(code, params=params))), soft_wrap=soft_wrap)


def _main_job(console: Console, errors: Console, workspace: Workspace, switch: SeriesSwitch) -> Planned:
    console.print(Text("\nThe main job", style="bold"))
    planned = run_round(
        workspace, None, console, switch=switch, say=lambda said: errors.print(said, markup=False), door=DOOR
    )
    result = publish_own(workspace, _silent, lambda step, done: tell_step(console, step, done), switch)
    if result is not None:
        planned.steps.append((PUBLISH, result))
    show_needs(console, planned.needs)
    return planned


def _silent(message: str, done: int | None = None, total: int | None = None) -> None:
    """Publishing is short."""


def _report(console: Console, workspace: Workspace, planned: Planned, folder: Path) -> None:
    _came_in(console, next(o for step, o in planned.steps if step.asked.action == "pm.backlog_sync"))
    _scored(console, workspace)
    with workspace.store.transaction() as session:
        runs = latest_runs(session)
        roadmaps = all_roadmaps(session)
        contents = [content_now(session, roadmap) for roadmap in roadmaps]
        compared = [of_content(content.roadmap.roadmap_name, "roadmap", content) for content in contents]
    for run in reversed(runs):
        _portfolio(console, run)
    _roadmaps(console, roadmaps, contents, compared)
    _files(console, workspace, folder)


def _heading(console: Console, text: str) -> None:
    console.print(Text(f"\n{text}", style="bold"))


def _came_in(console: Console, result: ActionResult) -> None:
    _heading(console, "What came in")
    by_tab: dict[str, list[Any]] = {}
    for row in result.rows:
        by_tab.setdefault(row.tab, []).append(row)
    for tab, rows in by_tab.items():
        odd = [row for row in rows if row.run_status != "OK"]
        console.print(Text(f"  {tab}: {len(rows)} rows" + (f", {len(odd)} with something to say" if odd else "")))
        for row in odd[:4]:
            console.print(Text(f"    row {row.row}: {row.run_status}", style="yellow"))


def _scored(console: Console, workspace: Workspace) -> None:
    _heading(console, "What was scored")
    try:
        table = read_tab(workspace, workspace.place(tabs.SCORING_INPUTS)).table
    except SheetError as error:
        console.print(Text(f"  {error}", style="yellow"))
        return
    scored = [row for row in table.rows if isinstance(row.values.get("overall_score"), int | float)]
    scored.sort(key=lambda row: (-_number(row.values.get("score_percentile")), row.text("initiative_key")))
    frameworks = {row.text("active_scoring_framework") for row in scored}
    order = (
        "the first five by score_percentile, as there are several frameworks"
        if len(frameworks) > 1
        else "the first five"
    )
    console.print(Text(f"  {len(scored)} of {len(table.rows)} initiatives have an active score; {order}:"))
    names = ("initiative", "title", "framework", "overall", "percentile")
    shown = Table(*names, box=None, padding=(0, 2), header_style="dim")
    shown.columns[3].justify = shown.columns[4].justify = "right"
    for row in scored[:5]:
        shown.add_row(
            row.text("initiative_key"),
            Text(row.text("title")),
            row.text("active_scoring_framework"),
            f"{_number(row.values['overall_score']):,.2f}",
            f"{_number(row.values.get('score_percentile')):.0f}",
        )
    console.print(shown)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _portfolio(console: Console, run: OptimizationRun) -> None:
    _heading(console, f"{run.scenario_name} ({run.run_id}, {run.status})")
    console.print(Text(f"  {run.summary}"))
    chosen = [row for row in run.context_json["results"] if row["selected"]]
    left = [row for row in run.context_json["results"] if not row["selected"]]
    table = Table("rank", "initiative", "title", "tokens", "north star", "reason", box=None, padding=(0, 1))
    table.header_style = "dim"
    table.columns[3].justify = table.columns[4].justify = "right"
    for row in chosen:
        table.add_row(
            str(row["rank"]),
            row["initiative_key"],
            Text(row["title"]),
            f"{figure(row['allocated_tokens'])}",
            f"{figure(row['north_star_gain'])}",
            Text(row["reason"]),
        )
    console.print(table)
    _left_out(console, left)
    used = (run.result_json or {}).get("tokens_used") or 0
    console.print(
        Text(f"  Capacity: {figure(used)} of {figure(run.capacity_total)} tokens ({used / run.capacity_total:.0%})")
    )
    _alerts(console, run.context_json["alerts"])


def _left_out(console: Console, left: Sequence[Mapping[str, Any]]) -> None:
    console.print(Text(f"  Left out: {len(left)}"))
    for row in left:
        reason = row["reason"].removeprefix("not selected: ")
        console.print(Text(f"    {row['initiative_key']} {row['title']}: {reason}", style="dim"))


def _alerts(console: Console, alerts: Sequence[Mapping[str, Any]]) -> None:
    targets = [alert for alert in alerts if alert["kind"] == "target" and alert.get("target") is not None]
    if targets:
        table = Table("target", "slice", "asked", "reached", "gap", "", box=None, padding=(0, 1), header_style="dim")
        for column in table.columns[2:5]:
            column.justify = "right"
        for row in targets:
            met = not row["gap"]
            table.add_row(
                Text(row["kpi_key"]),
                Text(f"{row['dimension']} {row['dimension_key']}"),
                f"{figure(row['target'])}",
                f"{figure(row['achieved'])}",
                f"{figure(row['gap'])}",
                Text("met", style="green") if met else Text("missed", style="yellow"),
            )
        console.print(Text("  Targets and gaps"))
        console.print(table)
    others = [alert for alert in alerts if alert not in targets and alert["severity"] != "info"]
    if others:
        console.print(Text("  Alerts"))
    for row in others:
        console.print(Text(f"    {row['severity']}: {row['message']}", style="yellow"))


def _roadmaps(
    console: Console, roadmaps: Sequence[Roadmap], contents: Sequence[Content], decisions: Sequence[Decision]
) -> None:
    _heading(console, "Roadmaps of this backlog, and what their gates let on")
    for roadmap, content in zip(roadmaps, contents, strict=True):
        waived = sum(entry.gate_status == GateStatus.WAIVED for entry in content.entries)
        line = f"  {roadmap.roadmap_name} ({roadmap.status}): {len(content.entries)} on it"
        line += f", {waived} of them waived" if waived else ""
        console.print(Text(line + f", {len(content.left_out)} left out"))
        for one in content.left_out:
            console.print(Text(f"    {one.initiative_key} {one.title}: {'; '.join(one.reasons)}", style="dim"))
    for first, second in pairwise(decisions):
        for sentence in sentences(compare(first, second)):
            console.print(Text(f"  {sentence}"))


def _files(console: Console, workspace: Workspace, folder: Path) -> None:
    _heading(console, "Where it is")
    for path in workspace.workbook_files():
        names = ", ".join(place.tab for place in workspace.places() if place.workbook.file == path)
        console.print(Text(f"  {folder / path.name}: {names}"))
    for path in sorted((folder / PUBLISHED).glob("*")):
        console.print(Text(f"  {folder / PUBLISHED / path.name}: a published version"))
    console.print(Text(f"  {folder / FILE}: settings"))
    _heading(console, "Try next")
    console.print(Text("  Open a workbook, change something, save and close it, then:"))
    for command in (
        f"plan -w {folder}",
        f"what-if 'Growth first' -w {folder} --capacity 1,200",
        f"report '{COMMITTED}' -w {folder}",
        f"compare '{OPEN_FLOOR}' '{COMMITTED}' -w {folder}",
        f"runs -w {folder}",
    ):
        console.print(Text(f"    .venv/bin/roadwright {command}", style="cyan"))
    console.print(Text("  See it in the browser, in the control room:"))
    console.print(Text(f"    .venv/bin/roadwright serve --open -w {folder}", style="cyan"))
