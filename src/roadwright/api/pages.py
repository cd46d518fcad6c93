"""The pages outside the API: the first one, and signing in and out."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from html import escape
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from roadwright.api import oidc
from roadwright.api.cookies import give_cookie
from roadwright.api.problems import Problem
from roadwright.api.state import Caller, Server, ServerOf
from roadwright.domain.text import folded
from roadwright.services.people.accounts import has_users, user_with_password
from roadwright.services.people.keys import close_session, open_session

router = APIRouter(include_in_schema=False)
ATTEMPTS = 5
ATTEMPT_SECONDS = 300.0
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 4rem auto; padding: 0 1rem; color: #1d2733; }
label { display: block; margin: .8rem 0 .2rem; } input { font: inherit; width: 100%; padding: .4rem; }
button { font: inherit; margin-top: 1rem; padding: .4rem 1.2rem; } .wrong { color: #a12622; }
"""


def _page(title: str, body: str, status: int = 200) -> HTMLResponse:
    head = f"<meta charset='utf-8'><meta name='viewport' content='width=device-width'><title>{title}</title>"
    return HTMLResponse(
        f"<!doctype html><html lang='en'><head>{head}<style>{_STYLE}</style></head><body>{body}</body></html>", status
    )


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


@router.get("/")
def first(request: Request, server: ServerOf, key: str | None = None) -> Response:
    """The first page; the key in the address is exchanged for a cookie, and taken out of the address."""
    if key is not None:
        with server.workspace.store.transaction() as session:
            is_open = not has_users(session)
        secret = server.exchange(key) if is_open else None
        if secret is None:
            said = "This address is not valid any more. Open the one that <code>roadwright serve</code> printed last."
            return _page("Roadwright", f"<h1>Roadwright</h1><p class='wrong'>{said}</p>", 401)
        response = RedirectResponse("/", 303)
        give_cookie(request, response, server, secret)
        return response
    caller = request.scope["state"].get("caller")
    if not isinstance(caller, Caller):
        return RedirectResponse("/sign-in", 303)
    who = f"You are signed in as {escape(caller.who)} ({caller.role})."
    out = "" if caller.is_local else "<form method='post' action='/sign-out'><button>Sign out</button></form>"
    api = "<p><a href='/api/v1/docs'>The HTTP API</a></p>"
    return _page("Roadwright", f"<h1>Roadwright</h1><p>{who}</p>{api}{out}")


def sign_in_form(server: Server, said: str = "", status: int = 200) -> HTMLResponse:
    """The form to sign in, with what is wrong, and the provider where one is set up."""
    wrong = f"<p class='wrong'>{escape(said)}</p>" if said else ""
    return _page(
        "Sign in",
        f"<h1>Sign in</h1>{wrong}<form method='post' action='/sign-in'>"
        "<label for='email'>E-mail</label><input id='email' name='email' type='email' autocomplete='username' required>"
        "<label for='password'>Password</label>"
        "<input id='password' name='password' type='password' autocomplete='current-password' required>"
        f"<button>Sign in</button></form>{_elsewhere(server)}",
        status,
    )


def _elsewhere(server: Server) -> str:
    if not oidc.is_offered(server):
        return ""
    return f"<p><a href='{oidc.BEGIN}'>Sign in with {escape(oidc.name_of_provider(server))}</a></p>"


@router.get("/sign-in")
def sign_in_page(server: ServerOf) -> Response:
    """Where a user signs in."""
    with server.workspace.store.transaction() as session:
        if not has_users(session) and not oidc.is_offered(server):
            said = "Open the address that <code>roadwright serve</code> printed."
            return _page("Roadwright", f"<h1>Roadwright</h1><p>{said}</p>", 401)
    return sign_in_form(server)


@router.post("/sign-in")
async def sign_in(request: Request, server: ServerOf) -> Response:
    """A user's address and password, as a form or as JSON, for a session cookie."""
    typed = await _typed(request)
    email, password = typed.get("email", ""), typed.get("password", "")
    throttle: Throttle = request.app.state.throttle
    address = request.client.host if request.client else ""
    names = (f"account {folded(email)}", f"address {address}")
    if (wait := throttle.wait(*names)) > 0:
        raise Problem(429, "too_many_attempts", minutes=max(round(wait / 60), 1))
    secret = await run_in_threadpool(_signed_in, server, email, password)
    if secret is None:
        throttle.failed(*names)
        if _wants_json(request):
            raise Problem(401, "wrong_password")
        return sign_in_form(server, "This address and password don't go together.", 401)
    throttle.succeeded(names[0])
    response = Response(status_code=204) if _wants_json(request) else RedirectResponse("/", 303)
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
        except ValueError:
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
