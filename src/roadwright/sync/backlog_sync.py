"""pm.backlog_sync: people's edits on the Backlog, then all intake, then the Backlog tab. Everything, always."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from roadwright import tabs
from roadwright.domain.messages import Level, Message, notice
from roadwright.domain.progress import TellProgress
from roadwright.services.backlog.duplicates import tell_duplicates
from roadwright.services.bindings.backlog import BacklogBinding, intake_notes_of, missing_from_tab, say_intake
from roadwright.services.rows.identity import identity_of
from roadwright.services.rows.merge import MergeRules
from roadwright.sheets.backend import SheetError
from roadwright.sheets.merge import Winners
from roadwright.sync.context import OpenTab, SyncContext
from roadwright.sync.engine import ForeignTab, PendingWrite, WorkbookCache, merge_tab, run_pass, show_tab
from roadwright.sync.importing import cannot_be_matched, proposal_for
from roadwright.sync.intake import sync_intake
from roadwright.sync.keys import KeyPool, give_keys, unkeyed
from roadwright.sync.reports import RowReport, SheetRow, TabReport
from roadwright.sync.selection import ALL, Selection
from roadwright.workspace.identity import read_note
from roadwright.workspace.workspace import TabPlace, Workspace


class SyncProgress(TellProgress, Protocol):
    """Hears of each step, and how far the long ones are."""

    def __call__(self, message: str, done: int | None = None, total: int | None = None) -> None: ...


@dataclass
class SyncResult:
    """What a sync did on each tab, and what it could not do."""

    tabs: list[TabReport] = field(default_factory=list)
    problems: list[Message] = field(default_factory=list)
    told: list[RowReport] = field(default_factory=list)
    """Lines on ideas that were put on the Backlog only now."""


@dataclass(frozen=True)
class Settling:
    """Who wins where intake and backlog changed the same field: on all rows, or on those that are selected on a tab."""

    on_conflict: Winners
    place: TabPlace
    selection: Selection = ALL

    def rules(self, source: str, open_tabs: Sequence[OpenTab]) -> MergeRules:
        """The same for the rows of intake, by their initiative. Raises SelectionError."""
        if self.selection.everything:
            return MergeRules(source, self.on_conflict)
        rows = [row for tab in open_tabs if tab.place == self.place for row in tab.table.rows]
        picked = self.selection.picks(self.place.spec, rows)
        settled = {identity_of(tabs.INTAKE.identity, row.brief) for row in rows if row.number in picked}
        return MergeRules(source, self.on_conflict, settled=frozenset(settled))


def keys_for_new_rows(
    workspace: Workspace, source: str, places: Sequence[TabPlace], cache: WorkbookCache, selection: Selection = ALL
) -> Message | None:
    """Give keys to rows without one, and write them into the sheets. Returns what is pending where that can't be.

    ``places`` are all tabs of one sync: whether a key stands on none of them tells lost keys from new ideas.
    Raises SheetError when a tab can't be read, SelectionError.
    """
    pool = KeyPool()
    waiting: list[TabPlace] = []
    for place in places:
        tab = cache.tab(place)
        pool.look_at(tab)
        if unkeyed(tab, selection):
            waiting.append(place)
    if not waiting:
        return None

    def work(current: SyncContext, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
        return [give_keys(current, tab, pool, selection) for tab in open_tabs]

    try:
        run_pass(workspace, source, waiting, work, cache=cache)
    except PendingWrite as pending:
        return Message("keys_waiting", params={"why": str(pending.__cause__)})
    return None


@dataclass
class _Sorted:
    """The tabs of one sync that can be read, and what is wrong with the others, by full name."""

    readable: list[TabPlace] = field(default_factory=list)
    faults: dict[str, SheetError] = field(default_factory=dict)


def _sorted_out(places: Sequence[TabPlace], cache: WorkbookCache, progress: SyncProgress) -> _Sorted:
    found = _Sorted()
    for number, place in enumerate(places):
        progress(f"reading {place.name}", number, len(places))
        try:
            cache.tab(place)
        except SheetError as error:
            found.faults[place.full_name] = error
        else:
            found.readable.append(place)
    return found


def _proposals(workspace: Workspace, faults: Mapping[str, SheetError]) -> Iterator[Message]:
    """What to write into the settings for intake tabs whose header can't be matched, ready to paste."""
    for place in workspace.intake():
        fault = faults.get(place.full_name)
        if fault is not None and cannot_be_matched(fault):
            proposed = proposal_for(workspace, place)
            if proposed is not None:
                yield proposed


