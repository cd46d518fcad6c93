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
from typing import NoReturn, cast

from sqlalchemy.exc import IntegrityError, OperationalError

from roadwright.domain.errors import OperationError
from roadwright.domain.messages import Level
from roadwright.domain.progress import TellProgress, tell_nobody
from roadwright.services.rows.baselines import confirm
from roadwright.services.rows.binding import Binding, SetBinding
from roadwright.services.rows.identity import Identity
from roadwright.services.rows.merge import MergeRules
from roadwright.services.rows.notes import Notes, level_of
from roadwright.sheets.backend import (
    SheetError,
    TabEdit,
    TabReceipt,
    Workbook,
    WorkbookBusy,
    WorkbookMoved,
    WorkbookRef,
)
from roadwright.sheets.merge import NOBODY, Winners
from roadwright.sheets.read import HeaderProblem, Table, read_table
from roadwright.sheets.scope import Scope
from roadwright.store.identity import known_row_versions, next_revision
from roadwright.store.session import one_at_a_time, writes
from roadwright.sync.bases import keep_saved, merge_results, results_of, unsettle
from roadwright.sync.conflicts import keep_conflicts
from roadwright.sync.context import OpenTab, SyncContext, begin_sync
from roadwright.sync.reading import scope_of
from roadwright.sync.renames import follow_renames
from roadwright.sync.reports import RowReport, SheetRow, TabReport, report_rows
from roadwright.sync.selection import ALL, Selection
from roadwright.sync.sets import new_to_the_tab, record_sets, remove_gone, reserve_row_versions, sets_were_written
from roadwright.sync.tab_cache import recall, remember
from roadwright.sync.write_back import append_rows, bring_up_to_date, finish
from roadwright.sync.written import note_written
from roadwright.tabs import INTAKE
from roadwright.workspace.contents import newest_row_version_on
from roadwright.workspace.workspace import TabPlace, Workspace

_PAUSE = 0.5
"""Seconds between two attempts to write a workbook that someone holds."""


_MOST_MOVES = 3
"""Times that a workbook is read again at once in which people moved rows while it was written."""


class PendingWrite(OperationError):
    """The database has everything, but a workbook could not be brought up to date. ``reports`` say what was done."""

    def __init__(self, reasons: Sequence[str], reports: Sequence[TabReport]) -> None:
        super().__init__("write_pending", reasons="\n".join(reasons))
        self.reports = list(reports)


class ForeignTab(SheetError):
    """A tab was last written by another database than the one that is open, or by a newer copy of it."""


def refuse_to_empty(context: SyncContext, tab: OpenTab) -> NoReturn:
    """Leave a tab as it is of whose rows the database knows nothing at all. Raises ForeignTab."""
    raise ForeignTab("tab_of_unknown_rows", tab=tab.place.name, folder=context.workspace.root)


Work = Callable[[SyncContext, Sequence[OpenTab]], list[TabReport]]
"""Work on the open tabs: change the database through the session, plan the tabs' cells, say what was done on each."""


