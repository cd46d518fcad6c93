"""Signing in at a provider, beside passwords: the browser is sent there, and comes back with a code."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Annotated

import structlog
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.concurrency import run_in_threadpool

from roadwright.api.signing import give_cookie, place_after
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
_LONGEST_PLACE = 1_000
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
    """Whether people can sign in at a provider."""
    return server.workspace.settings.auth.oidc is not None and bool(os.environ.get(CLIENT_SECRET))


def ways(server: Server) -> list[tuple[str, str]]:
    """What pages offer beside passwords: the words, with the provider's host, and the path."""
    oidc = server.workspace.settings.auth.oidc
    if oidc is None or not is_offered(server):
        return []
    return [(f"Sign in with {oidc.issuer.partition('://')[2].partition('/')[0]}", BEGIN)]


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


def _refused(request: Request, server: Server, message: Message, status: int = 401) -> Response:
    log.info("not signed in", code=message.code, why=message.words)
    said = f"<p class='wrong' role='alert'>{escape(message.words)}</p>"
    body = f"<h1>Sign in</h1>{said}<p><a href='/sign-in'>Back to signing in</a></p>"
    response: Response = request.app.state.frame("Sign in", body, status)
    response.delete_cookie(_cookie(server), path=BEGIN)
    return response


@router.get(BEGIN)
async def begin(request: Request, server: ServerOf, then: _Text = "") -> Response:
    """Send the browser to the provider; a cookie ties the answer to this browser, and to the page it asked for."""
    from roadwright.services.people.oidc import Attempt  # noqa: PLC0415

    oidc = server.workspace.settings.auth.oidc
    if oidc is None or not is_offered(server):
        return _refused(request, server, Message("oidc_not_set_up"), 404)
    attempt = Attempt()
    try:
        address = await run_in_threadpool(_provider(request, oidc).address, attempt, _redirect_uri(request))
    except MessageError as refusal:
        return _refused(request, server, refusal.message, 503)
    response = RedirectResponse(address, 303)
    response.set_cookie(
        _cookie(server),
        _signer().dumps([attempt.state, attempt.nonce, attempt.verifier, place_after(then)[:_LONGEST_PLACE]]),
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
        return _refused(request, server, Message("oidc_not_set_up"), 404)
    begun = _attempt(request, server)
    refusal = _faults(oidc, begun, {"state": state, "code": code, "error": error, "iss": iss})
    if begun is None or refusal is not None:
        return _refused(request, server, refusal or Message("oidc_other_attempt"))
    attempt, then = begun
    try:
        email = await run_in_threadpool(_provider(request, oidc).email_of, attempt, _redirect_uri(request), code)
        secret = await run_in_threadpool(_signed_in, server, oidc, email)
    except MessageError as told:
        return _refused(request, server, told.message)
    response = RedirectResponse(then, 303)
    give_cookie(request, response, server, secret)
    response.delete_cookie(_cookie(server), path=BEGIN)
    return response


def _faults(oidc: OidcSettings, begun: tuple[Attempt, str] | None, said: Mapping[str, str]) -> Message | None:
    """What is wrong with what the browser came back with."""
    if begun is None or not secrets.compare_digest(begun[0].state.encode(), said["state"].encode(errors="replace")):
        return Message("oidc_other_attempt")
    if said["error"] or not said["code"]:
        return Message("oidc_said_no", params={"issuer": oidc.issuer, "why": said["error"][:100] or "no code"})
    if said["iss"] and said["iss"] != oidc.issuer:
        return Message("oidc_not_believed", params={"issuer": oidc.issuer, "why": "iss"})
    return None


def _attempt(request: Request, server: Server) -> tuple[Attempt, str] | None:
    """The attempt that this browser began, and the page that it asked for."""
    from roadwright.services.people.oidc import Attempt  # noqa: PLC0415

    try:
        state, nonce, verifier, then = _signer().loads(
            request.cookies.get(_cookie(server), ""), max_age=ATTEMPT_SECONDS
        )
    except (BadData, ValueError, TypeError):
        return None
    return Attempt(str(state), str(nonce), str(verifier)), place_after(str(then))


def _signed_in(server: Server, oidc: OidcSettings, email: str) -> str:
    with server.workspace.store.transaction() as session:
        user = user_from_elsewhere(session, email, oidc.allowed_domains, oidc.default_role)
        return open_session(session, user)
