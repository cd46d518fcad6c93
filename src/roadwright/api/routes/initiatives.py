"""Initiatives: the backlog by page, one with all that belongs to it, and ideas that come in."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from roadwright import tabs
from roadwright.api.idempotency import Key, once
from roadwright.api.problems import Problem
from roadwright.api.routes.tabs import Cell, Cursor, Limit, RowShape, Sort, Wanted
from roadwright.api.routing import problems
from roadwright.api.schemas import Body
from roadwright.api.state import CallerOf, ServerOf
from roadwright.domain.roles import Role
from roadwright.grid.changes import RowChange
from roadwright.grid.ideas import NotYours, change_idea, submit_idea
from roadwright.grid.initiatives import list_initiatives, whole_initiative
from roadwright.services.bindings.initiatives import load_initiatives, no_such_initiative
from roadwright.sheets.merge import OnConflict

router = APIRouter(tags=["initiatives"])
InitiativeKey = Annotated[str, Path(description="An initiative's key.", examples=["INIT-000001"])]


class Initiative(BaseModel):
    """An initiative, flat: the columns of the Backlog."""

    model_config = ConfigDict(extra="allow")

    initiative_key: str = Field(examples=["INIT-000001"])
    title: str = Field(examples=["Faster search"])


class InitiativePage(BaseModel):
    items: list[Initiative]
    next: str | None
    total: int


class WholeInitiative(Initiative):
    """An initiative with all that belongs to it."""

    scores: list[dict[str, Any]] = Field(description="Of each framework.")
    models: list[dict[str, Any]] = Field(description="Its math models, with their params.")
    contributions: dict[str, Any] = Field(description="What counts, what was computed, and which of them it is.")
    roadmaps: list[Any] = Field(description="The roadmaps that it is on, with how the gates judged it.")
    history: list[dict[str, Any]] = Field(description="Who did what to it, newest first.")


class IdeaPatch(Body):
    """Changes of an idea."""

    mark: str | None = Field(default=None, max_length=2_000, description="As the row of the Backlog was read.")
    changes: dict[str, Cell] = Field(examples=[{"problem_statement": "Search takes four seconds."}])
    on_conflict: OnConflict = OnConflict.ASK


@router.get("/initiatives", responses=problems(422))
def list_backlog(
    server: ServerOf, wanted: Wanted = None, sort: Sort = None, limit: Limit = 200, cursor: Cursor = None
) -> InitiativePage:
    """The backlog by page, as `roadwright backlog --format json` has it."""
    with server.workspace.store.transaction() as session:
        page = list_initiatives(session, wanted=wanted, sort=sort, limit=limit, cursor=cursor)
    return InitiativePage.model_validate({"items": page.items, "next": page.next, "total": page.total})


@router.get("/initiatives/{key}", responses=problems(404))
def show_initiative(key: InitiativeKey, server: ServerOf) -> WholeInitiative:
    """One initiative: its columns, scores, models, contributions, roadmaps and history."""
    with server.workspace.store.transaction() as session:
        found = whole_initiative(session, key)
        if found is None:
            raise Problem.of(404, no_such_initiative(session, key))
        return WholeInitiative.model_validate(found)


@router.post("/initiatives", status_code=201, responses=problems(409, 413, 422))
def submit(
    body: dict[str, Cell], server: ServerOf, caller: CallerOf, response: Response, idempotency_key: Key = None
) -> Initiative:
    """Submit an idea, with the columns of Intake. Like there, a value that can't be read is a warning."""

    def work() -> dict[str, Any]:
        with server.edits:
            made = submit_idea(server.workspace, body, caller.requested_by, "api")
        server.follow(tabs.BACKLOG)
        return made.to_json()

    idea = once(server, caller, "/initiatives", idempotency_key, body, work)
    response.headers["Location"] = f"/api/v1/initiatives/{idea['initiative_key']}"
    return Initiative.model_validate(idea)


@router.patch("/initiatives/{key}", responses=problems(404, 413, 422))
def change(key: InitiativeKey, body: IdeaPatch, server: ServerOf, caller: CallerOf) -> RowShape:
    """Change an idea: a contributor one's own, while it is new or needs information; a planner any."""
    row = RowChange({"initiative_key": key}, body.mark, body.changes, on_conflict=body.on_conflict)
    with server.workspace.store.transaction() as session:
        if not load_initiatives(session, [key]):
            raise Problem.of(404, no_such_initiative(session, key))
    try:
        with server.edits:
            is_any = caller.role.may(Role.PLANNER)
            changed = change_idea(server.workspace, key, row, caller.requested_by, is_any=is_any)
    except NotYours as refusal:
        raise Problem.of(403, refusal.message) from refusal
    if not changed.is_nothing:
        server.follow(tabs.BACKLOG)
    return RowShape.model_validate(changed.rows[0].to_json())
