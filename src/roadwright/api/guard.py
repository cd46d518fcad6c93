"""What every request passes before anything of it is read: who calls, from where, how large, and whether they may.

A plain ASGI middleware. Whatever it lets through has its caller in the scope's state.
"""

from __future__ import annotations

import secrets
import time
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from roadwright.api import oidc
from roadwright.api.calls import PREFIX, READS, ROLES, call_of
from roadwright.api.limits import LARGEST_BODY
from roadwright.api.metrics import Metrics
from roadwright.api.problems import MEDIA_TYPE, Problem, body_of, too_large
from roadwright.api.signing import has_key
from roadwright.api.sockets import refuse, while_valid
from roadwright.api.state import Caller, Server
from roadwright.domain.roles import Role
from roadwright.services.people.accounts import has_users
from roadwright.services.people.keys import digest_of, standing_token, user_of_session

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OPEN_PATHS = frozenset({"/sign-in", "/sign-out", "/favicon.ico", *oidc.PATHS})
"""Pages that see to who may see them by themselves."""
STATIC = "/static/"
"""Below it lie files that anybody may see: what pages look like, before somebody has signed in, too."""
log = structlog.get_logger("roadwright.api")


class _TooLarge(HTTPException):
    """The body is larger than is taken, which was seen while it was read."""

    def __init__(self) -> None:
        super().__init__(413)


