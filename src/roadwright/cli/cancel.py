"""`roadwright cancel` asks a running action to end, from another terminal or another machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from roadwright.actions import ledger
from roadwright.cli.workspace import JsonOption, WorkspaceOption, opened, stop
from roadwright.domain.exit_codes import ExitCode


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
