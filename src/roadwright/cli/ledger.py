"""`roadwright runs` shows what was asked and what came of it; `rerun` solves a run again.

`cancel` asks a running action to end, from another terminal or another machine.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from roadwright.actions import ledger
from roadwright.actions.unknown_runs import no_run_at_all
from roadwright.cli.endings import RowLine, ending, print_rows
from roadwright.cli.workspace import JsonOption, WorkspaceOption, opened, stop
from roadwright.domain.exit_codes import ExitCode
from roadwright.services.portfolios.rerun import rerun_snapshot
from roadwright.services.portfolios.runs import find_optimization_run, no_such_optimization
from roadwright.services.portfolios.shown import run_facts, whole_run
from roadwright.store.models import ActionRun, OptimizationRun


def _action_json(run: ActionRun) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "action": run.action,
        "status": run.status,
        "asked": run.request_json,
        "requested_by": run.requested_by,
        "created_at": run.created_at,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "progress": run.progress,
        "reached": run.progress_json,
        "cancel_requested_at": run.cancel_requested_at,
        "summary": run.summary_json,
        "rows": run.rows_json,
        "error": run.error,
        "optimization_run_id": run.optimization_run_id,
    }


def runs(
    run_id: Annotated[str | None, typer.Argument(metavar="[RUN]", help="One run: ACT-… or OPT-….")] = None,
    folder: WorkspaceOption = Path(),
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many of the newest runs.")] = 20,
    log: Annotated[bool, typer.Option("--log", help="What the solver said in this run, instead of its facts.")] = False,
    as_json: JsonOption = False,
) -> None:
    if log and run_id is None:
        stop(ExitCode.WRONG, "log_of_no_run")
    with opened(folder) as workspace:
        if run_id is None:
            found = ledger.runs(workspace.store, limit)
            if as_json:
                typer.echo(json.dumps([_action_json(run) for run in found], ensure_ascii=False, indent=2))
            else:
                _show_runs(found)
            return
        action = ledger.find_run(workspace.store, run_id)
        behind = action.optimization_run_id if log and action is not None else run_id
        with workspace.store.transaction() as session:
            optimization = find_optimization_run(session, behind) if behind is not None else None
            if optimization is None and action is None:
                stop(ExitCode.WRONG, "no_run", why=no_run_at_all(session, run_id), folder=str(folder))
    body: dict[str, Any]
    if optimization is not None:
        body = whole_run(optimization) if as_json else run_facts(optimization)
    else:
        assert action is not None
        body = _action_json(action)
        if not as_json:
            body["status"] = ending(action.status, action.summary_json or {}).text
    if log:
        _show_log(run_id, optimization, as_json=as_json)
    elif as_json:
        typer.echo(json.dumps(body, ensure_ascii=False, indent=2))
    else:
        _show_run(body)


def _show_log(run_id: str, run: OptimizationRun | None, *, as_json: bool) -> None:
    if run is None or run.solver_log is None:
        stop(ExitCode.WRONG, "no_solver_log", run_id=run_id)
    if as_json:
        typer.echo(json.dumps({"run_id": run.run_id, "solver_log": run.solver_log}, ensure_ascii=False, indent=2))
    else:
        typer.echo(run.solver_log, nl=False)


def _show_runs(found: list[ActionRun]) -> None:
    console = Console(highlight=False)
    if not found:
        console.print("nothing was run yet")
        return
    table = Table("run", "action", "status", "when (UTC)", "by", "what came of it", box=None, pad_edge=False)
    for run in found:
        summary = run.summary_json or {}
        figures = ", ".join(f"{name} {value}" for name, value in summary.items() if value not in (0, None, ""))
        ended = run.error or figures or run.progress or ""
        name = f"{run.run_id} {run.optimization_run_id or ''}".rstrip()
        when = run.created_at[:19].replace("T", " ")
        table.add_row(name, run.action, ending(run.status, summary).word, when, Text(run.requested_by), Text(ended))
    console.print(table)


def _show_run(body: dict[str, Any]) -> None:
    console = Console(highlight=False)
    for name, value in body.items():
        if value is None or value == []:
            continue
        if name == "rows":
            console.print("rows:")
            print_rows(console, [RowLine(row["tab"], row["row"], row["key"], row["run_status"]) for row in value])
        else:
            shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            console.print(Text(f"{name}: {shown}"))


def rerun(
    run_id: Annotated[str, typer.Argument(metavar="OPT-…", help="The optimization run.")],
    folder: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    with opened(folder) as workspace, workspace.store.transaction() as session:
        run = find_optimization_run(session, run_id)
        if run is None:
            stop(ExitCode.WRONG, "no_run", why=no_such_optimization(session, run_id), folder=str(folder))
    comparison = rerun_snapshot(run)
    if as_json:
        typer.echo(json.dumps(comparison.to_json(), ensure_ascii=False, indent=2))
    else:
        typer.echo(f"{run.run_id}: {'identical' if comparison.identical else 'not identical'} ({run.snapshot_hash})")
        for difference in comparison.differences:
            typer.echo(f"  {difference}")
    raise typer.Exit(ExitCode.DONE if comparison.identical else ExitCode.FAILED)


def cancel(
    run_id: Annotated[str, typer.Argument(metavar="ACT-…", help="The run; `roadwright runs` lists them.")],
    folder: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    with opened(folder) as workspace:
        try:
            run = ledger.request_cancel(workspace.store, run_id)
        except ledger.NotRunning as error:
            stop(ExitCode.WRONG, "nothing_to_cancel", why=error.message, folder=str(folder))
    if as_json:
        asked = {"run_id": run.run_id, "status": run.status, "cancel_requested_at": run.cancel_requested_at}
        typer.echo(json.dumps(asked, indent=2))
    else:
        typer.echo(f"{run.run_id} ({run.action}) is asked to end; what it has found by then is kept")
