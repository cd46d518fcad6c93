"""Signing in at a provider, beside passwords: the browser is sent there, and comes back with a code."""

from __future__ import annotations

import os
import secrets
from html import escape
from typing import TYPE_CHECKING, Annotated

import structlog
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.concurrency import run_in_threadpool

from roadwright.api.cookies import give_cookie
from roadwright.api.state import Server, ServerOf
from roadwright.domain.errors import InputError
from roadwright.domain.messages import Message, MessageError
from roadwright.services.people.accounts import user_from_elsewhere
from roadwright.services.people.keys import open_session
from roadwright.workspace.server_settings import CLIENT_SECRET, OidcSettings
from roadwright.workspace.settings import Settings

if TYPE_CHECKING:
    from roadwright.services.people.oidc import Attempt, Provider

BEGIN = "/sign-in/oidc"
BACK = "/sign-in/oidc/callback"
PATHS = frozenset({BEGIN, BACK})
ATTEMPT_SECONDS = 600
router = APIRouter(include_in_schema=False)
log = structlog.get_logger("roadwright.oidc")
_Text = Annotated[str, Query(max_length=8_000)]


class NoClientSecret(InputError):
    """A provider is set up, and the secret of the client is missing."""


def check_oidc(settings: Settings) -> None:
    """Refuse settings of a provider without the client's secret. Raises NoClientSecret."""
    if settings.auth.oidc is not None and not os.environ.get(CLIENT_SECRET):
        raise NoClientSecret("oidc_secret_missing", variable=CLIENT_SECRET)


def is_offered(server: Server) -> bool:
    """Whether people can sign in at a provider; pages offer it by a link to `BEGIN`."""
    return server.workspace.settings.auth.oidc is not None and bool(os.environ.get(CLIENT_SECRET))


def name_of_provider(server: Server) -> str:
    """The provider as pages name it: its host."""
    oidc = server.workspace.settings.auth.oidc
    return "" if oidc is None else oidc.issuer.partition("://")[2].partition("/")[0]


def _provider(request: Request, oidc: OidcSettings) -> Provider:
    from roadwright.services.people.oidc import Provider  # noqa: PLC0415 - where nobody uses it, it is not loaded

    known = getattr(request.app.state, "oidc", None)
    if known is None:
        known = request.app.state.oidc = Provider(oidc.issuer, oidc.client_id, os.environ[CLIENT_SECRET])
    assert isinstance(known, Provider)
    return known


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(os.environ[CLIENT_SECRET], salt="roadwright attempt to sign in")


def _cookie(server: Server) -> str:
    return f"{server.cookie}_attempt"


def _redirect_uri(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}{BACK}"


def _refused(server: Server, message: Message, status: int = 401) -> Response:
    log.info("not signed in", code=message.code, why=message.words)
    body = f"<h1>Sign in</h1><p>{escape(message.words)}</p><p><a href='/sign-in'>Back to signing in</a></p>"
    response = HTMLResponse(f"<!doctype html><html lang='en'><title>Sign in</title>{body}</html>", status)
    response.delete_cookie(_cookie(server), path=BEGIN)
    return response


@router.get(BEGIN)
async def begin(request: Request, server: ServerOf) -> Response:
    """Send the browser to the provider; a cookie ties the answer to this browser."""
    from roadwright.services.people.oidc import Attempt  # noqa: PLC0415

    oidc = server.workspace.settings.auth.oidc
    if oidc is None or not is_offered(server):
        return _refused(server, Message("oidc_not_set_up"), 404)
    attempt = Attempt()
    try:
        address = await run_in_threadpool(_provider(request, oidc).address, attempt, _redirect_uri(request))
    except MessageError as refusal:
        return _refused(server, refusal.message, 503)
    response = RedirectResponse(address, 303)
    response.set_cookie(
        _cookie(server),
        _signer().dumps([attempt.state, attempt.nonce, attempt.verifier]),
        max_age=ATTEMPT_SECONDS,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
        path=BEGIN,
    )
    return response


@router.get(BACK)
async def back(  # noqa: PLR0917 - FastAPI calls it by name
    request: Request, server: ServerOf, state: _Text = "", code: _Text = "", error: _Text = "", iss: _Text = ""
) -> Response:
    """Sign in whom the provider vouches for."""
    oidc = server.workspace.settings.auth.oidc
    if oidc is None or not is_offered(server):
        return _refused(server, Message("oidc_not_set_up"), 404)
    attempt = _attempt(request, server)
    if attempt is None or not secrets.compare_digest(attempt.state.encode(), state.encode(errors="replace")):
        return _refused(server, Message("oidc_other_attempt"))
    if error or not code:
        why = error[:100] or "no code"
        return _refused(server, Message("oidc_said_no", params={"issuer": oidc.issuer, "why": why}))
    if iss and iss != oidc.issuer:
        return _refused(server, Message("oidc_not_believed", params={"issuer": oidc.issuer, "why": "iss"}))
    try:
        email = await run_in_threadpool(_provider(request, oidc).email_of, attempt, _redirect_uri(request), code)
        secret = await run_in_threadpool(_signed_in, server, oidc, email)
    except MessageError as refusal:
        return _refused(server, refusal.message)
    response = RedirectResponse("/", 303)
    give_cookie(request, response, server, secret)
    response.delete_cookie(_cookie(server), path=BEGIN)
    return response


def _attempt(request: Request, server: Server) -> Attempt | None:
    from roadwright.services.people.oidc import Attempt  # noqa: PLC0415

    try:
        state, nonce, verifier = _signer().loads(request.cookies.get(_cookie(server), ""), max_age=ATTEMPT_SECONDS)
    except (BadData, ValueError, TypeError):
        return None
    return Attempt(str(state), str(nonce), str(verifier))


def _signed_in(server: Server, oidc: OidcSettings, email: str) -> str:
    with server.workspace.store.transaction() as session:
        user = user_from_elsewhere(session, email, oidc.allowed_domains, oidc.default_role)
        return open_session(session, user)
