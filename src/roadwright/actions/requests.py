"""The tab Requests: its new rows are run, in order, and its rows tell what became of them.

It is looked at again and again (see ``roadwright.jobs.requests``). The tab is read and written by its backend alone, so
that a spreadsheet elsewhere is the same as a file; no turn is waited for, because no action works on this tab.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from roadwright.actions.answering import show_requests
from roadwright.actions.asked import Found, known_requests, left_over, read_options, recognise
from roadwright.actions.registry import find_action, role_for
from roadwright.actions.submit import ActionRequest, Submission, checked, submit
from roadwright.domain.errors import InputError, OperationError
from roadwright.domain.messages import Message
from roadwright.domain.shown import UNSTORABLE
from roadwright.sheets.backend import Workbook
from roadwright.sheets.read import HeaderProblem, Table, read_table
from roadwright.sheets.spec import Owner
from roadwright.store.clock import now
from roadwright.store.models import ActionRun, SheetRequest
from roadwright.store.session import one_at_a_time
from roadwright.sync.context import OpenTab
from roadwright.sync.reading import scope_of
from roadwright.sync.written import file_digest, is_as_written
from roadwright.tabs import REQUESTS
from roadwright.workspace.workspace import TabPlace, Workspace

DOOR = "requests"
"""Through which door the ledger says that they came."""
_SELECTS_ALL = ("all", "--all", "*")
_DERIVED = tuple(column.name for column in REQUESTS.owned(Owner.DERIVED))


def do_nothing() -> None:
    """Nobody is to be told."""


class TakenUpElsewhere(OperationError):
    """Another server took up rows of the tab since it was read; the next look sees that."""


@dataclass(frozen=True)
class Look:
    """What came of looking at the tab."""

    asked: int = 0
    """How many runs were asked for."""
    is_pending: bool = False
    """Whether a row does not show its final answer yet."""


def look_at_requests(workspace: Workspace, place: TabPlace, wake: Callable[[], None] = do_nothing) -> Look:
    """Run what is new on the tab, and let its rows tell how far each is. Raises SheetError where it can't be read or
    written now; what was asked for by then is asked for, and the next look writes it. ``wake`` is called once runs
    were asked for, before anything is written.
    """
    if place.workbook.is_missing:
        return Look()
    workbook = workspace.open(place)
    if place.tab not in workbook.tabs():
        return Look()
    table = _read(workspace, place, workbook)
    with workspace.store.transaction() as session:
        found, newest = _recognised(session, workspace, place, table)
    refused: dict[int, Message] = {}
    asked = 0
    for one in found:
        if not one.is_new:
            continue
        problem = _unread(one)
        if problem is None:
            try:
                one.request = _take_up(workspace, place, one, newest + asked)
            except TakenUpElsewhere:
                return Look(asked, is_pending=True)
            except InputError as refusal:
                problem = refusal.message
        if problem is None:
            asked += 1
        else:
            refused[one.row.number] = problem
    if asked:
        wake()
    return Look(asked, show_requests(workspace, OpenTab(place, workbook, table), found, refused))


def _read(workspace: Workspace, place: TabPlace, workbook: Workbook) -> Table:
    with workspace.store.transaction() as session:
        scope = scope_of(workspace, session, place.spec)
    table = read_table(workbook.read(place.tab), place.spec, tab=place.tab, header_row=place.header_row, scope=scope)
    missing = [name for name in _DERIVED if name not in table.columns]
    if missing:  # nothing could tell a row that was run from one that was not
        raise HeaderProblem("requests_without_columns", tab=place.full_name, names=missing)
    return table


def _address(place: TabPlace) -> str:
    return f"{place.workbook.identity}!{place.tab}"


def _recognised(session: Session, workspace: Workspace, place: TabPlace, table: Table) -> tuple[list[Found], int]:
    """The rows with their requests, and the number of the newest request."""
    run_ids = {text.strip().upper() for row in table.rows if (text := row.text("run_id"))}
    requests = known_requests(session, _address(place), run_ids)
    found = recognise(table.rows, requests)
    for request in left_over(found, requests):
        request.is_gone = True
    is_ours = _is_ours(workspace, place)
    for one in found:
        if one.request is not None:
            one.request.sheet_row = one.row.number
            one.request.was_seen = one.request.was_seen or (bool(one.run_id) and not is_ours)
    newest = session.scalar(select(func.max(SheetRequest.number)).where(SheetRequest.place == _address(place)))
    return found, newest or 0


def _is_ours(workspace: Workspace, place: TabPlace) -> bool:
    """Whether the workbook is as we last wrote it, so that it tells nothing of what a person has seen."""
    digest = None if place.workbook.file is None else file_digest(place.workbook.file)
    return digest is not None and is_as_written(workspace.store, place.workbook, digest)


def _unread(one: Found) -> Message | None:
    """What keeps the row from being read."""
    return next(iter(one.row.problems.values()), None)


def _take_up(workspace: Workspace, place: TabPlace, one: Found, newest: int) -> SheetRequest:
    """Ask for what the row asks for; row and run are stored together. Raises InputError in the words of exit 2."""
    submission = _checked(workspace, one.typed)
    role = workspace.settings.requests.role
    needed = role_for(submission.action, submission.options)
    if not role.may(needed):
        raise InputError("requests_need_role", action=submission.action.name, needed=needed, role=role)
    request = SheetRequest(
        place=_address(place),
        number=newest + 1,
        run_id="",
        typed=one.typed,
        sheet_row=one.row.number,
        created_at=now(),
        was_seen=False,
        is_gone=False,
    )

    def store(session: Session, run: ActionRun) -> None:
        one_at_a_time(session)
        last = session.scalar(select(func.max(SheetRequest.number)).where(SheetRequest.place == request.place))
        if (last or 0) != newest:
            raise TakenUpElsewhere("requests_taken_up_elsewhere", tab=place.full_name)
        request.run_id = run.run_id
        session.add(request)

    submit(workspace, submission, f"{DOOR}:{_who(one, place)}", for_worker=True, also=store)
    return request


def _who(one: Found, place: TabPlace) -> str:
    return UNSTORABLE.sub("\ufffd", one.typed.get("requested_by") or place.book)


def _checked(workspace: Workspace, typed: Mapping[str, str]) -> Submission:
    action = find_action(typed["action"])
    options = read_options(typed.get("options", ""), action.options.model_fields.keys())
    select = typed.get("selection")
    if select is not None and select.strip().casefold() in _SELECTS_ALL:
        select = None
    return checked(workspace, ActionRequest(action.name, typed.get("tab"), select, options))
