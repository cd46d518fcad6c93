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


def test_whole_numbers_are_one_text() -> None:
    one, other = problem(candidate("A", 120)), problem(candidate("A", 120.0))
    assert snapshot_hash(parse_problem(one)) == snapshot_hash(parse_problem(other))


def test_ids_and_reasons_are_in_the_snapshot_but_not_in_its_hash() -> None:
    def named(*ids: str, reasons: tuple[str, str] = ("a", "b")) -> Json:
        pair = [rule("mandatory", "A"), rule("exclude_pair", "A", "B")]
        rows = [row | {"id": id, "reason": why} for row, id, why in zip(pair, ids, reasons, strict=True)]
        return problem(candidate("A"), candidate("B"), constraints=rows, targets=[target(1, id=ids[0] + "!")])

    first, second, third = named("x", "y"), named("y", "x"), named("x", "y", reasons=("b", "c"))
    assert problem_to_json(parse_problem(first)) == problem_to_json(parse_problem(first))
    assert problem_to_json(parse_problem(first)) != problem_to_json(parse_problem(second))
    assert len({snapshot_hash(parse_problem(value)) for value in (first, second, third)}) == 1


def test_rules_that_differ_only_in_what_the_hash_leaves_out_are_one_question_in_any_order() -> None:
    rows = [rule("mandatory", "A", reason="z", max_tokens=1, id="b"), rule("mandatory", "A", reason="a", id="c")]
    one, other = (problem(candidate("A"), constraints=some) for some in (rows, rows[::-1]))
    swapped = problem(candidate("A"), constraints=[{**rows[0], "reason": "a"}, {**rows[1], "reason": "z"}])
    assert len({snapshot_hash(parse_problem(value)) for value in (one, other, swapped)}) == 1


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
