"""`roadwright what-if`: an answer beside the answer, and nothing changed by asking."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from roadwright.cli.main import app
from roadwright.store.models import ActionRun, OptimizationRun
from tests.house import House

runner = CliRunner()


def ask(house: House, *more: str, scenario: str = "plan") -> tuple[int, str]:
    found = runner.invoke(app, ["what-if", scenario, "-w", str(house.root), *more])
    return found.exit_code, found.stdout


def counts(house: House) -> list[int]:
    with house.workspace.store.transaction() as session:
        return [session.scalar(select(func.count()).select_from(kind)) or 0 for kind in (ActionRun, OptimizationRun)]


def test_it_answers_against_the_latest_answer_and_stores_nothing(house: House) -> None:
    before = house.bytes(), counts(house)
    code, text = ask(house, "--capacity", "120", "--json")
    assert code == 0
    answer = json.loads(text)
    assert (answer["base"]["run_id"], answer["base"]["objective_value"]) == ("OPT-000001", 107)
    assert (answer["what_if"]["status"], answer["what_if"]["objective_value"]) == ("optimal", 115)
    assert [one["key"] for one in answer["came_in"]] == ["INIT-000001"]
    assert [one["key"] for one in answer["went_out"]] == ["INIT-000003"]
    assert ask(house, "--capacity", "120")[1].startswith("Plan, what if: optimal, against OPT-000001")
    assert (house.bytes(), counts(house)) == before


def test_where_the_inputs_changed_since_the_run_it_is_against_what_holds_now(house: House) -> None:
    house.type_into("Scenario_Config", 2, {"capacity_total_tokens": 60})
    house.done("pm.optimize_save_scenario")
    answer = json.loads(ask(house, "--out", "INIT-1", "--json")[1])
    assert (answer["base"]["run_id"], answer["base"]["capacity"], answer["base"]["objective_value"]) == (None, 60, 60)
    assert answer["what_if"]["objective_value"] == 55


def test_what_can_not_be_met_names_the_conflict(house: House) -> None:
    code, text = ask(house, "--in", "INIT-1,INIT-2", "--json")
    assert code == 3
    answer = json.loads(text)
    assert {row["id"] for row in answer["conflict"]} == {"--in INIT-000001", "--in INIT-000002", "capacity"}
    assert answer["way_out"]
    assert ask(house, "--in", "INIT-1", "--in", "INIT-2")[0] == 3


@pytest.mark.parametrize("wrong", [["--without", "nothing"], ["--in", "INIT-9"], ["--weights", "gvm: 1"]])
def test_what_can_not_be_asked_is_exit_2(house: House, wrong: list[str]) -> None:
    assert ask(house, *wrong)[0] == 2
    assert ask(house, scenario="plans")[0] == 2
