"""Signing in and out, as pages: the control room gives them their frame."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from html import escape
from typing import Any, Protocol
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.routing import Match
from starlette.types import Scope

from roadwright.api import oidc
from roadwright.api.problems import Problem
from roadwright.api.signing import give_cookie, has_key, place_after
from roadwright.api.state import Caller, Server, ServerOf
from roadwright.domain.text import folded
from roadwright.services.people.accounts import has_users, user_with_password
from roadwright.services.people.keys import close_session, open_session

ATTEMPTS = 5
ATTEMPT_SECONDS = 300.0


class _WithKey(APIRoute):
    """Only addresses with a key are its; what else lies at the path is somebody else's."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, more = super().matches(scope)
        return (match, more) if has_key(scope) else (Match.NONE, {})


router = APIRouter(include_in_schema=False)
key_router = APIRouter(include_in_schema=False, route_class=_WithKey)


class Frame(Protocol):
    """What stands around the body of a page outside the control room: head, style, brand."""

    def __call__(self, title: str, body: str, status: int = 200) -> HTMLResponse: ...


def plain_frame(title: str, body: str, status: int = 200) -> HTMLResponse:
    """The frame of a server without a control room."""
    head = f"<meta charset='utf-8'><meta name='viewport' content='width=device-width'><title>{escape(title)}</title>"
    return HTMLResponse(f"<!doctype html><html lang='en'><head>{head}</head><body>{body}</body></html>", status)


def _framed(request: Request, title: str, body: str, status: int = 200) -> HTMLResponse:
    frame: Frame = request.app.state.frame
    return frame(title, body, status)


class Throttle:
    """Counts failed attempts to sign in, by account and by address."""

    def __init__(self) -> None:
        self._failed: dict[str, deque[float]] = defaultdict(deque)

    def wait(self, *names: str) -> float:
        """Seconds to wait before another attempt; 0 where it may be tried now."""
        now = time.monotonic()
        waits = []
        for name in names:
            failed = self._failed.get(name)
            while failed and now - failed[0] >= ATTEMPT_SECONDS:
                failed.popleft()
            if failed and len(failed) >= ATTEMPTS:
                waits.append(ATTEMPT_SECONDS - (now - failed[-ATTEMPTS]))
        return max(waits, default=0.0)

    def failed(self, *names: str) -> None:
        if len(self._failed) > 10_000:
            self._failed = defaultdict(deque, {name: times for name, times in self._failed.items() if times})
        for name in names:
            self._failed[name].append(time.monotonic())

    def succeeded(self, name: str) -> None:
        """The account's own failures count no more."""
        self._failed.pop(name, None)


@key_router.get("/")
def first(request: Request, server: ServerOf, key: str) -> Response:
    """The key in the address is exchanged for a cookie, and taken out of the address."""
    with server.workspace.store.transaction() as session:
        is_open = not has_users(session)
    secret = server.exchange(key) if is_open else None
    if secret is None:
        said = "This address is not valid any more. Open the one that <code>roadwright serve</code> printed last."
        return _framed(request, "Roadwright", f"<h1>Roadwright</h1><p class='wrong' role='alert'>{said}</p>", 401)
    response = RedirectResponse("/", 303)
    give_cookie(request, response, server, secret)
    return response


def _form(request: Request, then: str, said: str = "", status: int = 200) -> HTMLResponse:
    """The form, and the other ways to sign in, which lead to pages of their own."""
    wrong = f"<p class='wrong' role='alert'>{escape(said)}</p>" if said else ""
    server: Server = request.app.state.server
    others = "".join(
        f"<a class='btn' href='{escape(path)}?{escape(urlencode({'then': then}))}'>{escape(words)}</a>"
        for words, path in (*server.sign_in_ways, *oidc.ways(server))
    )
    return _framed(
        request,
        "Sign in",
        f"<h1>Sign in</h1>{wrong}<form method='post' action='/sign-in'>"
        f"<input type='hidden' name='then' value='{escape(then)}'>"
        "<label for='email'>E-mail</label><input id='email' name='email' type='email' autocomplete='username' required>"
        "<label for='password'>Password</label>"
        "<input id='password' name='password' type='password' autocomplete='current-password' required>"
        f"<button class='btn primary'>Sign in</button></form>{others}",
        status,
    )


@router.get("/sign-in")
def sign_in_page(request: Request, server: ServerOf, then: str | None = None) -> Response:
    """Where a user signs in; ``then`` is the page that was asked for."""
    with server.workspace.store.transaction() as session:
        if not has_users(session) and not oidc.is_offered(server):
            said = "Open the address that <code>roadwright serve</code> printed."
            return _framed(request, "Roadwright", f"<h1>Roadwright</h1><p>{said}</p>", 401)
    return _form(request, place_after(then))


@router.post("/sign-in")
async def sign_in(request: Request, server: ServerOf) -> Response:
    """A user's address and password, as a form or as JSON, for a session cookie."""
    typed = await _typed(request)
    email, password = typed.get("email", ""), typed.get("password", "")
    throttle: Throttle = request.app.state.throttle
    address = request.client.host if request.client else ""
    names = (f"account {folded(email)}", f"address {address}")
    if (wait := throttle.wait(*names)) > 0:
        problem = Problem(429, "too_many_attempts", minutes=max(round(wait / 60), 1))
        if _wants_json(request):
            raise problem
        said = problem.message.words
        return _form(request, place_after(typed.get("then")), f"{said[:1].upper()}{said[1:]}.", problem.status)
    secret = await run_in_threadpool(_signed_in, server, email, password)
    if secret is None:
        throttle.failed(*names)
        if _wants_json(request):
            raise Problem(401, "wrong_password")
        return _form(request, place_after(typed.get("then")), "This address and password don't go together.", 401)
    throttle.succeeded(names[0])
    to = place_after(typed.get("then"))
    response = Response(status_code=204) if _wants_json(request) else RedirectResponse(to, 303)
    give_cookie(request, response, server, secret)
    return response


def _signed_in(server: Server, email: str, password: str) -> str | None:
    with server.workspace.store.transaction() as session:
        user = user_with_password(session, email, password)
        return None if user is None else open_session(session, user)


def _wants_json(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith("application/json")


async def _typed(request: Request) -> dict[str, str]:
    if _wants_json(request):
        try:
            body: Any = await request.json()
        except (ValueError, RecursionError):  # nested too deep to be read
            body = None
        return {k: str(v) for k, v in body.items()} if isinstance(body, dict) else {}
    fields = parse_qs((await request.body()).decode(errors="replace"), keep_blank_values=True)
    return {name: values[0] for name, values in fields.items()}


@router.post("/sign-out")
def sign_out(request: Request, server: ServerOf) -> Response:
    """End the session; streams that are open end with it."""
    caller = request.scope["state"].get("caller")
    if isinstance(caller, Caller) and caller.by_cookie:
        server.local_sessions.discard(caller.digest)
        with server.workspace.store.transaction() as session:
            close_session(session, caller.digest)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(server.cookie, path="/")
    return response
