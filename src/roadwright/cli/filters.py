"""`roadwright filters`: the team's saved filters of the backlog; saving one by name, and forgetting one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from roadwright.cli.workspace import JsonOption, WorkspaceOption, opened
from roadwright.services.backlog import remove_filter, save_filter, saved_filters
from roadwright.store.models import SavedFilter

app = typer.Typer(invoke_without_command=True, add_completion=False)

_OwnWorkspaceOption = Annotated[
    Path | None, typer.Option("--workspace", "-w", metavar="DIR", help="The workspace's folder.")
]
_SOURCE = "roadwright filters save"


@app.callback()
def filters(context: typer.Context, folder: WorkspaceOption = Path(), as_json: JsonOption = False) -> None:
    if context.invoked_subcommand is not None:
        return
    with opened(folder) as workspace, workspace.store.transaction() as session:
        found = saved_filters(session)
    if as_json:
        typer.echo(json.dumps([_as_json(saved) for saved in found], ensure_ascii=False, indent=2))
    else:
        _show(found)


def _as_json(saved: SavedFilter) -> dict[str, str]:
    return {"name": saved.name, "filter": saved.filter_text, "updated_at": saved.updated_at}


def _show(found: list[SavedFilter]) -> None:
    if not found:
        typer.echo('no filter is saved yet; save one with roadwright filters save NAME "FILTER"')
    width = max((len(saved.name) for saved in found), default=0)
    for saved in found:
        typer.echo(f"@{saved.name.ljust(width)}  {saved.filter_text}")


def _folder(context: typer.Context, folder: Path | None) -> Path:
    """The workspace's folder, typed after the command or before it."""
    return folder or Path(context.parent.params["folder"] if context.parent is not None else "")


@app.command("save")
def save(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it, e.g. quick-wins.")],
    text: Annotated[str, typer.Argument(metavar="FILTER", help='E.g. "overall_score >= 3 and risk_level = low".')],
    folder: _OwnWorkspaceOption = None,
) -> None:
    """Save a filter for the team by name. It is checked first; one that had the name is replaced."""
    with opened(_folder(context, folder)) as workspace, workspace.store.transaction() as session:
        saved, before = save_filter(session, name, text, _SOURCE)
    typer.echo(f"@{saved.name} is saved" if before is None else f"@{saved.name} is replaced; it was: {before}")


@app.command("remove")
def remove(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The saved filter.")],
    folder: _OwnWorkspaceOption = None,
) -> None:
    """Forget a saved filter of the team."""
    with opened(_folder(context, folder)) as workspace, workspace.store.transaction() as session:
        removed = remove_filter(session, name)
    typer.echo(f"@{removed.name} is removed; it was: {removed.filter_text}")
