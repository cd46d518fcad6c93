"""Edits that come from the page: allowed by role, saved as rows of the Backlog, told to the grid, and taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.api.state import Caller, Server
from roadwright.domain.errors import RoadwrightError
from roadwright.domain.messages import Level, Message
from roadwright.domain.roles import Role
from roadwright.grid.cells import CellEdit, Outcome, Preview, Steps, outcomes, preview_of, row_changes
from roadwright.grid.changes import RowChange
from roadwright.grid.editing import preview_rows, save_rows
from roadwright.grid.ideas import change_idea
from roadwright.grid.panel import last_change, panel_of
from roadwright.grid.view import TOKENS, screen_rows, statuses
from roadwright.services.backlog.find import column_values
from roadwright.sheets.merge import OnConflict, plain
from roadwright.web.formats import moment
from roadwright.web.kit import Html
from roadwright.web.page import Visit
from roadwright.web.pages.backlog.dialogs import conflict_html
from roadwright.web.pages.backlog.rows import chosen_columns, sent_columns
from roadwright.web.words import person
from roadwright.web.words import plain as in_plain_words

Value = str | int | float | bool | None
_STRICT = ConfigDict(extra="forbid")


class Edit(BaseModel):
    """A cell that somebody typed into."""

    model_config = _STRICT

    key: str = Field(max_length=40)
    column: str = Field(max_length=80)
    typed: Value
    seen: Value | list[str] = None


@dataclass
class Pending:
    """What one page remembers between acts; what can be taken back is its session's, and outlives it."""

    steps: Steps
    conflicts: dict[tuple[str, str], CellEdit] = field(default_factory=dict)
    """By key and stored column, edits that wait for somebody to say whose value stands."""
    many: Sequence[str] = ()
    """The keys that are edited together."""
    previewed: tuple[str, str, list[CellEdit]] | None = None


def save_edits(server: Server, caller: Caller, edits: Sequence[CellEdit]) -> list[Outcome]:
    """Save edits in somebody's name: planners those of any row, contributors those of their own ideas."""
    with server.workspace.store.transaction() as session:
        rows = row_changes(session, edits)
    with server.edits:
        if caller.role.may(Role.PLANNER):
            changed = save_rows(server.workspace, tabs.BACKLOG, rows, caller.requested_by)
            found, is_nothing = outcomes(rows, changed), changed.is_nothing
        else:
            found, is_nothing = _save_own(server, caller, rows)
    if not is_nothing:
        server.follow(tabs.BACKLOG)
    return found


def _save_own(server: Server, caller: Caller, rows: Sequence[RowChange]) -> tuple[list[Outcome], bool]:
    found: list[Outcome] = []
    is_nothing = True
    for row in rows:
        key = str(row.identity["initiative_key"])
        try:
            changed = change_idea(server.workspace, key, row, caller.requested_by, is_any=False)
        except RoadwrightError as problem:
            found.append(Outcome(key, Level.FAILED, str(problem.message), {}, {}, row.changes, {}, {}))
            continue
        is_nothing = is_nothing and changed.is_nothing
        found += outcomes([row], changed)
    return found, is_nothing


async def do_edits(
    visit: Visit, pending: Pending, edits: Sequence[CellEdit], *, is_undo: bool = False
) -> list[Outcome]:
    """Save edits, show what became of them, and remember what was saved."""
    caller = await visit.standing()
    try:
        found = await asyncio.to_thread(save_edits, visit.server, caller, edits)
    except Exception as problem:
        said = problem.message if isinstance(problem, RoadwrightError) else Message("page_fault")
        visit.script("backlog.judged", _all_refused(edits, in_plain_words(str(said))))
        raise
    if not is_undo:
        pending.steps.keep(found)
    visit.script("backlog.steps", len(pending.steps))
    await show_rows(visit, [one.key for one in found])
    visit.script("backlog.judged", _judged(edits, found))
    await _ask_about_conflicts(visit, pending, edits, found)
    return found


async def show_rows(visit: Visit, keys: Sequence[str]) -> None:
    """Let the grid show these rows as they are stored."""

    def load(session: Session) -> tuple[dict[str, object], dict[str, str]]:
        names = chosen_columns(session, visit.caller.who)
        said = {key: in_plain_words(text) for key, text in statuses(session, keys).items()}
        return screen_rows(session, sent_columns(names), keys), said

    rows, said = await visit.read(load)
    visit.script("backlog.update", {"names": rows["columns"], "rows": rows["rows"], "statuses": said})


