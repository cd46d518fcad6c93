"""pm.backlog_sync: every idea of every intake sheet, into the one backlog."""

from __future__ import annotations

from roadwright import tabs
from roadwright.actions.contract import Action, ActionContext, Answer, Asked, on_conflict
from roadwright.actions.options import OnConflictOption, UsageError
from roadwright.sync.backlog_sync import Settling, backlog_sync


def _check(asked: Asked) -> None:
    if not asked.selection.everything and on_conflict(asked).is_nobody:
        raise UsageError("selection_settles_nothing", action=BACKLOG_SYNC.name)


def _run(request: ActionContext) -> Answer:
    assert request.tab is not None
    settling = Settling(on_conflict(request), request.tab, request.selection)
    result = backlog_sync(request.workspace, request.action, settling, request.report)
    return Answer(tabs=result.tabs, more_rows=result.told, problems=result.problems)


BACKLOG_SYNC = Action(
    name="pm.backlog_sync",
    help="merges edits on the Backlog, then all intake tabs, into the database and back to the Backlog tab",
    explanation=(
        "Everything, always: no idea is ever left out. Rows without a key get one, written into the sheet. Running it "
        "again changes nothing. After the first sync the backlog owns the fields that were edited there: a later "
        "change of the same field in intake is shown as CONFLICT on both rows, and on_conflict settles it (sheet: the "
        "intake's value, database: the backlog's): everywhere, or with --select for these rows of the Backlog, or of "
        "the intake tab that --tab names. Ideas that look like another one are told once; the column duplicate_of "
        "says that one is."
    ),
    run=_run,
    check=_check,
    tabs=(tabs.BACKLOG, tabs.INTAKE),
    options=OnConflictOption,
)
