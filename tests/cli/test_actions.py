"""`roadwright run` and `roadwright actions`: streams, exit codes, and the object that --json prints."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from roadwright.actions.registry import ACTIONS
from roadwright.cli.endings import RowLine, print_rows
from roadwright.cli.main import app
from tests.actions.company import constrain
from tests.house import House


def roadwright(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def run(house: House, action: str, *arguments: str) -> Result:
    return roadwright("run", action, "-w", str(house.root), *arguments)


def as_json(result: Result) -> dict[str, Any]:
    """The one object on standard output; nothing else stands there."""
    answer = json.loads(result.stdout)
    assert isinstance(answer, dict)
    return answer


def test_json_is_one_object_with_the_contracts_fields(house: House) -> None:
    house.type_new("Backlog", {"title": "Näher am Kunden", "engineering_tokens": "few"})
    answer = as_json(run(house, "pm.save_selected", "--tab", "Backlog", "--json"))
    assert list(answer) == ["run_id", "action", "status", "summary", "rows"]
    assert (answer["run_id"], answer["action"], answer["status"]) == ("ACT-000006", "pm.save_selected", "partial")
    assert answer["summary"].items() >= {"selected": 4, "ok": 3, "warned": 0, "skipped": 0, "failed": 1}.items()
    assert all(set(row) - {"notices"} == {"tab", "row", "key", "run_status"} for row in answer["rows"])
    bad = answer["rows"][3]
    assert (bad["tab"], bad["row"]) == ("Backlog", 5)
    assert bad["run_status"].startswith('FAILED: engineering_tokens: "few" is not a number')


def test_json_of_an_optimization_names_its_run(house: House) -> None:
    result = run(house, "pm.optimize_run_all_candidates", "--json")
    answer = as_json(result)
    assert result.exit_code == 0
    assert list(answer) == ["run_id", "optimization_run_id", "action", "status", "summary", "rows"]
    assert (answer["optimization_run_id"], answer["summary"]["optimization_status"]) == ("OPT-000002", "optimal")


def test_json_of_what_went_wrong_says_why(house: House) -> None:
    result = run(house, "pm.save_selectd", "--json")
    assert result.exit_code == 2
    answer = as_json(result)
    assert (answer["run_id"], answer["status"]) == (None, "failed")
    assert "did you mean pm.save_selected?" in answer["error"]


def test_infeasible_is_exit_3_and_success(house: House) -> None:
    for key in ("INIT-000001", "INIT-000002"):
        constrain(house, "mandatory", key, reason="law")
    result = run(house, "pm.optimize_run_all_candidates", "--json")
    answer = as_json(result)
    assert (result.exit_code, answer["status"], answer["summary"]["optimization_status"]) == (
        3,
        "success",
        "infeasible",
    )


def test_invalid_is_exit_2_and_failed(house: House) -> None:
    constrain(house, "mandatory", "INIT-000001")
    result = run(house, "pm.optimize_run_all_candidates")
    assert result.exit_code == 2
    assert "Constraints!2: FAILED: reason: is empty" in result.stderr.replace("\n", " ")
    assert result.stdout.startswith("failed  pm.optimize_run_all_candidates  ACT-000006  OPT-000002")


def test_people_see_figures_and_every_row_that_is_not_simply_ok(house: House) -> None:
    house.type_new("Backlog", {"title": "[bold]odd[/bold]", "risk_level": "dangerous"})
    result = run(house, "pm.save_selected", "--tab", "Backlog")
    assert result.exit_code == 0
    assert "selected 4, ok 3, failed 1" in result.stdout
    lines = result.stdout.splitlines()
    assert lines[2].split() == ["Backlog", "row", "5", "INIT-000004"]
    assert lines[3].startswith("    FAILED: risk_level: ")
    assert "INIT-000001" not in result.stdout


def test_a_wide_terminal_shows_a_table_and_a_narrow_one_puts_long_statuses_below() -> None:
    rows = [RowLine("Backlog", 7, "INIT-000006", "WARNING: " + "why " * 20), RowLine("Roadmaps", 0, "Q2", "OK")]

    def shown(width: int) -> list[str]:
        console = Console(width=width, file=StringIO())
        print_rows(console, rows)
        assert isinstance(console.file, StringIO)
        return [line.rstrip() for line in console.file.getvalue().splitlines()]

    wide = shown(130)
    assert wide[0].split() == ["tab", "row", "key", "run_status"]
    assert wide[1].split()[:4] == ["Backlog", "7", "INIT-000006", "WARNING:"]
    assert len(wide) == 3
    first, below, further, last = shown(80)
    nothing = StringIO()
    for width in (130, 80):
        print_rows(Console(width=width, file=nothing), [])
    assert not nothing.getvalue()
    assert (first, last) == ("Backlog row 7  INIT-000006", "Roadmaps  Q2  OK")
    assert below.startswith("    WARNING: why")
    assert further.startswith("    why")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("pm.save_selected", "--tab", "Nowhere"), '"Nowhere" is no tab of this workspace'),
        (("pm.save_selected", "--tab", "Runs"), "does not work on Runs"),
        (("pm.save_selected", "--all", "--select", "7"), "exclude each other"),
        (("pm.save_selected", "--tab", "Backlog", "--select", "INIT-000099"), "Backlog has no INIT-000099"),
        (("pm.backlog_sync", "-o", "colour=red"), 'has no option "colour"'),
        (
            ("pm.optimize_run_all_candidates", "-o", "scenario_name=Plam"),
            'there is no scenario "Plam" (did you mean Plan?); there are: Plan',
        ),
        (("pm.nothing",), "`roadwright actions` lists them"),
    ],
)
def test_wrong_usage_is_exit_2_on_standard_error(house: House, arguments: tuple[str, ...], words: str) -> None:
    result = run(house, *arguments)
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr


def test_a_command_that_typer_can_not_read_is_exit_2() -> None:
    for arguments in (("run",), ("run", "pm.backlog_sync", "--colour"), ("frobnicate",), ("runs", "--limit", "0")):
        assert roadwright(*arguments).exit_code == 2


def test_a_folder_that_is_no_workspace_is_exit_2_and_says_how_to_make_one(tmp_path: Path) -> None:
    for command in (("run", "pm.backlog_sync"), ("runs",), ("rerun", "OPT-000001")):
        result = roadwright(*command, "-w", str(tmp_path / "none"))
        assert result.exit_code == 2
        assert "roadwright init" in result.stderr


def test_a_database_that_can_not_be_opened_is_exit_1_in_words(house: House) -> None:
    house.workspace.close()
    (house.root / "roadwright.db").write_bytes(b"this is no database" * 100)
    for path in house.root.glob("roadwright.db-*"):
        path.unlink()
    result = run(house, "pm.backlog_sync")
    assert result.exit_code == 1
    assert "can't be used" in result.stderr
    assert "Traceback" not in result.stderr


def test_actions_are_listed_and_explained() -> None:
    listed = roadwright("actions")
    assert listed.exit_code == 0
    assert [line.split()[0] for line in listed.stdout.splitlines() if line.startswith("pm.")] == [
        a.name for a in ACTIONS
    ]
    for action in ACTIONS:
        result = roadwright("actions", action.name)
        assert result.exit_code == 0
        text = " ".join(result.stdout.split())
        assert action.explanation.split(".")[0] in text
        assert all(name in text for name in action.options.model_fields)
    wrong = roadwright("actions", "pm.backlog_snc")
    assert (wrong.exit_code, "did you mean pm.backlog_sync?" in wrong.stderr) == (2, True)


def test_init_makes_a_workspace_and_keeps_what_is_there(tmp_path: Path) -> None:
    root = tmp_path / "new"
    first = roadwright("init", str(root))
    assert first.exit_code == 0
    assert {path.name for path in root.iterdir()} >= {
        "roadwright.toml",
        "Intake.xlsx",
        "Central_Backlog.xlsx",
        "ProductOps.xlsx",
        "Optimization_Center.xlsx",
        "Roadmaps.xlsx",
    }
    before = {path: path.read_bytes() for path in root.iterdir() if path.suffix in (".xlsx", ".toml")}
    again = roadwright("init", str(root))
    assert again.exit_code == 0
    assert "kept" in again.stdout
    assert "pm.refresh_tab" not in again.stdout
    assert {path: path.read_bytes() for path in before} == before
    (root / "Roadmaps.xlsx").unlink()
    assert "pm.refresh_tab" in roadwright("init", str(root)).stdout, "what is stored is not lost with a workbook"


def test_init_where_a_file_stands_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("hello")
    result = roadwright("init", str(tmp_path / "file"))
    assert result.exit_code == 1
    assert "the workspace can't be made" in result.stderr
