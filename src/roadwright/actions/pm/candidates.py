"""The Candidates tab: the candidates of one scenario, shown anew whenever that is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from roadwright import tabs
from roadwright.actions.contract import Action, ActionContext, Answer, on_conflict
from roadwright.actions.options import OnConflictOption, ScenarioOption, chosen
from roadwright.domain.initiatives import tokens_field
from roadwright.domain.messages import Level
from roadwright.services.bindings.candidates import candidate_rows
from roadwright.services.bindings.initiatives import all_keys
from roadwright.services.portfolios.candidates import (
    CandidateSet,
    ScenarioProblem,
    constraints_of,
    find_scenario,
    tokens_of,
)
from roadwright.services.portfolios.dependencies import dependencies_bind
from roadwright.services.roadmaps.judge import judged_candidates
from roadwright.services.rows.identity import identity_of
from roadwright.services.rows.notes import Notes
from roadwright.store.models import OptimizationScenario
from roadwright.sync.context import OpenTab, SyncContext
from roadwright.sync.engine import refuse_to_empty, run_pass, show_tab
from roadwright.sync.mirror import MirrorRow, replace_rows
from roadwright.sync.reports import RowReport, SheetRow, TabReport
from roadwright.sync.saves import BINDINGS, MERGES
from roadwright.sync.selection import ALL


def show_candidates(
    current: SyncContext,
    tab: OpenTab,
    results: Sequence[SheetRow],
    scenario: OptimizationScenario,
    chosen: CandidateSet,
) -> TabReport:
    """Replace the tab's rows by the scenario's candidates; what waits in a typed cell stays, also off the list."""
    rules = constraints_of(current.session, scenario)
    rows = candidate_rows(
        current.session, scenario.scenario_name, chosen, rules, with_dependencies=dependencies_bind(scenario)
    )
    by_key = {initiative.initiative_key: initiative for initiative in chosen.candidates}
    before = {o.identity: o for o in results if not o.is_duplicate}
    report = TabReport(tab.place)
    mirrored = []
    listed = set()
    for values in rows:
        identity = identity_of(tab.spec.identity, values)
        listed.add(identity)
        earlier = before.get(identity)
        notes = earlier.notes if earlier is not None else Notes()
        initiative = by_key[str(values["initiative_key"])]
        if tokens_of(initiative) is None and notes.level is not Level.FAILED:
            notes.warn("tokens_missing", tokens_field(initiative.scope_mode))
        mirrored.append(MirrorRow(str(values["initiative_key"]), values, notes))
    for result in results:
        if result.identity not in listed and result.notes.level in (Level.FAILED, Level.CONFLICT):
            mirrored.append(MirrorRow(result.key, result.row.values, result.notes))
    if not mirrored and tab.table.rows and not all_keys(current.session):
        refuse_to_empty(current, tab)
    report.rows = replace_rows(current, tab, mirrored, results)
    return report


def _skipped_rows(request: ActionContext, chosen: CandidateSet) -> list[RowReport]:
    """The initiatives that are no candidates, where people expect them: on the Backlog, or on the roadmap."""
    place = request.workspace.place(tabs.BACKLOG if chosen.roadmap_name is None else tabs.ROADMAP_ENTRIES).name
    rows = []
    for initiative, why in chosen.skipped:
        key = initiative.initiative_key
        level = Level.WARNING if key in chosen.idle_locks else Level.SKIPPED
        rows.append(RowReport(place, chosen.sheet_rows.get(key) or 0, key, f"{level}: {why}", level))
    return rows


def _populate(request: ActionContext) -> Answer:
    workspace = request.workspace
    skipped: list[RowReport] = []
    wrong: list[ScenarioProblem] = []

    def work(current: SyncContext, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
        tab, scenarios = open_tabs
        wrong.clear()
        typed, scenarios_report = MERGES[scenarios.spec.name](current, scenarios, ALL, on_conflict(request))
        results, report = MERGES[tab.spec.name](current, tab, ALL, on_conflict(request))
        show_tab(current, scenarios, BINDINGS[scenarios.spec.name](), typed, scenarios_report)
        try:
            on_sheet = [row.text("scenario_name") for row in scenarios.table.rows]
            scenario = find_scenario(current.session, chosen(request.options, ScenarioOption).scenario_name, on_sheet)
            candidates = judged_candidates(current.session, scenario, current.source)
        except ScenarioProblem as problem:  # what was saved says so all the same
            wrong.append(problem)
            show_tab(current, tab, BINDINGS[tab.spec.name](), results, report)
            return [report, scenarios_report]
        skipped[:] = _skipped_rows(request, candidates)
        shown = show_candidates(current, tab, results, scenario, candidates)
        shown.absorb(report)
        return [shown, scenarios_report]

    request.report("listing the candidates")
    places = [workspace.place(tabs.CANDIDATES), workspace.place(tabs.SCENARIO_CONFIG)]
    reports = run_pass(workspace, request.action, places, work, tell=request.report)
    if wrong:
        raise wrong[0]
    listed = sum(row.row > 0 for row in reports[0].rows)  # the other lines are of rows that left the tab
    return Answer(tabs=reports, more_rows=skipped, summary={"candidates": listed})


class CandidateOptions(ScenarioOption, OnConflictOption):
    """Of pm.populate_candidates."""


POPULATE_CANDIDATES = Action(
    name="pm.populate_candidates",
    help="saves what was typed on Candidates and Scenario_Config, then shows the scenario's candidates",
    explanation=(
        "Saves Scenario_Config and Candidates first. With a roadmap_name the candidates are the admitted and waived "
        "entries of that roadmap, locked ones mandatory; entries that nobody judged yet are judged now. Without one "
        "they are the initiatives that are flagged on the Backlog (is_optimization_candidate) for the scenario's "
        "period. Done, rejected and withdrawn ones never are. The rows are replaced, in key order; your notes and "
        "ticks are remembered per scenario and initiative."
    ),
    run=_populate,
    tabs=(tabs.CANDIDATES,),
    options=CandidateOptions,
    selects=False,
)