def _tell_duplicates(current: SyncContext, backlog: OpenTab, results: Sequence[SheetRow]) -> Iterator[RowReport]:
    """Say of ideas that they look like another one: on their rows, or in lines of their own where they are new."""
    rows = {result.key: result for result in results if not result.is_duplicate}
    for pair in tell_duplicates(current.session):
        said = notice("looks_like", key=pair.key, other=pair.other, title=pair.other_title)
        if pair.key in rows:
            rows[pair.key].notes.add(said)
        else:
            yield RowReport(backlog.place.name, 0, pair.key, str(Level.OK), Level.OK, (str(said),))


def backlog_sync(workspace: Workspace, source: str, settling: Settling, progress: SyncProgress) -> SyncResult:
    """Sync everything. Tabs that can't be read or written are named in the result and do not stop the others.

    Where the Backlog can't be read, intake goes into the database, and a later sync writes the Backlog: what was typed
    there meets what intake said as an edit that was made at the same time. That is left where keys that the database
    would give may stand on the Backlog already: another database wrote it, or this folder was never synced.
    """
    result = SyncResult()
    backlog = workspace.place(tabs.BACKLOG)
    progress("reading the workbooks")
    cache = WorkbookCache(workspace)
    cache.expect([*workspace.intake(), backlog])
    found = _sorted_out([*workspace.intake(), backlog], cache, progress)
    fault = found.faults.pop(backlog.full_name, None)
    result.problems.extend(fault.message for fault in found.faults.values())
    proposals = list(_proposals(workspace, found.faults))
    if fault is not None:
        note = read_note(workspace.private)
        can_go_on = not isinstance(fault, ForeignTab) and note is not None and note.revision is not None
        code = "backlog_unreadable" if can_go_on else "backlog_unreadable_at_all"
        result.problems.append(Message(code, params={"why": str(fault).rstrip(".")}))
        if not can_go_on:
            result.problems.extend(proposals)
            return result
    result.problems.extend(proposals)
    if not found.readable:
        return result
    progress("giving keys to new rows")
    pending = keys_for_new_rows(workspace, source, found.readable, cache)
    if pending is not None:
        result.problems.append(pending)

    def work(current: SyncContext, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
        intake_tabs = [tab for tab in open_tabs if tab.spec == tabs.INTAKE]
        progress(f"merging {sum(len(tab.table.rows) for tab in intake_tabs):,} intake rows")
        backlog_tab = next((tab for tab in open_tabs if tab.spec == tabs.BACKLOG), None)
        rules = settling.rules(current.source, open_tabs)
        if backlog_tab is None:
            return sync_intake(current, intake_tabs, found.faults, rules)
        binding = BacklogBinding()
        results, report = merge_tab(current, backlog_tab, binding)
        intake_reports = sync_intake(current, intake_tabs, found.faults, rules)
        say_intake(current.session, results)
        current.session.flush()
        progress("bringing the Backlog up to date")
        missing = missing_from_tab(current.session, {result.identity for result in results})
        notes = intake_notes_of(current.session, missing)
        result.told += _tell_duplicates(current, backlog_tab, results)
        show_tab(current, backlog_tab, binding, results, report, add=lambda _: missing, statuses=notes.__getitem__)
        progress("writing the workbooks")
        return [*intake_reports, report]

    wait = 0.0 if pending is not None else None
    try:
        result.tabs = run_pass(workspace, source, found.readable, work, wait=wait, cache=cache, tell=progress)
    except PendingWrite as unwritten:
        result.tabs = unwritten.reports
        result.problems.append(unwritten.message)
    return result