class WorkbookCache:
    """Workbooks and tabs that were read and can be worked on: each is read once until it is written.

    ``checks_origin`` False takes tabs as they are, whichever database wrote them.
    """

    def __init__(self, workspace: Workspace, *, checks_origin: bool = True) -> None:
        self._workspace = workspace
        self._checks_origin = checks_origin
        self._workbooks: dict[WorkbookRef, Workbook] = {}
        self._expected: dict[WorkbookRef, list[str]] = {}
        self._tabs: dict[str, tuple[Table, Mapping[int, str] | None]] = {}

    def expect(self, places: Sequence[TabPlace]) -> None:
        """These tabs are going to be read: what can be read of them at once is."""
        for place in places:
            self._expected.setdefault(place.workbook, []).append(place.tab)
        for ref in self._expected.keys() & self._workbooks.keys():
            self._workbooks[ref].will_read(self._expected.pop(ref))

    def tab(self, place: TabPlace) -> OpenTab:
        """The tab as it was read. Raises SheetError."""
        workbook = self._workbooks.get(place.workbook)
        if workbook is None:
            workbook = self._workbooks[place.workbook] = self._workspace.open(place)
            workbook.will_read(self._expected.pop(place.workbook, ()))
        if place.name not in self._tabs:
            with self._workspace.store.transaction() as session:
                scope = scope_of(self._workspace, session, place.spec)
                read = partial(_read, place, workbook, self._workspace.tell, scope)
                recalled = recall(session, place, workbook, scope, read)
            self._tabs[place.name] = recalled or (self._checked(place, read()), None)
        table, settled = self._tabs[place.name]
        return OpenTab(place, workbook, table, recalled=settled)

    def _checked(self, place: TabPlace, table: Table) -> Table:
        """Refuse a tab of ours that another database wrote last, or a newer copy of this one.

        Intake is exempt: a row that someone copied from another workspace fails alone, and stops no idea.
        """
        newest = newest_row_version_on(table.rows) if self._checks_origin and place.spec != INTAKE else None
        if newest is None:
            return table
        with self._workspace.store.transaction() as session:
            is_known = bool(known_row_versions(session, {newest}))
        if not is_known:
            raise ForeignTab(
                "tab_of_another_database",
                tab=place.name,
                moment=newest[:19].replace("T", " "),
                folder=self._workspace.root,
            )
        return table

    def was_written(self, place: TabPlace) -> None:
        """The tab has to be read again; its workbook stands for the file as it is now."""
        self._tabs.pop(place.name, None)


def _read(place: TabPlace, workbook: Workbook, tell: TellProgress, scope: Scope) -> Table:
    grid = workbook.read(place.tab)
    try:
        return read_table(
            grid,
            place.spec,
            tab=place.tab,
            header_row=place.header_row,
            tell=tell,
            through=place.through,
            scope=scope,
        )
    except HeaderProblem as problem:
        raise HeaderProblem("in_workbook", workbook=place.book, why=problem.message) from problem


def _safely_read(workspace: Workspace, cache: WorkbookCache, place: TabPlace) -> OpenTab:
    workspace.safe_point()
    return cache.tab(place)


def read_tab(workspace: Workspace, place: TabPlace) -> OpenTab:
    """Read one tab. Raises SheetError."""
    return WorkbookCache(workspace).tab(place)


@dataclass
class _Written:
    """What came of writing the workbooks: by tab its receipt, and the tabs that are not, or not all, up to date."""

    tabs: set[str] = field(default_factory=set)
    """Those that had to be written."""
    receipts: dict[str, TabReceipt] = field(default_factory=dict)
    refused: dict[str, SheetError] = field(default_factory=dict)
    digests: dict[WorkbookRef, str] = field(default_factory=dict)
    """Of the workbooks that were written, as they are now."""
    before: dict[WorkbookRef, str] = field(default_factory=dict)
    """As they were before the first write of each."""

    def reasons(self, tabs: Sequence[OpenTab]) -> list[str]:
        """What is not up to date and why: a whole workbook where nothing of it could be written, else a tab."""
        found: dict[tuple[str, str], None] = {}
        for tab in tabs:
            error = self.refused.get(tab.place.name)
            mine = [other.place.name for other in tabs if other.place.workbook == tab.place.workbook]
            if error is not None:
                whole = all(self.refused.get(name) is error for name in mine)
                found[tab.place.workbook.name if whole else tab.place.full_name, str(error).rstrip(".")] = None
        return [f"{name} is not: {why}" for name, why in found]

    def new_rows(self, tab: OpenTab) -> list[RowReport]:
        """The lines of the rows that were appended."""
        name, told = tab.place.name, tab.pending.new_rows
        return [
            RowReport(name, number, key, status, level_of(status))
            for number, (key, status) in zip(self.receipts[name].appended if told else (), told, strict=True)
        ]


def _write(tabs: Sequence[OpenTab], edits: dict[str, TabEdit]) -> _Written:
    """Write each workbook once, whatever becomes of the others. A tab that can't be written stops no other tab."""
    result = _Written()
    for workbook in dict.fromkeys(tab.place.workbook for tab in tabs):
        _write_workbook([tab for tab in tabs if tab.place.workbook == workbook], edits, result)
    return result


