"""The command `roadwright frontier`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from roadwright.cli.main import app
from tests.optimize.build import candidate, problem, target


def run(value: dict[str, Any], *arguments: str) -> Result:
    return CliRunner().invoke(app, ["frontier", "-", *arguments], input=json.dumps(value))


def two() -> dict[str, Any]:
    return problem(candidate("A", 60, gmv=3), candidate("B", 50, gmv=2, contributions={"retention": 1}))


def test_json_has_the_points() -> None:
    result = run(two(), "--json")
    assert result.exit_code == 0
    points = json.loads(result.stdout)["points"]
    assert [(point["tokens"], point["objective_value"], point["selected"]) for point in points] == [
        (0.0, 0.0, []),
        (50.0, 2.0, ["B"]),
        (60.0, 3.0, ["A"]),
    ]
    assert points[1]["achieved"] == {"gmv": 2.0, "retention": 1.0, "latency": 0.0}


def test_a_table_is_for_people() -> None:
    result = run(two(), "--kpis", "gmv, retention")
    assert result.exit_code == 0
    assert [line.split() for line in result.stdout.splitlines()] == [
        ["tokens", "objective", "gmv", "retention", "latency", "selected"],
        ["50", "2", "2", "1", "0", "1"],
        ["60", "3", "3", "0", "0", "1"],
    ]


def test_progress_tells_each_point_as_it_is_found() -> None:
    result = run(two(), "--progress", "--json")
    lines = [line.split("s  ", 1)[1] for line in result.stderr.splitlines()]
    assert lines == [
        "point 1: 60 tokens, objective 3",
        "point 2: 50 tokens, objective 2",
        "point 3: 0 tokens, objective 0",
    ]
    assert run(two(), "--json").stderr == ""


def test_infeasible_is_exit_3() -> None:
    result = run(two() | {"targets": [target(99)]}, "--json")
    assert (result.exit_code, json.loads(result.stdout)["points"]) == (3, [])


@pytest.mark.parametrize(
    "options", [("--kpis", "gmv"), ("--kpis", "gmv,x"), ("--points", "1"), ("--time-limit", "inf")]
)
def test_wrong_options_are_exit_2(options: tuple[str, str]) -> None:
    result = run(two(), *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr
