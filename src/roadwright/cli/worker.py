"""`roadwright worker`: does the runs that servers on the same database are asked for."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from roadwright.cli.workspace import WorkspaceOption, opened, stop
from roadwright.domain.exit_codes import ExitCode
from roadwright.jobs.logs import log_as_json
from roadwright.jobs.pending import PendingWrites
from roadwright.jobs.watching import Watch
from roadwright.jobs.worker import make_worker


def worker(
    folder: WorkspaceOption = Path(),
    concurrency: Annotated[
        int, typer.Option("--concurrency", min=1, max=64, help="How many runs at once; all but one of them solve.")
    ] = 2,
) -> None:
    """Workers take turns in the workspace, so that runs begin in the order in which they were asked for. A run whose
    worker dies is taken by another one. SIGTERM and Ctrl-C let runs end in good order for ten seconds; a second one
    ends it at once.
    """
    told = threading.Event()

    def heard(number: int, _frame: FrameType | None) -> None:
        if told.is_set():
            os._exit(128 + number)
        told.set()

    with opened(folder) as workspace:
        if workspace.store.engine.dialect.name == "sqlite":
            stop(ExitCode.WRONG, "worker_needs_postgresql")
        log_as_json()
        pending = PendingWrites(workspace)
        working = make_worker(workspace, pending.ended, at_once=concurrency)
        completing = Watch(workspace, pending, working.wake, saves=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, heard)
        working.start()
        completing.start()
        typer.echo(f"working on {workspace.root}")
        while not told.wait(1):
            if not working.is_alive:
                raise typer.Exit(ExitCode.FAILED)
        completing.stop()
        working.stop()
