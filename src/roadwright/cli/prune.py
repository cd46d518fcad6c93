"""`roadwright prune` removes what the settings say is old enough, and names how much that was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from roadwright.actions.execute import ActionResult
from roadwright.actions.prune import FIGURES, PRUNE, PruneOptions
from roadwright.actions.prune import prune as pruned
from roadwright.actions.runner import run_command
from roadwright.cli.actions import attended
from roadwright.cli.workspace import JsonOption, WorkspaceOption, opened


def prune(
    folder: WorkspaceOption = Path(),
    older_than: Annotated[
        int | None,
        typer.Option("--older-than", metavar="DAYS", min=0, help="Instead of the days in roadwright.toml."),
    ] = None,
    dry: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """The ledger's lines stay, and so do the runs that roadmaps and their versions came from and the newest runs of
    each scenario. The settings keep_details_days and keep_runs_days say what is old.
    """
    if dry:
        with opened(folder) as workspace, workspace.exclusive():
            figures = pruned(workspace, older_than, dry=True).to_json()
        _show("would remove", {"run_id": None, **figures}, as_json=as_json)
        return

    def show(result: ActionResult) -> None:
        figures = {name: value for name, value in result.summary.items() if name in FIGURES}
        if result.error is not None:
            typer.echo(result.error if figures else f"nothing was removed: {result.error}", err=True)
        if result.error is not None and as_json:
            figures.update(status=result.status, error=result.error, code=result.exit_code)
        if figures:
            _show("removed", {"run_id": result.run_id, **figures}, as_json=as_json)

    work = partial(run_command, action=PRUNE, options=PruneOptions(older_than=older_than))
    raise typer.Exit(attended(folder, PRUNE.name, work, show).exit_code)


def _show(verb: str, figures: Mapping[str, object], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(figures, ensure_ascii=False, indent=2))
        return
    typer.echo(
        f"{verb}: {figures['runs']:,} optimization runs, the solver logs of {figures['logs']:,} more, the answers for "
        f"single rows of {figures['actions']:,} actions, {figures['what_ifs']:,} links to what-ifs"
    )
    freed = figures.get("bytes_freed")
    if isinstance(freed, int) and freed:
        typer.echo(f"the database is {freed / 2**20:,.1f} MB smaller")
