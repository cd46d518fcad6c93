"""`roadwright what-if`: asks what a scenario's answer would be with a few changes. Nothing is stored or written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.exit_codes import EXIT_CODE_OF, ExitCode
from roadwright.domain.messages import Message
from roadwright.domain.optimization import CAPACITY_ID
from roadwright.optimize import (
    InvalidProblem,
    Problem,
    Solution,
    SolveOptions,
    parse_problem,
    problem_to_json,
    snapshot_hash,
    solve,
    with_names,
)
from roadwright.services.portfolios.candidates import find_scenario
from roadwright.services.portfolios.diagnosis import DiagnosedRow, diagnosed_rows, way_out
from roadwright.services.portfolios.drafts import place_of_scenario
from roadwright.services.portfolios.explaining import why_no_candidate
from roadwright.services.portfolios.problem import build_problem
from roadwright.services.portfolios.runs import latest_answer
from roadwright.services.portfolios.shown import has_answer
from roadwright.services.portfolios.what_if import Difference, Known, Question, changed_problem
from roadwright.services.roadmaps.judge import judged_candidates
from roadwright.store.models import Initiative, OptimizationRun, OptimizationScenario
from roadwright.sync.reading import scope_of
from roadwright.workspace.workspace import Workspace

SOURCE = "what-if"


@dataclass(frozen=True)
class WhatIf:
    """The answer to a what-if question beside the answer as it is.

    ``base_run`` is the run that holds the latter; None where the inputs changed since the latest answer, so that it
    was solved now.
    """

    scenario_name: str
    base_run: str | None
    difference: Difference
    conflict: list[DiagnosedRow]
    way_out: Message | None

    @property
    def exit_code(self) -> ExitCode:
        return EXIT_CODE_OF[self.difference.after.status]

    def to_json(self) -> dict[str, Any]:
        """The object that ``--json`` prints."""
        found = self.difference
        return {
            "scenario_name": self.scenario_name,
            "base": {"run_id": self.base_run, **_figures(found.before, found.problem, found.value_before)},
            "what_if": _figures(found.after, found.changed, found.value_after),
            "same_objective": found.same_objective,
            "base_by_new_objective": found.old_choice_by_new_objective,
            "objective_unit": found.objective_unit,
            "came_in": [one.to_json() for one in found.came_in()],
            "went_out": [one.to_json() for one in found.went_out()],
            "kpis": [
                {"kpi_key": one.key, "unit": one.unit, "before": one.before, "after": one.after, "change": one.change}
                for one in found.kpis()
            ],
            "targets": [
                {
                    "id": one.id,
                    "kpi_key": one.kpi_key,
                    "dimension": one.dimension,
                    "dimension_key": one.dimension_key,
                    "floor_or_goal": one.type,
                    "shortfall_before": one.shortfall_before,
                    "shortfall_after": one.shortfall_after,
                }
                for one in found.targets()
            ],
            "conflict": [{"id": row.id, "place": row.place, "message": str(row.message)} for row in self.conflict],
            "way_out": None if self.way_out is None else str(self.way_out),
        }


def _figures(solution: Solution, problem: Problem, value: float | None) -> dict[str, Any]:
    is_answer = has_answer(solution)
    return {
        "status": str(solution.status),
        "message": solution.message,
        "objective_value": value,
        "tokens_used": solution.tokens_used if is_answer else None,
        "capacity": problem.capacity,
        "candidates": len(problem.candidates),
        "selected": list(solution.selected),
        "targets_met": sum(target.met for target in solution.targets) if is_answer else None,
        "targets": len(problem.targets),
    }


def what_if(
    workspace: Workspace,
    scenario_name: str | None,
    question: Question,
    *,
    seconds: float | None = None,
    solver: Callable[[Problem, SolveOptions], Solution] = solve,
) -> WhatIf:
    """Ask a question about a scenario as it is stored. Raises InputError where it can't be asked.

    Each solve may take so many seconds, by default those of the settings.
    """
    with workspace.store.transaction() as session:
        scenario = find_scenario(session, scenario_name)
        candidates = judged_candidates(session, scenario, SOURCE)
        built = build_problem(session, scenario, candidates.candidates, candidates.locks)
        if built.problem is None:
            raise InvalidProblem(built.faults)
        problem = parse_problem(problem_to_json(built.problem))
        why_not = partial(_why_no_candidate, session, scenario, candidates.skipped)
        titles = {one.initiative_key: one.title for one in built.candidates}
        run = latest_answer(session, scenario.scenario_name)
        base = None if run is None else _as_it_is(run, problem)
        scope = scope_of(workspace, session, tabs.SCENARIO_CONFIG)
        changed = changed_problem(problem, question, Known(why_not, built.places, scope))
        name, place = scenario.scenario_name, _placed(scenario, built.places)
        run_id = run.run_id if run is not None and base is not None else None
        session.rollback()  # entries that nobody judged yet were judged for this question only
    options = SolveOptions(time_limit=seconds or workspace.settings.time_limit)
    before = base or solver(problem, options)
    after = with_names(solver(changed, options), built.places)
    diagnosis = after.diagnosis
    return WhatIf(
        name,
        run_id,
        Difference(problem, before, after, changed, titles),
        [] if diagnosis is None else diagnosed_rows(diagnosis, place),
        None if diagnosis is None else way_out(diagnosis),
    )


def _as_it_is(run: OptimizationRun, problem: Problem) -> Solution | None:
    """The answer of a run that solved exactly this problem."""
    if run.result_json is None or run.snapshot_hash != snapshot_hash(problem):
        return None
    return Solution.from_json(run.result_json)


def _placed(scenario: OptimizationScenario, places: Mapping[str, str]) -> Callable[[str], str]:
    scenario_place = place_of_scenario(scenario)
    return lambda id: scenario_place if id in (CAPACITY_ID, "objective") else places.get(id, id)


def _why_no_candidate(
    session: Session, scenario: OptimizationScenario, skipped: Sequence[tuple[Initiative, Message]], key: str
) -> Message | None:
    """Why an initiative is no candidate of the scenario; None where there is no such initiative."""
    for initiative, why in skipped:
        if initiative.initiative_key == key:
            return why
    found = session.scalar(select(Initiative).where(Initiative.initiative_key == key))
    return None if found is None else why_no_candidate(found, scenario)
