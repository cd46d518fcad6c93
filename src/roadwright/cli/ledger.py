"""`roadwright runs` shows what was asked and what came of it; `roadwright rerun` solves a run again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from roadwright.cli.workspace import JsonOption, WorkspaceOption, opened, stop
from roadwright.domain.exit_codes import ExitCode

if TYPE_CHECKING:
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
        "summary": run.summary_json,
        "rows": run.rows_json,
        "error": run.error,
        "optimization_run_id": run.optimization_run_id,
    }


def _optimization_json(run: OptimizationRun) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "scenario_name": run.scenario_name,
        "constraint_set_name": run.constraint_set_name,
        "period_key": run.period_key,
        "status": run.status,
        "objective_mode": run.objective_mode,
        "created_at": run.created_at,
        "finished_at": run.finished_at,
        "summary": run.summary,
        "snapshot_hash": run.snapshot_hash,
        "inputs_snapshot": run.inputs_snapshot_json,
        "options": run.options_json,
        "result": run.result_json,
    }


def runs(
    run_id: Annotated[str | None, typer.Argument(metavar="[RUN]", help="One run: ACT-… or OPT-….")] = None,
    folder: WorkspaceOption = Path(),
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many of the newest runs.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """Show the ledger: the newest runs, or everything about one."""
    from roadwright.actions import ledger
    from roadwright.portfolios.runs import find_optimization_run

    with opened(folder) as workspace:
        if run_id is None:
            found = ledger.runs(workspace.store, limit)
            if as_json:
                typer.echo(json.dumps([_action_json(run) for run in found], ensure_ascii=False, indent=2))
            else:
                _show_runs(found)
            return
        with workspace.store.transaction() as session:
            optimization = find_optimization_run(session, run_id)
        action = ledger.find_run(workspace.store, run_id)
    body = (
        _optimization_json(optimization)
        if optimization is not None
        else _action_json(action)
        if action is not None
        else stop(f"there is no run {run_id}; `roadwright runs -w {folder}` lists them", ExitCode.WRONG)
    )
    if as_json:
        typer.echo(json.dumps(body, ensure_ascii=False, indent=2))
    else:
        _show_run(body)


def _show_runs(found: list[ActionRun]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

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
        table.add_row(name, run.action, run.status, when, Text(run.requested_by), Text(ended))
    console.print(table)


def _show_run(body: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for name, value in body.items():
        if value is None or value == []:
            continue
        if name == "rows":
            console.print("rows:")
            for row in value:
                console.print(Text(f"  {row['tab']} row {row['row']}  {row['key']}  {row['run_status']}"))
        else:
            shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            console.print(Text(f"{name}: {shown}"))


def rerun(
    run_id: Annotated[str, typer.Argument(metavar="OPT-…", help="The optimization run.")],
    folder: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Solve a run again from its stored inputs. Exit code 0: selection and every figure identical; 1: not."""
    from roadwright.portfolios.rerun import NothingToRerun, rerun_snapshot
    from roadwright.portfolios.runs import find_optimization_run

    with opened(folder) as workspace, workspace.store.transaction() as session:
        run = find_optimization_run(session, run_id)
    if run is None:
        stop(f"there is no optimization run {run_id}; `roadwright runs -w {folder}` lists them", ExitCode.WRONG)
    try:
        comparison = rerun_snapshot(run)
    except NothingToRerun as error:
        stop(str(error), ExitCode.WRONG)
    if as_json:
        typer.echo(json.dumps(comparison.to_json(), ensure_ascii=False, indent=2))
    else:
        typer.echo(f"{run.run_id}: {'identical' if comparison.identical else 'not identical'} ({run.snapshot_hash})")
        for difference in comparison.differences:
            typer.echo(f"  {difference}")
    raise typer.Exit(ExitCode.DONE if comparison.identical else ExitCode.FAILED)
