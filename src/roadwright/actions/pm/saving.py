"""pm.save_selected: what was typed on a tab, into the database."""

from __future__ import annotations

from collections.abc import Sequence

from roadwright import tabs
from roadwright.actions.contract import Action, ActionContext, Answer, on_conflict
from roadwright.actions.options import ForceOption, OnConflictOption
from roadwright.sync.backlog_sync import keys_for_new_rows
from roadwright.sync.context import OpenTab, SyncContext
from roadwright.sync.engine import WorkbookCache, run_pass, show_tab
from roadwright.sync.reports import TabReport
from roadwright.sync.saves import BINDINGS, MERGES, still_in_effect
from roadwright.sync.selection import Selection
from roadwright.workspace.workspace import TabPlace


def save_tab(request: ActionContext, place: TabPlace, selection: Selection, cache: WorkbookCache) -> TabReport:
    """Save the selected rows of a tab and show them as they are stored. Raises SheetError or PendingWrite."""

    def work(current: SyncContext, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
        [tab] = open_tabs
        current.force = isinstance(request.options, ForceOption) and request.options.force
        results, report = MERGES[place.spec.name](current, tab, selection, on_conflict(request))
        show_tab(current, tab, BINDINGS[place.spec.name](), results, report)
        if selection.everything:
            report.rows += still_in_effect(current.session, tab, report)
        return [report]

    request.report(f"saving {place.name}")
    [report] = run_pass(request.workspace, request.action, [place], work, cache=cache, tell=request.report)
    return report


def _run(request: ActionContext) -> Answer:
    place = request.tab
    assert place is not None
    answer = Answer()
    cache = WorkbookCache(request.workspace)
    if place.spec == tabs.BACKLOG:
        pending = keys_for_new_rows(request.workspace, request.action, [place], cache, request.selection)
        if pending is not None:
            answer.problems.append(pending)
    answer.tabs.append(save_tab(request, place, request.selection, cache))
    return answer


class SaveOptions(OnConflictOption, ForceOption):
    """Of pm.save_selected."""


SAVE_SELECTED = Action(
    name="pm.save_selected",
    help="saves what was typed on a tab (all rows, or the selected ones) to the database",
    explanation=(
        "Works on the tab that it is called from (--tab). Each row is merged cell by cell: edits of different fields "
        "by several people all stay; a field that was changed on both sides says CONFLICT with both values, and "
        "nothing is overwritten until on_conflict settles it (sheet: what the tab says, database: what is stored). "
        "A cell that can't be read or saved keeps what was typed, and its row says FAILED and why; everything else is "
        "saved, but for rows that lack a required value or have cells that don't go together. Constraints and Targets "
        "are saved set by set: selecting a row selects its set, and rows that are gone are removed from it."
    ),
    run=_run,
    tabs=tuple(tabs.BY_NAME[name] for name in MERGES),
    options=SaveOptions,
)


def _save_tab_action(name: str, spec_name: str, what: str) -> Action:
    return Action(
        name=name,
        help=f"saves {what} to the database, checked",
        explanation=SAVE_SELECTED.explanation,
        run=_run,
        tabs=(tabs.BY_NAME[spec_name],),
        options=OnConflictOption,
    )


SAVE_SCENARIO = _save_tab_action("pm.optimize_save_scenario", tabs.SCENARIO_CONFIG.name, "Scenario_Config")
SAVE_CONSTRAINTS = _save_tab_action("pm.optimize_save_constraints", tabs.CONSTRAINTS.name, "Constraints")
SAVE_TARGETS = _save_tab_action("pm.optimize_save_targets", tabs.TARGETS.name, "Targets")
