"""The optimizer against enumeration of all subsets, on random problems of all rule types together."""

from __future__ import annotations

import pytest

from roadwright.domain.optimization import RunStatus, TieBreak
from roadwright.optimize import parse_problem, solve
from tests.optimize.brute_force import Enumeration
from tests.optimize.problems import random_problem


@pytest.mark.parametrize("block", range(20))
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
