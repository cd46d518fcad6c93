"""Medium problems have the same optimum in OR-Tools CP-SAT, stage by stage."""

from __future__ import annotations

from tests.optimize.second_solver import disagreements, medium_problems


def test_another_solver_finds_the_same_optima() -> None:
    assert disagreements(medium_problems([30, 40, 50, 60, 70, 80], seed=10)) == []
