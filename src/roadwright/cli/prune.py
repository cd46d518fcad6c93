"""`roadwright prune` removes what the settings say is old enough, and names how much that was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from roadwright.cli.workspace import JsonOption, WorkspaceOption, opened, stop
from roadwright.domain.exit_codes import ExitCode


def prune(
    folder: WorkspaceOption = Path(),
    older_than: Annotated[
        int | None,
        typer.Option("--older-than", metavar="DAYS", min=0, help="Instead of the days in roadwright.toml."),
    ] = None,
    dry: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Remove old answers for single rows, old solver logs, and old optimization runs that nothing refers to.

    The ledger's lines stay, and so do the runs that roadmaps and their versions came from and the newest runs of each
    scenario. The settings keep_details_days and keep_runs_days say what is old.
    """
    from roadwright.actions import prune as pruning
    from roadwright.store.session import StoreError
    from roadwright.workspace.turns import WorkspaceBusy

    with opened(folder) as workspace:
        try:
            pruned = pruning.prune(workspace, older_than, dry=dry)
        except (StoreError, WorkspaceBusy) as error:
            stop(f"nothing was removed: {error}", ExitCode.FAILED)
    if as_json:
        typer.echo(json.dumps(pruned.to_json(), indent=2))
        return
    verb = "would remove" if dry else "removed"
    typer.echo(
        f"{verb}: {pruned.runs:,} optimization runs, the solver logs of {pruned.logs:,} more, the answers for single "
        f"rows of {pruned.actions:,} actions"
    )
    if pruned.bytes_freed:
        typer.echo(f"the database is {pruned.bytes_freed / 2**20:,.1f} MB smaller")
