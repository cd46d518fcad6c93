"""Taking over what the workbooks hold into a database that is new, or older than they are. Keys are kept.

Each tab is saved as if somebody had typed all of it, the sheet winning over what an older database still says, but not
over what came from the newer workbooks of another folder (see ``sync.trust``). The Backlog comes before intake, and
wins over it. What actions once computed comes along (see ``sync.take_over``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from roadwright import tabs
from roadwright.domain.keys import INITIATIVE, parse_key
from roadwright.domain.messages import Message
from roadwright.domain.provenance import REBUILD
from roadwright.services.bindings.backlog import BacklogBinding, intake_notes_of, missing_from_tab, say_intake
from roadwright.services.rows.merge import MergeRules
from roadwright.sheets.backend import SheetError
from roadwright.sheets.merge import NOBODY, OnConflict, Winners
from roadwright.sheets.read import Table
from roadwright.sheets.spec import TabSpec
from roadwright.store.clock import now
from roadwright.store.identity import is_empty, known_numbers, latest_revision, take_identity, workspace_id
from roadwright.store.models import IssuedKey
from roadwright.store.numbers import go_on_above
from roadwright.store.session import shown_url
from roadwright.sync.backlog_sync import keys_for_new_rows
from roadwright.sync.context import OpenTab, SyncContext
from roadwright.sync.engine import PendingWrite, Work, WorkbookCache, merge_tab, run_pass, show_tab
from roadwright.sync.intake import sync_intake
from roadwright.sync.reports import TabReport
from roadwright.sync.run_tabs import RUN_TABS, is_there, write_run_tab
from roadwright.sync.saves import BINDINGS, MERGES
from roadwright.sync.selection import ALL
from roadwright.sync.take_over import take_over, take_published_versions, take_runs
from roadwright.sync.trust import trust_sheet, yield_to_backlog
from roadwright.workspace.contents import WorkbookContents, held_by, look_at
from roadwright.workspace.identity import Note, WrongDatabase, read_note, refuse_moved, write_note
from roadwright.workspace.numbers import highest_numbers, published_versions
from roadwright.workspace.workspace import TabPlace, Workspace

_ORDER: tuple[TabSpec, ...] = (
    tabs.SCORING_INPUTS,
    tabs.MATH_MODELS,
    tabs.PARAMS,
    tabs.KPI_CONTRIBUTIONS,
    tabs.GATES,
    tabs.ROADMAPS,
    tabs.ROADMAP_ENTRIES,
    tabs.SCENARIO_CONFIG,
    tabs.CONSTRAINTS,
    tabs.TARGETS,
    tabs.CANDIDATES,
)
"""The tabs after the KPI registry, the Backlog and intake: each after those that it refers to, roadmaps after runs."""

_SHOWN_AGAIN = (tabs.BACKLOG, tabs.ROADMAPS)
"""The tabs that show something of the later ones."""


@dataclass
class Rebuilt:
    """What a rebuild did on each tab, and what it could not do."""

    tabs: list[TabReport] = field(default_factory=list)
    problems: list[Message] = field(default_factory=list)
    keys: int = 0
    """Keys that stand on the tabs and that the database did not know."""
    runs: int = 0
    """Optimization runs, likewise."""


def may_be_rebuilt(workspace: Workspace) -> bool:
    """Whether the workbooks hold anything that the database does not know.

    An empty database becomes that of the folder's workspace, so that copies of the folder can join it.
    Raises WrongDatabase where the database is another workspace's: what it holds is not to be mixed with ours. So it is
    with one that was moved into another.
    """
    refuse_moved(workspace)
    held, note = held_by(workspace), read_note(workspace.private)
    with workspace.store.transaction() as session:
        is_ours = held.shares_history(session) if note is None else note.workspace_id == workspace_id(session)
        if not is_ours and is_empty(session):
            if note is not None:
                take_identity(session, note.workspace_id)
        elif not is_ours:
            raise WrongDatabase(
                "rebuild_into_another", url=shown_url(workspace.store.engine.url), folder=workspace.root
            )
        if held.unknown_to(session):
            return True
    _note_database(workspace)
    return False


def _note_database(workspace: Workspace) -> None:
    """From now on the database, as it is, is the folder's."""
    with workspace.store.transaction() as session:
        note = Note(workspace_id(session), latest_revision(session))
    write_note(workspace.private, note)


