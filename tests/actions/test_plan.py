"""The whole round with one command: what it does, what it leaves to people, and what it says they have to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from roadwright.actions import ledger
from roadwright.actions.cancelling import Cancelled, SeriesSwitch
from roadwright.actions.execute import ActionResult
from roadwright.actions.plan import Planned, PlanStep, plan
from roadwright.domain.messages import Message
from roadwright.services.portfolios.candidates import ScenarioProblem
from roadwright.services.roadmaps.attention import Need, NeedKind
from roadwright.sheets.backends.memory import book_at
from tests.actions.company import KPIS, PERIOD, add_scenario, aim, constrain
from tests.house import Cells, House, small_house

RUN = "pm.optimize_run_all_candidates"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An empty workspace whose workbooks are in memory."""
    yield from small_house(tmp_path)


def planned(house: House, scenario: str | None = None, switch: SeriesSwitch | None = None) -> Planned:
    def quiet(message: str, done: int | None = None, total: int | None = None) -> None:
        """No progress."""

    def tell(step: PlanStep, result: ActionResult) -> None:
        """Nobody listens."""

    return plan(
        house.workspace,
        scenario,
        requested_by="test",
        report=quiet,
        tell=tell,
        say=quiet,
        switch=switch or SeriesSwitch(),
    )


def fill(house: House, *, tokens: object = 50) -> None:
    """What people type before the first round: ideas, KPIs, a model, and (after a sync) candidates with their value."""
    house.type_new("Metrics_Config", *KPIS)
    rows: list[Cells] = [
        {"title": "One", "engineering_tokens": 60},
        {"title": "Two", "engineering_tokens": tokens},  # type: ignore[dict-item]
        {"title": "Three", "engineering_tokens": 50},
    ]
    flagged: Cells = {"is_optimization_candidate": True, "candidate_period_key": PERIOD}
    house.type_new("Backlog", *({**row, **flagged} for row in rows))
    planned(house)
    for row, text in zip(house.rows("KPI_Contributions"), ("gmv: 60", "gmv: 55", "gmv: 52"), strict=True):
        house.type_into("KPI_Contributions", row.number, {"kpi_contribution_json": text})


def actions_of(house: House) -> list[str]:
    return [run.action for run in reversed(ledger.runs(house.workspace.store, 100))]


def of(found: Planned, kind: NeedKind) -> list[Need]:
    return [one for one in found.needs if one.kind is kind]


def test_one_command_leads_from_filled_workbooks_to_answers(house: House) -> None:
    fill(house)
    add_scenario(house, capacity=100)
    add_scenario(house, "Wide", capacity=200)
    before = len(actions_of(house))
    found = planned(house)
    assert found.exit_code == 0
    assert actions_of(house)[before:] == [
        "pm.backlog_sync",
        "pm.save_selected",
        "pm.populate_initiatives",
        "pm.seed_math_params",
        "pm.score_selected",
        *["pm.save_selected"] * 3,
        "pm.backlog_sync",
        "pm.populate_candidates",
        RUN,
        RUN,
        "pm.refresh_tab",
    ]
    answers = [(one.scenario_name, one.status, one.objective_value, one.selected_count) for one in found.answers]
    assert answers == [("Plan", "optimal", 107, 2), ("Wide", "optimal", 167, 3)]
    assert found.needs == []
    assert {row.text("scenario_name") for row in house.rows("Candidates")} == {"Plan"}, "the first scenario of the tab"
    assert {run.requested_by for run in ledger.runs(house.workspace.store, 3)} == {"test"}


def test_what_did_not_change_is_not_solved_again_and_nothing_is_written(house: House) -> None:
    fill(house)
    add_scenario(house, capacity=100)
    add_scenario(house, "Wide", capacity=200)
    planned(house)
    before = house.bytes()
    found = planned(house)
    assert found.unchanged == {"Plan": "OPT-000002", "Wide": "OPT-000001"}
    assert len(house.rows("Runs")) == 2
    assert house.bytes() == before
    house.type_into("Scenario_Config", 2, {"capacity_total_tokens": 60, "notes": "less"})
    house.type_into("Scenario_Config", 3, {"notes": "a note is no input"})
    found = planned(house)
    assert found.unchanged == {"Wide": "OPT-000001"}
    assert house.rows("Runs")[0].text("run_id") == "OPT-000003"


def test_an_answer_that_is_not_the_latest_run_is_solved_again(house: House) -> None:
    fill(house)
    add_scenario(house, capacity=100)
    planned(house)
    house.type_into("Scenario_Config", 2, {"period_key": "2029-Q1"})
    planned(house)
    house.type_into("Scenario_Config", 2, {"period_key": PERIOD})
    found = planned(house)
    assert found.unchanged == {}, "else Gaps_And_Alerts would tell of the run in between"
    assert [row.text("run_id") for row in house.rows("Runs")] == ["OPT-000003", "OPT-000002", "OPT-000001"]


