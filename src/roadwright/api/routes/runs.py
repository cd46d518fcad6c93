"""Runs: asked for, listed, waited for, cancelled, and followed as they go on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from roadwright.actions import ledger
from roadwright.actions.submit import SheetArea, place_in_sheet
from roadwright.api.asking import asked_for, cancelled_for
from roadwright.api.events import BEAT_SECONDS, listen
from roadwright.api.guard import caller_of
from roadwright.api.idempotency import Key, once
from roadwright.api.problems import Problem
from roadwright.api.routing import problems
from roadwright.api.schemas import Run, RunList, RunRequest, run_shape
from roadwright.api.state import Caller, CallerOf, Server, ServerOf
from roadwright.domain.actions import OPEN_STATUSES, ActionStatus
from roadwright.domain.errors import InputError
from roadwright.store.models import ActionRun

router = APIRouter(tags=["runs"])
LONGEST_WAIT = 60.0
_LOOK_SECONDS = 0.25
_VALID_SECONDS = 0.5
"""How often it is asked whether whoever listens still may."""
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "Server-sent events."}
}
_RunId = Annotated[str, "A run, such as ACT-000007."]


@router.post("/runs", status_code=202, responses=problems(409, 413, 422))
def create_run(
    body: RunRequest, server: ServerOf, caller: CallerOf, response: Response, idempotency_key: Key = None
) -> Run:
    """Ask for an action, in the role that it needs. It is queued; `Location` says where it is followed.

    What can't be asked for like this is refused at once, and is not in the ledger.
    """

    def ask() -> dict[str, Any]:
        tab, select = _place(server, body)
        return {"run_id": asked_for(server, caller, body.action, tab, select, body.options).run_id}

    asked = once(server, caller, "/runs", idempotency_key, body.model_dump(), ask)
    run = _found(server, str(asked["run_id"]))
    response.headers["Location"] = f"/api/v1/runs/{run.run_id}"
    return Run.model_validate(run_shape(run))


def _place(server: Server, body: RunRequest) -> tuple[str | None, str | None]:
    """The tab and the selection that are asked for, by their names or by where they stand in a spreadsheet."""
    if body.sheet is None:
        return body.tab, body.select
    if body.tab is not None or body.select is not None:
        raise Problem(422, "sheet_or_tab")
    try:
        area = SheetArea(body.sheet.spreadsheet_id, body.sheet.tab, body.sheet.rows)
        return place_in_sheet(server.workspace, body.action, area)
    except InputError as wrong:
        raise Problem.of(422, wrong.message) from wrong


def _found(server: Server, run_id: str) -> ActionRun:
    return ledger.known_run(server.workspace.store, run_id)


@router.get("/runs", responses=problems(422))
def list_runs(
    server: ServerOf,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    before: Annotated[str | None, Query(description="Only runs older than this one.", examples=["ACT-000007"])] = None,
    status: Annotated[ActionStatus | None, Query(description="Only runs of this status.")] = None,
    action: Annotated[str | None, Query(description="Only runs of this action.")] = None,
) -> RunList:
    """The runs, newest first, without what they say of each row: `GET /runs/ACT-…` has it."""
    page = ledger.page_of_runs(server.workspace.store, limit, before=before, status=status, action=action)
    items = [Run.model_validate(run_shape(run, with_rows=False)) for run in page.runs]
    return RunList(items=items, next=items[-1].run_id if page.has_more and items else None, total=page.total)


@router.get("/runs/{run_id}", responses=problems(404, 422), response_model=Run)
async def show_run(
    run_id: _RunId,
    server: ServerOf,
    wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT, description="Seconds to wait for its end.")] = 0,
) -> Response:
    """One run; with `wait` once it has ended, or when these seconds are over."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + wait
    while True:
        run = await run_in_threadpool(_found, server, run_id)
        if run.status not in OPEN_STATUSES or loop.time() >= deadline or server.is_closing:
            return Response(json.dumps(run_shape(run)), media_type="application/json")  # may hold thousands of rows
        await asyncio.sleep(min(_LOOK_SECONDS, max(deadline - loop.time(), 0.01)))


@router.post("/runs/{run_id}/cancel", status_code=202, responses=problems(404, 409))
def cancel_run(run_id: _RunId, server: ServerOf, caller: CallerOf) -> Run:
    """Ask a run to end: a planner one's own, an admin any. A solve keeps what it has found."""
    return Run.model_validate(run_shape(cancelled_for(server, caller, _found(server, run_id))))


async def _while_valid(server: Server, caller: Caller) -> AsyncIterator[bool]:
    """Again and again whether the caller may still listen, so that a stream ends within a second."""
    loop = asyncio.get_running_loop()
    asked_at, is_valid = loop.time(), True
    while True:
        if loop.time() - asked_at >= _VALID_SECONDS:
            found = await run_in_threadpool(caller_of, server, caller.digest, is_cookie=caller.by_cookie)
            asked_at, is_valid = loop.time(), found is not None and found.role == caller.role
        yield is_valid and not server.is_closing


@router.get("/events", responses={**problems(), **_STREAM}, response_class=StreamingResponse)
async def events(
    server: ServerOf,
    caller: CallerOf,
    last_event_id: Annotated[str | None, Header(description="The event that was heard last.")] = None,
) -> StreamingResponse:
    """What happens, as server-sent events: `run` where a run moves on, `rows` where rows of tabs changed.

    After a break, `Last-Event-ID` brings what was missed.
    """
    stream = listen(server.hub, server.hub.place_of(last_event_id), _while_valid(server, caller))
    return StreamingResponse(stream, media_type="text/event-stream")


@router.get("/runs/{run_id}/events", responses={**problems(404), **_STREAM}, response_class=StreamingResponse)
async def run_events(run_id: _RunId, server: ServerOf, caller: CallerOf) -> StreamingResponse:
    """How one run goes on, as server-sent events: `progress`, and `end` with the whole run."""
    run = await run_in_threadpool(_found, server, run_id)
    return StreamingResponse(_follow(server, caller, run.run_id), media_type="text/event-stream")


async def _follow(server: Server, caller: Caller, run_id: str) -> AsyncIterator[str]:
    shown: object = None
    number, silent = 0, 0.0
    async for is_valid in _while_valid(server, caller):
        run = await run_in_threadpool(_found, server, run_id)
        now = (run.status, run.progress, run.progress_json)
        if not is_valid:
            return
        if run.status not in OPEN_STATUSES:
            yield _event("end", number + 1, run_shape(run))
            return
        if now != shown:
            shown, number, silent = now, number + 1, 0.0
            said = {"status": run.status, "progress": run.progress, "progress_figures": run.progress_json}
            yield _event("progress", number, {"run_id": run.run_id, **said})
        elif silent >= BEAT_SECONDS:
            silent = 0.0
            yield ": still there\n\n"
        silent += _LOOK_SECONDS
        await asyncio.sleep(_LOOK_SECONDS)


def _event(kind: str, number: int, data: dict[str, Any]) -> str:
    return f"id: {number}\nevent: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