def rebuild(workspace: Workspace, progress: Callable[[str], None]) -> Rebuilt:
    """Take over all workbooks. The caller holds the workspace.

    Raises SheetError where a workbook can't be read: its keys could be given a second time.
    """
    result = Rebuilt()
    progress("reading the workbooks")
    places = [
        place
        for place in workspace.places()
        if not place.workbook.is_missing and (not place.spec.optional or is_there(workspace, place))
    ]
    cache = WorkbookCache(workspace, checks_origin=False)
    result.keys = _take_numbers(workspace, [(place, cache.tab(place).table) for place in places])

    def step(what: str, spec_places: Sequence[TabPlace], work: Work) -> None:
        progress(what)
        try:
            result.tabs += run_pass(workspace, REBUILD, spec_places, work, cache=cache)
        except PendingWrite as pending:
            result.tabs += pending.reports
            result.problems.append(pending.message)
        except SheetError as error:
            result.problems.append(error.message)

    of = {place.spec: place for place in places if place.spec != tabs.INTAKE}
    if tabs.METRICS_CONFIG in of:
        step("taking over the KPI registry", [of[tabs.METRICS_CONFIG]], _save)
    if tabs.BACKLOG in of:
        intake = [place for place in places if place.spec == tabs.INTAKE]
        both = [*intake, of[tabs.BACKLOG]]
        waiting = keys_for_new_rows(workspace, REBUILD, both, cache)
        result.problems += [waiting] if waiting else []
        step("taking over the Backlog, then intake", both, _save_backlog)
    run_tabs = [spec for spec in RUN_TABS if not spec.optional]
    run_places = [of[spec] for spec in run_tabs if spec in of]

    def take_over_runs(current: SyncContext, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
        result.runs += take_runs(current.session, *(tab.table.rows for tab in open_tabs))
        return [write_run_tab(current, tab) for tab in open_tabs]

    for spec in _ORDER:
        if spec is tabs.ROADMAPS and len(run_places) == len(run_tabs):  # roadmaps name the run that they adopted
            step("taking over the runs", run_places, take_over_runs)
        if spec in of:
            step(f"taking over {of[spec].name}", [of[spec]], _save)
    with workspace.store.transaction() as session:
        take_published_versions(session, published_versions(workspace))
    again = [of[spec] for spec in _SHOWN_AGAIN if spec in of]
    for place in again:
        shown = len(result.tabs)
        step(f"bringing {place.name} up to date", [place], _show)
        replaced = {report.place.name: report for report in result.tabs[shown:]}
        del result.tabs[shown:]
        for report in result.tabs:
            if report.place.name in replaced:
                report.rows = replaced[report.place.name].rows
    if tabs.OVERVIEW in of:
        step(
            f"bringing {of[tabs.OVERVIEW].name} up to date",
            [of[tabs.OVERVIEW]],
            lambda current, open_tabs: [write_run_tab(current, tab) for tab in open_tabs],
        )
    _note_database(workspace)
    return result


def _take_numbers(workspace: Workspace, tables: Sequence[tuple[TabPlace, Table]]) -> int:
    """Count the keys on the tabs as given, and let new ones go on above all that are seen anywhere."""
    held = WorkbookContents()
    for place, table in tables:
        look_at(held, table, place.name)
    numbers = {number: where for key, where in held.keys.items() if (number := parse_key(INITIATIVE, key)) is not None}
    with workspace.store.transaction() as session:
        known = known_numbers(session, set(numbers))
        session.add_all(
            IssuedKey(number=number, issued_at=now(), issued_for=REBUILD) for number in sorted(numbers.keys() - known)
        )
        session.flush()
        for prefix, number in highest_numbers(workspace, [table for _, table in tables]).items():
            go_on_above(session, prefix, number)
    return len(numbers.keys() - known)


def _save(context: SyncContext, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
    """Save one tab as the sheet shows it."""
    [tab] = open_tabs
    trust = trust_sheet(context.session, tab, BINDINGS[tab.spec.name]())
    results, report = MERGES[tab.spec.name](context, tab, ALL, trust.on_conflict)
    take_over(context.session, tab.spec.name, results, trust.rows)
    show_tab(context, tab, BINDINGS[tab.spec.name](), results, report)
    return [report]


def _show(context: SyncContext, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
    """Show on a tab what came with the later ones."""
    [tab] = open_tabs
    results, report = MERGES[tab.spec.name](context, tab, ALL, NOBODY)
    show_tab(context, tab, BINDINGS[tab.spec.name](), results, report)
    return [report]


def _save_backlog(context: SyncContext, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
    """The Backlog as the sheet shows it, then intake; where both say something, the Backlog's value stands."""
    *intake, tab = open_tabs
    binding = BacklogBinding()
    trust = trust_sheet(context.session, tab, BacklogBinding())
    results, report = merge_tab(context, tab, binding, on_conflict=trust.on_conflict)
    take_over(context.session, tab.spec.name, results, trust.rows)
    for place in intake:
        yield_to_backlog(context.session, place, tab)
    reports = sync_intake(context, intake, (), MergeRules(context.source, Winners(OnConflict.DATABASE)))
    say_intake(context.session, results)
    context.session.flush()
    missing = missing_from_tab(context.session, {result.identity for result in results})
    notes = intake_notes_of(context.session, missing)
    show_tab(context, tab, binding, results, report, add=lambda _: missing, statuses=notes.__getitem__)
    return [*reports, report]
