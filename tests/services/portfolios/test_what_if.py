"""What-if questions: what they change in a problem, what they refuse, and how answers are told apart."""

from __future__ import annotations

from typing import Any

import pytest

from roadwright.domain.messages import Message
from roadwright.optimize import InvalidProblem, Problem, parse_problem, solve
from roadwright.services.portfolios.what_if import Difference, Known, Question, WrongQuestion, changed_problem

PROBLEM: dict[str, Any] = {
    "candidates": [
        {"key": "INIT-000001", "tokens": 60, "contributions": {"gmv": 60}, "dimensions": {"country": "UK"}},
        {"key": "INIT-000002", "tokens": 50, "contributions": {"gmv": 55, "nps": 2}, "dimensions": {"country": "UK"}},
        {"key": "INIT-000003", "tokens": 40, "contributions": {"gmv": 30}, "dimensions": {"country": "ES"}},
        {"key": "INIT-000004", "contributions": {"gmv": 5}},
    ],
    "kpis": [{"key": "gmv", "level": "north_star", "unit": "GBP"}, {"key": "nps", "level": "strategic"}],
    "capacity": 100,
    "objective": {"mode": "north_star"},
    "constraints": [
        {
            "id": "capacity_cap:country:UK",
            "type": "capacity_cap",
            "dimension": "country",
            "dimension_key": "UK",
            "max_tokens": 55,
        },
        {"id": "mandatory:INIT-000003", "type": "mandatory", "dimension_key": "INIT-000003", "reason": "law"},
    ],
    "targets": [
        {
            "id": "target_goal:all:all:gmv",
            "dimension": "all",
            "dimension_key": "all",
            "kpi_key": "gmv",
            "target_value": 100,
            "type": "goal",
        }
    ],
}
PLACES = {"capacity_cap:country:UK": "Constraints!2", "mandatory:INIT-000003": "Constraints!3"}


@pytest.fixture
def problem() -> Problem:
    return parse_problem(PROBLEM)


def known(key: str) -> Message | None:
    return Message("no_candidate_period_blank") if key == "INIT-000009" else None


def asked(problem: Problem, **question: Any) -> Problem:
    return changed_problem(problem, Question(**question), Known(known, PLACES))


def chosen(problem: Problem) -> list[int]:
    return [int(key[-1]) for key in solve(problem).selected]


def test_each_change_changes_the_answer_as_it_should(problem: Problem) -> None:
    assert chosen(problem) == [2, 3]
    assert chosen(asked(problem, capacity="45")) == [3]
    assert chosen(asked(problem, without=["capacity_cap:country:UK", "mandatory:init-3"], capacity="1,100")) == [
        1,
        2,
        3,
    ]
    assert chosen(asked(problem, left_out=["init-2"])) == [3]
    assert chosen(asked(problem, put_in=["INIT-1"], without=["Constraints!2"])) == [1, 3]
    assert chosen(asked(problem, without=["CAPACITY", "constraints!2", "mandatory:init-3"])) == [1, 2, 3]
    assert asked(problem, weights="NPS: 1; gmv: 0.5").objective.weights == {"nps": 1, "gmv": 0.5}
    assert asked(problem, weights="nps > gmv").objective.order[0].kpi == "nps"
    assert asked(problem, without=["target_goal:all:all:gmv"]).targets == ()


def test_no_changes_leave_the_problem_as_it_is(problem: Problem) -> None:
    assert solve(asked(problem)).snapshot_hash == solve(problem).snapshot_hash


@pytest.mark.parametrize(
    ("question", "code", "near"),
    [
        ({"without": ["capacity_cap:country:UKK"]}, "what_if_rule_unknown", "capacity_cap:country:UK"),
        ({"put_in": ["INIT-000033"]}, "what_if_key_unknown", "INIT-000003"),
        ({"left_out": ["rubbish"]}, "what_if_key_unknown", ""),
        ({"weights": "gmw: 1"}, "what_if_kpi_unknown", "gmv"),
        ({"put_in": ["INIT-000009"]}, "what_if_no_candidate", ""),
        ({"capacity": "lots"}, "what_if_unreadable", ""),
        ({"capacity": "0"}, "what_if_unreadable", ""),
        ({"capacity": " "}, "what_if_unreadable", ""),
        ({"weights": "gmv"}, None, ""),
    ],
)
def test_what_can_not_be_asked_is_refused_with_the_nearest(
    problem: Problem, question: dict[str, Any], code: str | None, near: str
) -> None:
    if code is None:
        assert asked(problem, **question).objective.order[0].kpi == "gmv"
        return
    with pytest.raises(WrongQuestion) as refused:
        asked(problem, **question)
    assert refused.value.message.code == code
    hint = refused.value.message.params.get("hint", "")
    assert (hint.params["name"] if isinstance(hint, Message) else hint) == near


def test_an_initiative_without_tokens_can_not_be_forced_in(problem: Problem) -> None:
    with pytest.raises(InvalidProblem) as refused:
        asked(problem, put_in=["INIT-000004"])
    assert refused.value.faults[0].id == "--in INIT-000004"


def difference(problem: Problem, **question: Any) -> Difference:
    changed = asked(problem, **question)
    return Difference(problem, solve(problem), solve(changed), changed, {"INIT-000002": "Two"})


def test_the_difference_names_what_moves_and_what_it_brings(problem: Problem) -> None:
    found = difference(problem, capacity="110", without=["Constraints!2", "Constraints!3"])
    assert [(one.key, one.tokens) for one in found.came_in()] == [("INIT-000001", 60)]
    assert [one.key for one in found.went_out()] == ["INIT-000003"]
    assert (found.value_before, found.value_after, found.objective_unit) == (85, 115, "gmv")
    assert [(one.key, one.unit, one.before, one.after, one.change) for one in found.kpis()] == [
        ("gmv", "GBP", 85, 115, 30),
        ("nps", None, 2, 2, 0),
    ]
    assert [(one.shortfall_before, one.shortfall_after) for one in found.targets()] == [(15, 0)]
    assert found.same_objective


def test_portfolios_under_another_objective_are_compared_by_that_one(problem: Problem) -> None:
    found = difference(problem, weights="nps: 1", left_out=["INIT-000002"])
    assert not found.same_objective
    assert (found.old_choice_by_new_objective, found.value_after) == (1, 0)


def test_nothing_goes_out_where_there_is_no_answer_any_more(problem: Problem) -> None:
    found = difference(problem, left_out=["INIT-000003"])
    assert found.after.conflict is not None
    assert {row.id for row in found.after.conflict} == {"--out INIT-000003", "mandatory:INIT-000003"}
    assert (found.came_in(), found.went_out(), found.value_after) == ([], [], None)
    assert [(one.shortfall_before, one.shortfall_after) for one in found.targets()] == [(15, None)]
