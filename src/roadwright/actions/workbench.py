"""A scenario on the workbench: the data that its what-ifs stand on, its baseline, and what changed since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.actions.what_if import SOURCE
from roadwright.domain.initiatives import ContributionSource
from roadwright.domain.kpis import Direction, KpiLevel
from roadwright.domain.messages import Message
from roadwright.domain.text import folded
from roadwright.optimize import Explanation, InvalidProblem, Problem, parse_problem, problem_to_json
from roadwright.services.portfolios.candidates import ScenarioProblem, find_scenario
from roadwright.services.portfolios.explaining import Explained
from roadwright.services.portfolios.problem import BuiltProblem, build_problem
from roadwright.services.portfolios.runs import find_optimization_run, latest_answer
from roadwright.services.portfolios.workbench.answers import Baseline, DataChanges, data_changes
from roadwright.services.roadmaps.judge import judged_candidates
from roadwright.services.scoring.contributions import RangedModel, drawn_contributions
from roadwright.services.scoring.models_of import load_models
from roadwright.store.kpis import load_registry
from roadwright.store.models import (
    Initiative,
    InitiativeParam,
    OptimizationRun,
    OptimizationScenario,
    OrganizationMetricsConfig,
)
from roadwright.store.queries import chunks
from roadwright.workspace.workspace import Workspace

AS_NOW = "now"
"""What stands for the data as they are, in the place of a run."""


@dataclass(frozen=True)
class Fact:
    """What people know a candidate by."""

    key: str
    title: str
    department: str | None
    country: str | None


@dataclass(frozen=True)
class KpiFact:
    """What people know a KPI by, and how its amounts are written."""

    key: str
    name: str
    unit: str | None
    level: str
    direction: Direction
    baseline_value: float | None


@dataclass(frozen=True)
class Bench:
    """A scenario as the workbench shows it. ``data`` is the run on whose data it stands, or ``now``."""

    scenario_name: str
    period_key: str
    set_name: str | None
    data: str
    problem: Problem
    facts: Mapping[str, Fact]
    kpis: Mapping[str, KpiFact]
    places: Mapping[str, str]
    baseline: Baseline | None
    known: Mapping[str, Explanation] = field(default_factory=dict)
    """What the baseline's run found out by solving again, by id; only where the data are the run's."""
    since: DataChanges = field(default_factory=DataChanges)
    """What changed in the scenario's data since the baseline."""
    broken: tuple[Message, ...] = ()
    """Why nothing can be solved with the data as they are now."""

    def title(self, key: str) -> str:
        """An initiative's title; its key where there is none."""
        fact = self.facts.get(key)
        return fact.title if fact is not None and fact.title else key

    @cached_property
    def north_star(self) -> KpiFact:
        return self.kpis[self.problem.north_star.key]


def scenario_names(session: Session) -> list[str]:
    """Every scenario, in the order in which they were made."""
    return list(session.scalars(select(OptimizationScenario.scenario_name).order_by(OptimizationScenario.id)))


def load_bench(workspace: Workspace, scenario_name: str, data: str | None = None) -> Bench:
    """A scenario for the workbench, on a run's data, by default its latest answer's, or as it is ``now``.

    Raises ScenarioProblem, and InvalidProblem where there is neither a run nor a valid problem.
    """
    with workspace.store.transaction() as session:
        scenario = find_scenario(session, scenario_name)
        latest = latest_answer(session, scenario.scenario_name)
        run = latest if data in (None, AS_NOW) else _run(session, data, scenario) or latest
        built, broken = _as_it_is(session, scenario)
        now = built.problem if built is not None else None
        answer = None if latest is None else Explained.of(latest)
        explained = answer if run is latest or run is None else Explained.of(run)
        stands_on = _stands_on(run, explained, now, is_now=data == AS_NOW, broken=broken)
        problem = stands_on.problem
        bench = Bench(
            scenario_name=scenario.scenario_name,
            period_key=scenario.period_key,
            set_name=scenario.constraint_set_name,
            data=AS_NOW if stands_on.run is None else stands_on.run.run_id,
            problem=problem,
            facts=_facts(session, problem),
            kpis=_kpis(session, problem),
            places=built.places if built is not None and stands_on.run is None else _places(stands_on.run),
            baseline=None if answer is None else Baseline(answer.run.run_id, answer.problem, answer.solution),
            known=explained.known if explained is not None and stands_on.run is not None else {},
            since=_since(stands_on.problem, now) if stands_on.run is not None else DataChanges(),
            broken=broken,
        )
        session.rollback()  # entries that nobody judged yet were judged to be looked at only
    return bench


def bench_of_run(session: Session, run: OptimizationRun) -> Bench | None:
    """A run as it was solved, whatever became of its scenario; None where there was no problem to solve."""
    kept = Explained.of(run)
    if kept is None:
        return None
    return Bench(
        scenario_name=run.scenario_name,
        period_key=run.period_key,
        set_name=run.constraint_set_name,
        data=run.run_id,
        problem=kept.problem,
        facts=_facts(session, kept.problem),
        kpis=_kpis(session, kept.problem),
        places=kept.places,
        baseline=Baseline(run.run_id, kept.problem, kept.solution),
        known=kept.known,
    )


@dataclass(frozen=True)
class _StandsOn:
    problem: Problem
    run: OptimizationRun | None


