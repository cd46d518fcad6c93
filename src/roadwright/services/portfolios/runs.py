"""Optimization runs: kept with everything that a person may ask of them later, and found again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from roadwright.domain.keys import ACTION_RUN, OPTIMIZATION_RUN, make_key, number_in, parse_key
from roadwright.domain.messages import Message, notice
from roadwright.domain.registry import did_you_mean, nearest_key
from roadwright.domain.text import folded
from roadwright.optimize import Explanation, Solution, SolveOptions, candidate_worth, problem_to_json, snapshot_hash
from roadwright.services.portfolios import alerts as alert_rows
from roadwright.services.portfolios.drafts import RunDraft
from roadwright.services.portfolios.duplicates import MANDATORY_DUPLICATE
from roadwright.services.portfolios.results import CandidateFacts, RunRef, results_rows
from roadwright.services.portfolios.shown import has_answer, shown_figures, shows_answer
from roadwright.store.clock import now
from roadwright.store.models import ActionRun, LastRunPrice, OptimizationRun, Portfolio, PortfolioItem
from roadwright.store.numbers import next_number, numbers_near
from roadwright.store.percentiles import score_percentiles
from roadwright.store.queries import chunks
from roadwright.store.session import Store

_ATTEMPTS = 20


def _summary(draft: RunDraft) -> list[Message]:
    """The run in a sentence or two."""
    solution = draft.solution
    if solution is None:
        if not draft.faults:
            return [notice("run_invalid", place="problem", what=notice("no_problem"))]
        first, more = draft.faults[0], len(draft.faults) - 1
        return [notice("run_invalid_more" if more else "run_invalid", place=first.id, what=first.said, more=more)]
    if not has_answer(solution):
        return [solution.said]
    missed, count = sum(not target.met for target in solution.targets), len(solution.targets)
    targets: Message | str = ""
    if solution.targets:
        targets = notice("run_targets_missed", missed=missed, count=count) if missed else notice("run_targets_met")
    answer = notice(
        "run_answer",
        selected=len(solution.selected),
        candidates=len(draft.built.candidates) if draft.built else 0,
        tokens=solution.tokens_used or 0,
        capacity=draft.scenario.capacity_total_tokens,
        targets=targets,
        gap=notice("run_gap", gap=solution.gap) if solution.gap else "",
    )
    return [answer, solution.said]


def keep_run(store: Store, draft: RunDraft, options: SolveOptions, action_run_id: int | None) -> OptimizationRun:
    """Store the run under the next number, its snapshot and result, and the portfolio where there is one."""
    for _ in range(_ATTEMPTS):
        try:
            with store.transaction() as session:
                return _keep(session, draft, options, action_run_id)
        except IntegrityError:
            continue  # a run of another workspace on this database got the number; the next one is free
    with store.transaction() as session:
        return _keep(session, draft, options, action_run_id)


def _keep(session: Session, draft: RunDraft, options: SolveOptions, action_run_id: int | None) -> OptimizationRun:
    earlier = latest_answer(session, draft.scenario.scenario_name)
    number = next_number(session, OptimizationRun.id, OPTIMIZATION_RUN)
    run_id = make_key(OPTIMIZATION_RUN, number)
    ref = RunRef(run_id, draft.scenario.scenario_name)
    scenario, solution, problem = draft.scenario, draft.solution, draft.problem
    shares = score_percentiles(session)
    candidates = draft.built.candidates if draft.built else ()
    facts = [CandidateFacts.of(initiative, shares.get(initiative.initiative_key)) for initiative in candidates]
    results: list[dict[str, object]] = []
    if problem is not None and solution is not None and has_answer(solution):
        alone = candidate_worth(problem)
        explained = {one.id: one for one in draft.explanations}
        results = results_rows(
            ref, problem, solution, facts, alone=alone, met=draft.met, explained=explained, places=draft.places
        )
    standing = None if solution is not None and has_answer(solution) else _standing(earlier)
    run = OptimizationRun(
        id=number,
        run_id=run_id,
        action_run_id=action_run_id,
        scenario_name=scenario.scenario_name,
        roadmap_name=scenario.roadmap_name,
        constraint_set_name=draft.built.constraint_set_name if draft.built is not None else None,
        period_key=scenario.period_key,
        status=str(draft.status),
        objective_mode=scenario.objective_mode,
        capacity_total=scenario.capacity_total_tokens,
        inputs_snapshot_json=problem_to_json(problem) if problem is not None else None,
        snapshot_hash=snapshot_hash(problem) if problem is not None else None,
        options_json={"time_limit": options.time_limit, "gap": options.gap},
        context_json={
            "explanations": [one.to_json() for one in draft.explanations],
            "candidates": [fact.to_json() for fact in facts],
            "results": results,
            "alerts": _alerts(ref, draft, facts, results, standing),
            "places": dict(draft.places),
        },
        result_json=solution.to_json() if solution is not None else None,
        shown_json=shown_figures(len(facts), solution),
        solver_log=str(draft.log) or None,
        created_at=draft.created_at,
        finished_at=now(),
        summary="; ".join(words for part in (*_summary(draft), standing) if (words := str(part or ""))),
    )
    session.add(run)
    session.flush()
    if results and solution is not None:
        session.add(_portfolio(run, solution, results))
        keep_prices(session, number, (fact.key for fact in facts), prices_in(draft.explanations))
    return run


def latest_answer(session: Session, scenario_name: str) -> OptimizationRun | None:
    """The scenario's newest run that holds an answer: the one that Results shows."""
    return _latest(session, scenario_name, is_wanted=shows_answer)


