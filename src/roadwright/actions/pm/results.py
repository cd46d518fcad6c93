"""pm.optimize_write_results: what the stored runs say, onto Runs, Results and Gaps_And_Alerts."""

from __future__ import annotations

from collections.abc import Sequence

from roadwright.actions.contract import Action, ActionContext, Answer
from roadwright.actions.options import RunOption, chosen
from roadwright.sync.context import OpenTab, SyncContext
from roadwright.sync.engine import run_pass
from roadwright.sync.reports import TabReport
from roadwright.sync.run_tabs import RUN_TABS, run_tab_places, write_run_tab


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
