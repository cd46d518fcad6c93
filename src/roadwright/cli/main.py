"""The command `roadwright`: lists the commands and hands each to its module. Heavy imports happen in the commands."""

from __future__ import annotations

from typing import Annotated

import typer

from roadwright import __version__
from roadwright.cli import (
    actions,
    backlog,
    cancel,
    compare,
    database,
    demo,
    doctor,
    drift,
    filters,
    frontier,
    ledger,
    prune,
    solve,
    workspace,
)
from roadwright.cli.faults import Commands

app = typer.Typer(
    name="roadwright",
    cls=Commands,
    help="From intake sheets to roadmaps that can be defended.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"roadwright {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """From intake sheets to roadmaps that can be defended."""


app.command("init")(workspace.init)
app.command("run")(actions.run)
app.command("actions")(actions.actions)
app.command("backlog")(backlog.backlog)
app.add_typer(filters.app, name="filters")
app.command("runs")(ledger.runs)
app.command("cancel")(cancel.cancel)
app.command("solve")(solve.solve)
app.command("frontier")(frontier.frontier)
app.command("rerun")(ledger.rerun)
app.command("compare")(compare.compare)
app.command("drift")(drift.drift)
app.command("prune")(prune.prune)
app.command("doctor")(doctor.doctor)
app.command("backup")(database.backup)
app.command("restore")(database.restore)
app.command("move-database")(database.move_database)
app.command("rebuild")(database.rebuild)
app.command("demo")(demo.demo)