def _write_workbook(tabs: Sequence[OpenTab], edits: dict[str, TabEdit], result: _Written) -> None:
    """Write tabs of one workbook; one by one where that can't be done at once for another reason than a lock."""
    names, ref = [tab.place.name for tab in tabs], tabs[0].place.workbook
    try:
        written = tabs[0].workbook.write([edits[name] for name in names])
    except SheetError as error:
        if len(tabs) == 1 or isinstance(error, WorkbookBusy):
            result.refused.update(dict.fromkeys(names, error))
        else:
            for tab in tabs:
                _write_workbook([tab], edits, result)
        return
    if written.changed:
        result.tabs.update(names)
        result.digests[ref] = written.digest
        result.before.setdefault(ref, written.replaced)
    for name, receipt in zip(names, written.tabs, strict=True):
        result.receipts[name] = receipt
        if receipt.refused:
            result.refused[name] = SheetError(
                "rows_not_written", tab=edits[name].tab, rows=tuple(receipt.refused.values())
            )


def _remember(workspace: Workspace, tab: OpenTab, new_rows: Sequence[int]) -> None:
    """Spare the next pass the reading of this tab."""
    # Where another process remembers the same tab, or holds the database, the next pass reads it, that is all.
    with suppress(IntegrityError, OperationalError), workspace.store.transaction() as session:
        remember(session, tab, new_rows)


def _confirm(workspace: Workspace, written: Sequence[OpenTab]) -> None:
    """Keep in the database that the workbooks show what was planned for these tabs."""
    shown = [row_version for tab in written for row_version in tab.set_row_versions.values()]
    if not shown and not any(tab.pending.to_confirm for tab in written):
        return
    with workspace.store.transaction() as session:
        sets_were_written(session, shown)
        for tab in written:
            confirm(session, workspace.folder_token, tab.place.full_name, tab.pending.to_confirm)


def _say_of_tabs(tabs: Sequence[OpenTab], reports: Sequence[TabReport]) -> None:
    """Put what was noticed of a tab itself into its report."""
    found = {tab.place.name: tab.table for tab in tabs}
    for report in reports:
        name = report.place.name
        if name in found:
            report.of_the_tab = [
                RowReport(name, found[name].header_row, "", f"{Level.WARNING}: {message}", Level.WARNING)
                for message in found[name].warnings
            ]


def run_pass(
    workspace: Workspace,
    source: str,
    places: Sequence[TabPlace],
    work: Work,
    *,
    wait: float | None = None,
    write: bool = True,
    cache: WorkbookCache | None = None,
    tell: TellProgress = tell_nobody,
) -> list[TabReport]:
    """Work on the tabs until their workbooks are written; ``wait`` seconds at most for those that someone holds.

    With ``write`` False only the database is worked on: a later pass of the same action shows what came of it. A
    ``cache`` saves reading again what was read a moment ago; a workbook that changed since then is read anew. ``tell``
    hears how far the work on long tabs is.

    Raises SheetError when a tab can't be read (nothing was saved then), PendingWrite when the database was saved but a
    workbook could not be written: someone holds it, or something stands where rows have to go.
    """
    deadline = time.monotonic() + (workspace.settings.lock_wait if wait is None else wait)
    earlier: list[TabReport] = []
    moves = 0
    while True:
        cache = cache or WorkbookCache(workspace)
        cache.expect(places)
        tabs = [_safely_read(workspace, cache, place) for place in places]
        with workspace.store.transaction() as session:
            one_at_a_time(session)
            reports = work(begin_sync(workspace, session, source, tell), tabs)
            _say_of_tabs(tabs, reports)
            keep_conflicts(session, tabs, workspace.folder_token)
            if not write:
                for tab in tabs:  # a later pass shows it, and may be killed
                    keep_saved(session, tab, workspace.folder_token)
                return reports
            edits = {tab.place.name: finish(session, tab, workspace.folder_token) for tab in tabs}
            revision = next_revision(session) if writes(session) else None
        if revision is not None:
            workspace.saw_revision(revision)
        for report, before in zip(reports, earlier, strict=bool(earlier)):
            report.absorb(before)
        written = _write(tabs, edits)
        note_written(workspace.store, written.digests, written.before)
        refused = written.refused
        _confirm(workspace, [tab for tab in tabs if tab.place.name not in refused])
        for tab in tabs:
            if tab.place.name not in refused:
                _remember(workspace, tab, written.receipts[tab.place.name].appended)
            if tab.place.name in written.tabs:
                cache.was_written(tab.place)
        new_rows = {tab.place.name: written.new_rows(tab) for tab in tabs if tab.place.name in written.tabs}
        for report in reports:
            report.written = report.written or report.place.name in written.tabs
            report.rows += new_rows.get(report.place.name, [])
        if not refused:
            return reports
        can_wait = any(isinstance(error, WorkbookBusy) for error in refused.values())
        has_moved = any(isinstance(error, WorkbookMoved) for error in refused.values())
        moves += has_moved
        if not can_wait or (time.monotonic() >= deadline and not (has_moved and moves <= _MOST_MOVES)):
            raise PendingWrite(written.reasons(tabs), reports) from next(iter(refused.values()))
        earlier = reports
        cache = None
        workspace.safe_point()
        if not has_moved:
            time.sleep(_PAUSE)