def _judged(edits: Sequence[CellEdit], found: Sequence[Outcome]) -> dict[str, dict[str, object]]:
    """By key and column of the grid what stays typed and why; None where the cell shows what is stored again."""
    by_key = {one.key: one for one in found}
    told: dict[str, dict[str, object]] = {}
    for edit in edits:
        one = by_key.get(edit.key)
        kept = None if one is None else _kept(edit, one)
        cell: dict[str, object] | None = None
        if one is not None and kept is not None:
            level = "CONFLICT" if kept in one.conflicts else "FAILED"
            cell = {"typed": edit.typed, "seen": edit.seen, "level": level, "said": in_plain_words(one.said)}
        told.setdefault(edit.key, {})[edit.column] = cell
    return told


def _kept(edit: CellEdit, one: Outcome) -> str | None:
    """The stored column in which an edit's value was not saved."""
    sizes = [name for name in one.kept if name.startswith("engineering_tokens")]
    names = sizes if edit.column == TOKENS else [edit.column]
    return next((name for name in names if name in one.kept), None)


def _all_refused(edits: Sequence[CellEdit], said: str) -> dict[str, dict[str, object]]:
    told: dict[str, dict[str, object]] = {}
    for edit in edits:
        cell = {"typed": edit.typed, "seen": edit.seen, "level": "FAILED", "said": said}
        told.setdefault(edit.key, {})[edit.column] = cell
    return told


# Conflicts


async def _ask_about_conflicts(
    visit: Visit, pending: Pending, edits: Sequence[CellEdit], found: Sequence[Outcome]
) -> None:
    of_cells = {(edit.key, _kept(edit, one) or ""): edit for one in found for edit in edits if edit.key == one.key}
    for one in found:
        for column in one.conflicts:
            if (edit := of_cells.get((one.key, column))) is not None:
                pending.conflicts[one.key, column] = edit
    await show_conflicts(visit, pending, opens=any(one.conflicts for one in found))


async def show_conflicts(visit: Visit, pending: Pending, *, opens: bool) -> None:
    """Show both values of everything that waits, with who changed it and when."""

    def load(session: Session) -> list[Html]:
        made = []
        for (key, column), edit in list(pending.conflicts.items())[:20]:
            panel = panel_of(session, key)
            if panel is None:
                continue
            event = last_change(panel, column)
            who = f" by {person(event.requested_by)}, {moment(event.at)}" if event is not None else ""
            stored = panel.values.get(column)
            made.append(conflict_html(key, str(panel.values["title"]), column, edit.typed, stored, who))
        return made

    made = await visit.read(load)
    visit.script("html", "conflicts", "".join(map(str, made)))
    if opens and made:
        visit.script("open", "conflict-dialog")
    elif not made:
        visit.script("close", "conflict-dialog")


async def settle(visit: Visit, pending: Pending, key: str, column: str, *, keeps_mine: bool) -> None:
    """Let one of two values stand."""
    edit = pending.conflicts.pop((key, column), None)
    if edit is None:
        return
    if keeps_mine:
        mine = CellEdit(edit.key, edit.column, edit.typed, edit.seen, OnConflict.SHEET)
        await do_edits(visit, pending, [mine])
    else:
        visit.script("backlog.judged", {key: {edit.column: None}})
        await show_rows(visit, [key])
    await show_conflicts(visit, pending, opens=True)


async def undo(visit: Visit, pending: Pending) -> None:
    """Put back what the last edit of this session changed, where nobody has changed it since."""
    edits = pending.steps.take()
    if not edits:
        visit.notice("warn", Message("nothing_to_undo"))
        return
    found = await do_edits(visit, pending, edits, is_undo=True)
    done = sum(one.is_changed for one in found)
    left = len(found) - done
    if left:
        visit.notice("warn", Message("undone_partly", params={"done": done, "left": left}))
    else:
        visit.notice("ok", Message("undone", params={"done": done}))


# Many rows


async def preview(visit: Visit, pending: Pending, column: str, value: str) -> Preview:
    """What giving all these rows this value would do; nothing is saved."""

    def load(session: Session) -> list[CellEdit]:
        stored = column_values(session, pending.many, [column])
        return [CellEdit(key, column, value, plain(stored[key][column])) for key in pending.many if key in stored]

    edits = await visit.read(load)

    def judged() -> list[Outcome]:
        with visit.server.workspace.store.transaction() as session:
            rows = row_changes(session, edits)
        with visit.server.edits:
            return outcomes(rows, preview_rows(visit.server.workspace, tabs.BACKLOG, rows))

    found = await asyncio.to_thread(judged)
    pending.previewed = (column, value, edits)
    return preview_of(found)


async def apply_preview(visit: Visit, pending: Pending) -> Sequence[Outcome]:
    """Save what was previewed. What somebody changed since then is in conflict."""
    if pending.previewed is None:
        return []
    _, _, edits = pending.previewed
    pending.previewed = None
    return await do_edits(visit, pending, edits)


def faults_of(found: Sequence[Outcome]) -> Mapping[str, str]:
    """By column of the first row why its value was refused."""
    return {name: in_plain_words(one.why.get(name, one.said)) for one in found[:1] for name in one.kept}