def latest_run(session: Session, scenario_name: str) -> OptimizationRun | None:
    """The scenario's newest run, whatever came of it."""
    return _latest(session, scenario_name, is_wanted=lambda _: True)


def _latest(
    session: Session, wanted: str, *, is_wanted: Callable[[Mapping[str, object]], bool]
) -> OptimizationRun | None:
    """The newest run of this scenario (any case), among those whose shown figures are wanted."""
    runs = select(OptimizationRun.id, OptimizationRun.scenario_name, OptimizationRun.shown_json)
    for number, name, shown in session.execute(runs.order_by(OptimizationRun.id.desc())):
        if folded(name) == folded(wanted) and is_wanted(shown):
            return session.get_one(OptimizationRun, number)
    return None


def is_answered(run: OptimizationRun) -> bool:
    """Whether a run found a portfolio (an empty one counts)."""
    return shows_answer(run.shown_json)


def _standing(earlier: OptimizationRun | None) -> Message:
    """What Results shows after a run that found no answer."""
    return notice("results_still_show", run=earlier.run_id) if earlier is not None else notice("results_have_none")


def _portfolio(run: OptimizationRun, solution: Solution, results: Sequence[dict[str, Any]]) -> Portfolio:
    items = {item.key: item for item in solution.items}
    return Portfolio(
        name=f"{run.scenario_name} {run.run_id}",
        optimization_run_id=run.id,
        period_key=run.period_key,
        created_at=now(),
        items=[
            PortfolioItem(
                initiative_key=row["initiative_key"],
                rank=row["rank"],
                allocated_tokens=items[row["initiative_key"]].tokens,
                objective_contribution=items[row["initiative_key"]].objective_contribution,
            )
            for row in results
            if row["selected"]
        ],
    )