def merge_tab(
    context: SyncContext,
    tab: OpenTab,
    binding: Binding,
    *,
    selection: Selection = ALL,
    on_conflict: Winners = NOBODY,
    only: frozenset[str] | None = None,
    show_only: bool = False,
) -> tuple[list[SheetRow], TabReport]:
    """Merge and save the selected rows. The tab itself is not brought up to date yet."""
    spec, table, session = tab.place.spec, tab.table, context.session
    picked = selection.picks(spec, table.rows)
    follow_renames(context, tab, binding)
    settled = None
    if not selection.everything:  # of a set that is selected as a whole, the rows that were named
        settled = frozenset(tab.identity_of(row) for row in table.rows if row.number in picked)
    if spec.set_identity:
        picked = whole_sets(tab, picked)
    results = results_of(tab, picked)
    rules = MergeRules(context.source, on_conflict, only, show_only, settled)
    report = TabReport(tab.place)
    if spec.set_identity:
        reserve_row_versions(context, tab, cast("SetBinding", binding), results)
    report.saved, report.created = merge_results(context, tab, binding, results, rules)
    if spec.set_identity and not show_only:
        report.removed = remove_gone(context, tab, cast("SetBinding", binding), results, selection)
    session.flush()
    return results, report


def show_tab(
    context: SyncContext,
    tab: OpenTab,
    binding: Binding,
    results: list[SheetRow],
    report: TabReport,
    *,
    add: Callable[[set[Identity]], Sequence[Identity]] | None = None,
    statuses: Callable[[Identity], Notes] | None = None,
) -> None:
    """Bring the rows that were looked at up to date, append those to add, and finish the report."""
    present = {o.identity for o in results}
    wanted = add(present) if add is not None else ()
    if tab.spec.set_identity:
        sets = cast("SetBinding", binding)
        wanted = wanted or new_to_the_tab(context, tab, sets, results)
        record_sets(context, tab, sets, results, wanted)
    stored = context.load_again(binding, {*(o.identity for o in results), *wanted})
    unsettle(context, tab, results, stored)
    bring_up_to_date(context, tab, results, stored)
    new = [(identity, stored[identity]) for identity in wanted if identity in stored]
    notes = {identity: statuses(identity).text for identity, _ in new} if statuses is not None else {}
    append_rows(context, tab, new, notes)
    report.added = len(new)
    report.rows = report_rows(tab.place, results)


def whole_sets(tab: OpenTab, picked: set[int]) -> set[int]:
    """Selecting a row of a set selects the whole set."""
    width = len(tab.spec.set_identity)
    set_of = {row.number: tab.identity_of(row)[:width] for row in tab.table.rows}
    sets = {set_of[number] for number in picked if number in set_of}
    return {number for number, name in set_of.items() if name in sets}


def say_of_rows(
    context: SyncContext, tab: OpenTab, binding: Binding, say: Callable[[SheetRow], Notes | None]
) -> TabReport:
    """Save nothing, and put a new status on the rows of which there is something to say."""
    follow_renames(context, tab, binding)
    results = results_of(tab, set())
    merge_results(context, tab, binding, results, MergeRules(context.source, show_only=True))
    for result in results:
        notes = say(result)
        if notes is not None:
            result.is_selected = True
            result.only_shown = False
            result.notes = notes
    report = TabReport(tab.place)
    show_tab(context, tab, binding, results, report)
    return report
