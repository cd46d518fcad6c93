"""Requests that carry an idempotency key: sent again within a day, they are not done again."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import time
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Header
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from roadwright.api.problems import Problem
from roadwright.api.state import Caller, Server
from roadwright.store.clock import now, to_text
from roadwright.store.models import IdempotentRequest

HOURS = 24
_WAIT_SECONDS = 30.0
_PAUSE = 0.1
Key = Annotated[
    str | None,
    Header(
        max_length=200,
        description="The same key and body again within 24 hours give the same answer, and nothing is done twice.",
    ),
]


def once(  # noqa: PLR0917 - each is one part of the request
    server: Server, caller: Caller, path: str, key: str | None, body: object, work: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """The answer of ``work``, or the one that the same request was given before. Raises Problem for another body."""
    if key is None:
        return work()
    digest = hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()
    place = (caller.who, path, key)
    deadline = time.monotonic() + _WAIT_SECONDS
    while not _reserved(server, place, digest):
        earlier = _answer(server, place, digest)
        if earlier is not None:
            return earlier
        if time.monotonic() >= deadline:
            raise Problem(409, "idempotency_key_busy", key=key)
        time.sleep(_PAUSE)
    try:
        answer = work()
    except BaseException:
        with server.workspace.store.transaction() as session:  # nothing was done, so it may be tried again
            session.execute(delete(IdempotentRequest).where(*_is(place)))
        raise
    with server.workspace.store.transaction() as session:
        session.get_one(IdempotentRequest, place).answer = answer
    return answer


def _is(place: tuple[str, str, str]) -> tuple[Any, ...]:
    caller, path, key = place
    return IdempotentRequest.caller == caller, IdempotentRequest.path == path, IdempotentRequest.key == key


def _reserved(server: Server, place: tuple[str, str, str], digest: str) -> bool:
    """Whether the key is this request's now; not where it was sent before."""
    old = to_text(dt.datetime.now(dt.UTC) - dt.timedelta(hours=HOURS))
    caller, path, key = place
    try:
        with server.workspace.store.transaction() as session:
            session.execute(delete(IdempotentRequest).where(IdempotentRequest.created_at < old))
            session.add(IdempotentRequest(caller=caller, path=path, key=key, body_digest=digest, created_at=now()))
    except IntegrityError:
        return False
    return True


def _answer(server: Server, place: tuple[str, str, str], digest: str) -> dict[str, Any] | None:
    """What the same request was answered; None while it is being done, or where it was taken back."""
    with server.workspace.store.transaction() as session:
        known = session.get(IdempotentRequest, place)
    if known is None:
        return None
    if known.body_digest != digest:
        raise Problem(409, "idempotency_key_of_other_body", key=place[2])
    return known.answer
