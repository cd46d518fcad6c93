"""The command `roadwright solve`: its streams, its exit codes, and what it says about unreadable input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from roadwright.cli.main import app
from tests.optimize.build import candidate, problem, rule


def run(*arguments: str, text: str | bytes = "") -> Result:
    return CliRunner().invoke(app, ["solve", *arguments], input=text)


def solved(value: dict[str, Any], *arguments: str) -> Result:
    return run("-", *arguments, text=json.dumps(value))


def test_an_answer_is_one_json_object_on_standard_output() -> None:
    result = solved(problem(candidate("Ä", 3, gmv=2)))
    assert (result.exit_code, result.stderr) == (0, "")
    answer = json.loads(result.stdout)
    assert (answer["status"], answer["selected"], answer["objective_value"]) == ("optimal", ["Ä"], 2.0)
    assert answer["solver"]["name"] == "HiGHS"


def test_it_reads_a_file_and_writes_one(tmp_path: Path) -> None:
    source, target = tmp_path / "problem.json", tmp_path / "solution.json"
    source.write_text("\ufeff" + json.dumps(problem(candidate("A"))), encoding="utf-8")
    result = run(str(source), "-o", str(target))
    assert (result.exit_code, result.stdout) == (0, "")
    assert json.loads(target.read_text(encoding="utf-8"))["selected"] == ["A"]


def test_an_invalid_problem_is_exit_2_with_a_fault_a_line_and_nothing_on_standard_output(tmp_path: Path) -> None:
    target = tmp_path / "solution.json"
    rows = [rule("mandatory", "Z", id="Constraints!7"), rule("bundle", "b", "A", id="Constraints!9")]
    result = solved(problem(candidate("A"), constraints=rows), "-o", str(target))
    assert (result.exit_code, result.stdout) == (2, "")
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["Constraints!7", "Constraints!9"]
    assert not target.exists()


def test_infeasible_is_exit_3_with_the_solution() -> None:
    result = solved(problem(candidate("A"), constraints=[rule("mandatory", "A")], capacity=1))
    assert result.exit_code == 3
    answer = json.loads(result.stdout)
    assert (answer["status"], [row["id"] for row in answer["conflict"]]) == (
        "infeasible",
        ["capacity", "constraints[0]"],
    )
    assert "can't be met together: constraints[0]: A is mandatory" in result.stderr
    assert "cheapest way out: drop constraints[0]" in result.stderr


def test_no_answer_in_time_is_exit_1() -> None:
    result = solved(problem(candidate("A")), "--time-limit", "0")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["status"] == "unknown"
    assert "give it more time" in result.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "standard input: is empty"),
        ('{"candidates": [,]}', "line 1 column 17"),
        ('{\n "capacity": 1,\n}', "line "),
        ('{"capacity": NaN}', "NaN is not a number that JSON knows"),
        ('{"capacity": -Infinity}', "-Infinity is not a number that JSON knows"),
        ('{"capacity": 1, "capacity": 2}', "the name 'capacity' stands twice in one object"),
        (b'{"capacity": "\xff"}', "is not UTF-8 text (byte 15)"),
        ("[" * 100_000, "nested too deeply"),
        ('{"capacity": 1e999}', "capacity must be a finite number"),
        ('{"capacity": ' + "9" * 5000 + "}", "capacity must be a finite number"),
        ("[]", "must be an object"),
    ],
)
def test_what_is_no_problem_json_is_exit_2_and_says_where(text: str | bytes, words: str) -> None:
    result = run("-", text=text)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr


def test_files_that_cannot_be_read_or_written_are_exit_2(tmp_path: Path) -> None:
    missing = run(str(tmp_path / "none.json"))
    assert missing.exit_code == 2
    assert "none.json: can't be read: No such file" in missing.stderr
    folder = solved(problem(), "-o", str(tmp_path))
    assert folder.exit_code == 2
    assert "is a folder" in folder.stderr
    nowhere = solved(problem(), "-o", str(tmp_path / "no" / "solution.json"))
    assert nowhere.exit_code == 2
    assert "there is no folder" in nowhere.stderr


@pytest.mark.parametrize("option", [("--gap", "-1"), ("--time-limit", "x"), ("--gap", "nan"), ("--time-limit", "inf")])
def test_wrong_options_are_exit_2(option: tuple[str, str]) -> None:
    result = solved(problem(), *option)
    assert (result.exit_code, result.stdout) == (2, "")


def test_explanations_stand_in_the_solution() -> None:
    value = problem(candidate("A", 60, gmv=3), candidate("B", 60, gmv=2))
    found = json.loads(solved(value, "--explain", "B, A").stdout)["explanations"]
    assert [(one["id"], one["kind"], one["loss"]) for one in found] == [("B", "outside", 1.0), ("A", "inside", 1.0)]
    assert len(json.loads(solved(value, "--explain", "all").stdout)["explanations"]) == 3
    late = json.loads(solved(value, "--explain", "all", "--explain-time", "0").stdout)["explanations"]
    assert [one["computed"] for one in late] == [False] * 3
    wrong = solved(value, "--explain", "X")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "nothing to explain is called X" in wrong.stderr


def test_progress_goes_to_standard_error() -> None:
    items = [candidate(f"K{i:02d}", 100 + i * 37 % 91, gmv=100 + i * 53 % 89) for i in range(30)]
    result = solved(problem(*items, capacity=1500), "--progress")
    assert result.exit_code == 0
    assert "gmv: " in result.stderr
    assert json.loads(result.stdout)["status"] == "optimal"
