"""One pass over tabs: read them, work on rows and database in one transaction, then write each workbook once.

The transaction commits before any sheet is written. A workbook that can't be written then (open elsewhere, changed
since it was read) is tried again with a fresh read until the waiting time is over; what is still pending is said, and
the next run of the same action completes it, because every pass is idempotent.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import cast

from sqlalchemy.exc import IntegrityError, OperationalError

from roadwright.sheets.backend import SheetError, TabEdit, Workbook, WorkbookBusy
from roadwright.sheets.merge import OnConflict
from roadwright.sheets.read import HeaderProblem, Table, read_table
from roadwright.store.clock import Marks
from roadwright.sync.binding import Binding, SetBinding
from roadwright.sync.identity import Identity, identity_of
from roadwright.sync.merge_rows import MergeRules, merge_outcomes, outcomes_of, unsettle
from roadwright.sync.outcome import Outcome, RowReport, TabReport, report_rows
from roadwright.sync.selection import ALL, Selection
from roadwright.sync.sets import mark_sets, new_to_the_tab, remove_gone, reserve_marks, sets_were_written
from roadwright.sync.settled import recall, remember
from roadwright.sync.statuses import Notes, level_of
from roadwright.sync.work import OpenTab, Pass, TellProgress, tell_nobody
from roadwright.sync.write_back import append_rows, bring_up_to_date, finish
from roadwright.workspace.workspace import TabPlace, Workspace

_PAUSE = 0.5
"""Seconds between two attempts to write a workbook that someone holds."""


class PendingWrite(Exception):
    """The database has everything, but a workbook could not be brought up to date. ``reports`` say what was done."""

    def __init__(self, message: str, reports: Sequence[TabReport] = ()) -> None:
        super().__init__(message)
        self.reports = list(reports)


Work = Callable[[Pass, Sequence[OpenTab]], list[TabReport]]
"""Work on the open tabs: change the database through the session, plan the tabs' cells, say what was done on each."""


