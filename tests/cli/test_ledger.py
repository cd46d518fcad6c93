"""`roadwright runs` and `roadwright rerun`."""

from __future__ import annotations

import copy
import json

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from typer.testing import CliRunner, Result

from roadwright.cli.main import app
from roadwright.store.models import OptimizationRun
from tests.actions.company import constrain
from tests.house import House


def roadwright(house: House, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "-w", str(house.root)])


def test_the_newest_runs_are_listed_first(house: House) -> None:
    result = roadwright(house, "runs", "--json")
    runs = json.loads(result.stdout)
    assert [run["run_id"] for run in runs] == [f"ACT-{n:06d}" for n in range(5, 0, -1)]
    assert runs[0].keys() >= {"run_id", "action", "status", "requested_by", "created_at", "summary", "rows", "error"}
    assert runs[0]["optimization_run_id"] == "OPT-000001"
    assert len(json.loads(roadwright(house, "runs", "--json", "--limit", "2").stdout)) == 2
    shown = roadwright(house, "runs", "-n", "1").stdout
    assert "ACT-000005" in shown
    assert "ACT-000004" not in shown


def test_one_run_is_shown_whole(house: House) -> None:
    action = json.loads(roadwright(house, "runs", "act-000005", "--json").stdout)
    assert (action["action"], action["status"]) == ("pm.optimize_run_all_candidates", "success")
    assert action["summary"]["optimization_status"] == "optimal"
    assert {row["tab"] for row in action["rows"]} == {"Candidates", "Scenario_Config"}
    run = json.loads(roadwright(house, "runs", "opt-000001", "--json").stdout)
    assert run["inputs_snapshot"]["capacity"] == 100
    assert run["result"]["selected"] == ["INIT-000002", "INIT-000003"]
    assert run["snapshot_hash"].startswith("sha256:")
    text = roadwright(house, "runs", "ACT-000005").stdout
    assert "action: pm.optimize_run_all_candidates" in text
    assert "Candidates row 2  Plan / INIT-000001  OK" in text or "Candidates row 2  INIT-000001  OK" in text
    assert "status: optimal" in roadwright(house, "runs", "OPT-000001").stdout


def test_a_run_that_there_is_not_is_exit_2(house: House) -> None:
    for arguments in (("runs", "ACT-000099"), ("runs", "nonsense"), ("rerun", "OPT-000099"), ("rerun", "ACT-000001")):
        result = roadwright(house, *arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert f"run {arguments[1]}" in result.stderr
        assert "`roadwright runs" in result.stderr


def test_a_run_again_is_identical_and_exit_0(house: House) -> None:
    result = roadwright(house, "rerun", "opt-000001")
    assert result.exit_code == 0
    assert result.stdout.startswith("OPT-000001: identical (sha256:")
    answer = json.loads(roadwright(house, "rerun", "OPT-000001", "--json").stdout)
    assert answer == {"run_id": "OPT-000001", "identical": True, "differences": []}


def test_a_tampered_snapshot_is_not_identical_and_exit_1(house: House) -> None:
    with house.workspace.store.transaction() as session:
        run = session.scalars(select(OptimizationRun)).one()
        snapshot = copy.deepcopy(run.inputs_snapshot_json)
        assert snapshot is not None
        snapshot["candidates"][0]["contributions"]["gmv"] = 500
        run.inputs_snapshot_json = snapshot
    result = roadwright(house, "rerun", "OPT-000001")
    assert result.exit_code == 1
    assert "OPT-000001: not identical" in result.stdout
    assert "do not match their fingerprint" in result.stdout
    assert "selected: was ['INIT-000002', 'INIT-000003'], is ['INIT-000001']" in result.stdout
    assert json.loads(roadwright(house, "rerun", "OPT-000001", "--json").stdout)["identical"] is False


def test_an_invalid_run_can_not_be_solved_again(house: House) -> None:
    constrain(house, "mandatory", "INIT-000001")
    assert house.run("pm.optimize_run_all_candidates").exit_code == 2
    result = roadwright(house, "rerun", "OPT-000002")
    assert result.exit_code == 2
    assert "OPT-000002 was invalid: it was never solved" in result.stderr
    assert '"status": "invalid"' in roadwright(house, "runs", "OPT-000002", "--json").stdout


def test_the_facts_of_a_run_fit_on_a_page_and_its_log_is_kept(house: House) -> None:
    shown = roadwright(house, "runs", "OPT-000001").stdout
    for words in (
        "status: optimal",
        "summary: 2 of 3 candidates",
        "selected: INIT-000002, INIT-000003",
        "gap_percent: 0",
    ):
        assert words in shown
    assert "inputs_snapshot" not in shown
    assert "solver_log: " in shown
    for run_id in ("OPT-000001", "act-000005"):
        log = roadwright(house, "runs", run_id, "--log")
        assert (log.exit_code, log.stdout.startswith("Exact search for")) == (0, True)
    as_json = json.loads(roadwright(house, "runs", "OPT-000001", "--log", "--json").stdout)
    assert as_json == {"run_id": "OPT-000001", "solver_log": log.stdout}
    for arguments, words in (
        (("runs", "ACT-000001", "--log"), "ACT-000001 has no solver log: nothing was solved in it"),
        (("runs", "--log"), "--log shows the log of one run"),
        (("runs", "OPT-000009", "--log"), "there is no optimization run OPT-000009 (the newest is OPT-000001)"),
    ):
        wrong = roadwright(house, *arguments)
        assert (wrong.exit_code, words in wrong.stderr) == (2, True)


def test_a_database_that_is_lost_is_told_in_words(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_: object) -> None:
        raise OperationalError("select", {}, RuntimeError("server closed the connection"))

    monkeypatch.setattr("roadwright.actions.ledger.runs", lost)
    result = roadwright(house, "runs")
    assert (result.exit_code, result.stderr) == (
        1,
        "the database can't be used: server closed the connection; see roadwright doctor\n",
    )
