"""Problems that were once answered wrongly; see cases/README.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from benchmarks.portfolios import portfolio
from benchmarks.proof.judge import Judgement, Verdict, judge

from roadwright.domain.optimization import FindingKind, Proof, RunStatus, Severity, TieBreak
from roadwright.optimize import Solution, explain, parse_problem, solve

CASES = Path(__file__).with_name("cases")


def case(name: str) -> Any:
    return json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))


def answered(name: str) -> Solution:
    """The answer to a case: optimal, and nothing about it left open."""
    solution = solve(parse_problem(case(name)))
    assert (solution.status, solution.tie_break) == (RunStatus.OPTIMAL, TieBreak.PROVED), solution.message
    return solution


@pytest.mark.parametrize("path", sorted(CASES.glob("*.json")), ids=lambda path: path.stem)
def test_enumeration_agrees(path: Path) -> None:
    assert judge(case(path.stem), solve(parse_problem(case(path.stem)))) == Judgement(Verdict.RIGHT)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("knapsack_73_not_128", 128),
        ("knapsack_52_not_100", 100),
        ("knapsack_71_not_72", 72),
        ("crash_reserve", 91),
        ("false_infeasible", 3),
        ("nfd_cap", 6),
    ],
)
def test_the_best_value_is_found(name: str, value: float) -> None:
    assert answered(name).objective_value == value


@pytest.mark.parametrize(
    ("name", "selected"),
    [
        ("goal_missed_for_nothing", ["I01", "I03"]),
        ("goal_nat1", ["I0"]),
        ("lexicographic_free_42400_left", ["I02", "I03", "I04", "I07", "I09"]),
        ("feasible_without_a_limit", []),
        ("zero_optimum", ["C"]),
    ],
)
def test_the_best_portfolio_is_found(name: str, selected: list[str]) -> None:
    assert answered(name).selected == selected


def test_a_limit_that_can_improve_nothing_says_so() -> None:
    problem = parse_problem(case("limit_not_computed"))
    (found,) = explain(problem, solve(problem), ["capacity"])
    assert (found.computed, found.unit, found.next_step) == (True, None, None)


def test_a_tolerance_after_which_nothing_is_weighed_is_warned_of() -> None:
    found = answered("last_stage_tolerance_ignored")
    assert found.selected == ["A"]
    assert [(one.id, one.severity, one.kind) for one in found.warnings] == [
        ("objective", Severity.WARNING, FindingKind.OBJECTIVE)
    ]


def test_how_an_answer_was_proved_is_told() -> None:
    assert answered("knapsack_73_not_128").proof is Proof.EXACT
    assert solve(parse_problem(portfolio(60))).proof is Proof.SOLVER
