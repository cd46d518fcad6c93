"""The Candidates tab: the candidates of one scenario, shown anew whenever that is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from roadwright import tabs
from roadwright.actions.contract import Action, Answer, Request
from roadwright.actions.options import ON_CONFLICT, SCENARIO_NAME, on_conflict, text_option
from roadwright.domain.initiatives import tokens_field
from roadwright.portfolios.candidates import CandidateSet, candidates_of, constraints_of, find_scenario, tokens_of
from roadwright.store.models import OptimizationScenario
from roadwright.sync.candidates import candidate_rows
from roadwright.sync.engine import read_tab, run_pass
from roadwright.sync.identity import identity_of
from roadwright.sync.mirror import MirrorRow, replace_rows
from roadwright.sync.outcome import Outcome, RowReport, TabReport
from roadwright.sync.saves import MERGES
from roadwright.sync.selection import ALL
from roadwright.sync.statuses import Level, Notes
from roadwright.sync.work import OpenTab, Pass


def show_candidates(
    current: Pass, tab: OpenTab, outcomes: Sequence[Outcome], scenario: OptimizationScenario, chosen: CandidateSet
) -> TabReport:
    """Replace the tab's rows by the scenario's candidates; what waits in a typed cell stays, also off the list."""
    rules = constraints_of(current.session, scenario)
    rows = candidate_rows(current.session, scenario.scenario_name, chosen.candidates, rules)
    by_key = {initiative.initiative_key: initiative for initiative in chosen.candidates}
    before = {o.identity: o for o in outcomes if not o.doubled}
    report = TabReport(tab.place)
    mirrored = []
    number = tab.table.header_row
    listed = set()
    for values in rows:
        identity = identity_of(tab.spec.identity, values)
        listed.add(identity)
        earlier = before.get(identity)
        notes = earlier.notes if earlier is not None else Notes()
        initiative = by_key[str(values["initiative_key"])]
        if tokens_of(initiative) is None and notes.level is not Level.FAILED:
            scope = tokens_field(initiative.scope_mode)
            notes.warnings.append(f"{scope}: is blank, so the initiative can't be chosen; fill it in")
        mirrored.append(MirrorRow(values, notes.text))
        number += 1
        report.rows.append(RowReport(tab.place.name, number, str(values["initiative_key"]), notes.text, notes.level))
    for outcome in outcomes:
        if outcome.identity not in listed and outcome.notes.level in (Level.FAILED, Level.CONFLICT):
            mirrored.append(MirrorRow(outcome.row.values, outcome.notes.text))
            number += 1
            report.rows.append(RowReport(tab.place.name, number, outcome.key, outcome.notes.text, outcome.notes.level))
    replace_rows(current, tab, mirrored, outcomes)
    return report


def _skipped_rows(request: Request, chosen: CandidateSet) -> list[RowReport]:
    place = request.workspace.place(tabs.BACKLOG).name
    return [
        RowReport(place, 0, initiative.initiative_key, f"SKIPPED: {why}", Level.SKIPPED)
        for initiative, why in chosen.skipped
    ]


def _populate(request: Request) -> Answer:
    workspace = request.workspace
    skipped: list[RowReport] = []
    scenarios = read_tab(workspace, workspace.place(tabs.SCENARIO_CONFIG)).table.rows
    on_sheet = [row.text("scenario_name") for row in scenarios]

    def work(current: Pass, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
        [tab] = open_tabs
        outcomes, saved = MERGES[tab.spec.name](current, tab, ALL, on_conflict(request))
        scenario = find_scenario(current.session, text_option(request, SCENARIO_NAME), on_sheet)
        chosen = candidates_of(current.session, scenario)
        skipped[:] = _skipped_rows(request, chosen)
        report = show_candidates(current, tab, outcomes, scenario, chosen)
        report.absorb(saved)
        return [report]

    request.report("listing the candidates")
    reports = run_pass(workspace, request.action, [workspace.place(tabs.CANDIDATES)], work)
    return Answer(tabs=reports, more_rows=skipped, summary={"candidates": len(reports[0].rows)})


POPULATE_CANDIDATES = Action(
    name="pm.populate_candidates",
    help="saves what was typed on Candidates, then shows the scenario's candidates there",
    explanation=(
        "Candidates are the initiatives that are flagged on the Backlog (is_optimization_candidate) for the scenario's "
        "period and not done, rejected or withdrawn. The rows are replaced, in key order; your notes and ticks are "
        "remembered per scenario and initiative."
    ),
    run=_populate,
    tabs=(tabs.CANDIDATES,),
    options=(SCENARIO_NAME, ON_CONFLICT),
    selects=False,
)
