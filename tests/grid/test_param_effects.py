"""How far the best answer moves between a param's limits."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from roadwright.domain.kpis import Direction, KpiLevel
from roadwright.domain.optimization import ObjectiveMode
from roadwright.grid.param_effects import Effects, ParamQuestion, Questions, limits_of
from roadwright.optimize import Candidate, Kpi, Objective, Problem, Solution, SolveOptions, solve

PROBLEM = Problem(
    candidates=(
        Candidate(key="INIT-000001", tokens=10, contributions={"gmv": 5}),
        Candidate(key="INIT-000002", tokens=10, contributions={}),
    ),
    kpis=(Kpi(key="gmv", level=KpiLevel.NORTH_STAR, direction=Direction.INCREASE),),
    capacity=10,
    objective=Objective(mode=ObjectiveMode.NORTH_STAR),
)


def solved(problem: Problem, options: SolveOptions, **_: Any) -> Solution:
    return solve(problem, options)


@pytest.mark.parametrize(
    ("value", "low", "high", "limits"),
    [
        (10.0, None, None, (7.0, 13.0)),
        (10.0, 9.0, None, (9.0, 13.0)),
        (None, 1.0, 2.0, (1.0, 2.0)),
        (None, 1.0, None, None),
        (-10.0, None, None, (-13.0, -7.0)),
    ],
)
def test_limits(value: float | None, low: float | None, high: float | None, limits: tuple[float, float] | None) -> None:
    assert limits_of(value, low, high) == limits


def test_it_counts_what_the_best_answer_gains_also_by_changing_the_choice() -> None:
    told: dict[Any, float | None] = {}
    number = 0

    def counted(problem: Problem, options: SolveOptions, **more: Any) -> Solution:
        nonlocal number
        number += 1
        return solved(problem, options, **more)

    asked = Questions(
        PROBLEM,
        (
            ParamQuestion(("INIT-000002", "m", "small"), {"gmv": 1}, {"gmv": 4}),  # never worth the place of the first
            ParamQuestion(("INIT-000002", "m", "large"), {"gmv": 1}, {"gmv": 8}),
        ),
    )
    effects = Effects()
    effects.find(asked, told.__setitem__, threading.Event(), counted)
    assert told == {("INIT-000002", "m", "small"): 0, ("INIT-000002", "m", "large"): 3}
    assert number == 3
    effects.find(asked, told.__setitem__, threading.Event(), counted)
    assert number == 3


def test_it_ends_when_nobody_wants_it_any_more() -> None:
    cancel = threading.Event()
    told: list[object] = []

    def stopping(problem: Problem, options: SolveOptions, **more: Any) -> Solution:
        cancel.set()
        return solved(problem, options, **more)

    asked = Questions(PROBLEM, (ParamQuestion(("INIT-000001", "m", "p"), {"gmv": 1}, {"gmv": 4}),))
    Effects().find(asked, lambda *one: told.append(one), cancel, stopping)
    assert told == []
