"""`roadwright plan` and `roadwright report` on the command line: what they print, write and end with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from roadwright.cli.main import app
from tests.actions.company import constrain
from tests.house import House


def called(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_the_round_is_told_step_by_step_with_needs_and_answers(house: House) -> None:
    found = called("plan", "-w", str(house.root))
    assert found.exit_code == 0, found.output
    assert "✓ optimize: Plan  the inputs are those of OPT-000001: not solved again" in found.output
    assert found.output.index("What needs a person") < found.output.index("The answers")
    assert "OPT-000001" in found.output.splitlines()[-1]


def test_as_json_it_is_one_object_with_steps_answers_and_needs(house: House) -> None:
    constrain(house, "mandatory", "INIT-000001", reason="law")
    constrain(house, "mandatory", "INIT-000002", reason="board")
    found = called("plan", "-w", str(house.root), "--scenario", "plan", "--json")
    assert found.exit_code == 3
    answer = json.loads(found.stdout)
    assert answer["status"] == "success"
    assert answer["steps"][0]["action"] == "pm.backlog_sync"
    assert [(one["run_id"], one["last_run"], one["unchanged"]) for one in answer["scenarios"]] == [
        ("OPT-000001", "OPT-000002", False)
    ]
    assert [(need["kind"], need["scenario_name"]) for need in answer["needs"]] == [("scenario", "Plan")]


def test_failed_rows_are_exit_4_where_that_is_asked_for(house: House) -> None:
    house.type_into("Backlog", 2, {"risk_level": "dangerous"})
    found = called("plan", "-w", str(house.root))
    assert found.exit_code == 0
    assert {line[:2] for line in found.output.splitlines() if "failed 1" in line} == {"! "}
    assert called("plan", "-w", str(house.root), "--strict").exit_code == 4
    assert called("plan", "-w", str(house.root), "--scenario", "Plam").exit_code == 2
    assert called("plan", "-w", str(house.root), "--scenario", "Plan", "--all").exit_code == 2


def test_a_report_is_written_where_it_is_asked_for(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "board.xlsx"
    found = called("report", "opt-1", "-w", str(house.root), "-o", str(file))
    assert (found.exit_code, found.stdout.strip()) == (0, str(file))
    assert load_workbook(file).sheetnames[0] == "Decision"
    monkeypatch.chdir(tmp_path)
    assert called("report", "OPT-000001", "-w", str(house.root)).stdout.strip() == "OPT-000001 report.xlsx"
    assert (tmp_path / "OPT-000001 report.xlsx").read_bytes() == file.read_bytes()
    assert called("report", "OPT-000009", "-w", str(house.root)).exit_code == 2
    assert called("report", "OPT-000001", "-w", str(house.root), "-o", str(tmp_path)).exit_code == 2
