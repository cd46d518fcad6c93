"""Whether the server lives and can work, who is signed in, and what can be asked for."""

from __future__ import annotations

import time

from fastapi import APIRouter, Request, Response
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from roadwright import __version__, tabs
from roadwright.actions.options import helps
from roadwright.actions.registry import ACTIONS, role_of
from roadwright.api.metrics import Metrics
from roadwright.api.routing import problems
from roadwright.api.schemas import ActionList, Check, Health, Me, Ready
from roadwright.api.state import CallerOf, Server, ServerOf
from roadwright.store.migrations import NEWEST
from roadwright.store.queue import has_queue, workers
from roadwright.store.session import schema_version

router = APIRouter(tags=["system"])
_SILENT_SECONDS = 60.0
NOT_READY = "It can't work: the checks say why."


@router.get("/health", responses={**problems(), 200: {"description": "It is alive."}})
async def health() -> Health:
    """Whether the server is alive. Needs no sign-in."""
    return Health(status="alive")


@router.get("/ready", responses={**problems(), 503: {"model": Ready, "description": NOT_READY}})
def ready(server: ServerOf, response: Response) -> Ready:
    """Whether it can work: database, worker and workbooks. 503 where it can't."""
    checks = [_database(server), _worker(server), *_workbooks(server)]
    is_ready = all(check.ok for check in checks)
    response.status_code = 200 if is_ready else 503
    return Ready(ready=is_ready, version=__version__, checks=checks)


def _database(server: Server) -> Check:
    engine = server.workspace.store.engine
    try:
        version = schema_version(engine)
    except SQLAlchemyError as fault:
        return Check(name="database", ok=False, detail=str(getattr(fault, "orig", None) or fault))
    return Check(name="database", ok=version == NEWEST, detail=f"{engine.dialect.name}, schema {version}")


def _worker(server: Server) -> Check:
    if server.worker is None:
        return _other_workers(server.workspace.store.engine)
    silent = time.monotonic() - server.worker.seen_at
    return Check(
        name="worker",
        ok=server.worker.is_alive and silent < _SILENT_SECONDS,
        detail=f"last seen {silent:.0f} seconds ago",
    )


def _other_workers(engine: Engine) -> Check:
    """Whether there are workers of their own; a server alone would only write runs down."""
    if not has_queue(engine):
        return Check(name="worker", ok=False, detail="none: the server was started --without-worker")
    try:
        found = workers(engine)
    except SQLAlchemyError as fault:
        return Check(name="worker", ok=False, detail=str(getattr(fault, "orig", None) or fault))
    if not found.count:
        return Check(name="worker", ok=False, detail="no worker lives; start one: roadwright worker -w DIR")
    return Check(
        name="worker", ok=True, detail=f"{found.count} alive, last seen {found.silent_seconds:.0f} seconds ago"
    )


def _workbooks(server: Server) -> list[Check]:
    places = [place for place in server.workspace.places() if place.spec != tabs.REQUESTS]  # works without
    books = {place.workbook.label: place.workbook for place in places}
    return [
        Check(name=label, ok=not book.is_missing, detail="missing" if book.is_missing else "there")
        for label, book in books.items()
    ]


@router.get("/me", responses=problems())
async def me(caller: CallerOf) -> Me:
    """Who is signed in, and with which role."""
    actions = None if caller.actions is None else sorted(caller.actions)
    return Me(who=caller.who, role=str(caller.role), actions=actions)


@router.get("/actions", responses=problems())
async def actions() -> ActionList:
    """The actions that can be run, with their options and the role that each needs."""
    items = [
        {
            "name": action.name,
            "help": action.help,
            "explanation": action.explanation,
            "tabs": [spec.name for spec in action.tabs],
            "selects": action.selects,
            "options": [{"name": o.name, "help": o.help, "default": o.default} for o in helps(action.options)],
            "role": str(role_of(action)),
        }
        for action in ACTIONS
    ]
    return ActionList.model_validate({"items": items, "total": len(items)})


@router.get("/metrics", responses={**problems(), 200: {"content": {"text/plain": {}}}}, response_class=Response)
def metrics(request: Request, server: ServerOf) -> Response:
    """Figures for Prometheus."""
    kept = request.app.state.metrics
    assert isinstance(kept, Metrics)
    return Response(kept.text(server.workspace.store), media_type="text/plain; version=0.0.4")