def _stands_on(
    run: OptimizationRun | None,
    explained: Explained | None,
    now: Problem | None,
    *,
    is_now: bool,
    broken: Sequence[Message],
) -> _StandsOn:
    """The problem that what-ifs stand on: a run's where there is one, unless it is to be the data as they are."""
    kept = None if explained is None else explained.problem
    if kept is None and run is not None and run.inputs_snapshot_json is not None:
        kept = parse_problem(run.inputs_snapshot_json)
    if now is not None and (is_now or kept is None):
        return _StandsOn(now, None)
    if kept is not None:
        return _StandsOn(kept, run)
    raise ScenarioProblem("bench_has_no_problem", faults=list(broken))


def _run(session: Session, run_id: str, scenario: OptimizationScenario) -> OptimizationRun | None:
    run = find_optimization_run(session, run_id)
    is_its_own = run is not None and folded(run.scenario_name) == folded(scenario.scenario_name)
    return run if run is not None and is_its_own and run.inputs_snapshot_json is not None else None


def _as_it_is(session: Session, scenario: OptimizationScenario) -> tuple[BuiltProblem | None, tuple[Message, ...]]:
    """The scenario's problem as a run would solve it now; else why there is none."""
    try:
        built = _built(session, scenario)
    except ScenarioProblem as problem:
        return None, (problem.message,)
    if built.problem is None:
        return None, tuple(Message("fault_at", params={"place": f.id, "what": f.said}) for f in built.faults)
    built.problem = parse_problem(problem_to_json(built.problem))
    return built, ()


def _built(session: Session, scenario: OptimizationScenario) -> BuiltProblem:
    candidates = judged_candidates(session, scenario, SOURCE)
    return build_problem(session, scenario, candidates.candidates, candidates.locks)


def built_now(session: Session, scenario: OptimizationScenario) -> BuiltProblem:
    """The scenario's problem as it stands. Raises ScenarioProblem and InvalidProblem."""
    built = _built(session, scenario)
    if built.problem is None:
        raise InvalidProblem(built.faults)
    return built


def _places(run: OptimizationRun | None) -> Mapping[str, str]:
    return {} if run is None else run.context_json.get("places", {})


def _since(before: Problem, now: Problem | None) -> DataChanges:
    return DataChanges() if now is None else data_changes(before, now)


def _facts(session: Session, problem: Problem) -> dict[str, Fact]:
    """Of every initiative that the problem names, also of those that are no candidates."""
    keys = {candidate.key for candidate in problem.candidates} | problem.outside | problem.delivered
    found: dict[str, Fact] = {}
    for part in chunks(sorted(keys)):
        columns = (Initiative.initiative_key, Initiative.title, Initiative.department, Initiative.country)
        for row in session.execute(select(*columns).where(Initiative.initiative_key.in_(part))):
            found[row.initiative_key] = Fact(row.initiative_key, row.title, row.department, row.country)
    return found


def _kpis(session: Session, problem: Problem) -> dict[str, KpiFact]:
    """The problem's KPIs, the north star first; what is not in the registry any more is called by its key."""
    rows = session.execute(select(OrganizationMetricsConfig.kpi_key, OrganizationMetricsConfig.kpi_name))
    names: dict[str, str] = {row.kpi_key: row.kpi_name for row in rows}
    kpis = sorted(problem.kpis, key=lambda kpi: (kpi.level is not KpiLevel.NORTH_STAR, kpi.key))
    return {
        kpi.key: KpiFact(
            kpi.key, names.get(kpi.key) or kpi.key, kpi.unit, str(kpi.level), kpi.direction, kpi.baseline_value
        )
        for kpi in kpis
    }


def drawn_trials(workspace: Workspace, problem: Problem, trials: int) -> list[dict[str, dict[str, float]]]:
    """By trial, candidate and KPI the contributions that are drawn within the ranges of params.

    An initiative whose contribution a person has typed is not told: how far off that may be nobody knows.
    """
    keys = sorted(candidate.key for candidate in problem.candidates)
    said = {candidate.key: candidate.contributions for candidate in problem.candidates}
    drawn: list[dict[str, dict[str, float]]] = [{} for _ in range(trials)]
    with workspace.store.transaction() as session:
        registry = load_registry(session)
        for part in chunks(keys):
            computed = select(Initiative).where(
                Initiative.initiative_key.in_(part), Initiative.kpi_contribution_source == ContributionSource.COMPUTED
            )
            initiatives = {one.id: one for one in session.scalars(computed)}
            ranges = _ranges(session, initiatives)
            for number, models in load_models(session, ranges).items():
                one = initiatives[number]
                ranged = [
                    RangedModel(model.model, ranges[number].get(folded(model.model.name), {})) for model in models
                ]
                for trial in range(trials):
                    seed = f"{trial} {one.initiative_key}"
                    brought = drawn_contributions(ranged, registry, one.use_math_model, seed)
                    known = {kpi: value for kpi, value in brought.items() if kpi in said[one.initiative_key]}
                    if known:
                        drawn[trial][one.initiative_key] = known
    return drawn


def _ranges(
    session: Session, initiatives: Mapping[int, Initiative]
) -> dict[int, dict[str, dict[str, tuple[float, float]]]]:
    """By initiative and model the params with a least and a most."""
    found: dict[int, dict[str, dict[str, tuple[float, float]]]] = {}
    for part in chunks(initiatives):
        rows = select(InitiativeParam).where(
            InitiativeParam.initiative_id.in_(part), InitiativeParam.min.is_not(None), InitiativeParam.max.is_not(None)
        )
        for row in session.scalars(rows):
            assert row.min is not None
            assert row.max is not None
            of_model = found.setdefault(row.initiative_id, {}).setdefault(folded(row.model_name), {})
            of_model[row.param_name] = (row.min, row.max)
    return found
