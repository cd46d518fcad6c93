"""The snapshot: one JSON and one hash for a problem, in whatever order it comes."""

from __future__ import annotations

import json
import random

from roadwright.optimize import parse_problem, problem_to_json, snapshot_hash
from roadwright.optimize.model.canonical import dumps, ordered_constraints
from tests.optimize.build import Json, candidate, problem, rule, target
from tests.optimize.problems import random_problem


def shuffled(value: Json, seed: int) -> Json:
    """The same problem with everything whose order means nothing in another order."""
    pick = random.Random(seed)
    result = json.loads(json.dumps(value))
    for name in ("candidates", "kpis", "constraints", "targets", "outside"):
        pick.shuffle(result.get(name, []))
    for row in result["constraints"]:
        pick.shuffle(row.get("members", []))
    return {name: result[name] for name in pick.sample(sorted(result), len(result))}


def test_the_hash_is_the_same_in_any_order() -> None:
    for seed in range(30):
        value = random_problem(seed)
        assert snapshot_hash(parse_problem(value)) == snapshot_hash(parse_problem(shuffled(value, seed)))


def test_rules_that_say_the_same_stand_in_one_order_whatever_they_are_called() -> None:
    def caps(*named: tuple[int, str, str]) -> Json:
        rows = [rule("capacity_cap", key, dimension="country", max_tokens=limit, id=id) for limit, key, id in named]
        return problem(candidate("A", 1, country="UK"), constraints=rows)

    named = [(9, "UK", "c"), (9, "uk", "a"), (9, "UK", "b"), (8, "UK", "d"), (9, "FR", "e")]
    expected = ["e", "d", "b", "c", "a"]
    for seed in range(20):
        parsed = parse_problem(shuffled(caps(*named), seed))
        assert [row.id for row in ordered_constraints(parsed.constraints)] == expected
        assert [row.id for row in ordered_constraints(parsed.constraints[::-1])] == expected


def test_the_snapshot_is_the_problem_again() -> None:
    for seed in range(30):
        canonical = problem_to_json(parse_problem(random_problem(seed)))
        again = parse_problem(json.loads(dumps(canonical)))
        assert problem_to_json(again) == canonical


def test_whole_numbers_are_one_text_and_ids_that_were_given_count() -> None:
    one, other = problem(candidate("A", 120)), problem(candidate("A", 120.0))
    assert snapshot_hash(parse_problem(one)) == snapshot_hash(parse_problem(other))
    named = {"targets": [target(1, id="Targets!3")]}
    unnamed = {"targets": [target(1)]}
    assert snapshot_hash(parse_problem(one | named)) != snapshot_hash(parse_problem(one | unnamed))


def test_everything_that_counts_is_in_the_snapshot() -> None:
    value = problem(
        candidate("A", 1, resources={"days": 2}, country="UK", deadline_date="2026-05-01"),
        candidate("B", None),
        capacities={"days": 3},
        outside=["OUT"],
        delivered=["DONE"],
        objective={"mode": "lexicographic", "order": [{"kpi": "retention", "tolerance": 0.1}]},
        constraints=[rule("choose_count", "pick", "A", "B", min_count=0, max_count=1, reason="why", id="x")],
        targets=[target(-1, "goal", "latency", "country/UK", baseline_value=2)],
    )
    value["candidates"][1] = {"key": "B"}
    value["kpis"][0] |= {"unit": "GBP", "baseline_value": 5}
    value["kpis"].sort(key=lambda kpi: kpi["key"])
    assert problem_to_json(parse_problem(value)) == value


def test_the_hash_of_a_problem_outlives_how_slices_compare() -> None:
    """Runs are kept with it: rows stay in their order, also where their slices hold several blanks."""
    caps = [rule("capacity_cap", key, dimension="country", max_tokens=9) for key in ("a b", "a  z", "A\tc", "a+b")]
    parsed = parse_problem(problem(candidate("A", 1, country="UK"), constraints=caps))
    assert [row.dimension_key for row in ordered_constraints(parsed.constraints)] == ["A\tc", "a  z", "a b", "a+b"]
    assert snapshot_hash(parsed) == "sha256:dce1bf09dff866d24feba876bcc8ea02c856c16970d39d0b499091a347532291"
