"""What the relaxation settles is settled rightly: the ways for large models give small ones the enumerated answers."""

from __future__ import annotations

import pytest
from benchmarks.instances import quadratic_knapsack
from benchmarks.known_answers import DATA
from benchmarks.portfolios import portfolio

from roadwright.domain.optimization import RunStatus
from roadwright.optimize import explain, parse_problem, solve, stages
from roadwright.optimize.local_search import good_start
from roadwright.optimize.matrix import Model
from roadwright.optimize.objective import plan
from roadwright.optimize.tie_break import stage_step
from tests.optimize.brute_force import Enumeration
from tests.optimize.problems import random_problem, wild_problem


@pytest.fixture
def _every_model_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "CORE_FROM", 0)
    monkeypatch.setattr(stages, "NEAR_FROM", 0)


@pytest.mark.usefixtures("_every_model_is_large")
def test_answers_stay_those_of_enumeration() -> None:
    for make, seeds in ((random_problem, range(1000, 1040)), (wild_problem, range(1000, 1040))):
        for seed in seeds:
            problem = make(seed)
            solution = solve(parse_problem(problem))
            best = Enumeration(problem).best()
            expected = (RunStatus.INFEASIBLE, []) if best is None else (RunStatus.OPTIMAL, best.selected)
            assert (solution.status, solution.selected) == expected, (make.__name__, seed)


@pytest.mark.parametrize("seed", range(3))
def test_explanations_cost_the_same_by_either_way(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = parse_problem(portfolio(40, seed))
    solution = solve(problem)
    keys = [candidate.key for candidate in problem.candidates][::6]
    usual = explain(problem, solution, keys)
    monkeypatch.setattr(stages, "CORE_FROM", 0)
    monkeypatch.setattr(stages, "NEAR_FROM", 0)
    other = explain(problem, solution, keys)
    losses = [[-1.0 if one.loss is None else one.loss for one in some] for some in (other, usual)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-9)
    assert [one.conflict for one in other] == [one.conflict for one in usual]


def test_a_bonus_in_pairs_counts_once_both_are_in_whatever_the_capacity_leaves() -> None:
    """Many bonuses in pairs make rows of their own; the answer is that of enumeration."""
    keys = [f"K{place}" for place in range(10)]
    pairs = [(one, other) for place, one in enumerate(keys) for other in keys[place + 1 :]]
    problem = {
        "candidates": [
            {"key": key, "tokens": 3 + place % 4, "contributions": {"gmv": place * 7 % 11}}
            for place, key in enumerate(keys)
        ],
        "kpis": [{"key": "gmv", "level": "north_star"}],
        "capacity": 19.5,
        "objective": {"mode": "north_star"},
        "constraints": [
            {
                "type": "synergy_bonus",
                "dimension_key": "pair",
                "members": list(pair),
                "kpi_key": "gmv",
                "bonus_value": 1 + place * 13 % 17,
            }
            for place, pair in enumerate(pairs)
        ],
    }
    best = Enumeration(problem).best()
    assert best is not None
    parsed = parse_problem(problem)
    assert solve(parsed).selected == best.selected
    model = Model.of(parsed)
    start = good_start(model, stage_step(model, plan(model).stages[0]).costs.floats)
    assert start is not None
    assert start.improvement["gmv"] == best.values[0] * -1


def test_a_start_keeps_the_rules_or_there_is_none() -> None:
    problem = quadratic_knapsack(DATA / "jeu_100_25_1.txt")
    problem["constraints"] += [
        {"type": "exclude_pair", "dimension_key": "I003", "members": ["I004"]},
        {"type": "require_prereq", "dimension_key": "I007", "members": ["I008"]},
        {"type": "exclude_initiative", "dimension_key": "I010"},
    ]
    model = Model.of(parse_problem(problem))
    start = good_start(model, stage_step(model, plan(model).stages[0]).costs.floats)
    assert start is not None
    assert not start.violations
    assert start.improvement["profit"] > 18_000
    problem["constraints"].append({"type": "mandatory", "dimension_key": "I011"})
    model = Model.of(parse_problem(problem))
    assert good_start(model, stage_step(model, plan(model).stages[0]).costs.floats) is None
