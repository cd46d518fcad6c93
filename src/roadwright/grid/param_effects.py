"""What a param that nobody stands behind yet is worth asking about: how far the best answer moves between its limits.

The scenario's problem is solved once with the param at its least and once at its most, as if its model and all its
params were approved; the effect is the difference of the two best objective values. So a param counts also where its
initiative is not chosen today, and one that nothing depends on has no effect.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.initiatives import ContributionSource
from roadwright.domain.text import folded
from roadwright.grid.scoring import waiting_params
from roadwright.optimize import (
    CancelSignal,
    Problem,
    Solution,
    SolveOptions,
    Worker,
    snapshot_hash,
    solve_isolated,
    worth,
)
from roadwright.services.portfolios.candidates import ScenarioProblem, candidates_of
from roadwright.services.portfolios.problem import build_problem
from roadwright.services.scoring.contributions import contribute
from roadwright.services.scoring.math_model import Param, ScoredModel, run_model
from roadwright.services.scoring.models_of import load_models
from roadwright.store.kpis import load_registry
from roadwright.store.models import Initiative, InitiativeParam, OptimizationScenario

WITHOUT_RANGE = 0.3
"""How far a param without limits is taken to be off, as a share of its value."""
SECONDS = 10.0
"""For one solve."""
_KEPT = 500

ParamId = tuple[str, str, str]
"""Initiative, model and param."""


@dataclass(frozen=True)
class ParamQuestion:
    """One param: what its initiative brings with the param at its least, and at its most."""

    id: ParamId
    low: Mapping[str, float]
    high: Mapping[str, float]


@dataclass(frozen=True)
class Questions:
    """All params of which something can be asked, and the problem that is solved for each."""

    problem: Problem | None
    params: tuple[ParamQuestion, ...] = ()


def limits_of(value: float | None, low: float | None, high: float | None) -> tuple[float, float] | None:
    """The least and the most that a param can be; None where nothing is known of it."""
    if value is None and (low is None or high is None):
        return None
    off = abs(value or 0.0) * WITHOUT_RANGE
    least = low if low is not None else (value or 0.0) - off
    most = high if high is not None else (value or 0.0) + off
    return (least, most) if least <= most else (most, least)


def questions(session: Session, scenario_name: str | None) -> Questions:
    """What is to be asked about the params that wait, of a scenario; nothing where it has no problem to solve."""
    scenario = session.scalar(select(OptimizationScenario).where(OptimizationScenario.scenario_name == scenario_name))
    if scenario is None:
        return Questions(None)
    try:
        found = candidates_of(session, scenario)
        problem = build_problem(session, scenario, found.candidates, found.locks).problem
    except ScenarioProblem:
        return Questions(None)
    return Questions(problem, () if problem is None else tuple(_asked(session, problem)))


def _asked(session: Session, problem: Problem) -> Iterable[ParamQuestion]:
    registry = load_registry(session)
    waiting = waiting_params(session)
    keys = {key for key, _, _ in waiting} & {candidate.key for candidate in problem.candidates}
    owners = {one.initiative_key: one for one in session.scalars(select(Initiative)) if one.initiative_key in keys}
    models = load_models(session, [one.id for one in owners.values()])
    rows = {
        (row.initiative_id, folded(row.model_name), row.param_name): row
        for row in session.scalars(select(InitiativeParam))
    }
    for key, model, name in waiting:
        owner = owners.get(key)
        if owner is None or owner.kpi_contribution_source == ContributionSource.PM_OVERRIDE:
            continue
        row = rows[owner.id, folded(model), name]
        limits = limits_of(row.value, row.min, row.max)
        if limits is None:
            continue
        mine = [one.model for one in models.get(owner.id, ())]
        low, high = (
            contribute([run_model(_with(one, model, name, at), registry) for one in mine], owner.use_math_model).by_kpi
            for at in limits
        )
        yield ParamQuestion((key, model, name), low, high)


def _with(model: ScoredModel, name: str, param: str, value: float) -> ScoredModel:
    """The model with one param at this value, approved with all that belongs to it."""
    if folded(model.name) != folded(name):
        return model

    def taken(one: Param) -> Param:
        return replace(one, approved=True, value=value if one.name == param else one.value)

    return replace(model, approved=True, params=tuple(map(taken, model.params)))


class Effects:
    """Effects by the exact question that was asked, so that each is solved once, whoever asks for it."""

    def __init__(self) -> None:
        self._values: OrderedDict[str, float | None] = OrderedDict()
        self._lock = threading.Lock()

    def find(
        self,
        asked: Questions,
        tell: Callable[[ParamId, float | None], None],
        cancel: CancelSignal,
        solve: Callable[..., Solution] = solve_isolated,
    ) -> None:
        """Tell the effect of each param, as it is found; None where one of the two has no answer."""
        problem = asked.problem
        if problem is None:
            return
        with Worker() as worker:

            def best(param: ParamQuestion, brings: Mapping[str, float]) -> float | None:
                solver = partial(solve, cancel=cancel, worker=worker)
                return self._best(_changed(problem, param, brings), solver, cancel)

            for param in asked.params:
                low, high = best(param, param.low), best(param, param.high)
                if cancel.is_set():
                    return
                tell(param.id, None if low is None or high is None else abs(high - low))

    def _best(self, problem: Problem, solve: Callable[..., Solution], cancel: CancelSignal) -> float | None:
        place = snapshot_hash(problem)
        with self._lock:
            if place in self._values:
                return self._values[place]
        if cancel.is_set():
            return None
        solution = solve(problem, SolveOptions(time_limit=SECONDS, tie_break=False, diagnose=False))
        best = worth(solution)
        if not cancel.is_set():
            with self._lock:
                self._values[place] = best
                while len(self._values) > _KEPT:
                    self._values.popitem(last=False)
        return best


def _changed(problem: Problem, param: ParamQuestion, brings: Mapping[str, float]) -> Problem:
    """The problem in which the param's initiative brings this."""
    known = {key: value for key, value in brings.items() if key in problem.kpi}
    changed = (replace(one, contributions=known) if one.key == param.id[0] else one for one in problem.candidates)
    return replace(problem, candidates=tuple(changed))


EFFECTS = Effects()
"""Of this process."""
