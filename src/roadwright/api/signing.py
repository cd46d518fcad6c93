"""What the ways to sign in share: the session cookie, and where somebody goes on."""

from __future__ import annotations

from fastapi import Request, Response
from starlette.types import Scope

from roadwright.api.state import Server
from roadwright.services.people.keys import SESSION_HOURS


def has_key(scope: Scope) -> bool:
    """Whether the address holds the key of the person at this machine, which the first page exchanges."""
    return any(part.startswith(b"key=") for part in scope.get("query_string", b"").split(b"&"))


def give_cookie(request: Request, response: Response, server: Server, secret: str) -> None:
    """Sign the browser in with this secret."""
    response.set_cookie(
        server.cookie,
        secret,
        max_age=SESSION_HOURS * 3600,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
        path="/",
    )


def place_after(then: str | None) -> str:
    """Where somebody goes on who has signed in: a page of ours, else the first one."""
    then = then or "/"
    is_ours = then.startswith("/") and not then.startswith(("//", "/\\")) and then.isprintable()
    return then if is_ours else "/"