def test_one_scenario_can_be_asked_for(house: House) -> None:
    fill(house)
    add_scenario(house, capacity=100)
    add_scenario(house, "Wide", capacity=200)
    found = planned(house, "wide")
    assert [row.text("scenario_name") for row in house.rows("Runs")] == ["Wide"]
    assert [need.said.code for need in of(found, NeedKind.SCENARIO) if not isinstance(need.said, str)] == [
        "need_first_run"
    ]
    before = actions_of(house)
    with pytest.raises(ScenarioProblem) as refused:
        planned(house, "Wild")
    assert refused.value.message.code == "unknown_scenario"
    hint = refused.value.message.params["hint"]
    assert isinstance(hint, Message)
    assert hint.params == {"name": "Wide"}
    assert actions_of(house) == before, "nothing was done"


def test_what_waits_for_a_person_is_told_with_its_place_and_left_alone(house: House) -> None:
    fill(house, tokens=None)
    model: Cells = {"initiative_key": "INIT-000001", "target_kpi_key": "gmv", "formula_text": "reach * 2"}
    house.type_new(
        "MathModels", {**model, "model_name": "draft"}, {**model, "model_name": "ready", "approved_by_user": True}
    )
    house.type_new("Backlog", {"title": "Four", "is_optimization_candidate": True})
    house.type_into("Backlog", 4, {"risk_level": "dangerous"})
    add_scenario(house, capacity=100)
    aim(house, "gmv", 1000, "goal")
    found = planned(house)
    assert (found.exit_code, found.status) == (0, "partial")
    assert [(need.place, need.key) for need in of(found, NeedKind.ROW)] == [("Backlog!4", "INIT-000003")]
    assert [(need.place, need.key) for need in of(found, NeedKind.CANDIDATE)] == [
        ("Backlog!3", "INIT-000002"),
        ("Backlog!5", "INIT-000004"),
    ]
    assert [need.place for need in of(found, NeedKind.MODEL)] == ["MathModels!2"]
    assert [need.place for need in of(found, NeedKind.PARAM)] == ["Params!2"]
    assert [need.scenario for need in of(found, NeedKind.TARGET)] == ["Plan"]
    assert house.rows("MathModels")[0].values["approved_by_user"] in (None, False)
    assert house.rows("Params")[0].values["value"] is None


def test_scenarios_without_an_answer_say_why(house: House) -> None:
    fill(house)
    add_scenario(house, capacity=100)
    add_scenario(house, "Wide", capacity=200)
    constrain(house, "mandatory", "INIT-000001", reason="law")
    constrain(house, "mandatory", "INIT-000002", reason="board")
    found = planned(house)
    assert (found.exit_code, found.status) == (3, "success")
    [need] = of(found, NeedKind.SCENARIO)
    assert not isinstance(need.said, str)
    assert (need.scenario, need.said.code, need.said.params["status"]) == ("Plan", "need_answer_way_out", "infeasible")
    assert [one.status for one in found.answers] == ["infeasible", "optimal"]
    house.clear_row("Constraints", 3)
    house.type_into("Constraints", 2, {"reason": None})
    found = planned(house, "Plan")
    assert (found.exit_code, found.status) == (2, "failed")
    assert [one.said.code for one in of(found, NeedKind.SCENARIO) if not isinstance(one.said, str)] == [
        "need_valid_run"
    ]
    assert [one.place for one in of(found, NeedKind.ROW)] == ["Constraints!2"]


def test_a_missing_tab_is_told_and_the_rest_goes_on(house: House) -> None:
    fill(house)
    add_scenario(house, capacity=100)
    del book_at(house.place("Params").workbook.address).tabs["Params"]
    found = planned(house)
    assert found.exit_code == 1
    [need] = of(found, NeedKind.STEP)
    assert not isinstance(need.said, str)
    assert need.said.params["actions"] == ["pm.seed_math_params", "pm.score_selected"]
    saved = [step.asked.tab for step, result in found.steps if step.asked.action == "pm.save_selected"]
    assert {"Scoring_Inputs", "MathModels", "KPI_Contributions"} <= set(saved), "what could be saved was"
    assert [one.objective_value for one in found.answers] == [107]


def test_without_a_scenario_the_rules_are_saved_and_it_is_said(house: House) -> None:
    fill(house)
    aim(house, "gmv", 1, "goal")
    found = planned(house)
    assert found.exit_code == 0
    assert [need.said.code for need in found.needs if not isinstance(need.said, str)] == ["no_scenarios"]
    assert house.rows("Targets")[0].text("run_status") == "OK"


def test_a_roadmap_is_filled_and_judged_before_its_scenario_runs(house: House) -> None:
    fill(house)
    filter_text = "title in (One, Three)"
    house.type_new(
        "Roadmaps",
        {"roadmap_name": "Q2", "period_key": PERIOD, "source": "filter", "source_ref": filter_text},
    )
    add_scenario(house, capacity=100, roadmap_name="Q2")
    found = planned(house)
    assert [(one.selected_count, one.candidates) for one in found.answers] == [(1, 2)]
    assert house.rows("Roadmaps")[0].text("status") == "draft", "publishing is left to people"


def test_it_can_be_ended_between_two_steps(house: House) -> None:
    switch = SeriesSwitch()
    switch.turn_on()
    with pytest.raises(Cancelled):
        planned(house, switch=switch)
    assert actions_of(house) == []
