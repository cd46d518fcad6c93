"""What is stored, onto tabs again; what was typed and not saved yet stays.

pm.refresh_tab does that with one tab, pm.optimize_write_results with Runs, Results and Gaps_And_Alerts.
"""

from __future__ import annotations

from collections.abc import Sequence

from roadwright import tabs
from roadwright.actions.contract import Action, ActionContext, Answer
from roadwright.actions.options import RunOption, ScenarioOption, chosen
from roadwright.actions.pm.candidates import show_candidates
from roadwright.services.bindings.backlog import intake_notes, say_intake
from roadwright.services.portfolios.candidates import find_scenario
from roadwright.services.roadmaps.judge import judged_candidates
from roadwright.sync.annotations import collect_annotations
from roadwright.sync.context import OpenTab, SyncContext
from roadwright.sync.engine import merge_tab, run_pass, show_tab
from roadwright.sync.reports import TabReport
from roadwright.sync.run_tabs import RUN_TABS, run_tab_places, write_run_tab
from roadwright.sync.saves import BINDINGS


def _refresh_rows(current: SyncContext, tab: OpenTab) -> TabReport:
    binding = BINDINGS[tab.spec.name]()
    results, report = merge_tab(current, tab, binding, show_only=True)
    is_backlog = tab.spec == tabs.BACKLOG
    if is_backlog:
        say_intake(current.session, results)
    show_tab(
        current,
        tab,
        binding,
        results,
        report,
        add=lambda present: [identity for identity in binding.listed(current.session) if identity not in present],
        statuses=(lambda identity: intake_notes(current.session, identity)) if is_backlog else None,
    )
    return report


def _refresh_candidates(current: SyncContext, tab: OpenTab, request: ActionContext) -> TabReport:
    """The tab keeps its scenario, unless another one is asked for."""
    collect_annotations(current, tab)
    results, _ = merge_tab(current, tab, BINDINGS[tab.spec.name](), show_only=True)
    shown = next((name for row in tab.table.rows if (name := row.text("scenario_name"))), None)
    scenario = find_scenario(current.session, chosen(request.options, ScenarioOption).scenario_name or shown)
    found = judged_candidates(current.session, scenario, current.source)
    return show_candidates(current, tab, results, scenario, found)


def _run(request: ActionContext) -> Answer:
    place = request.tab
    assert place is not None

    def work(current: SyncContext, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
        [tab] = open_tabs
        if tab.spec in RUN_TABS:
            return [write_run_tab(current, tab)]
        if tab.spec is tabs.CANDIDATES:
            return [_refresh_candidates(current, tab, request)]
        return [_refresh_rows(current, tab)]

    request.report(f"bringing {place.name} up to date")
    return Answer(tabs=run_pass(request.workspace, request.action, [place], work, tell=request.report))


REFRESH_TAB = Action(
    name="pm.refresh_tab",
    help="shows what is stored on a tab; what was typed there and not saved yet stays",
    explanation=(
        "The same merge as saving, the other way round: cells that nobody edited show what is stored, edited ones stay "
        "as they are and say so. Rows that are stored and missing on the tab are added (on Scoring_Inputs and "
        "KPI_Contributions those with an input; pm.populate_initiatives adds others). Nothing is saved."
    ),
    run=_run,
    tabs=tuple(tabs.BY_NAME[name] for name in BINDINGS) + RUN_TABS,
    options=ScenarioOption,
    selects=False,
)


def _write_results(request: ActionContext) -> Answer:
    workspace = request.workspace
    only = chosen(request.options, RunOption).run_id

    def work(current: SyncContext, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
        return [write_run_tab(current, tab, only) for tab in open_tabs]

    request.report("writing Runs, Results and Gaps_And_Alerts")
    return Answer(tabs=run_pass(workspace, request.action, run_tab_places(workspace), work, tell=request.report))


WRITE_RESULTS = Action(
    name="pm.optimize_write_results",
    help="writes Runs, Results and Gaps_And_Alerts again from the database",
    explanation=(
        "Results shows the latest answered run of each scenario, Gaps_And_Alerts the latest run of each; run_id shows "
        "another run of its scenario. Your notes stay with their rows."
    ),
    run=_write_results,
    tabs=RUN_TABS,
    options=RunOption,
    selects=False,
)