class Guard:
    """Stands before the application."""

    def __init__(self, app: ASGIApp, server: Server, metrics: Metrics) -> None:
        self._app = app
        self._server = server
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["request_id"] = secrets.token_hex(8)
        state["nonce"] = secrets.token_urlsafe(16)
        started, status = time.perf_counter(), 0

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _protect(MutableHeaders(scope=message), scope, state)
            await send(message)

        try:
            await self._checked(scope, receive, told)
        except Exception:
            log.exception("fault", request_id=state["request_id"], method=scope["method"], path=scope["path"])
            if status:
                raise  # part of an answer is out already
            await self._refuse(Problem(500, "server_fault", request_id=state["request_id"]), scope, receive, told)
        finally:
            seconds = time.perf_counter() - started
            call = call_of(scope["method"], scope["path"])
            self._metrics.count(scope["method"], call or "other", status, seconds)
            self._log(scope, state, status, seconds)

    def _log(self, scope: Scope, state: dict[str, object], status: int, seconds: float) -> None:
        if scope["method"] in _SAFE and status < 500:
            return
        caller = state.get("caller")
        said = log.error if status >= 500 else log.info
        said(
            "request",
            request_id=state["request_id"],
            method=scope["method"],
            path=scope["path"],
            status=status,
            who=caller.who if isinstance(caller, Caller) else None,
            milliseconds=round(seconds * 1000),
        )

    async def _checked(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        try:
            self._check_host(headers)
            caller = await run_in_threadpool(self._caller, headers)
            scope["state"]["caller"] = caller
            self._check_caller(scope, headers, caller)
            _check_length(headers)
        except Problem as problem:
            await self._refuse(problem, scope, receive, send)
            return
        await self._app(scope, _limited(receive), send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A page's socket: opened by our own pages with a session, and closed as soon as the session ends."""
        headers = Headers(scope=scope)
        try:
            self._check_host(headers)
            caller = await run_in_threadpool(self._caller, headers)
            if caller is None or not caller.by_cookie:
                raise Problem(401, "not_signed_in")
            self._check_origin(scope, headers, is_needed=True)
        except Problem as problem:
            log.info("socket", path=scope["path"], refused=problem.message.code)
            await refuse(receive, send)
            return
        scope.setdefault("state", {})["caller"] = caller

        def is_valid() -> bool:
            return caller_of(self._server, caller.digest, is_cookie=True) == caller and not self._server.is_closing

        await while_valid(self._app, scope, receive, send, is_valid)

    async def _refuse(self, problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
        if problem.status == 401 and _wants_page(scope):
            asked = scope["path"] + (f"?{query}" if (query := scope["query_string"].decode("latin-1")) else "")
            to = "/sign-in" if asked == "/" else f"/sign-in?then={quote(asked, safe='/')}"
            await RedirectResponse(to, 303)(scope, receive, send)
            return
        body = body_of(problem.status, problem.message, scope["state"]["request_id"])
        headers = {401: {"WWW-Authenticate": "Bearer"}, 413: {"Connection": "close"}}.get(problem.status)
        await JSONResponse(body, problem.status, headers, MEDIA_TYPE)(scope, receive, send)

    def _check_host(self, headers: Headers) -> None:
        host = headers.get("host", "")
        if not self._server.knows_host(host):
            raise Problem(400, "unknown_host", host=host)

    def _check_caller(self, scope: Scope, headers: Headers, caller: Caller | None) -> None:
        method, path = scope["method"], scope["path"]
        if method not in _SAFE and (caller is None or caller.by_cookie) and path != f"{PREFIX}/health":
            self._check_origin(scope, headers, is_needed=caller is not None or path in _OPEN_PATHS)
        if _is_open(method, path) or (path == "/" and has_key(scope)):
            return
        if caller is None or not (caller.by_cookie or path.startswith("/api/")):
            raise Problem(401, "not_signed_in")  # pages are for people: a token opens none
        call = call_of(method, path)
        if call is None:
            return  # the application says that there is no such path, or no such method of it
        needed = ROLES[call]
        if needed is not None and not caller.role.may(needed):
            raise Problem(403, "role_too_low", needed=needed, role=caller.role)
        if caller.actions is not None and method not in _SAFE and call != "POST /runs" and call not in READS:
            raise Problem(403, "token_of_actions", actions=sorted(caller.actions))

    def _check_origin(self, scope: Scope, headers: Headers, *, is_needed: bool) -> None:
        """A browser says which page a request comes from; that has to be one of ours."""
        origin = headers.get("origin")
        scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
        own = f"{scheme}://{headers.get('host', '')}"
        if (origin is None and is_needed) or (origin is not None and origin.casefold() != own.casefold()):
            raise Problem(403, "foreign_origin", origin=origin or "none", own=own)

    def _caller(self, headers: Headers) -> Caller | None:
        scheme, _, secret = headers.get("authorization", "").partition(" ")
        if scheme:
            is_token = scheme.casefold() == "bearer"
            return caller_of(self._server, digest_of(secret.strip()), is_cookie=False) if is_token else None
        cookie = _cookie(headers, self._server.cookie)
        return None if cookie is None else caller_of(self._server, digest_of(cookie), is_cookie=True)


def _is_open(method: str, path: str) -> bool:
    if path in _OPEN_PATHS or (method == "GET" and path == f"{PREFIX}/health"):
        return True
    return path.startswith(STATIC) and method in _SAFE


def _wants_page(scope: Scope) -> bool:
    """Whether a person asks, with a browser, for a page."""
    is_page = scope["method"] in ("GET", "HEAD") and not scope["path"].startswith(("/api/", "/_nicegui"))
    return is_page and "text/html" in Headers(scope=scope).get("accept", "")


def caller_of(server: Server, digest: str, *, is_cookie: bool) -> Caller | None:
    """Whom this digest of a token or cookie lets in now; None where it lets in nobody."""
    with server.workspace.store.transaction() as session:
        if not is_cookie:
            token = standing_token(session, digest)
            if token is None:
                return None
            actions = None if token.actions is None else frozenset(token.actions)
            return Caller(f"token:{token.name}", Role(token.role), actions, digest)
        if digest in server.local_sessions:
            person = server.local_person
            return None if has_users(session) else Caller(person.who, person.role, None, digest, True, True)
        user = user_of_session(session, digest)
        return None if user is None else Caller(user.email, Role(user.role), None, digest, by_cookie=True)


def _cookie(headers: Headers, name: str) -> str | None:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return None
    return None if found is None else found.value


def _check_length(headers: Headers) -> None:
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > LARGEST_BODY:
        raise Problem.of(413, too_large())


def _limited(receive: Receive) -> Receive:
    """A body that says nothing of its length is counted while it is read."""
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > LARGEST_BODY:
            raise _TooLarge
        return message

    return counted


def _protect(headers: MutableHeaders, scope: Scope, state: dict[str, object]) -> None:
    headers["X-Request-Id"] = str(state["request_id"])
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"  # with no-referrer, browsers send Origin: null with our own forms
    headers["Content-Security-Policy"] = (
        f"default-src 'self'; script-src 'self' 'nonce-{state['nonce']}' 'unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
    if "cache-control" not in headers:
        headers["Cache-Control"] = "no-store"
    if scope["scheme"] == "https":
        headers["Strict-Transport-Security"] = "max-age=31536000"
