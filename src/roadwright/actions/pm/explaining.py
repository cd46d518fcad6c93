"""pm.explain_selection: why an initiative is in or out of the latest answer, and what changing that would cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from roadwright import tabs
from roadwright.actions.contract import Action, ActionContext, Answer, explain_seconds
from roadwright.actions.options import ExplainOption, RunOption, ScenarioOption
from roadwright.actions.pm.explain_question import Question, asked_of, question_of
from roadwright.actions.pm.refresh import WRITE_RESULTS
from roadwright.domain.exit_codes import ExitCode
from roadwright.domain.keys import canonical_key
from roadwright.domain.messages import Level, Message
from roadwright.domain.text import folded
from roadwright.optimize import Explanation, explain_isolated, idle_worker, not_computed, with_names
from roadwright.services.portfolios.dependencies import dependency_id
from roadwright.services.portfolios.diagnosis import diagnosed_rows, way_out
from roadwright.services.portfolios.explaining import add_explanations, why_no_candidate
from roadwright.services.portfolios.runs import is_answered
from roadwright.sync.context import OpenTab, SyncContext
from roadwright.sync.engine import PendingWrite, read_tab, run_pass
from roadwright.sync.reports import RowReport, TabReport
from roadwright.sync.run_tabs import rows_for, write_run_tab
from roadwright.workspace.workspace import TabPlace

_SHOWN = (tabs.RESULTS, tabs.GAPS_AND_ALERTS)


def _explain(request: ActionContext) -> Answer:
    place = request.tab or request.workspace.place(tabs.RESULTS)
    asked = asked_of(request, place)
    with request.workspace.store.transaction() as session:
        question = question_of(session, request, asked)
    if not is_answered(question.run):
        return _infeasible(question)
    explanations, was_cancelled = _computed(request, question)
    answer = Answer(optimization_run_id=question.run.run_id)
    numbers: dict[str, int] = {}
    try:
        request.report("writing Results and Gaps_And_Alerts")
        numbers = _show(request, question)
    except PendingWrite as pending:
        params = {"why": pending.message, "action": WRITE_RESULTS.name}
        answer.problems.append(Message("explained_not_shown", params=params))
    if place.spec is tabs.CANDIDATES:
        numbers = _rows_on(request, place, question.run.scenario_name)
    answer.more_rows = list(_rows(question, explanations, place, numbers))
    missing = sum(not one.computed for one in explanations)
    answer.summary = {
        "scenario_name": question.run.scenario_name,
        "optimization_status": question.run.status,
        "explained": len(explanations) - missing,
        "not_computed": missing,
    }
    if was_cancelled:
        answer.status, answer.exit_code = "cancelled", ExitCode.FAILED
        answer.problems.append(Message("explaining_cancelled", params={"run_id": question.run.run_id}))
    return answer


def _computed(request: ActionContext, question: Question) -> tuple[list[Explanation], bool]:
    """The explanations that are asked for, those computed that are not known yet, and whether that was cut short."""
    kept, run = question.kept, question.run
    wanted = question.ids
    if wanted is None:
        wanted = [one.id for one in not_computed(kept.problem, kept.solution, "all")]
    missing = [id for id in wanted if id not in kept.known]
    found: list[Explanation] = []
    if missing:
        request.report(f"explaining {run.run_id}", 0, len(missing))
        told = 0

        def tell(_: Explanation) -> None:
            nonlocal told
            told += 1
            request.report(f"explaining {run.run_id}", told, len(missing))

        request.turn.give_back()
        with idle_worker() as worker, request.cancel.keeping_what_is_found():
            explanations = explain_isolated(
                kept.problem,
                kept.solution,
                missing,
                seconds=explain_seconds(request),
                cancel=request.cancel,
                found=tell,
                worker=worker,
            )
            found = with_names(explanations, kept.places)
            was_cancelled = request.cancel.is_set() and not all(one.computed for one in found)
            with request.workspace.store.transaction() as session:
                add_explanations(session, run.run_id, found)
        request.turn.take()
    else:
        was_cancelled = False
    known = {**kept.known, **{one.id: one for one in found}}
    return [known[id] for id in wanted], was_cancelled


def _show(request: ActionContext, question: Question) -> dict[str, int]:
    """Write Results and Gaps_And_Alerts. Returns the row of each of the run's initiatives on Results."""
    workspace = request.workspace
    only = question.run.run_id if question.is_chosen else None
    numbers: dict[str, int] = {}

    def work(current: SyncContext, open_tabs: Sequence[OpenTab]) -> list[TabReport]:
        for tab in open_tabs:
            if tab.spec is tabs.RESULTS:
                rows = rows_for(current.session, tab.spec, only)
                first = tab.table.header_row + 1
                numbers.update(
                    (str(row["initiative_key"]), number)
                    for number, row in enumerate(rows, start=first)
                    if row["run_id"] == question.run.run_id
                )
        return [write_run_tab(current, tab, only) for tab in open_tabs]

    run_pass(workspace, request.action, [workspace.place(spec) for spec in _SHOWN], work)
    return numbers


