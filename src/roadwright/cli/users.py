"""`roadwright users`: who may sign in, and with which role."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from roadwright.cli.workspace import JsonOption, WorkspaceOption, opened
from roadwright.services.people.accounts import add_user, disable_user, read_role, set_role, users
from roadwright.store.models import User

app = typer.Typer(add_completion=False, no_args_is_help=True)

_Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The person's address.")]
_ROLES = "viewer, contributor, planner, approver or admin."


def _as_json(user: User) -> dict[str, object]:
    return {"email": user.email, "role": user.role, "created_at": user.created_at, "disabled_at": user.disabled_at}


@app.command("add")
def add(
    email: _Email,
    role: Annotated[str, typer.Option("--role", metavar="ROLE", help=_ROLES)],
    folder: WorkspaceOption = Path(),
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input, its first line.")
    ] = False,
) -> None:
    """Add a person. The password is asked for; nobody can read it from the database."""
    known = read_role(role)
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    with opened(folder) as workspace, workspace.store.transaction() as session:
        user = add_user(session, email, known, password)
    typer.echo(f"{user.email} may sign in, as {user.role}")


@app.command("list")
def show(folder: WorkspaceOption = Path(), as_json: JsonOption = False) -> None:
    """List the users."""
    with opened(folder) as workspace, workspace.store.transaction() as session:
        found = users(session)
    if as_json:
        typer.echo(json.dumps([_as_json(user) for user in found], ensure_ascii=False, indent=2))
        return
    if not found:
        typer.echo("there is no user yet; roadwright users add EMAIL --role admin adds one")
    for user in found:
        typer.echo(f"{user.email}  {user.role}{'  disabled' if user.disabled_at else ''}")


@app.command("set-role")
def change(
    email: _Email,
    role: Annotated[str, typer.Argument(metavar="ROLE", help=_ROLES)],
    folder: WorkspaceOption = Path(),
) -> None:
    """Give a person another role. Their sessions end."""
    known = read_role(role)
    with opened(folder) as workspace, workspace.store.transaction() as session:
        user = set_role(session, email, known)
    typer.echo(f"{user.email} is {user.role} now")


@app.command("disable")
def disable(email: _Email, folder: WorkspaceOption = Path()) -> None:
    """Let a person in no more. Their sessions end."""
    with opened(folder) as workspace, workspace.store.transaction() as session:
        user = disable_user(session, email)
    typer.echo(f"{user.email} may sign in no more")
