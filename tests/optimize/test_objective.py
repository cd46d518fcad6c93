"""Objectives, needs, signs and scales."""

from __future__ import annotations

from typing import Any

import pytest

from roadwright.domain.optimization import RunStatus
from roadwright.optimize import parse_problem
from roadwright.optimize.model.objective import plan
from roadwright.optimize.model.portfolio_model import PortfolioModel
from roadwright.optimize.model.solution import Solution, StageValue
from tests.optimize.build import Json, answer, candidate, problem, said, target

WEIGHTS = {"mode": "weighted_kpis", "weights": {"gmv": 1, "retention": 2, "latency": 4}}


def weights(value: Json) -> dict[str, float]:
    """Weight / scale per KPI of the weighted stage."""
    stages = plan(PortfolioModel.of(parse_problem(value))).stages
    return {kpi: float(weight) for kpi, weight in stages[0].weights.items()} if stages else {}


def base(*targets: Json) -> Json:
    return problem(
        candidate("A", gmv=10, contributions={"retention": 0.5, "latency": -20}, country="UK"),
        candidate("B", gmv=30, contributions={"retention": -0.25, "latency": 5}),
        objective=WEIGHTS,
        targets=list(targets),
    )


def test_a_kpi_without_targets_is_scaled_by_all_improvement_on_offer() -> None:
    assert weights(base()) == {"gmv": 1 / 40, "retention": 2 / 0.5, "latency": 4 / 20}
    assert said(answer(base())) == {"objective": "warning"}


def test_the_largest_need_for_the_whole_portfolio_is_the_scale() -> None:
    found = weights(base(target(5), target(8, "goal"), target(9, at="country/UK"), target(-3, kpi="latency")))
    assert (found["gmv"], found["latency"]) == (1 / 8, 4 / 3)


def test_slice_needs_are_the_scale_where_the_whole_portfolio_asks_nothing() -> None:
    assert weights(base(target(-1), target(9, at="country/UK"), target(4, at="country/UK")))["gmv"] == 1 / 9


def test_the_baseline_of_the_kpi_applies_to_the_whole_portfolio_only() -> None:
    value = base(target(108), target(9, at="country/UK"), target(30, kpi="latency"))
    value["kpis"][0]["baseline_value"] = 100
    value["kpis"][2]["baseline_value"] = 50
    found = weights(value)
    assert (found["gmv"], found["latency"]) == (1 / 8, 4 / 20)
    own = base(target(108, baseline_value=106, at="country/UK"))
    assert weights(own)["gmv"] == 1 / 2


def test_a_kpi_whose_goals_are_met_already_is_left_out() -> None:
    found = weights(base(target(0, "goal"), target(-5, "goal", at="country/UK")))
    assert "gmv" not in found


def test_a_kpi_that_is_only_protected_takes_all_improvement_on_offer() -> None:
    assert weights(base(target(-5), target(0, "goal")))["gmv"] == 1 / 40


def test_a_kpi_that_nothing_improves_is_left_out_and_feasibility_is_what_is_left() -> None:
    worse = problem(candidate("A", gmv=-1), objective={"mode": "weighted_kpis", "weights": {"gmv": 1}})
    solution = answer(worse)
    assert (solution.status, solution.selected, solution.objective_value) == (RunStatus.OPTIMAL, [], 0.0)
    assert any("any portfolio that keeps the rules" in finding.message for finding in solution.warnings)


def test_the_weighted_value_is_the_weighted_sum_of_scaled_improvements() -> None:
    solution = answer(base(target(20, "goal"), target(1, "goal", "retention"), target(-10, "goal", "latency")))
    assert solution.selected == ["A"]
    assert solution.objective_value == pytest.approx(10 / 20 + 2 * 0.5 / 1 + 4 * 20 / 10)
    assert solution.achieved == {"gmv": 10.0, "retention": 0.5, "latency": -20.0}
    assert solution.items[0].objective_contribution == solution.objective_value


def test_a_decreasing_north_star_is_improved_downwards() -> None:
    value = problem(candidate("A", contributions={"gmv": -3}), candidate("B", contributions={"gmv": 2}))
    value["kpis"][0]["direction"] = "decrease"
    solution = answer(value)
    assert (solution.selected, solution.objective_value, solution.achieved["gmv"]) == (["A"], 3.0, -3.0)
    assert solution.items[0].objective_contribution == solution.items[0].north_star_gain == 3.0


