"""The optimizer against enumeration of all subsets, on random problems of all rule types together."""

from __future__ import annotations

import pytest

from roadwright.domain.optimization import RunStatus, TieBreak
from roadwright.optimize import parse_problem, solve
from tests.optimize.brute_force import Enumeration
from tests.optimize.problems import random_problem, wild_problem


@pytest.mark.parametrize("block", range(12))
def test_answers_are_those_of_enumeration(block: int) -> None:
    for seed in range(25 * block, 25 * (block + 1)):
        problem = random_problem(seed)
        solution = solve(parse_problem(problem))
        best = Enumeration(problem).best()
        if best is None:
            assert solution.status is RunStatus.INFEASIBLE, seed
            continue
        assert (solution.status, solution.selected) == (RunStatus.OPTIMAL, best.selected), seed
        assert solution.tie_break is TieBreak.PROVED, seed


@pytest.mark.parametrize("block", range(5))
def test_wild_numbers_are_answered_as_well(block: int) -> None:
    for seed in range(40 * block, 40 * (block + 1)):
        problem = wild_problem(seed)
        solution = solve(parse_problem(problem))
        best = Enumeration(problem).best()
        expected = (RunStatus.INFEASIBLE, []) if best is None else (RunStatus.OPTIMAL, best.selected)
        assert (solution.status, solution.selected) == expected, seed


def test_an_earlier_stage_is_held_within_a_billionth_and_no_more() -> None:
    problem = random_problem(570_885)  # giving up 1.5e-9 of the goals' shortfall would bring 0.3 of the last KPI
    solution = solve(parse_problem(problem))
    best = Enumeration(problem).best()
    assert best is not None
    assert solution.selected == best.selected == ["INIT-000000", "INIT-000001", "INIT-000004"]


def test_where_the_optimum_is_0_it_is_held_exactly() -> None:
    problem = random_problem(532_330)  # latency: at best 0, in steps of 1e-7, beside a bonus of -120,000
    solution = solve(parse_problem(problem))
    best = Enumeration(problem).best()
    assert best is not None
    assert solution.selected == best.selected == ["INIT-000004"]
