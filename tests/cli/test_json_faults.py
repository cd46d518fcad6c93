"""With --json standard output holds one object, also where a command can't even begin."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import Result

from roadwright.cli.faults import JSON
from roadwright.cli.main import app
from tests.cli.test_actions import as_json, roadwright, run
from tests.house import House

WITH_JSON = {
    "run": ("pm.backlog_sync",),
    "filters": (),
    "runs": (),
    "cancel": ("ACT-000001",),
    "frontier": ("problem.json",),
    "rerun": ("OPT-000001",),
    "compare": ("a", "b"),
    "drift": ("a",),
    "prune": (),
    "import": (__file__,),
    "plan": (),
    "what-if": ("Plan",),
}
"""The commands that can answer with JSON, each with arguments that it takes."""
ON_WORKSPACES = [command for command in WITH_JSON if command != "frontier"]
SETTINGS = "roadwright.toml"


def asked(command: str, folder: Path) -> Result:
    """The command with --json on a workspace; where it works on none, on files that are not there."""
    where = () if command == "frontier" else ("-w", str(folder))
    return roadwright(command, *where, *WITH_JSON[command], JSON)


def assert_told(result: Result, code: int, words: str) -> None:
    """The object says the same as standard error does."""
    answer = as_json(result)
    assert (answer["status"], answer["code"], result.exit_code) == ("failed", code, code)
    assert words in answer["error"]
    assert result.stderr.strip().endswith(answer["error"])


def test_all_commands_with_json_are_tried_here() -> None:
    commands = vars(get_command(app))["commands"]
    found = {name for name, one in commands.items() if any(JSON in par.opts for par in one.load().params)}
    assert found == {*WITH_JSON, "doctor"}, "what is wrong with a workspace is doctor's answer, and no fault of it"


@pytest.mark.parametrize("command", WITH_JSON)
def test_there_is_no_workspace(command: str, tmp_path: Path) -> None:
    result = asked(command, tmp_path)
    assert_told(result, 2, "can't be read" if command == "frontier" else "roadwright.toml")


@pytest.mark.parametrize("command", ON_WORKSPACES)
def test_the_settings_can_not_be_read(command: str, tmp_path: Path) -> None:
    (tmp_path / SETTINGS).write_text("intake = 5")
    assert_told(asked(command, tmp_path), 2, "intake: Input should be a valid list")


@pytest.mark.parametrize("command", ON_WORKSPACES)
def test_the_database_is_no_database(command: str, tmp_path: Path) -> None:
    (tmp_path / SETTINGS).write_text('database_url = "sqlite:///x.db"')
    (tmp_path / "x.db").write_bytes(b"no database at all" * 100)
    assert_told(asked(command, tmp_path), 1, "x.db can't be used: ")


def test_the_database_is_another_one(house: House) -> None:
    house.done("pm.backlog_sync")
    house.workspace.close()
    for path in house.root.glob("roadwright.db*"):
        path.unlink()
    result = run(house, "pm.backlog_sync", JSON)
    assert_told(result, 1, "roadwright rebuild")


def test_a_fault_of_our_own(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise ZeroDivisionError("\udcff")

    monkeypatch.setattr("roadwright.actions.ledger.runs", break_down)
    result = roadwright("runs", "-w", str(house.root), JSON)
    assert (result.exit_code, as_json(result)["code"]) == (1, 1)
    assert as_json(result)["error"].startswith("unexpected fault, ZeroDivisionError: \udcff; the log is ")


@pytest.mark.parametrize("arguments", [("runs", "--limit", "many"), ("run",), ("runs", "--frobnicate"), ("rums",)])
def test_wrong_usage(arguments: tuple[str, ...]) -> None:
    result = roadwright(*arguments, JSON)
    answer = as_json(result)
    assert (answer["status"], answer["code"], result.exit_code) == ("failed", 2, 2)
    assert answer["error"]
    assert "Usage" in result.stderr


@pytest.mark.parametrize("arguments", [("--all", "--select", "1"), ("--tab", "Nowhere")])
def test_what_run_refuses(house: House, arguments: tuple[str, ...]) -> None:
    result = run(house, "pm.save_selected", *arguments, JSON)
    assert (as_json(result)["status"], result.exit_code) == ("failed", 2)


def test_without_json_standard_output_stays_empty(tmp_path: Path) -> None:
    result = roadwright("runs", "-w", str(tmp_path))
    assert (result.exit_code, result.stdout) == (2, "")
