"""What the rows of Requests show: the run of each, how far it is and what came of it, or why it is not run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.actions.asked import TYPED, Found
from roadwright.actions.contract import summary_line
from roadwright.domain.actions import OPEN_STATUSES, REFUSED, REQUEST_STATUSES
from roadwright.domain.messages import Message
from roadwright.services.rows.baselines import save_baselines
from roadwright.services.rows.identity import Identity, identity_of
from roadwright.services.rows.notes import Notes
from roadwright.sheets.backend import TabEdit
from roadwright.sheets.merge import plain
from roadwright.sheets.spec import Owner
from roadwright.sheets.values import CellValue
from roadwright.store.clock import RowVersions, now
from roadwright.store.models import ActionRun, SheetRequest
from roadwright.sync.context import OpenTab
from roadwright.sync.replaced import shown
from roadwright.sync.write_back import column_places, differs
from roadwright.sync.written import note_written
from roadwright.tabs import REQUESTS
from roadwright.workspace.workspace import Workspace

_DERIVED = REQUESTS.owned(Owner.DERIVED)
_VALUES, _REPLACED = "values", "replaced"
"""What is kept of what a row was written with: its values, and what a person had typed in their place."""


@dataclass
class _Says:
    """What a row is to show; without values its cells stay as they are, but for the status."""

    found: Found
    values: dict[str, object] | None = None
    notes: Notes = field(default_factory=Notes)
    replaced: list[list[str]] = field(default_factory=list)


def show_requests(workspace: Workspace, tab: OpenTab, found: Sequence[Found], refused: Mapping[int, Message]) -> bool:
    """Let the rows show what there is to show, in one write. Returns whether any of them waits for more.

    Raises SheetError where the workbook can't be written now.
    """
    with workspace.store.transaction() as session:
        run_ids = [one.request.run_id for one in found if one.request is not None]
        runs = {run.run_id: run for run in session.scalars(select(ActionRun).where(ActionRun.run_id.in_(run_ids)))}
        says = [_says(one, runs, refused.get(one.row.number)) for one in found]
        copies = _plan(session, tab, says)
        save_baselines(session, REQUESTS, copies)
    cells = tab.pending.cells
    written = {number for number, _ in cells} - {tab.table.header_row}
    if cells:
        receipt = tab.workbook.write([TabEdit(tab.place.tab, tab.table.header_row, cells)])
        note_written(workspace.store, {tab.place.workbook: receipt.digest})
        written -= set(receipt.tabs[0].refused)
    _keep(workspace, says, written)
    return any(run.status in OPEN_STATUSES for run in runs.values())


def request_rows(session: Session) -> list[dict[str, object]]:
    """All requests that rows of sheets made, the oldest first, as their rows show them."""
    pairs = session.execute(
        select(SheetRequest, ActionRun).join(ActionRun, ActionRun.run_id == SheetRequest.run_id).order_by(ActionRun.id)
    )
    return [{**request.typed, **_values(run)} for request, run in pairs]


def _values(run: ActionRun) -> dict[str, object]:
    """What a row shows of its run."""
    is_open = run.status in OPEN_STATUSES
    return {
        "run_id": run.run_id,
        "status": run.status,
        "progress": run.progress if is_open else None,
        "summary": None if is_open else _summary(run),
    }


def _says(one: Found, runs: Mapping[str, ActionRun], refusal: Message | None) -> _Says:
    says = _Says(one)
    notes = says.notes
    if one.is_copy_of is not None:
        notes.skip("request_is_copy", "run_id", run_id=one.run_id, row=one.is_copy_of)
    elif refusal is not None:
        notes.add(refusal)
        says.values = {"status": REFUSED}
        _note_replaced(says, {})
    elif one.request is None:
        notes.skip("request_of_no_run", "run_id", run_id=one.run_id)
    elif (run := runs.get(one.request.run_id)) is not None:
        says.values = _values(run)
        if one.was_changed:
            notes.warn("request_changed", run_id=run.run_id)
        _note_replaced(says, one.request.shown or {})
    for column, value in says.replaced:
        notes.warn("computed_replaced", column_name=column, value=value)
    return says


def _summary(run: ActionRun) -> str:
    """What came of a run: why it failed, and its figures."""
    figures = summary_line(run.summary_json or {})
    parts = (run.optimization_run_id, run.error, figures)
    return "\n".join(part for part in parts if part)


def _note_replaced(says: _Says, before: Mapping[str, Any]) -> None:
    """Note what a person typed into cells that are written: what was never shown there."""
    assert says.values is not None
    row, was = says.found.row, before.get(_VALUES)
    says.replaced = list(before.get(_REPLACED, ()))
    for column in _DERIVED:
        typed = row.raw.get(column.name)
        if typed is None or column.name == "run_id" or not differs(column, row, says.values.get(column.name)):
            continue
        if was is not None:
            is_ours = not differs(column, row, was.get(column.name))
        else:  # a row that was run before and lost its run_id, or was refused
            is_ours = bool(row.text("updated_at")) or typed in REQUEST_STATUSES
        if not is_ours:
            says.replaced.append([column.name, str(typed)])


def _plan(session: Session, tab: OpenTab, says: Sequence[_Says]) -> list[tuple[str, Identity, Mapping[str, object]]]:
    """Plan the cells that do not say so already. Returns what the rows' new versions show."""
    places, versions = column_places(tab), RowVersions(session)
    copies: list[tuple[str, Identity, Mapping[str, object]]] = []
    for one in says:
        row, number = one.found.row, one.found.row.number
        cells: dict[tuple[int, int], CellValue | None] = {}
        for column in _DERIVED if one.values is not None else ():
            value = (one.values or {}).get(column.name)
            if differs(column, row, value):
                cells[number, places[column.name]] = shown(column, value)
        request = one.found.request
        if cells and request is not None:
            version = versions.next()
            cells[number, places["updated_source"]] = request.typed["action"]
            cells[number, places["updated_at"]] = version
            identity = identity_of(REQUESTS.identity, one.values or {})
            copies.append((version, identity, {name: plain(one.found.typed.get(name)) for name in TYPED}))
        if row.status != one.notes.text:
            cells[number, places["run_status"]] = one.notes.text
        edit = TabEdit(tab.place.tab, tab.table.header_row, cells)
        protected = tab.workbook.protected_cells(edit) if cells else {}
        tab.pending.cells.update((at, cell) for at, cell in cells.items() if at not in protected)
    return copies


def _keep(workspace: Workspace, says: Sequence[_Says], written: set[int]) -> None:
    """Keep what the rows show now, which tells it from what people type there."""
    with workspace.store.transaction() as session:
        for one in says:
            request, values = one.found.request, one.values
            if request is None or values is None:
                continue
            stored = session.get_one(SheetRequest, request.id)
            is_shown = one.found.row.number in written or one.found.run_id == request.run_id
            now_shown = {_VALUES: values, _REPLACED: one.replaced}
            if is_shown and stored.shown != now_shown:
                stored.shown, stored.shown_at = now_shown, stored.shown_at or now()
            if stored.sheet_row != one.found.row.number:
                stored.sheet_row = one.found.row.number