def lexicographic(*order: Json, **more: Any) -> Json:
    return problem(
        candidate("A", 10, gmv=1, contributions={"retention": 10}),
        candidate("B", 10, gmv=5, contributions={"retention": 9}),
        candidate("C", 10, gmv=9, contributions={"retention": 4}),
        capacity=10,
        objective={"mode": "lexicographic", "order": list(order)},
        **more,
    )


def stages(solution: Solution) -> list[StageValue]:
    assert isinstance(solution.objective_value, list)
    return solution.objective_value


def test_lexicographic_ends_with_the_north_star() -> None:
    solution = answer(lexicographic({"kpi": "retention"}))
    assert solution.selected == ["A"]
    assert stages(solution) == [StageValue("retention", 10.0, 10.0, 0.0), StageValue("gmv", 1.0, 1.0, 0.0)]
    assert (solution.bound, solution.gap) == (1.0, 0.0)


@pytest.mark.parametrize(("tolerance", "selected"), [(0.05, "A"), (0.1, "B"), (0.6, "C")])
def test_a_tolerance_is_a_share_of_the_stages_own_optimum(tolerance: float, selected: str) -> None:
    solution = answer(lexicographic({"kpi": "retention", "tolerance": tolerance}))
    assert solution.selected == [selected]
    assert stages(solution)[0].optimum == 10.0


def test_goals_come_before_every_listed_kpi() -> None:
    wish = target(9, "goal", "gmv")
    solution = answer(lexicographic({"kpi": "retention"}, targets=[wish]))
    assert solution.selected == ["C"]
    assert [stage.stage for stage in stages(solution)] == ["goal_shortfall", "retention", "gmv"]
    assert solution.targets[0].met


def test_shortfalls_are_relative_to_their_needs() -> None:
    # A misses 8 of 9 gmv, C misses 6 of 10 retention, B misses 4 of 9 and 1 of 10: the least in shares.
    solution = answer(lexicographic({"kpi": "gmv"}, targets=[target(9, "goal"), target(10, "goal", "retention")]))
    assert solution.selected == ["B"]
    assert stages(solution)[0].optimum == pytest.approx(4 / 9 + 1 / 10)
    assert [one.shortfall for one in solution.targets] == [4.0, 1.0]


def test_goals_that_are_met_from_the_start_make_no_stage() -> None:
    solution = answer(lexicographic({"kpi": "retention"}, targets=[target(-5, "goal"), target(0, "goal")]))
    assert [stage.stage for stage in stages(solution)] == ["retention", "gmv"]
    assert all(one.met and one.shortfall == 0.0 for one in solution.targets)


def test_a_floor_with_a_negative_need_limits_the_loss() -> None:
    value = problem(candidate("A", gmv=5, contributions={"retention": -3}), candidate("B", gmv=1))
    assert answer(value).selected == ["A", "B"]
    assert answer(value | {"targets": [target(-2, kpi="retention")]}).selected == ["B"]
    assert answer(value | {"targets": [target(-3, kpi="retention")]}).selected == ["A", "B"]


def test_slice_targets_count_what_lies_in_the_slice_and_synergies_all_inside_it() -> None:
    value = problem(
        candidate("A", gmv=1, country="UK"),
        candidate("B", gmv=1, country="uk"),
        candidate("C", gmv=1, country="DE"),
        targets=[target(7, at="country/UK", id="t")],
        constraints=[
            {"type": "synergy_bonus", "dimension_key": "in", "members": ["A", "B"], "kpi_key": "gmv", "bonus_value": 5},
            {
                "type": "synergy_bonus",
                "dimension_key": "out",
                "members": ["A", "C"],
                "kpi_key": "gmv",
                "bonus_value": 50,
            },
        ],
    )
    solution = answer(value)
    assert (solution.targets[0].achieved, solution.targets[0].binding) == (7.0, True)
    assert said(solution) == {"t": "info"}


def test_an_empty_slice_has_its_full_shortfall_and_fails_a_floor() -> None:
    goal = answer(problem(candidate("A"), targets=[target(4, "goal", at="country/Mars", baseline_value=0)]))
    assert (goal.targets[0].shortfall, goal.targets[0].met) == (4.0, False)
    floor = answer(problem(candidate("A"), targets=[target(4, at="country/Mars", baseline_value=0)]))
    assert floor.status is RunStatus.INFEASIBLE