def _rows_on(request: ActionContext, place: TabPlace, scenario: str) -> dict[str, int]:
    """The row of each of the scenario's initiatives on a tab."""
    rows = read_tab(request.workspace, place).table.rows
    mine = (row for row in rows if folded(row.text("scenario_name")) == folded(scenario))
    return {row.text("initiative_key"): row.number for row in mine}


def _rows(
    question: Question, explanations: Iterable[Explanation], place: TabPlace, numbers: Mapping[str, int]
) -> Iterator[RowReport]:
    """A line for each explanation, at its row in the sheet."""
    plain = question.kept.reasons({})
    selected = set(question.kept.solution.selected)
    for one in explanations:
        why = str(plain[one.id]) if one.id in plain else None
        if why is not None and one.id in selected:
            why = f"selected: {why}"
        text = "; ".join(part for part in (why, _message(question, one)) if part)
        if one.id in plain or canonical_key(one.id):
            tab, row = place.name, numbers.get(one.id, 0)
        else:
            tab, row = _sheet_row(question.place(one.id))
        if one.computed:
            yield RowReport(tab, row, one.id, str(Level.OK), Level.OK, (text,))
        else:
            yield RowReport(tab, row, one.id, f"{Level.SKIPPED}: {text}", Level.SKIPPED)


def _message(question: Question, one: Explanation) -> str:
    """The explanation in words, for an initiative that was no candidate with the reason why."""
    initiative = question.initiatives.get(one.id)
    is_outside = one.id in question.kept.problem.outside
    if initiative is None or not is_outside:
        return one.message
    return f"{one.message}, for {why_no_candidate(initiative, question.run)}"


def _sheet_row(place: str) -> tuple[str, int]:
    """A rule's place as tab and row: ``Constraints!7``; what an initiative depends on stands on the Backlog."""
    if "!" not in place and place.startswith(dependency_id("")):
        return tabs.BACKLOG.name, 0
    tab, _, number = place.partition("!")
    return tab, int(number) if number.isdecimal() else 0


def _infeasible(question: Question) -> Answer:
    """What can't be met together in an infeasible run, and the cheapest way out."""
    run, diagnosis = question.run, question.kept.solution.diagnosis
    answer = Answer(optimization_run_id=run.run_id)
    answer.summary = {
        "scenario_name": run.scenario_name,
        "optimization_status": run.status,
        "answer": run.summary,
    }
    if diagnosis is None:
        return answer
    answer.summary["way_out"] = str(way_out(diagnosis) or diagnosis.message)
    for row in diagnosed_rows(diagnosis, question.place):
        tab, number = _sheet_row(row.place)
        answer.more_rows.append(RowReport(tab, number, row.id, str(Level.OK), Level.OK, (str(row.message),)))
    for id in question.ids or ():
        text = f"{id} is neither in nor out: no portfolio keeps all the rules"
        answer.more_rows.append(RowReport(tabs.RESULTS.name, 0, id, str(Level.OK), Level.OK, (text,)))
    return answer


class ExplainOptions(ScenarioOption, RunOption, ExplainOption):
    """Of pm.explain_selection."""


EXPLAIN_SELECTION = Action(
    name="pm.explain_selection",
    help="says why initiatives are in or out of the latest answer, and what it would cost to change that",
    explanation=(
        "Solves the run's stored inputs again, exactly, with each initiative forced in or left out, each mandate "
        "dropped and each binding limit moved, as far as explain_seconds allow; what was computed before stays. Select "
        "initiatives by key or row, or rows of the run such as Constraints!7, Targets!3 or capacity. Results and "
        "Gaps_And_Alerts are brought up to date. Of an infeasible run it names what can't be met together and the "
        "cheapest way out."
    ),
    run=_explain,
    tabs=(tabs.RESULTS, tabs.CANDIDATES),
    options=ExplainOptions,
)
