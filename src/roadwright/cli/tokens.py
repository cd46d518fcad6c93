"""`roadwright tokens`: what programs sign in with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from roadwright.actions.ledger import requester
from roadwright.actions.registry import find_action
from roadwright.cli.workspace import JsonOption, WorkspaceOption, opened
from roadwright.services.people.accounts import read_role
from roadwright.services.people.keys import make_token, read_span, revoke_token, tokens
from roadwright.store.models import ApiToken

app = typer.Typer(add_completion=False, no_args_is_help=True)

_Name = Annotated[str, typer.Argument(metavar="NAME", help="What the token is for, e.g. dashboard.")]


def _as_json(token: ApiToken) -> dict[str, object]:
    return {
        "name": token.name,
        "role": token.role,
        "actions": token.actions,
        "made_by": token.made_by,
        "created_at": token.created_at,
        "expires": token.expires_at,
        "revoked_at": token.revoked_at,
    }


@app.command("create")
def create(  # noqa: PLR0917 - typer calls it by name
    name: _Name,
    role: Annotated[
        str, typer.Option("--role", metavar="ROLE", help="viewer, contributor, planner, approver or admin.")
    ],
    folder: WorkspaceOption = Path(),
    expires: Annotated[
        str | None, typer.Option("--expires", metavar="90d", help="When it ends to let in: 12h, 90d or 8w from now.")
    ] = None,
    action: Annotated[
        list[str] | None,
        typer.Option("--action", metavar="ACTION", help="Let it run only this action, and read; repeatable."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a token. It is shown once: only a digest of it is stored."""
    known, span = read_role(role), None if expires is None else read_span(expires)
    actions = [find_action(one).name for one in action or ()]
    with opened(folder) as workspace, workspace.store.transaction() as session:
        made = make_token(session, name, known, made_by=requester("cli"), expires_in=span, actions=actions)
    if as_json:
        body = {"token": made.secret, "name": made.token.name, "role": made.token.role}
        typer.echo(json.dumps({**body, "expires": made.token.expires_at, "actions": made.token.actions}, indent=2))
    else:
        typer.echo(made.secret)
        typer.echo("keep it now: it is shown this once", err=True)


@app.command("list")
def show(folder: WorkspaceOption = Path(), as_json: JsonOption = False) -> None:
    """List the tokens."""
    with opened(folder) as workspace, workspace.store.transaction() as session:
        found = tokens(session)
    if as_json:
        typer.echo(json.dumps([_as_json(token) for token in found], ensure_ascii=False, indent=2))
        return
    if not found:
        typer.echo("there is no token yet; roadwright tokens create NAME --role viewer makes one")
    for token in found:
        limits = f"  only {', '.join(token.actions)}" if token.actions else ""
        ends = "  revoked" if token.revoked_at else f"  until {token.expires_at[:16]}" if token.expires_at else ""
        typer.echo(f"{token.name}  {token.role}{limits}{ends}")


@app.command("revoke")
def revoke(name: _Name, folder: WorkspaceOption = Path()) -> None:
    """Let nobody in with a token any more."""
    with opened(folder) as workspace, workspace.store.transaction() as session:
        token = revoke_token(session, name)
    typer.echo(f"{token.name} lets nobody in any more")
