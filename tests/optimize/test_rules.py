"""Each rule by itself, and what outside and delivered initiatives leave of it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from roadwright.domain.optimization import RunStatus
from roadwright.optimize import check, parse_problem
from tests.optimize.build import Json, answer, candidate, problem, rule, said, target


def abc(**more: Any) -> Json:
    """A is worth most, then B, then C; each costs 10 of 100 tokens."""
    return problem(
        candidate("A", gmv=3, country="UK", department="Growth"),
        candidate("B", gmv=2, country="UK ", department="Ops"),
        candidate("C", gmv=1, country="DE", department="Growth"),
        outside=["OUT"],
        delivered=["DONE"],
        **more,
    )


def chosen(*rows: Json) -> str:
    solution = answer(abc(constraints=list(rows)))
    return "".join(solution.selected) if solution.status is RunStatus.OPTIMAL else solution.status.value


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], "ABC"),
        ([rule("capacity_cap", "uk", dimension="country", max_tokens=10)], "AC"),
        ([rule("capacity_cap", "uk+growth", dimension="country+department", max_tokens=0)], "BC"),
        ([rule("capacity_cap", "Growth + UK", dimension="department+country", max_tokens=0)], "BC"),
        ([rule("capacity_cap", "a", dimension="initiative", max_tokens=9)], "BC"),
        ([rule("capacity_cap", "all", dimension="all", max_tokens=20)], "AB"),
        ([rule("capacity_floor", "DE", dimension="country", min_tokens=11)], "infeasible"),
        ([rule("exclude_initiative", "A")], "BC"),
        ([rule("exclude_pair", "A", "B")], "AC"),
        ([rule("exclude_initiative", "C"), rule("bundle", "pack", "A", "C")], "B"),
        ([rule("exclude_initiative", "C"), rule("require_prereq", "A", "B", "C")], "B"),
        ([rule("exclude_initiative", "C"), rule("require_any", "A", "B", "C")], "AB"),
        ([rule("choose_count", "pick", "A", "B", "C", max_count=2)], "AB"),
        ([rule("choose_count", "pick", "A", "B", "C", max_count=0)], ""),
        ([rule("synergy_bonus", "duo", "A", "B", kpi_key="gmv", bonus_value=-4)], "AC"),
        ([rule("synergy_bonus", "duo", "A", "B", kpi_key="gmv", bonus_value=-1)], "ABC"),
        ([rule("mandatory", "C"), rule("exclude_initiative", "C")], "infeasible"),
    ],
)
def test_each_rule_shapes_the_selection(rows: list[Json], expected: str) -> None:
    assert chosen(*rows) == expected


def test_floors_and_mandates_pull_in_what_is_worth_less() -> None:
    scarce = {"capacity": 10}
    assert answer(abc() | scarce).selected == ["A"]
    floor = rule("capacity_floor", "de", dimension="country", min_tokens=10)
    assert answer(abc(constraints=[floor]) | scarce).selected == ["C"]
    assert answer(abc(constraints=[rule("mandatory", "B")]) | scarce).selected == ["B"]
    at_least_two = rule("choose_count", "pick", "B", "C", min_count=2)
    assert answer(abc(constraints=[at_least_two]) | {"capacity": 20}).selected == ["B", "C"]


def test_a_bonus_counts_for_members_that_are_worth_nothing_alone() -> None:
    duo = problem(candidate("A", gmv=0), candidate("B", gmv=-1), candidate("C", 20, gmv=4), capacity=20)
    duo["constraints"] = [rule("synergy_bonus", "duo", "A", "B", kpi_key="gmv", bonus_value=6)]
    solution = answer(duo)
    assert (solution.selected, solution.objective_value, solution.achieved["gmv"]) == (["A", "B"], 5.0, 5.0)
    assert solution.synergies[0].active


def test_other_resources_have_their_own_capacity_floors_and_caps() -> None:
    days = problem(
        candidate("A", gmv=3, resources={"days": 5}, country="UK"),
        candidate("B", gmv=2, resources={"days": 5}, country="UK"),
        candidate("C", gmv=1, country="DE"),
        capacities={"days": 9},
    )
    solution = answer(days)
    assert solution.selected == ["A", "C"]
    assert solution.resources_used == {"tokens": 20.0, "days": 5.0}
    cap = rule("capacity_cap", "UK", dimension="country", max_tokens=4, resource="days")
    assert answer(days | {"constraints": [cap]}).selected == ["C"]
    floor = rule("capacity_floor", "DE", dimension="country", min_tokens=1, resource="days")
    assert answer(days | {"constraints": [floor]}).status is RunStatus.INFEASIBLE


@pytest.mark.parametrize(
    ("row", "expected", "severity"),
    [
        (rule("require_prereq", "A", "OUT"), "BC", "warning"),
        (rule("require_prereq", "A", "DONE"), "ABC", "info"),
        (rule("require_prereq", "OUT", "A"), "ABC", "info"),
        (rule("require_any", "A", "OUT"), "BC", "warning"),
        (rule("require_any", "A", "OUT", "B"), "ABC", "info"),
        (rule("require_any", "A", "OUT", "DONE"), "ABC", "info"),
        (rule("bundle", "pack", "A", "OUT"), "BC", "warning"),
        (rule("bundle", "pack", "A", "DONE"), "ABC", "info"),
        (rule("exclude_pair", "A", "OUT"), "ABC", "info"),
        (rule("exclude_pair", "A", "DONE"), "ABC", "info"),
        (rule("exclude_initiative", "OUT"), "ABC", "info"),
        (rule("mandatory", "DONE"), "ABC", "info"),
        (rule("choose_count", "pick", "A", "DONE", max_count=0), "BC", "info"),
        (rule("choose_count", "pick", "OUT", "DONE", min_count=1), "infeasible", "info"),
        (rule("capacity_cap", "OUT", dimension="initiative", max_tokens=0), "ABC", "warning"),
        (rule("capacity_floor", "OUT", dimension="initiative", min_tokens=1), "infeasible", "warning"),
        (rule("synergy_bonus", "duo", "A", "OUT", kpi_key="gmv", bonus_value=-9), "ABC", "info"),
        (rule("synergy_bonus", "duo", "A", "DONE", kpi_key="gmv", bonus_value=-9), "BC", "info"),
        (rule("capacity_cap", "Atlantis", dimension="country", max_tokens=0), "ABC", "warning"),
    ],
)
def test_outside_and_delivered_initiatives(row: Json, expected: str, severity: str) -> None:
    solution = answer(abc(constraints=[row]))
    found = "".join(solution.selected) if solution.status is RunStatus.OPTIMAL else solution.status.value
    assert found == expected
    assert said(solution)["constraints[0]"] == severity


def test_a_delivered_member_leaves_the_others_of_a_bundle_all_or_none() -> None:
    assert chosen(rule("bundle", "pack", "A", "B", "DONE"), rule("exclude_initiative", "B")) == "C"


def test_a_synergy_of_delivered_members_always_counts() -> None:
    both = abc(constraints=[rule("synergy_bonus", "duo", "DONE", "DONE2", kpi_key="gmv", bonus_value=5)])
    assert answer(both | {"delivered": ["DONE", "DONE2"]}).achieved["gmv"] == 11.0


def test_a_candidate_without_tokens_is_left_out_and_counts_as_outside() -> None:
    value = abc(constraints=[rule("require_prereq", "A", "D")])
    value["candidates"].append(candidate("D", None, gmv=99))
    solution = answer(value)
    assert solution.selected == ["B", "C"]
    assert said(solution) == {"D": "warning", "constraints[0]": "warning"}
    assert solution.warnings[0].kind == "data"


def test_prerequisites_in_a_circle_are_all_or_none_and_warned() -> None:
    circle = [rule("require_prereq", "A", "B"), rule("require_prereq", "B", "C"), rule("require_prereq", "C", "A")]
    solution = answer(abc(constraints=circle) | {"capacity": 29})
    assert solution.selected == []
    assert set(said(solution).values()) == {"warning"}


def test_check_tells_everything_before_solving() -> None:
    rows = [rule("mandatory", "A"), rule("exclude_initiative", "A"), rule("exclude_initiative", "OUT")]
    value = abc(constraints=rows, objective={"mode": "weighted_kpis", "weights": {"gmv": 1, "retention": 1}})
    found = [(one.id, one.severity.value) for one in check(parse_problem(value))]
    assert found == [
        ("constraints[0]", "critical"),
        ("objective", "warning"),
        ("constraints[2]", "info"),
        ("objective", "info"),
    ]


def test_unused_fields_are_warned_about() -> None:
    assert said(answer(abc(constraints=[rule("mandatory", "A", max_tokens=1)]))) == {"constraints[0]": "warning"}
    assert said(answer(abc(constraints=[rule("mandatory", "A", dimension="initiative")]))) == {}


@pytest.mark.parametrize(
    ("change", "id", "words"),
    [
        (
            {"constraints": [rule("mandatory", "A"), rule("exclude_initiative", "A")]},
            "constraints[0]",
            "excluded by constraints[1]",
        ),
        (
            {
                "constraints": [
                    rule("capacity_floor", "UK", dimension="country", min_tokens=15),
                    rule("capacity_cap", "uk", dimension="country", max_tokens=12),
                ]
            },
            "constraints[0]",
            "constraints[1] allows at most 12",
        ),
        (
            {
                "constraints": [
                    rule("capacity_floor", "UK", dimension="country", min_tokens=15),
                    rule("capacity_floor", "DE", dimension="country", min_tokens=8),
                ],
                "capacity": 20,
            },
            "capacity",
            "ask for 23 tokens together",
        ),
        (
            {
                "constraints": [
                    rule("mandatory", "A"),
                    rule("require_prereq", "A", "B"),
                    rule("bundle", "b", "B", "C"),
                ],
                "capacity": 29,
            },
            "capacity",
            "needs 30 tokens",
        ),
        (
            {"constraints": [rule("capacity_floor", "X", dimension="country", min_tokens=1)]},
            "constraints[0]",
            "no cand",
        ),
        ({"targets": [target(7)]}, "targets[0]", "all candidates there bring 6"),
    ],
)
def test_plain_contradictions_are_named(change: Json, id: str, words: str) -> None:
    solution = answer(abc() | change)
    assert solution.status is RunStatus.INFEASIBLE
    critical = [finding for finding in solution.warnings if finding.severity == "critical"]
    assert (critical[0].id, words in critical[0].message) == (id, True)


def test_a_slice_holds_every_spelling_of_its_value() -> None:
    """An accent in either form, blanks of any sort, any case: a cap that missed one would let it through."""
    spellings = ("Per\u00fa", "Peru\u0301", " PER\u00da\u00a0")
    value = problem(
        *(candidate(key, 10, gmv=5, country=country) for key, country in zip("ABC", spellings, strict=True)),
        candidate("D", 10, gmv=1, country="Peru"),
        constraints=[rule("capacity_cap", "Peru\u0301", dimension="country", max_tokens=10)],
    )
    assert set(answer(value).selected) == {"A", "D"}
    composite = rule("capacity_cap", "per\u00fa + growth  team", dimension="country+department", max_tokens=10)
    teams = (candidate(key, 10, country="Peru\u0301", department="Growth\u00a0Team") for key in "AB")
    assert answer(problem(*teams, constraints=[composite])).selected == ["A"]


def test_circles_of_prerequisites_are_found_in_a_web_of_them() -> None:
    """Two circles that share a node are one; what only leads there or away is in none."""
    needs = {"A": "B", "B": "CE", "C": "A", "E": "F", "F": "E", "G": "HI", "H": "G", "I": "G", "J": "A"}
    rows = [rule("require_prereq", key, *members, id=key) for key, members in needs.items()]
    findings = check(parse_problem(problem(*(candidate(key) for key in "ABCDEFGHIJ"), constraints=rows)))
    assert {one.id: one.said.params["keys"] for one in findings if one.said.code == "prerequisite_circle"} == {
        **{key: ["A", "B", "C"] for key in "ABC"},
        **{key: ["E", "F"] for key in "EF"},
        **{key: ["G", "H", "I"] for key in "GHI"},
    }


def test_a_long_chain_of_prerequisites_is_no_circle() -> None:
    keys = [f"K{place:05d}" for place in range(3000)]
    rows = [rule("require_prereq", one, other) for one, other in pairwise(keys)]
    value = problem(*(candidate(key) for key in keys), constraints=rows)
    assert check(parse_problem(value)) == []
    value["constraints"].append(rule("require_prereq", keys[-1], keys[0], id="last"))
    assert len(check(parse_problem(value))) == 3000
