"""The session cookie."""

from __future__ import annotations

from fastapi import Request, Response

from roadwright.api.state import Server
from roadwright.services.people.keys import SESSION_HOURS


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
