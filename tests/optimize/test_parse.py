"""What makes a problem invalid: every fault, with its place."""

from __future__ import annotations

from typing import Any

import pytest

from roadwright.optimize import InvalidProblem, parse_problem
from tests.optimize.build import Json, candidate, problem, rule, target


def faults(value: object) -> list[tuple[str, str]]:
    with pytest.raises(InvalidProblem) as caught:
        parse_problem(value)
    return [(fault.id, fault.message) for fault in caught.value.faults]


def only_fault(value: object) -> tuple[str, str]:
    found = faults(value)
    assert len(found) == 1, found
    return found[0]


def three(**more: Any) -> Json:
    return problem(candidate("A", country="UK"), candidate("B"), candidate("C"), **more)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (rule("require_prereqs", "A", "B"), "unknown type 'require_prereqs'"),
        ({"dimension_key": "A"}, "type is missing"),
        (rule("capacity_cap", "UK", dimension="planet", max_tokens=1), "unknown dimension 'planet'"),
        (rule("capacity_cap", "UK", dimension="country"), "max_tokens is missing"),
        (rule("capacity_floor", "UK", dimension="country", max_tokens=1), "min_tokens is missing"),
        (rule("capacity_cap", "UK", max_tokens=1), "dimension is missing"),
        (rule("capacity_cap", "UK", dimension="country", max_tokens=-1), "must not be negative"),
        (rule("capacity_cap", "UK", dimension="country", max_tokens="9"), "max_tokens must be a number, not '9'"),
        (rule("capacity_cap", "UK", dimension="country", max_tokens=True), "max_tokens must be a number, not true"),
        (rule("capacity_cap", "UK", dimension="country", max_tokens=float("nan")), "must be a finite number"),
        (rule("capacity_cap", "UK", dimension="country", max_tokens=10**400), "must be a finite number"),
        (rule("capacity_cap", "UK", dimension="country", max_tokens=1, min_tokens=2), "min_tokens (2) is above"),
        (rule("capacity_cap", "UK", dimension="country", max_tokens=1, resource="gpu"), "unknown resource 'gpu'"),
        (rule("capacity_cap", "UK", dimension="country+department", max_tokens=1), "a value for each part"),
        (rule("capacity_cap", "UK+UK", dimension="country+country", max_tokens=1), "names a part twice"),
        (rule("capacity_cap", "UK", dimension="all", max_tokens=1), "dimension all goes with the dimension_key all"),
        (rule("capacity_cap", "Z", dimension="initiative", max_tokens=1), "unknown initiative 'Z'"),
        (rule("mandatory", "Z"), "unknown initiative 'Z' in dimension_key"),
        ({"type": "mandatory"}, "dimension_key is missing"),
        (rule("mandatory", "OUT"), "'OUT' is mandatory, but it is not a candidate"),
        (rule("exclude_pair", "A"), "members is missing"),
        (rule("exclude_pair", "A", "B", "C"), "members must name 1, and names 2"),
        (rule("exclude_pair", "A", "A"), "'A' is among its own members"),
        (rule("require_prereq", "A", "B", "B"), "members name 'B' twice"),
        (rule("require_prereq", "A", members=[]), "members must name at least 1, and names none"),
        (rule("require_prereq", "A", members="B"), "members must be a list, not 'B'"),
        (rule("require_any", "A", members=["B", 7]), "members must hold texts, not 7"),
        (rule("bundle", "pack", "A"), "members must name at least 2, and names 1"),
        (rule("bundle", "pack", "A", "Z"), "unknown initiative 'Z' in members"),
        ({"type": "bundle", "members": ["A", "B"]}, "dimension_key is missing"),
        (rule("choose_count", "pick", "A", "B"), "min_count or max_count is missing"),
        (rule("choose_count", "pick", "A", "B", min_count=2, max_count=1), "min_count (2) is above max_count (1)"),
        (rule("choose_count", "pick", "A", "B", min_count=3), "min_count (3) is above the number of members (2)"),
        (rule("choose_count", "pick", "A", "B", max_count=1.5), "max_count must be a whole number"),
        (rule("synergy_bonus", "duo", "A", kpi_key="gmv", bonus_value=1), "at least 2"),
        (rule("synergy_bonus", "duo", "A", "B", kpi_key="gm", bonus_value=1), "unknown KPI 'gm' in kpi_key; did you"),
        (rule("synergy_bonus", "duo", "A", "B", kpi_key="gmv"), "bonus_value is missing"),
        (rule("mandatory", "A", because="x"), "unknown field 'because'"),
        (rule("mandatory", "A", max_tokens=float("inf")), "max_tokens holds what can't be stored: inf"),
        (rule("mandatory", "A", kpi_key="\ud800"), "kpi_key holds what can't be stored"),
        (["mandatory"], "must be an object, not a list"),
    ],
)
def test_a_wrong_constraint_is_one_fault_with_its_place(row: Json, words: str) -> None:
    place, message = only_fault(three(constraints=[row], outside=["OUT"]))
    assert place == "constraints[0]"
    assert words in message


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (target(1, "wish"), "unknown type 'wish'"),
        (target(1, kpi="gmvv"), "unknown KPI 'gmvv'"),
        (target(1, at="planet/Mars"), "unknown dimension 'planet'"),
        (target(5, kpi="latency"), "needs a baseline_value"),
        (target(5, kpi="latency", at="country/UK"), "needs a baseline_value"),
        ({"dimension": "all", "dimension_key": "all", "kpi_key": "gmv", "type": "goal"}, "target_value is missing"),
        (target(1, note="x"), "unknown field 'note'"),
    ],
)
def test_a_wrong_target_is_one_fault_with_its_place(row: Json, words: str) -> None:
    place, message = only_fault(three(targets=[row]))
    assert place == "targets[0]"
    assert words in message


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        ({"capacity": None}, "capacity", "capacity is missing"),
        ({"capacity": -1}, "capacity", "must not be negative"),
        ({"kpis": [{"key": "gmv", "level": "strategic"}]}, "kpis", "there is none"),
        ({"kpis": [{"key": "gmv", "level": "north_star"}, {"key": "b", "level": "north_star"}]}, "kpis", "there are 2"),
        ({"objective": {"mode": "best"}}, "objective", "unknown mode 'best'"),
        ({"objective": None}, "objective", "objective is missing"),
        ({"objective": {"mode": "weighted_kpis"}}, "objective", "weights is missing"),
        ({"objective": {"mode": "weighted_kpis", "weights": {}}}, "objective", "at least one KPI"),
        ({"objective": {"mode": "weighted_kpis", "weights": {"gmv": 0}}}, "objective", "a weight above 0"),
        ({"objective": {"mode": "weighted_kpis", "weights": {"gmv": -1}}}, "objective", "weights.gmv must not be neg"),
        ({"objective": {"mode": "weighted_kpis", "weights": {"x": 1}}}, "objective", "unknown KPI 'x'"),
        ({"objective": {"mode": "lexicographic", "order": []}}, "objective", "at least one KPI"),
        ({"objective": {"mode": "lexicographic", "order": [{"kpi": "x"}]}}, "objective.order[0]", "unknown KPI 'x'"),
        ({"objective": {"mode": "lexicographic", "order": ["gmv"]}}, "objective.order[0]", "must be an object"),
        ({"capacities": {"tokens": 1}}, "capacities", "can't name a further resource"),
        ({"outside": ["A"]}, "outside", "A is a candidate"),
        ({"horizon": 1}, "problem", "unknown field 'horizon'"),
    ],
)
def test_a_wrong_problem_is_one_fault_with_its_place(change: Json, place: str, words: str) -> None:
    found = only_fault({name: value for name, value in three(**change).items() if value is not None})
    assert found[0] == place
    assert words in found[1]


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ({"tokens": 1}, "key is missing"),
        (candidate("A"), "the key 'A' is there twice, first at candidates[0]"),
        (candidate("D", -1), "tokens must not be negative"),
        (candidate("D", contributions={"margin": 1}), "unknown KPI 'margin' in contributions"),
        (candidate("D", contributions={"gmv": None}), "contributions.gmv must be a number, not null"),
        (candidate("D", dimensions={"planet": "Mars"}), "unknown dimension 'planet'"),
        (candidate("D", dimensions={"country": 7}), "dimensions.country must be text, not 7"),
        (candidate("D", resources={"days": 1}), "unknown resource 'days'"),
        (candidate("D\ud800"), "broken character"),
    ],
)
def test_a_wrong_candidate_is_one_fault_with_its_place(item: Json, words: str) -> None:
    value = three()
    value["candidates"].append(item)
    place, message = only_fault(value)
    assert place.startswith("candidates[3]")
    assert words in message


