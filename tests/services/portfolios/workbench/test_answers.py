"""From changes to the problem that is asked, its answer, its way out, and what differs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from roadwright.optimize import InvalidProblem, Problem, Worker, parse_problem, solve
from roadwright.services.portfolios.workbench.answers import (
    Answer,
    Baseline,
    closest_first,
    data_changes,
    find_answer,
    moved,
    objective_change,
    repaired,
    worth_explaining,
)
from roadwright.services.portfolios.workbench.changes import Changes, WrongChanges
from roadwright.services.portfolios.workbench.question import asked_problem, gone_from, switch_id
from tests.services.portfolios.test_what_if import PROBLEM

NAMES = {"capacity_cap:country:UK": "cap", "mandatory:INIT-000003": "law", "target_goal:all:all:gmv": "goal"}
DATA: dict[str, Any] = {
    **PROBLEM,
    **{kind: [{**rule, "id": NAMES[rule["id"]]} for rule in PROBLEM[kind]] for kind in ("constraints", "targets")},
}
"""The problem of what-if questions, with short names for its rules."""


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker() as made:
        yield made


@pytest.fixture
def base() -> Problem:
    return parse_problem(DATA)


def chosen(base: Problem, changes: Changes) -> list[int]:
    return [int(key[-1]) for key in solve(asked_problem(base, changes)).selected]


def test_each_change_changes_the_problem(base: Problem) -> None:
    assert chosen(base, Changes()) == [2, 3]
    assert chosen(base, Changes(capacity=45)) == [3]
    assert chosen(base, Changes().toggled("cap").changed(capacity=1_100)) == [1, 2, 3]
    assert chosen(base, Changes().switched("INIT-000002", "out")) == [3]
    assert chosen(base, Changes().put_into("INIT-000002", "2026-Q3")) == [3]
    assert chosen(base, Changes().switched("INIT-000001", "in").edited("cap", "max_tokens", 60, 55)) == [1, 3]
    assert chosen(base, Changes(capacity=150).edited("cap", "max_tokens", 110, 55).toggled("law")) == [1, 2, 3]
    added = {"type": "exclude_pair", "dimension_key": "INIT-000002", "members": ["INIT-000003"]}
    assert chosen(base, Changes().changed(added=[added])) == [3]
    weighed = asked_problem(base, Changes().weighed({"nps": 1, "gmv": 0})).objective
    assert weighed.weights == {"nps": 1, "gmv": 0}
    order = asked_problem(base, Changes.of({"order": [{"kpi": "nps", "tolerance": 0.1}, {"kpi": "gmv"}]})).objective
    assert [(one.kpi, one.tolerance) for one in order.order] == [("nps", 0.1), ("gmv", 0)]
    assert asked_problem(base, Changes().toggled("goal")).targets == ()
    with pytest.raises(InvalidProblem):
        asked_problem(base, Changes().changed(added=[{"type": "bundle", "dimension_key": "x"}]))


def test_changes_are_taken_back_one_by_one(base: Problem) -> None:
    changes = Changes().switched("A", "in").toggled("cap").edited("cap", "max_tokens", 60, 55).put_into("B", "Q3")
    assert changes.switched("A", "auto").toggled("cap").edited("cap", "max_tokens", 55, 55).put_into("B", None) == (
        Changes()
    )
    assert Changes().switched("A", "in").put_into("A", "Q3").switches == {}
    assert Changes.of(changes.to_json()) == changes
    assert not Changes().to_json()
    gone = gone_from(base, changes.switched("INIT-000001", "in"))
    assert (gone.rules, gone.initiatives) == ((), ("A", "B"))
    assert asked_problem(base, changes) == asked_problem(base, Changes().toggled("cap"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"capacity": 0},
        {"capacity": float("nan")},
        {"capacity": "lots"},
        {"switches": {"A": {"way": "maybe"}}},
        {"weights": {"gmv": -1}},
        {"off": ["x"] * 501},
        {"edits": {"cap": {"max_tokens": float("inf")}}},
        {"order": [{"kpi": "gmv", "tolerance": 2}]},
        {"unknown": 1},
    ],
)
def test_changes_that_nobody_can_make_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(WrongChanges):
        Changes.of(wrong)


def ask(base: Problem, changes: Changes, worker: Worker) -> Answer:
    return find_answer(asked_problem(base, changes), worker, threading.Event())


def test_a_persons_own_switch_is_offered_first_where_it_costs_no_more(base: Problem, worker: Worker) -> None:
    changes = Changes().switched("INIT-000003", "out")
    answer = ask(base, changes, worker)
    assert answer.solution.status == "infeasible"
    assert {row.id for row in answer.solution.conflict or ()} == {"law", switch_id("INIT-000003")}
    own = answer.ways_out[0]
    assert (own.is_own, [step.id for step in own.steps]) == (True, [switch_id("INIT-000003")])
    assert repaired(changes, own) == Changes()


def test_dropping_the_rule_instead_is_offered_second(base: Problem, worker: Worker) -> None:
    poor = [{**one, "contributions": {"gmv": -5}} if one["key"] == "INIT-000003" else one for one in DATA["candidates"]]
    changes = Changes().switched("INIT-000003", "out")
    own, other = ask(parse_problem({**DATA, "candidates": poor}), changes, worker).ways_out
    assert (own.is_own, [step.id for step in own.steps]) == (True, [switch_id("INIT-000003")])
    assert (other.is_own, [step.id for step in other.steps]) == (False, ["law"])
    assert chosen(base, repaired(changes, other)) == [2]


def test_a_cheaper_change_of_a_number_comes_before_a_persons_own_switch(base: Problem, worker: Worker) -> None:
    changes = Changes().switched("INIT-000001", "in")
    answer = ask(base, changes, worker)
    cheapest, own = answer.ways_out
    assert (cheapest.is_own, own.is_own) == (False, True)
    [step] = cheapest.steps
    assert (step.id, step.field, step.after) == ("cap", "max_tokens", 60)
    assert chosen(base, repaired(changes, cheapest)) == [1, 3]


def test_an_added_rule_is_taken_back_and_capacity_is_raised(base: Problem, worker: Worker) -> None:
    added = [
        {"type": "exclude_initiative", "dimension_key": "INIT-000003"},
        {"type": "mandatory", "dimension_key": "INIT-000002", "reason": "x"},
    ]
    changes = Changes().changed(added=added)
    first = ask(base, changes, worker).ways_out[0]
    assert first.is_own
    assert repaired(changes, first).added == (added[1],)
    poor = Changes(capacity=30)
    [way] = ask(base, poor, worker).ways_out
    assert repaired(poor, way).capacity == 40


def test_an_answer_is_compared_with_the_baseline_by_its_own_objective(base: Problem) -> None:
    baseline = Baseline("OPT-000001", base, solve(base))

    def answer(changes: Changes) -> Answer:
        problem = asked_problem(base, changes)
        return Answer(problem, solve(problem))

    same, less = answer(Changes()), answer(Changes(capacity=45))
    assert (objective_change(same, baseline), moved(same, baseline)) == (0, frozenset())
    assert (objective_change(less, baseline), moved(less, baseline)) == (-55.0, frozenset({"INIT-000002"}))
    weighed = answer(Changes(capacity=45).weighed({"nps": 1}))
    assert objective_change(weighed, baseline) == -1.0
    assert objective_change(same, None) is None
    assert moved(answer(Changes(capacity=30)), baseline) == frozenset()


def test_what_changed_in_the_data_is_told(base: Problem) -> None:
    other = {
        **DATA,
        "capacity": 120,
        "candidates": [*DATA["candidates"][1:], {**DATA["candidates"][0], "tokens": 61}, {"key": "INIT-000009"}],
        "constraints": DATA["constraints"][:1],
    }
    changes = data_changes(base, parse_problem(other))
    assert (changes.candidates, changes.rules, changes.others) == (
        ("INIT-000001", "INIT-000009"),
        ("law",),
        ("capacity",),
    )
    assert not data_changes(base, parse_problem(DATA))


def test_the_closest_calls_come_first_then_mandates_and_limits(base: Problem) -> None:
    answer = Answer(base, solve(base))
    assert closest_first(answer) == ["INIT-000003", "INIT-000001", "INIT-000002"]
    assert worth_explaining(answer) == ["capacity", *closest_first(answer), "law"]


def test_without_one_added_rule_what_is_changed_in_later_ones_moves_along() -> None:
    rules = [{"type": "capacity_cap"}, {"type": "capacity_floor"}, {"type": "capacity_cap"}]
    changes = Changes().changed(added=rules).toggled("added 1").toggled("added 3").toggled("law")
    changes = changes.edited("added 1", "max_tokens", 5, None).edited("added 3", "max_tokens", 7, None)
    left = changes.without_added(0)
    assert [rule["type"] for rule in left.added] == ["capacity_floor", "capacity_cap"]
    assert set(left.off) == {"added 2", "law"}
    assert {id: dict(fields) for id, fields in left.edits.items()} == {"added 2": {"max_tokens": 7}}
