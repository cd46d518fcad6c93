"""The runs of the Optimization Center: inputs saved and checked, solved, kept, and everything written back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import select

from roadwright import tabs
from roadwright.actions.cancelling import Cancelled
from roadwright.actions.contract import (
    Action,
    ActionContext,
    Answer,
    explain_seconds,
    on_conflict,
    row_stops,
    time_limit,
)
from roadwright.actions.options import (
    ExplainOption,
    OnConflictOption,
    OnlyIfChangedOption,
    ScenarioOption,
    TimeLimitOption,
    UsageError,
    chosen,
)
from roadwright.actions.pm.candidates import show_candidates
from roadwright.actions.pm.refresh import WRITE_RESULTS
from roadwright.actions.pm.run_inputs import INPUT_TABS, RULE_TABS, Saved, draft_of, save_inputs
from roadwright.domain.exit_codes import EXIT_CODE_OF, ExitCode
from roadwright.domain.messages import Level, Message
from roadwright.domain.optimization import RunStatus, Severity
from roadwright.domain.shown import figure
from roadwright.optimize import (
    Explanation,
    Solution,
    SolveOptions,
    SolveProgress,
    Worker,
    idle_worker,
    snapshot_hash,
    with_names,
)
from roadwright.services.portfolios.candidates import ScenarioProblem, find_scenario
from roadwright.services.portfolios.drafts import RunDraft, explain_draft, solve_draft
from roadwright.services.portfolios.runs import keep_run, latest_run
from roadwright.services.roadmaps.judge import judged_candidates
from roadwright.services.roadmaps.overlap import promised_twice
from roadwright.store.models import OptimizationRun
from roadwright.sync.context import OpenTab, SyncContext
from roadwright.sync.engine import PendingWrite, run_pass, say_of_rows
from roadwright.sync.reports import TabReport
from roadwright.sync.run_tabs import RUN_TABS, run_tab_places, write_run_tab
from roadwright.sync.saves import BINDINGS, MERGES
from roadwright.sync.selection import ALL
from roadwright.workspace.turns import WorkspaceBusy


def _run_notes(saved: Saved, draft: RunDraft) -> None:
    """Put what the run had to say of single rows on their notes."""
    by_id = {
        f"{spec.name}!{result.row.number}": result.notes
        for spec in (tabs.SCENARIO_CONFIG, *RULE_TABS)
        for result in saved.results[spec.name]
    }
    for fault in draft.faults:
        notes = by_id.get(fault.id)
        if notes is not None and notes.level not in (Level.FAILED, Level.CONFLICT):
            notes.add(replace(fault.said, severity=Level.FAILED))
    for finding in draft.findings():
        notes = by_id.get(finding.id)
        if notes is not None:
            level = Level.OK if finding.severity is Severity.INFO else Level.WARNING
            notes.add(replace(finding.said, severity=level))
    for row in draft.diagnosed():
        notes = by_id.get(row.place)
        if notes is not None:
            notes.add(row.message)


def _say(saved: Saved) -> Callable[[SyncContext, OpenTab], TabReport]:
    """Shows an input tab as it was saved, each row with what there is to say of it."""
    notes = {spec.name: saved.notes(spec) for spec in INPUT_TABS}

    def say(current: SyncContext, tab: OpenTab) -> TabReport:
        report = say_of_rows(current, tab, BINDINGS[tab.spec.name](), notes[tab.spec.name].say)
        report.absorb(saved.reports[tab.spec.name])
        return report

    return say


def _show_inputs(request: ActionContext, saved: Saved) -> None:
    """Bring the input tabs up to date where there is no run to show. Raises PendingWrite."""
    say = _say(saved)
    places = [request.workspace.place(spec) for spec in INPUT_TABS]
    run_pass(
        request.workspace, request.action, places, lambda current, open_tabs: [say(current, tab) for tab in open_tabs]
    )


def _show(request: ActionContext, saved: Saved, draft: RunDraft) -> list[TabReport]:
    """Bring all seven tabs up to date in one write. Raises PendingWrite."""
    say = _say(saved)

    def work(current: SyncContext, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
        reports = []
        for tab in open_tabs:
            if tab.spec in RUN_TABS:
                reports.append(write_run_tab(current, tab))
            elif tab.spec is tabs.CANDIDATES:
                results, _ = MERGES[tab.spec.name](current, tab, ALL, on_conflict(request))
                scenario = find_scenario(current.session, draft.scenario.scenario_name)
                candidates = judged_candidates(current.session, scenario, current.source)
                report = show_candidates(current, tab, results, scenario, candidates)
                report.absorb(saved.reports[tab.spec.name])
                reports.append(report)
            else:
                reports.append(say(current, tab))
        return reports

    places = [*(request.workspace.place(spec) for spec in INPUT_TABS), *run_tab_places(request.workspace)]
    return run_pass(request.workspace, request.action, places, work, tell=request.report)


def _draft(request: ActionContext, saved: Saved, *, ticked_only: bool) -> RunDraft:
    """The run that is asked for. Where there can be none, the rows that were saved say so all the same."""
    try:
        with request.workspace.store.transaction() as session:
            return draft_of(session, request, saved, ticked_only=ticked_only)
    except (UsageError, ScenarioProblem) as wrong:
        try:
            _show_inputs(request, saved)
        except PendingWrite as pending:
            raise UsageError("several_faults", faults=(wrong.message, pending.message)) from wrong
        raise


def _run(request: ActionContext, *, ticked_only: bool) -> Answer:
    with idle_worker() as worker:
        worker.start()  # it gets ready while the tabs are saved
        request.report("saving the Optimization Center's tabs")
        saved = save_inputs(request)
        draft = _draft(request, saved, ticked_only=ticked_only)
        kept_before = _kept_by_earlier_try(request, draft)
        if kept_before is not None:
            return _show_known(request, saved, draft, kept_before)
        if chosen(request.options, OnlyIfChangedOption).only_if_changed:
            known = _unchanged_answer(request, draft)
            if known is not None:
                answer = _show_known(request, saved, draft, known)
                answer.summary["unchanged_since"] = known.run_id
                return answer
        request.turn.give_back()
        with request.cancel.keeping_what_is_found():
            options = SolveOptions(time_limit=time_limit(request))
            _solve(request, draft, options, worker)
            was_cut_short = request.cancel.is_set() and not all(one.computed for one in draft.explanations)
            note_promised_twice(request, draft)
            run = keep_run(request.workspace.store, draft, options, request.action_run_id)
    _run_notes(saved, draft)
    answer = _answer(run, draft)
    kept = {"run_id": run.run_id, "action": WRITE_RESULTS.name}
    if was_cut_short and answer.status == "success":
        answer.status, answer.exit_code = "cancelled", ExitCode.FAILED
        answer.problems.append(Message("cancelled_while_explained", params={"run_id": run.run_id}))
    try:
        request.turn.take()
        request.report("writing Runs, Results and Gaps_And_Alerts")
        reports = _show(request, saved, draft)
    except (PendingWrite, WorkspaceBusy) as pending:
        reports = pending.reports if isinstance(pending, PendingWrite) else []
        answer.once_written = answer.status, answer.exit_code
        answer.status = "failed"
        if answer.exit_code is not ExitCode.WRONG:
            answer.exit_code = ExitCode.FAILED
        answer.problems.append(Message("run_not_shown", params=kept | {"why": pending.message}))
    except (KeyboardInterrupt, Cancelled):
        reports = []
        answer.status, answer.exit_code = "cancelled", ExitCode.FAILED
        answer.problems.append(Message("cancelled_while_written", params=kept))
    answer.tabs = [report for report in reports if report.place.spec not in RUN_TABS]
    return answer


def _kept_by_earlier_try(request: ActionContext, draft: RunDraft) -> OptimizationRun | None:
    """What this very action kept before the process that did it died, if it would keep the same again."""
    problem = draft.built.problem if draft.built is not None else None
    if problem is None or draft.faults:
        return None
    with request.workspace.store.transaction() as session:
        mine = select(OptimizationRun).where(OptimizationRun.action_run_id == request.action_run_id)
        run = session.scalar(mine.order_by(OptimizationRun.id.desc()).limit(1))
        if run is None or run.snapshot_hash != snapshot_hash(problem):
            return None
        session.expunge(run)
        return run


def _unchanged_answer(request: ActionContext, draft: RunDraft) -> OptimizationRun | None:
    """The scenario's latest run, where it answered exactly this problem and was not ended early by a person."""
    built = draft.built
    if built is None or built.problem is None or draft.faults:
        return None
    with request.workspace.store.transaction() as session:
        run = latest_run(session, draft.scenario.scenario_name)
        if run is None or run.status not in (RunStatus.OPTIMAL, RunStatus.FEASIBLE):
            return None
        if run.snapshot_hash != snapshot_hash(built.problem):
            return None
        session.expunge(run)
        return run