def test_all_faults_are_told_at_once_under_the_ids_of_their_rows() -> None:
    rows = [rule("mandatory", "Z", id="Constraints!7"), rule("bundle", "b", "A", id="Constraints!9")]
    value = three(constraints=rows, targets=[target(1, kpi="x", id="Targets!3")], capacity=-1)
    assert [place for place, _ in faults(value)] == ["capacity", "Constraints!7", "Constraints!9", "Targets!3"]


def test_ids_must_differ_and_leave_the_capacity_its_own() -> None:
    rows = [rule("mandatory", "A", id="x"), rule("mandatory", "B", id="x"), rule("mandatory", "C", id="capacity:days")]
    assert [place for place, _ in faults(three(constraints=rows))] == ["x", "capacity:days"]


def test_a_mandatory_candidate_without_tokens_is_a_fault_that_names_it() -> None:
    value = problem(candidate("A", None), constraints=[rule("mandatory", "A", id="Constraints!2")])
    place, message = only_fault(value)
    assert place == "Constraints!2"
    assert "'A' is mandatory, but its tokens are missing" in message


@pytest.mark.parametrize("value", [None, [], "x", 3])
def test_what_is_no_object_is_no_problem(value: object) -> None:
    assert only_fault(value)[0] == "problem"


def test_known_fields_without_use_and_the_dimension_initiative_are_no_faults() -> None:
    row = rule("mandatory", "A", dimension="initiative", max_tokens=5, reason="law")
    parsed = parse_problem(three(constraints=[row]))
    assert dict(parsed.constraints[0].unused) == {"max_tokens": 5}


def test_null_is_the_same_as_absent_for_optional_fields() -> None:
    row = rule("capacity_cap", "UK", dimension="country", max_tokens=5, resource=None, reason=None, id=None)
    assert parse_problem(three(constraints=[row])).constraints[0].id == "constraints[0]"
