"""The Optimization Center: candidates shown, runs made, results written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.actions.contract import Action, Answer, Request, UsageError
from roadwright.actions.notes import RowNotes
from roadwright.actions.options import (
    ON_CONFLICT,
    RUN_ID,
    SCENARIO_NAME,
    TIME_LIMIT,
    on_conflict,
    text_option,
    time_limit,
)
from roadwright.domain.exit_codes import EXIT_CODE_OF, ExitCode
from roadwright.domain.figures import figure
from roadwright.domain.initiatives import tokens_field
from roadwright.domain.keys import canonical_key
from roadwright.domain.optimization import RunStatus, Severity
from roadwright.optimize import Fault, Progress, SolveOptions
from roadwright.portfolios.candidates import (
    CandidateSet,
    ScenarioProblem,
    candidates_of,
    constraint_set_of,
    constraints_of,
    find_scenario,
    tokens_of,
)
from roadwright.portfolios.problem import build_problem
from roadwright.portfolios.runs import RunDraft, keep_run, solve_draft
from roadwright.store.models import Initiative, OptimizationScenario
from roadwright.sync.candidates import candidate_rows
from roadwright.sync.engine import run_pass, say_of_rows
from roadwright.sync.identity import identity_of
from roadwright.sync.mirror import MirrorRow, replace_rows
from roadwright.sync.outcome import Outcome, RowReport, TabReport
from roadwright.sync.run_tabs import RUN_TABS, UnknownRun, write_run_tab
from roadwright.sync.saves import BINDINGS, MERGES
from roadwright.sync.selection import ALL
from roadwright.sync.statuses import Level, Notes
from roadwright.sync.work import OpenTab, Pass

_INPUT_TABS = (tabs.CANDIDATES, tabs.SCENARIO_CONFIG, tabs.CONSTRAINTS, tabs.TARGETS)
_RULE_TABS = (tabs.CONSTRAINTS, tabs.TARGETS)


@dataclass
class Saved:
    """The input tabs after their rows were saved."""

    outcomes: dict[str, list[Outcome]] = field(default_factory=dict)
    reports: dict[str, TabReport] = field(default_factory=dict)

    def notes(self, spec_name: str) -> RowNotes:
        return RowNotes(self.outcomes[spec_name])


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

    def work(current: Pass, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
        [tab] = open_tabs
        outcomes, saved = MERGES[tab.spec.name](current, tab, ALL, on_conflict(request))
        scenario = find_scenario(current.session, text_option(request, SCENARIO_NAME))
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


def _save_inputs(request: Request) -> Saved:
    saved = Saved()

    def work(current: Pass, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
        for tab in open_tabs:
            outcomes, report = MERGES[tab.spec.name](current, tab, ALL, on_conflict(request))
            saved.outcomes[tab.spec.name], saved.reports[tab.spec.name] = outcomes, report
        return list(saved.reports.values())

    places = [request.workspace.place(spec) for spec in _INPUT_TABS]
    run_pass(request.workspace, request.action, places, work, write=False)
    return saved


def _ticked(saved: Saved, scenario: OptimizationScenario) -> list[str]:
    """The initiatives ticked on Candidates for this scenario."""
    name = scenario.scenario_name.casefold()
    return [
        o.row.text("initiative_key")
        for o in saved.outcomes[tabs.CANDIDATES.name]
        if o.identity[0] == name and o.row.values.get("is_selected_for_run") is True
    ]


def _selected(request: Request, saved: Saved, scenario: OptimizationScenario, chosen: CandidateSet) -> list[Initiative]:
    """The ticked or named candidates. Raises UsageError where there are none, or one is no candidate."""
    if request.selection.everything:
        keys = _ticked(saved, scenario)
        if not keys:
            raise UsageError(
                f'no row of Candidates is ticked (is_selected_for_run) for "{scenario.scenario_name}"; tick the '
                "rows to run, or use pm.optimize_run_all_candidates"
            )
    else:
        keys = list(request.selection.names)
        by_row = {o.row.number: o.row.text("initiative_key") for o in saved.outcomes[tabs.CANDIDATES.name]}
        keys += [by_row.get(number, f"row {number}") for number in sorted(request.selection.rows)]
    candidates = {initiative.initiative_key: initiative for initiative in chosen.candidates}
    wanted = [canonical_key(key) or key for key in keys]
    missing = [key for key in wanted if key not in candidates]
    if missing:
        raise UsageError(
            f'{", ".join(missing)}: no candidate of scenario "{scenario.scenario_name}"; pm.populate_candidates shows '
            "those there are"
        )
    return [candidates[key] for key in sorted(set(wanted))]


def _failed_rows(saved: Saved, scenario: OptimizationScenario, set_name: str | None, keys: set[str]) -> list[Fault]:
    """The rows that this run would use and that are FAILED or in CONFLICT: a rule is never dropped in silence."""
    faults = []
    mine = scenario.scenario_name.casefold()
    for spec in _INPUT_TABS:
        for outcome in saved.outcomes[spec.name]:
            if outcome.notes.level not in (Level.FAILED, Level.CONFLICT):
                continue
            values = outcome.row.values
            said = str(values.get("scenario_name") or "").casefold()
            if said not in ("", mine):
                continue
            if spec in _RULE_TABS:
                other = str(values.get("constraint_set_name") or "").casefold()
                if set_name is not None and other not in ("", set_name.casefold()):
                    continue
            if spec is tabs.CANDIDATES and outcome.row.text("initiative_key").upper() not in keys:
                continue
            faults.append(Fault(f"{spec.name}!{outcome.row.number}", outcome.notes.text))
    return faults


def _draft(session: Session, request: Request, saved: Saved, *, ticked_only: bool) -> RunDraft:
    """The run that is asked for, its problem built. Raises UsageError or ScenarioProblem where there can be no run."""
    scenario = _scenario(session, request, saved)
    chosen = candidates_of(session, scenario)
    candidates = _selected(request, saved, scenario, chosen) if ticked_only else chosen.candidates
    draft = RunDraft(scenario, None, skipped=[(i.initiative_key, why) for i, why in chosen.skipped])
    try:
        owner = constraint_set_of(session, scenario)
        set_name = owner.constraint_set_name if owner is not None else scenario.constraint_set_name
        draft.faults += _failed_rows(saved, scenario, set_name, {i.initiative_key for i in candidates})
        draft.built = build_problem(session, scenario, candidates)
    except ScenarioProblem as problem:
        draft.faults.append(Fault(f"{tabs.SCENARIO_CONFIG.name}!{scenario.sheet_row}", str(problem)))
    return draft


def _scenario(session: Session, request: Request, saved: Saved) -> OptimizationScenario:
    """The scenario that is asked for; of those that stand on the sheet now, the only one. Raises ScenarioProblem."""
    name = text_option(request, SCENARIO_NAME)
    if name is None:
        on_sheet = {
            o.row.text("scenario_name").casefold(): o.row.text("scenario_name")
            for o in saved.outcomes[tabs.SCENARIO_CONFIG.name]
            if o.row.text("scenario_name")
        }
        if len(on_sheet) == 1:
            name = next(iter(on_sheet.values()))
        elif len(on_sheet) > 1:
            raise ScenarioProblem(
                f"there are several scenarios: {', '.join(on_sheet.values())}; name one: --option scenario_name=…"
            )
    return find_scenario(session, name)


def _run_notes(saved: Saved, draft: RunDraft) -> None:
    """Put what the run had to say of single rows on their notes."""
    by_id = {
        f"{spec.name}!{outcome.row.number}": outcome.notes
        for spec in (tabs.SCENARIO_CONFIG, *_RULE_TABS)
        for outcome in saved.outcomes[spec.name]
    }
    for fault in draft.faults:
        notes = by_id.get(fault.id)
        if notes is not None and notes.level not in (Level.FAILED, Level.CONFLICT):
            notes.failed.append(fault.message)
    if draft.solution is None:
        return
    for finding in draft.solution.warnings:
        notes = by_id.get(finding.id)
        if notes is not None:
            said = notes.notices if finding.severity is Severity.INFO else notes.warnings
            if finding.message not in said:
                said.append(finding.message)


def _show(request: Request, saved: Saved, draft: RunDraft) -> list[TabReport]:
    """Bring all seven tabs up to date in one write."""
    chosen_scenario = draft.scenario
    notes = {spec.name: saved.notes(spec.name) for spec in (tabs.SCENARIO_CONFIG, *_RULE_TABS)}

    def work(current: Pass, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
        reports = []
        for tab in open_tabs:
            if tab.spec in RUN_TABS:
                reports.append(write_run_tab(current, tab))
                continue
            if tab.spec is tabs.CANDIDATES:
                outcomes, _ = MERGES[tab.spec.name](current, tab, ALL, on_conflict(request))
                scenario = find_scenario(current.session, chosen_scenario.scenario_name)
                report = show_candidates(current, tab, outcomes, scenario, candidates_of(current.session, scenario))
            else:
                report = say_of_rows(current, tab, BINDINGS[tab.spec.name](), notes[tab.spec.name].of)
            report.absorb(saved.reports[tab.spec.name])
            reports.append(report)
        return reports

    places = [request.workspace.place(spec) for spec in (*_INPUT_TABS, *RUN_TABS)]
    return run_pass(request.workspace, request.action, places, work)


def _run(request: Request, *, ticked_only: bool) -> Answer:
    workspace = request.workspace
    request.report("saving the Optimization Center's tabs")
    saved = _save_inputs(request)
    with workspace.store.transaction() as session:
        draft = _draft(session, request, saved, ticked_only=ticked_only)
    count = len(draft.built.candidates) if draft.built is not None else 0
    request.report(f"solving {draft.scenario.scenario_name}: {count:,} candidates")
    options = SolveOptions(time_limit=time_limit(request))
    solve_draft(draft, options, lambda step: request.report(_progress_text(draft.scenario.scenario_name, step)))
    with workspace.store.transaction() as session:
        run = keep_run(session, draft, options, request.action_run_id)
    _run_notes(saved, draft)
    request.report("writing Runs, Results and Gaps_And_Alerts")
    reports = _show(request, saved, draft)
    status = RunStatus(run.status)
    answer = Answer(
        tabs=[report for report in reports if report.place.spec not in RUN_TABS],
        summary={
            "scenario_name": run.scenario_name,
            "optimization_status": run.status,
            "answer": run.summary,
        },
        optimization_run_id=run.run_id,
        exit_code=EXIT_CODE_OF[status],
    )
    answer.status = "success" if answer.exit_code in (ExitCode.DONE, ExitCode.INFEASIBLE) else "failed"
    if status is RunStatus.CANCELLED:
        answer.status = "cancelled"
    if answer.status == "failed":
        answer.problems.extend(f"{fault.id}: {fault.message}" for fault in draft.faults)
        if not draft.faults:
            answer.problems.append(run.summary)
    return answer


def _progress_text(name: str, step: Progress) -> str:
    best = "" if step.objective is None else f", best {figure(step.objective)}"
    gap = "" if step.gap is None else f", gap {step.gap:.2%}"
    return f"solving {name}: {step.stage}{best}{gap}"


_RUN_EXPLANATION = (
    "Saves Candidates, Scenario_Config, Constraints and Targets, checks them, solves exactly, keeps the run with its "
    "exact inputs, and writes Runs, Results and Gaps_And_Alerts. A row that can't be read makes the run invalid and is "
    "named: a rule is never dropped in silence. Exit codes: 0 an answer, 1 none in the time, 2 invalid, 3 infeasible."
)

RUN_ALL_CANDIDATES = Action(
    name="pm.optimize_run_all_candidates",
    help="optimizes over all candidates of a scenario and writes the results",
    explanation=_RUN_EXPLANATION,
    run=lambda request: _run(request, ticked_only=False),
    tabs=(tabs.SCENARIO_CONFIG,),
    options=(SCENARIO_NAME, TIME_LIMIT, ON_CONFLICT),
    selects=False,
)

RUN_SELECTED_CANDIDATES = Action(
    name="pm.optimize_run_selected_candidates",
    help="optimizes over the candidates that are ticked on Candidates (or named) and writes the results",
    explanation=_RUN_EXPLANATION,
    run=lambda request: _run(request, ticked_only=True),
    tabs=(tabs.CANDIDATES,),
    options=(SCENARIO_NAME, TIME_LIMIT, ON_CONFLICT),
)


def _write_results(request: Request) -> Answer:
    workspace = request.workspace
    only = text_option(request, RUN_ID)

    def work(current: Pass, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
        try:
            return [write_run_tab(current, tab, only) for tab in open_tabs]
        except UnknownRun as unknown:
            raise UsageError(str(unknown)) from unknown

    request.report("writing Runs, Results and Gaps_And_Alerts")
    return Answer(tabs=run_pass(workspace, request.action, [workspace.place(spec) for spec in RUN_TABS], work))


WRITE_RESULTS = Action(
    name="pm.optimize_write_results",
    help="writes Runs, Results and Gaps_And_Alerts again from the database",
    explanation=(
        "Results shows the latest answered run of each scenario, Gaps_And_Alerts the latest run of each; run_id shows "
        "another run of its scenario. Your notes stay with their rows."
    ),
    run=_write_results,
    tabs=RUN_TABS,
    options=(RUN_ID,),
    selects=False,
)
