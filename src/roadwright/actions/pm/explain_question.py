"""What pm.explain_selection is asked: which run, and which of its initiatives and rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.actions.contract import ActionContext
from roadwright.actions.options import RunOption, ScenarioOption, UsageError, chosen
from roadwright.domain.keys import canonical_key
from roadwright.domain.messages import Message
from roadwright.domain.optimization import RunStatus, capacity_id
from roadwright.domain.text import folded
from roadwright.optimize import unknown_keys
from roadwright.services.bindings.initiatives import no_such_initiative
from roadwright.services.portfolios.candidates import find_scenario
from roadwright.services.portfolios.drafts import place_in_sheet
from roadwright.services.portfolios.explaining import Explained, why_no_candidate
from roadwright.services.portfolios.runs import (
    find_optimization_run,
    is_answered,
    latest_answer,
    latest_run,
    no_such_optimization,
)
from roadwright.store.models import Initiative, OptimizationRun, OptimizationScenario
from roadwright.store.queries import initiatives_by_key
from roadwright.sync.engine import read_tab
from roadwright.sync.selection import Selection
from roadwright.workspace.workspace import TabPlace


@dataclass
class ExplainQuestion:
    """What is to be explained: everything, or these names and initiatives (by row, where rows were selected)."""

    everything: bool
    names: list[str] = field(default_factory=list)
    scenarios: list[str] = field(default_factory=list)
    """The scenarios that the selected rows belong to."""


@dataclass(frozen=True)
class Question:
    """The run that is explained, its scenario, and the ids to explain (None: all)."""

    run: OptimizationRun
    scenario: OptimizationScenario | None
    kept: Explained
    ids: list[str] | None
    initiatives: Mapping[str, Initiative]
    """The initiatives that were asked for, as they stand today."""
    is_chosen: bool
    """Whether the run was named, so that Results has to show it."""

    def place(self, id: str) -> str:
        return place_in_sheet(self.scenario, self.kept.places, id)


def asked_of(request: ActionContext, place: TabPlace) -> ExplainQuestion:
    selection = request.selection
    if selection.everything:
        return ExplainQuestion(everything=True)
    asked = ExplainQuestion(everything=False, names=list(selection.names))
    if selection.rows:
        rows = read_tab(request.workspace, place).table.rows
        picked = Selection(everything=False, rows=selection.rows).picks(place.spec, rows)
        for row in rows:
            if row.number in picked:
                asked.names.append(row.text("initiative_key"))
                asked.scenarios.append(row.text("scenario_name"))
    return asked


def _run_to_explain(session: Session, request: ActionContext, asked: ExplainQuestion) -> tuple[OptimizationRun, bool]:
    """The run, and whether it was named. Raises UsageError or ScenarioProblem."""
    named = chosen(request.options, RunOption).run_id
    if named is not None:
        run = find_optimization_run(session, named)
        if run is None:
            raise UsageError.saying(no_such_optimization(session, named))
        return run, True
    name = chosen(request.options, ScenarioOption).scenario_name
    mine = {folded(scenario): scenario for scenario in asked.scenarios if scenario}
    if name is None and len(mine) > 1:
        raise UsageError("rows_of_several_scenarios", scenarios=list(mine.values()))
    if name is None and mine:
        [name] = mine.values()
    place = request.workspace.place(tabs.SCENARIO_CONFIG)
    on_sheet = [row.text("scenario_name") for row in read_tab(request.workspace, place).table.rows]
    scenario = find_scenario(session, name, on_sheet).scenario_name
    run = latest_answer(session, scenario) or latest_run(session, scenario)
    if run is None:
        raise UsageError("scenario_without_run", scenario=scenario)
    return run, False


def question_of(session: Session, request: ActionContext, asked: ExplainQuestion) -> Question:
    """What is to be explained of which run. Raises UsageError or ScenarioProblem."""
    run, is_chosen = _run_to_explain(session, request, asked)
    others = sorted({name for name in asked.scenarios if folded(name) != folded(run.scenario_name)})
    if others:
        raise UsageError("rows_of_other_scenario", scenarios=others, run_id=run.run_id, scenario=run.scenario_name)
    kept = Explained.of(run)
    if kept is None or not (is_answered(run) or run.status == RunStatus.INFEASIBLE):
        raise UsageError("no_portfolio_to_explain", run_id=run.run_id, why=run.summary or run.status)
    scenarios = session.scalars(select(OptimizationScenario))
    scenario = next((s for s in scenarios if folded(s.scenario_name) == folded(run.scenario_name)), None)
    ids = None if asked.everything else list(dict.fromkeys(_id(kept, name) for name in asked.names))
    initiatives = initiatives_by_key(session, ids or ())
    wrong = unknown_keys(kept.problem, ids or ())
    if wrong:
        raise UsageError("several_faults", faults=[_why_unknown(session, run, id, initiatives.get(id)) for id in wrong])
    return Question(run, scenario, kept, ids, initiatives, is_chosen)


def _id(kept: Explained, name: str) -> str:
    """The initiative or row of the problem that a person means; a row also by its place in the sheet."""
    by_name = {folded(id): id for id in (*kept.problem.rows, capacity_id())}
    by_name |= {folded(place): id for id, place in kept.places.items()}
    return canonical_key(name) or by_name.get(folded(name), name)


def _why_unknown(session: Session, run: OptimizationRun, id: str, initiative: Initiative | None) -> Message:
    params: dict[str, object] = {"id": id, "run_id": run.run_id}
    if initiative is not None:
        params["why"] = why_no_candidate(initiative, run)
        return Message("was_no_candidate", params=params)
    return no_such_initiative(session, id) if canonical_key(id) else Message("not_of_run", params=params)
