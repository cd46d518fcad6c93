"""Errors as RFC 9457 has them: one place for which exception is which status, and for the words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

from roadwright.actions.ledger import NoSuchRun, NotRunning
from roadwright.api.limits import LARGEST_BODY
from roadwright.domain.errors import InputError, OperationError, RoadwrightError
from roadwright.domain.messages import Message, MessageError
from roadwright.services.roadmaps.lookup import UnknownName
from roadwright.store.session import StoreError
from roadwright.workspace.turns import WorkspaceBusy
from roadwright.workspace.workspace import UnknownTab

TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    422: "Not as it has to be",
    429: "Too many attempts",
    500: "Unexpected fault",
    503: "Not now",
}
MEDIA_TYPE = "application/problem+json"


def too_large() -> Message:
    """What is said of a larger body."""
    return Message("body_too_large", params={"most": LARGEST_BODY // (1024 * 1024)})


class Problem(MessageError):
    """What a call is refused with: its status and its message."""

    def __init__(self, status: int, code: str, /, **params: object) -> None:
        super().__init__(code, **params)
        self.status = status
        self.errors: Sequence[Mapping[str, object]] = ()

    @classmethod
    def of(cls, status: int, message: Message, errors: Sequence[Mapping[str, object]] = ()) -> Problem:
        """The refusal that says this."""
        problem = cls(status, message.code)
        problem.message, problem.errors = message, errors
        return problem


_STATUS_OF: Mapping[type[RoadwrightError], int] = {
    UnknownTab: 404,
    UnknownName: 404,
    NoSuchRun: 404,
    NotRunning: 409,
    InputError: 422,
    WorkspaceBusy: 503,
    StoreError: 503,
    OperationError: 409,
    RoadwrightError: 409,
}
"""The status of the exceptions of ours; of one that is not listed, the one of its nearest base."""


def status_of(error: RoadwrightError) -> int:
    """The status of a call that ends with this error."""
    return next(_STATUS_OF[kind] for kind in type(error).__mro__ if kind in _STATUS_OF)


def body_of(
    status: int, message: Message, request_id: str, errors: Sequence[Mapping[str, object]] = ()
) -> dict[str, Any]:
    """A problem as JSON."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(status, "Refused"),
        "status": status,
        "detail": message.words,
        "code": message.code,
        "request_id": request_id,
    }
    if errors:
        body["errors"] = list(errors)
    return body


def answer(
    request: Request, status: int, message: Message, errors: Sequence[Mapping[str, object]] = ()
) -> JSONResponse:
    """The response that says this."""
    request_id = str(request.scope.get("state", {}).get("request_id", ""))
    headers = {"Retry-After": "2"} if status == 503 else None
    return JSONResponse(body_of(status, message, request_id, errors), status, headers, MEDIA_TYPE)


async def told_problem(request: Request, fault: Exception) -> JSONResponse:
    assert isinstance(fault, Problem)
    return answer(request, fault.status, fault.message, fault.errors)


async def told_error(request: Request, fault: Exception) -> JSONResponse:
    assert isinstance(fault, RoadwrightError)
    return answer(request, status_of(fault), fault.message)


async def told_database(request: Request, fault: Exception) -> JSONResponse:
    assert isinstance(fault, DBAPIError)
    return answer(
        request, 503, Message("database_stops_command", params={"why": str(fault.orig or type(fault).__name__)})
    )


async def told_http(request: Request, fault: Exception) -> JSONResponse:
    """What the framework itself refuses: a path or a method that there is not."""
    assert isinstance(fault, HTTPException)
    path = request.url.path
    if fault.status_code == 404:
        message = Message("no_such_path", params={"path": path})
    elif fault.status_code == 405:
        message = Message("no_such_method", params={"method": request.method, "path": path})
    elif fault.status_code == 413:
        message = too_large()
    else:
        message = Message("refused", params={"why": str(fault.detail)})
    response = answer(request, fault.status_code, message)
    response.headers.update(fault.headers or {})
    return response


async def told_validation(request: Request, fault: Exception) -> JSONResponse:
    """A request that is not of the form that the call describes."""
    assert isinstance(fault, RequestValidationError)
    errors = [_validation_error(error) for error in fault.errors()]
    first = errors[0] if errors else {"field": "body", "detail": ""}
    said = {"field": first["field"], "why": first["detail"], "more": len(errors) - 1}
    code = "request_wrong" if len(errors) < 2 else "request_wrong_and_more"
    return answer(request, 422, Message(code, params=said), errors)


_LONGEST = 200


def _validation_error(error: Mapping[str, Any]) -> dict[str, str]:
    place = ".".join(str(part) for part in error.get("loc", ()))
    shown = "" if error.get("type") in ("missing", "json_invalid") else f"; it is {error.get('input')!r}"
    shown = shown if len(shown) <= _LONGEST else shown[:_LONGEST] + "…"
    return {"field": place or "body", "detail": f"{error.get('msg', '')}{shown}"}
