"""What the grid fetches: columns and rows in one answer, and what is said of rows in a second one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from fastapi import Request, Response
from nicegui import app
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from roadwright.api.state import Caller
from roadwright.domain.initiatives import Framework, Lifecycle
from roadwright.domain.keys import INITIATIVE, parse_key
from roadwright.domain.roles import Role
from roadwright.grid.ideas import COLUMNS, editable_ideas
from roadwright.grid.view import grid_columns, screen_rows, shown_columns, statuses
from roadwright.services.people.accounts import keep_preference, preference
from roadwright.store.models import ActionRun, Initiative
from roadwright.web.packed import packed, packed_answer
from roadwright.web.room import Room
from roadwright.web.words import glyph_of, kind_of, plain, words

_PREFERENCE = "backlog"
_FOR_PHONES = ("lifecycle_status", "department", "tokens")
"""A phone's rows show these, whatever columns somebody chose."""


def chosen_columns(session: Session, who: str) -> tuple[str, ...]:
    """The columns that somebody wants to see, in their order."""
    return shown_columns(preference(session, who, _PREFERENCE).get("columns") or ())


def keep_columns(session: Session, who: str, names: Sequence[str]) -> tuple[str, ...]:
    """Show somebody these columns from now on."""
    chosen = shown_columns(names)
    keep_preference(session, who, _PREFERENCE, {"columns": list(chosen)})
    return chosen


def sent_columns(names: Sequence[str]) -> list[str]:
    """The columns whose values go to the browser."""
    return list(dict.fromkeys((*names, *_FOR_PHONES)))


def number_of(key: str) -> int | None:
    """The number of a key, which is shorter to send."""
    return parse_key(INITIATIVE, key)


def _grid(session: Session, caller: Caller) -> dict[str, object]:
    names = chosen_columns(session, caller.who)
    found = screen_rows(session, sent_columns(names))
    columns = [grid_columns()[name] for name in names]
    may_edit = caller.role.may(Role.PLANNER)
    own = editable_ideas(session, caller.who) if caller.role.may(Role.CONTRIBUTOR) and not may_edit else []
    return {
        "columns": [
            {
                **{"name": one.name, "label": one.label, "help": one.help, "kind": one.kind},
                **{"choices": one.choices, "typed": one.is_typed, "right": one.is_right, "long": one.is_long},
            }
            for one in columns
        ],
        "names": found["columns"],
        "cells": list(zip(*cast("list[list[object]]", found["rows"]), strict=True)),  # by column, which zips better
        "mayEdit": may_edit,
        "own": {"keys": [number_of(key) for key in own], "columns": COLUMNS},
        "statuses": {str(one): (kind_of(one), glyph_of(one), words(one)) for one in Lifecycle},
        "words": {str(one): {"MATH_MODEL": "math"}.get(str(one), words(str(one))) for one in Framework},
    }


@app.get("/backlog/rows")
async def rows(request: Request) -> Response:
    """The columns that this person sees, and all rows."""
    return await _answer(request, _grid)


@app.get("/backlog/statuses")
async def row_statuses(request: Request) -> Response:
    """What is said of rows, by key, where that is more than OK."""
    return await _answer(request, lambda session, _: _said(session))


_LAST_SAID: list[tuple[object, dict[str, str]]] = []
"""What was said of all rows last, and of which state of the database: to judge thousands takes a second."""


def _said(session: Session) -> dict[str, str]:
    newest = select(func.max(Initiative.updated_at), func.count(), select(func.max(ActionRun.id)).scalar_subquery())
    state = (id(session.get_bind()), *session.execute(newest).one())
    if _LAST_SAID and _LAST_SAID[0][0] == state:
        return _LAST_SAID[0][1]
    found = {key: plain(said) for key, said in statuses(session).items()}
    _LAST_SAID[:] = [(state, found)]
    return found


async def _answer(request: Request, load: Any) -> Response:
    room: Room = app.state.room
    caller: Caller = request.scope["state"]["caller"]

    def made() -> bytes:
        with room.server.workspace.store.transaction() as session:
            found = load(session, caller)
            session.rollback()  # to read is to change nothing
        return packed(found)

    return packed_answer(request, await run_in_threadpool(made))
