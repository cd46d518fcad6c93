"""A stored run solved again: identical, or told what differs."""

from __future__ import annotations

import copy
import hashlib
import json
from typing import Any

import pytest

from roadwright.optimize import SolveOptions, parse_problem, problem_to_json, snapshot_hash, solve
from roadwright.services.portfolios.rerun import NothingToRerun, rerun_snapshot
from roadwright.store.models import OptimizationRun

PROBLEM: dict[str, Any] = {
    "candidates": [
        {"key": f"INIT-{n:06d}", "tokens": 10 + n % 3, "contributions": {"gmv": 5.5 + n % 4}} for n in range(1, 9)
    ],
    "kpis": [{"key": "gmv", "level": "north_star"}],
    "capacity": 40,
    "objective": {"mode": "north_star"},
    "targets": [
        {"dimension": "all", "dimension_key": "all", "kpi_key": "gmv", "target_value": 99, "type": "goal", "id": "T!2"}
    ],
}


def stored_run(problem_json: dict[str, Any] | None = None) -> OptimizationRun:
    """A run as it is kept, not in any database."""
    problem = parse_problem(problem_json or PROBLEM)
    return OptimizationRun(
        run_id="OPT-000001",
        status="optimal",
        inputs_snapshot_json=problem_to_json(problem),
        snapshot_hash=snapshot_hash(problem),
        options_json={"time_limit": 300.0, "gap": None},
        result_json=solve(problem, SolveOptions(time_limit=300.0)).to_json(),
    )


def test_the_same_inputs_give_the_same_answer_in_every_figure() -> None:
    comparison = rerun_snapshot(stored_run())
    assert comparison.identical
    assert comparison.to_json() == {"run_id": "OPT-000001", "identical": True, "differences": []}


def test_an_infeasible_run_is_identical_too() -> None:
    mandatory = {"type": "mandatory", "dimension_key": "INIT-000001", "reason": "law", "id": "C!2"}
    run = stored_run({**PROBLEM, "capacity": 1, "constraints": [mandatory]})
    assert run.result_json is not None
    assert run.result_json["status"] == "infeasible"
    assert rerun_snapshot(run).identical


def test_what_the_stored_result_did_not_tell_yet_is_no_difference() -> None:
    run = stored_run()
    assert run.result_json is not None
    run.result_json = {name: value for name, value in run.result_json.items() if name not in ("reason", "proof")}
    assert rerun_snapshot(run).identical


def test_a_run_whose_fingerprint_counted_ids_is_identical() -> None:
    run = stored_run()
    text = json.dumps(run.inputs_snapshot_json, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    run.snapshot_hash = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    assert run.result_json is not None
    run.result_json["snapshot_hash"] = run.snapshot_hash
    assert rerun_snapshot(run).identical


def test_other_words_or_names_of_rows_are_no_difference() -> None:
    run = stored_run({**PROBLEM, "capacity": 1, "constraints": [{"type": "mandatory", "dimension_key": "INIT-000001"}]})
    assert run.result_json is not None
    for row in (*run.result_json["warnings"], *run.result_json["conflict"]):
        row["message"] = "in words of then"
    assert rerun_snapshot(run).identical
    run.result_json["conflict"].pop()
    assert [one.params["name"] for one in rerun_snapshot(run).differences] == ["conflict"]


def test_a_tampered_number_is_found_by_fingerprint_and_by_figures() -> None:
    run = stored_run()
    assert run.inputs_snapshot_json is not None
    run.inputs_snapshot_json = copy.deepcopy(run.inputs_snapshot_json)
    run.inputs_snapshot_json["capacity"] = 30
    differences = rerun_snapshot(run).differences
    assert differences[0].code == "rerun_fingerprint"
    assert any(str(one).startswith("selected: was [") for one in differences)


def test_a_tampered_number_that_changes_no_selection_is_found_all_the_same() -> None:
    run = stored_run()
    assert run.inputs_snapshot_json is not None
    run.inputs_snapshot_json = copy.deepcopy(run.inputs_snapshot_json)
    run.inputs_snapshot_json["targets"][0]["target_value"] = 100
    differences = rerun_snapshot(run).differences
    assert differences[0].code == "rerun_fingerprint"
    assert "selected" not in [one.params.get("name") for one in differences]


def test_a_tampered_result_is_found() -> None:
    run = stored_run()
    assert run.result_json is not None
    run.result_json = {**run.result_json, "objective_value": 1.0}
    [difference] = rerun_snapshot(run).differences
    assert (difference.code, difference.params["name"]) == ("rerun_differs", "objective_value")
    assert str(difference).startswith("objective_value: was 1.0, is ")


@pytest.mark.parametrize("damage", [{"kpis": []}, {"capacity": "much"}, {"candidates": None}, {"extra": 1}])
def test_a_snapshot_that_is_no_problem_any_more_is_a_difference_and_no_crash(damage: dict[str, Any]) -> None:
    run = stored_run()
    assert run.inputs_snapshot_json is not None
    run.inputs_snapshot_json = {**run.inputs_snapshot_json, **damage}
    comparison = rerun_snapshot(run)
    assert not comparison.identical
    assert comparison.differences[0].code == "rerun_unsolvable"


def test_a_run_that_was_never_solved_can_not_be_compared() -> None:
    run = stored_run()
    run.status, run.result_json, run.inputs_snapshot_json = "invalid", None, None
    with pytest.raises(NothingToRerun, match="OPT-000001 was invalid: it was never solved"):
        rerun_snapshot(run)