def _alerts(
    run: RunRef,
    draft: RunDraft,
    facts: Sequence[CandidateFacts],
    results: Sequence[dict[str, object]],
    standing: Message | None,
) -> list[alert_rows.Alert]:
    by_key = {fact.key: fact for fact in facts}
    rows = []
    if standing is not None:
        rows += alert_rows.unanswered_alerts(run, draft.status, draft.solution, standing)
    rows += alert_rows.fault_alerts(run, draft.faults)
    if draft.built is not None and not draft.built.candidates:
        rows += alert_rows.no_candidates_alerts(run, draft.scenario.period_key)
    if draft.problem is not None and draft.solution is not None:
        rows += alert_rows.target_alerts(run, draft.problem, draft.solution, draft.places)
        rows += alert_rows.diagnosis_alerts(run, draft.problem, draft.diagnosed())
        rows += alert_rows.finding_alerts(run, draft.problem, draft.solution.warnings, draft.place)
        rows += alert_rows.explanation_alerts(run, draft.problem, draft.explanations, draft.places)
    rows += alert_rows.dependency_alerts(run, results, by_key, draft.met)
    if draft.built is not None:
        rows += alert_rows.data_alerts(run, draft.built.dependencies.findings, by_key)
        rows += alert_rows.ignored_sets_alerts(run, draft.built.ignored_sets)
    rows += alert_rows.data_alerts(run, draft.skipped, by_key)
    if draft.built is not None:
        told = {str(row.get("dimension_key")) for row in rows if row["kind"] == "data"}
        rows += alert_rows.data_alerts(
            run, (f for f in draft.built.findings if f[0] not in told or f[1].code == MANDATORY_DUPLICATE), by_key
        )
    rows += alert_rows.data_alerts(run, draft.promised_twice, by_key)
    unique: dict[tuple[object, ...], alert_rows.Alert] = {}
    for row in rows:
        unique.setdefault(tuple(row.get(n) for n in ("kind", "dimension", "dimension_key", "kpi_key", "message")), row)
    return list(unique.values())


def find_optimization_run(session: Session, run_id: str) -> OptimizationRun | None:
    """The run of this key, in any case and also in short."""
    return session.scalar(select(OptimizationRun).where(OptimizationRun.run_id == run_key(run_id)))


def no_such_optimization(session: Session, run_id: str) -> Message:
    """What to say where no optimization run has this key: the one that was meant, or how far the keys go."""
    number, of_action = number_in(run_id), parse_key(ACTION_RUN, run_id)
    if of_action is not None:  # the run of the action instead
        known = session.scalar(
            select(ActionRun.optimization_run_id).where(ActionRun.run_id == make_key(ACTION_RUN, of_action))
        )
        hint = did_you_mean(known) if known is not None else ""
    else:
        hint = nearest_key(OPTIMIZATION_RUN, number, numbers_near(session, OptimizationRun.id, number))
    return Message("no_run_of_this_key", params={"run_id": run_id, "hint": hint})


def run_key(text: str) -> str:
    """A run's key in full: ``opt-3`` is ``OPT-000003``. Another text stays as it is."""
    number = parse_key(OPTIMIZATION_RUN, text)
    return text if number is None else make_key(OPTIMIZATION_RUN, number)


def prices_in(explanations: Iterable[Explanation]) -> dict[str, float]:
    """By initiative that was left out what forcing it in costs, where that is known and it can be forced in."""
    return {
        one.id: one.loss
        for one in explanations
        if one.kind == "outside" and one.computed and not one.conflict and one.loss is not None
    }


def keep_prices(session: Session, run_number: int, candidates: Iterable[str], prices: Mapping[str, float]) -> None:
    """Keep what a run says of its candidates; of those that took part in a newer run, that one's stands."""
    keys = sorted(candidates)
    known: dict[str, int] = {}
    for part in chunks(keys):
        found = select(LastRunPrice.initiative_key, LastRunPrice.run_number).where(
            LastRunPrice.initiative_key.in_(part)
        )
        known.update((key, number) for key, number in session.execute(found))

    def rows(wanted: Iterable[str]) -> list[dict[str, object]]:
        return [{"initiative_key": key, "run_number": run_number, "price": prices.get(key)} for key in wanted]

    if new := rows(key for key in keys if key not in known):
        session.execute(insert(LastRunPrice), new)
    if older := rows(key for key in keys if known.get(key, run_number + 1) <= run_number):
        session.execute(update(LastRunPrice), older)
