"""`roadwright serve`: the server of a workspace."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from roadwright.api.serving import serve as serve_workspace
from roadwright.cli.workspace import WorkspaceOption, opened

if TYPE_CHECKING:
    from fastapi import FastAPI

    from roadwright.api.state import Server


def serve(  # noqa: PLR0917 - typer calls it by name
    folder: WorkspaceOption = Path(),
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where it listens.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes a free one.")] = 8765,
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open it in the browser.")] = False,
    no_watch: Annotated[
        bool, typer.Option("--no-watch", help="Do not save workbooks by themselves when a person saved them.")
    ] = False,
    with_worker: Annotated[
        bool | None,
        typer.Option(
            "--with-worker/--without-worker",
            help="Do the runs in this process, too. The default on SQLite; on PostgreSQL it has to be asked for.",
        ),
    ] = None,
) -> None:
    """Until a user is added, it is for the person at this machine alone: the printed address holds a key that is
    valid until it ends. Ctrl-C or SIGTERM ends it: runs get ten seconds to end in good order.
    """

    def told(line: str) -> None:
        typer.echo(line)
        if open_page:
            webbrowser.open(line.rpartition(" ")[2])

    def furnish(app: FastAPI, server: Server) -> None:
        from roadwright.web.mounting import mount  # noqa: PLC0415 - loaded while it listens already

        mount(app, server)

    with opened(folder) as workspace:
        is_sqlite = workspace.store.engine.dialect.name == "sqlite"
        serve_workspace(
            workspace,
            host,
            port,
            with_worker=is_sqlite if with_worker is None else with_worker,
            watches=not no_watch,
            told=told,
            furnish=furnish,
        )
