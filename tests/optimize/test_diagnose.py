"""Conflicts and repairs, against enumeration and in the user's words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roadwright.domain.optimization import RunStatus
from roadwright.optimize import Diagnosis, Solution, diagnose, parse_problem
from tests.optimize.brute_force import Repairs
from tests.optimize.build import Json, answer, candidate, problem, rule, target
from tests.optimize.problems import random_problem


def diagnosed(solution: Solution) -> Diagnosis:
    assert solution.status is RunStatus.INFEASIBLE
    assert solution.diagnosis is not None
    return solution.diagnosis


def changed(value: Json, found: Diagnosis) -> Json:
    """The problem with the repair's changes typed into it."""
    assert found.repair is not None
    result = json.loads(json.dumps(value))
    dropped: list[tuple[str, int]] = []
    for change in found.repair.changes:
        if change.id == "capacity":
            result["capacity"] = change.after
        elif change.id.startswith("capacity:"):
            result["capacities"][change.id.split(":")[1]] = change.after
        else:
            kind, place = change.id.rstrip("]").split("[")
            if change.field is None:
                dropped.append((kind, int(place)))
            else:
                result[kind][int(place)][change.field] = change.after
    for kind, index in sorted(dropped, reverse=True):
        del result[kind][index]
    return dict(result)


@pytest.mark.parametrize("block", range(6))
def test_conflicts_are_minimal_and_repairs_cheapest(block: int) -> None:
    for seed in range(30 * block, 30 * (block + 1)):
        value = random_problem(seed, 6)
        solution = answer(value)
        if solution.status is not RunStatus.INFEASIBLE:
            continue
        found, repairs = diagnosed(solution), Repairs(value)
        conflict = {row.id for row in found.conflict}
        others = frozenset(repairs.rule_ids()) - conflict
        assert found.conflict_minimal
        assert not repairs.can_be_met(others), seed
        assert all(repairs.can_be_met(others | {one}) for one in conflict), seed
        assert found.repair is not None
        assert found.repair.proved, seed
        assert found.repair.cost == pytest.approx(float(repairs.cheapest()), rel=1e-6), seed
        after = answer(changed(value, found))
        assert (after.status, after.selected) == (RunStatus.OPTIMAL, found.repair.selected), seed


def test_the_words_are_the_users() -> None:
    value = problem(
        candidate("A", 60, country="UK"),
        candidate("B", 60, country="UK"),
        constraints=[
            rule("mandatory", "A", id="Constraints!7"),
            rule("mandatory", "B", id="Constraints!8"),
            rule("capacity_cap", "UK", dimension="country", max_tokens=90, id="Constraints!9"),
        ],
    )
    found = answer(value | {"capacity": 130}).to_json()
    assert found["conflict"] == [
        {"id": "Constraints!9", "message": "at most 90 tokens for country UK"},
        {"id": "Constraints!7", "message": "A is mandatory"},
        {"id": "Constraints!8", "message": "B is mandatory"},
    ]
    change = found["repair"]["changes"][0]
    assert {name: change[name] for name in ("id", "field", "from", "to")} == {
        "id": "Constraints!9",
        "field": "max_tokens",
        "from": 90.0,
        "to": 120.0,
    }
    assert found["repair"]["selected"] == ["A", "B"]
    assert found["repair"]["cost"] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        # Twice the share for the capacity: 2 * 20/100 is less than dropping a row.
        ({"constraints": [rule("mandatory", "A"), rule("mandatory", "B")]}, ("capacity", "capacity", 100.0, 120.0)),
        (
            {"constraints": [rule("choose_count", "pick", "A", "B", min_count=2)]},
            ("capacity", "capacity", 100.0, 120.0),
        ),
        ({"constraints": [rule("mandatory", "A"), rule("exclude_initiative", "A")]}, (None, None)),
        ({"targets": [target(9, id="t")]}, ("t", "target_value", 9.0, 8.0)),
        ({"targets": [target(109, baseline_value=100, id="t")]}, ("t", "target_value", 109.0, 108.0)),
        ({"targets": [target(-4, kpi="latency", id="t")]}, ("t", "target_value", -4.0, -3.0)),
        ({"targets": [target(5, kpi="latency", baseline_value=9, id="t")]}, ("t", "target_value", 5.0, 6.0)),
        ({"targets": [target(1, kpi="retention", id="t")]}, ("t", None)),
        ({"capacities": {"days": 4}, "constraints": [rule("mandatory", "B")]}, ("capacity:days", "capacity", 4.0, 5.0)),
    ],
)
def test_the_cheapest_change(change: Json, expected: tuple[Any, ...]) -> None:
    value = problem(
        candidate("A", 60, gmv=8, contributions={"latency": -3}), candidate("B", 60, gmv=7, resources={"days": 5})
    )
    found = diagnosed(answer(value | {"capacities": {"days": 9}} | change))
    assert found.repair is not None
    (one,) = found.repair.changes
    if expected[0] is None:
        assert (one.field, one.cost) == (None, 1.0)
    elif expected[1] is None:
        assert (one.id, one.field, one.cost) == (*expected, 1.0)
    else:
        assert (one.id, one.field, one.before, one.after) == expected


def test_among_equally_cheap_repairs_the_better_portfolio_wins() -> None:
    rows = [
        rule("mandatory", "A"),
        rule("mandatory", "B"),
        rule("exclude_pair", "A", "B"),
        rule("exclude_pair", "B", "C"),
    ]
    value = problem(candidate("A", gmv=1), candidate("B", gmv=5), candidate("C", gmv=3), constraints=rows)
    found = diagnosed(answer(value))
    assert found.repair is not None
    assert found.repair.cost == 1.0
    assert found.repair.selected == ["A", "B"]  # 6 with the first pair dropped, 5 without A's mandate, 4 without B's


def test_synergies_are_data_and_never_blamed() -> None:
    hurt = rule("synergy_bonus", "duo", "A", "B", kpi_key="gmv", bonus_value=-5)
    value = problem(
        candidate("A", gmv=3),
        candidate("B", gmv=3),
        constraints=[hurt, rule("mandatory", "A"), rule("mandatory", "B")],
        targets=[target(2)],
    )
    found = diagnosed(answer(value))
    assert {row.id for row in found.conflict} == {"constraints[1]", "constraints[2]", "targets[0]"}


def test_a_problem_with_an_answer_has_no_conflict() -> None:
    found = diagnose(parse_problem(problem(candidate("A"))))
    assert (found.conflict, found.repair) == ([], None)


def test_no_time_says_so() -> None:
    rows = [rule("mandatory", "A"), rule("exclude_initiative", "A")]
    found = diagnosed(answer(problem(candidate("A"), constraints=rows), diagnose_seconds=0.0))
    assert found.conflict == []
    assert "no conflict was found in the time there was" in found.message


def test_a_diagnosis_survives_json() -> None:
    rows = [rule("mandatory", "A"), rule("exclude_initiative", "A")]
    solution = answer(problem(candidate("A", 200), constraints=rows))
    value = solution.to_json()
    assert Solution.from_json(json.loads(json.dumps(value, allow_nan=False))).to_json() == value