def _show_known(request: ActionContext, saved: Saved, draft: RunDraft, run: OptimizationRun) -> Answer:
    """The answer that is known already: nothing is solved or kept, and the tabs say what they said after that run."""
    if run.result_json is not None:
        draft.solution = with_names(Solution.from_json(run.result_json), draft.places)
    _run_notes(saved, draft)
    answer = _answer(run, draft)
    say = _say(saved)

    def work(current: SyncContext, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
        return [write_run_tab(current, tab) if tab.spec in RUN_TABS else say(current, tab) for tab in open_tabs]

    places = [*(request.workspace.place(spec) for spec in INPUT_TABS), *run_tab_places(request.workspace)]
    reports = run_pass(request.workspace, request.action, places, work, tell=request.report)
    answer.tabs = [report for report in reports if report.place.spec not in RUN_TABS]
    return answer


def _solve(request: ActionContext, draft: RunDraft, options: SolveOptions, worker: Worker) -> None:
    """Solve and explain, telling how far it is."""
    name = draft.scenario.scenario_name
    count = len(draft.built.candidates) if draft.built is not None else 0
    request.report(f"solving {name}: {count:,} candidates")
    solve_draft(
        draft,
        options,
        progress=lambda step: request.report(_progress_text(name, step), figures=progress_figures(step)),
        cancel=request.cancel,
        worker=worker,
    )
    told = 0

    def found(_: Explanation) -> None:
        nonlocal told
        told += 1
        request.report(f"explaining {name}: {told:,} explanations")

    request.report(f"explaining {name}")
    explain_draft(draft, explain_seconds(request), found=found, cancel=request.cancel, worker=worker)


def _answer(run: OptimizationRun, draft: RunDraft) -> Answer:
    """How the run ended, for whoever asked."""
    status = RunStatus(run.status)
    answer = Answer(
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
        answer.problems.extend(row_stops(fault.id, str(fault.message)) for fault in draft.faults)
        if not draft.faults:
            answer.problems.append(Message("run_summary", params={"summary": run.summary}))
    return answer


def _progress_text(name: str, step: SolveProgress) -> str:
    best = "" if step.objective is None else f", best {figure(step.objective)}"
    bound = "" if step.bound is None else f" of at most {figure(step.bound)}"
    gap = "" if step.gap is None else f", gap {step.gap:.2%}"
    return f"solving {name}: {step.stage}{best}{bound}{gap}, {step.seconds:.0f} s"


def progress_figures(step: SolveProgress) -> dict[str, object]:
    """What the ledger keeps of a solve's progress."""
    return {
        "stage": step.stage,
        "seconds": round(step.seconds, 3),
        "incumbent": step.objective,
        "bound": step.bound,
        "gap": step.gap,
        "nodes": step.nodes,
    }


_RUN_EXPLANATION = (
    "Saves Candidates, Scenario_Config, Constraints and Targets, checks them, solves exactly, keeps the run with its "
    "exact inputs, and writes Runs, Results and Gaps_And_Alerts. A row that can't be read makes the run invalid and is "
    "named: a rule is never dropped in silence. Exit codes: 0 an answer, 1 none in the time, 2 invalid, 3 infeasible."
)


class RunOptions(ScenarioOption, TimeLimitOption, ExplainOption, OnlyIfChangedOption, OnConflictOption):
    """Of the actions that solve."""


RUN_ALL_CANDIDATES = Action(
    name="pm.optimize_run_all_candidates",
    help="optimizes over all candidates of a scenario and writes the results",
    explanation=_RUN_EXPLANATION,
    run=lambda request: _run(request, ticked_only=False),
    tabs=(tabs.SCENARIO_CONFIG,),
    options=RunOptions,
    selects=False,
)

RUN_SELECTED_CANDIDATES = Action(
    name="pm.optimize_run_selected_candidates",
    help="optimizes over the candidates that are ticked on Candidates (or named) and writes the results",
    explanation=_RUN_EXPLANATION,
    run=lambda request: _run(request, ticked_only=True),
    tabs=(tabs.CANDIDATES,),
    options=RunOptions,
)


def note_promised_twice(request: ActionContext, draft: RunDraft) -> None:
    """Note on a solved draft which of its choices another roadmap promises as well; the run alerts of them."""
    if draft.solution is not None and draft.scenario.roadmap_name:
        with request.workspace.store.transaction() as session:
            draft.promised_twice = promised_twice(session, draft.scenario.roadmap_name, draft.solution.selected)