class Desk:
    """Workbooks and tabs that were read and can be worked on: each is read once until it is written."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._workbooks: dict[Path, Workbook] = {}
        self._tabs: dict[str, tuple[Table, Mapping[int, str] | None]] = {}

    def tab(self, place: TabPlace) -> OpenTab:
        """The tab as it was read. Raises SheetError."""
        workbook = self._workbooks.get(place.workbook)
        if workbook is None:
            workbook = self._workbooks[place.workbook] = self._workspace.open(place)
        if place.name not in self._tabs:
            read = partial(_read, place, workbook)
            with self._workspace.store.transaction() as session:
                recalled = recall(session, place, workbook, read)
            self._tabs[place.name] = recalled or (read(), None)
        table, settled = self._tabs[place.name]
        return OpenTab(place, workbook, table, recalled=settled)

    def was_written(self, place: TabPlace) -> None:
        """The tab has to be read again; its workbook stands for the file as it is now."""
        self._tabs.pop(place.name, None)


def _read(place: TabPlace, workbook: Workbook) -> Table:
    try:
        return read_table(workbook.read(place.tab), place.spec, tab=place.tab, header_row=place.header_row)
    except HeaderProblem as problem:
        raise HeaderProblem(f"{place.book}: {problem}") from problem


def read_tab(workspace: Workspace, place: TabPlace) -> OpenTab:
    """Read one tab. Raises SheetError."""
    return Desk(workspace).tab(place)


@dataclass
class _Written:
    """What came of writing the workbooks: the tabs written, their new rows, and the workbooks that could not be."""

    tabs: set[str] = field(default_factory=set)
    new_rows: dict[str, list[RowReport]] = field(default_factory=dict)
    refused: dict[Path, SheetError] = field(default_factory=dict)


def _new_rows(tab: OpenTab, edit: TabEdit) -> list[RowReport]:
    """The lines of the rows that are appended. Raises SheetError where there is no room for them."""
    told = tab.pending.new_rows
    if not told:
        return []
    numbers = tab.workbook.plan_append(edit)
    return [
        RowReport(tab.place.name, number, key, status, level_of(status))
        for number, (key, status) in zip(numbers, told, strict=True)
    ]


def _write(tabs: Sequence[OpenTab], edits: dict[str, TabEdit]) -> _Written:
    """Write each workbook once, whatever becomes of the others."""
    result = _Written()
    for path in dict.fromkeys(tab.place.workbook for tab in tabs):
        mine = [tab for tab in tabs if tab.place.workbook == path]
        try:
            new_rows = {tab.place.name: _new_rows(tab, edits[tab.place.name]) for tab in mine}
            if mine[0].workbook.write([edits[tab.place.name] for tab in mine]):
                result.tabs |= {tab.place.name for tab in mine}
                result.new_rows |= new_rows
        except SheetError as error:
            result.refused[path] = error
    return result


def _remember(workspace: Workspace, tab: OpenTab, new_rows: Sequence[RowReport]) -> None:
    """Save the next pass the reading of this tab."""
    # Where another process remembers the same tab, or holds the database, the next pass reads it, that is all.
    with suppress(IntegrityError, OperationalError), workspace.store.transaction() as session:
        remember(session, tab, [row.row for row in new_rows])


def run_pass(
    workspace: Workspace,
    source: str,
    places: Sequence[TabPlace],
    work: Work,
    *,
    wait: float | None = None,
    write: bool = True,
    desk: Desk | None = None,
    tell: TellProgress = tell_nobody,
) -> list[TabReport]:
    """Work on the tabs until their workbooks are written; ``wait`` seconds at most for those that someone holds.

    With ``write`` False only the database is worked on: a later pass of the same action shows what came of it. A
    ``desk`` saves reading again what was read a moment ago; a workbook that changed since then is read anew. ``tell``
    hears how far the work on long tabs is.

    Raises SheetError when a tab can't be read (nothing was saved then), PendingWrite when the database was saved but a
    workbook could not be written: someone holds it, or something stands where rows have to go.
    """
    deadline = time.monotonic() + (workspace.settings.lock_wait if wait is None else wait)
    earlier: list[TabReport] = []
    while True:
        desk = desk or Desk(workspace)
        tabs = [desk.tab(place) for place in places]
        with workspace.store.transaction() as session:
            reports = work(Pass(workspace, session, Marks(session), source, tell=tell), tabs)
            if not write:
                return reports
            edits = {tab.place.name: finish(session, tab) for tab in tabs}
        for report, before in zip(reports, earlier, strict=bool(earlier)):
            report.absorb(before)
        written = _write(tabs, edits)
        refused = written.refused
        shown = [mark for tab in tabs if tab.place.workbook not in refused for mark in tab.set_marks.values()]
        if shown:
            with workspace.store.transaction() as session:
                sets_were_written(session, shown)
        for report in reports:
            report.written = report.written or report.place.name in written.tabs
            report.rows += written.new_rows.get(report.place.name, [])
        for tab in tabs:
            if tab.place.workbook not in refused:
                _remember(workspace, tab, written.new_rows.get(tab.place.name, ()))
            if tab.place.name in written.tabs:
                desk.was_written(tab.place)
        if not refused:
            return reports
        can_wait = any(isinstance(error, WorkbookBusy) for error in refused.values())
        if not can_wait or time.monotonic() >= deadline:
            reasons = "; ".join(str(error).rstrip(".") for error in refused.values())
            raise PendingWrite(
                f"the database is up to date, but {', '.join(path.name for path in refused)} is not: {reasons}. "
                "Run the action again when that is settled; it completes what is pending",
                reports,
            ) from next(iter(refused.values()))
        earlier = reports
        desk = None
        time.sleep(_PAUSE)


def merge_tab(
    work: Pass,
    tab: OpenTab,
    binding: Binding,
    *,
    selection: Selection = ALL,
    on_conflict: OnConflict = OnConflict.ASK,
    only: frozenset[str] | None = None,
    show_only: bool = False,
) -> tuple[list[Outcome], TabReport]:
    """Merge and save the selected rows. The tab itself is not brought up to date yet."""
    spec, table, session = tab.place.spec, tab.table, work.session
    picked = selection.picks(spec, table.rows)
    if spec.set_identity:
        picked = whole_sets(table, spec.set_identity, picked)
    outcomes = outcomes_of(tab, picked)
    rules = MergeRules(work.source, on_conflict, only, show_only)
    report = TabReport(tab.place)
    if spec.set_identity:
        reserve_marks(work, tab, cast("SetBinding", binding), outcomes)
    report.saved, report.created = merge_outcomes(work, tab, binding, outcomes, rules)
    if spec.set_identity and not show_only:
        report.removed = remove_gone(work, tab, cast("SetBinding", binding), outcomes, selection)
    session.flush()
    return outcomes, report


def show_tab(
    work: Pass,
    tab: OpenTab,
    binding: Binding,
    outcomes: list[Outcome],
    report: TabReport,
    *,
    add: Callable[[set[Identity]], Sequence[Identity]] | None = None,
    statuses: Callable[[Identity], Notes] | None = None,
) -> None:
    """Bring the rows that were looked at up to date, append those to add, and finish the report."""
    present = {o.identity for o in outcomes}
    wanted = add(present) if add is not None else ()
    if tab.spec.set_identity:
        sets = cast("SetBinding", binding)
        wanted = wanted or new_to_the_tab(work, sets, outcomes)
        mark_sets(work, tab, sets, outcomes, wanted)
    stored = work.load_again(binding, {*(o.identity for o in outcomes), *wanted})
    unsettle(work.session, tab, outcomes, stored)
    bring_up_to_date(work, tab, outcomes, stored)
    new = [(identity, stored[identity]) for identity in wanted if identity in stored]
    notes = {identity: statuses(identity).text for identity, _ in new} if statuses is not None else {}
    append_rows(work, tab, new, notes)
    report.added = len(new)
    report.rows = report_rows(tab.place, outcomes)


def whole_sets(table: Table, set_identity: Sequence[str], picked: set[int]) -> set[int]:
    """Selecting a row of a set selects the whole set."""
    sets = {identity_of(set_identity, row.values) for row in table.rows if row.number in picked}
    return {row.number for row in table.rows if identity_of(set_identity, row.values) in sets}


def say_of_rows(work: Pass, tab: OpenTab, binding: Binding, say: Callable[[Outcome], Notes | None]) -> TabReport:
    """Save nothing, and put a new status on the rows of which there is something to say."""
    outcomes = outcomes_of(tab, set())
    merge_outcomes(work, tab, binding, outcomes, MergeRules(work.source, show_only=True))
    for outcome in outcomes:
        notes = say(outcome)
        if notes is not None:
            outcome.looked_at = True
            outcome.only_shown = False
            outcome.notes = notes
    report = TabReport(tab.place)
    show_tab(work, tab, binding, outcomes, report)
    return report
