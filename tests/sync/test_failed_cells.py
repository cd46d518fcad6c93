"""A cell that can't be read keeps what was typed, and all else on its row is saved."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from roadwright.sheets.values import CellValue
from roadwright.store.models import (
    Initiative,
    InitiativeMathModel,
    InitiativeParam,
    OptimizationConstraint,
    OptimizationScenario,
)
from roadwright.store.models.base import Base
from tests.house import House

FIRST = "INIT-000001"
REST = "(everything else on this row is saved)"
_SCENARIO: dict[str, CellValue] = {
    "scenario_name": "Q2",
    "period_key": "2026-Q2",
    "capacity_total_tokens": 100,
    "objective_mode": "north_star",
    "constraint_set_name": "base",
}
_CAP: dict[str, CellValue] = {
    "scenario_name": "Q2",
    "constraint_set_name": "base",
    "constraint_type": "capacity_cap",
    "dimension": "all",
    "dimension_key": "all",
}


@pytest.fixture
def idea(house: House) -> House:
    """One initiative, and the registry of KPIs."""
    house.type_new("Metrics_Config", {"kpi_key": "GMV", "kpi_name": "GMV", "kpi_level": "north_star"})
    house.done("pm.save_selected", tab="Metrics_Config")
    house.type_new("Backlog", {"title": "Search"})
    house.done("pm.backlog_sync")
    return house


def stored(house: House, model: type[Base]) -> list[object]:
    with house.workspace.store.transaction() as session:
        return list(session.scalars(select(model)))


def initiative(house: House) -> Initiative:
    [found] = stored(house, Initiative)
    assert isinstance(found, Initiative)
    return found


def says_the_same_again(house: House, tab: str) -> None:
    """Saving and refreshing once more leaves the bytes alone."""
    before = house.bytes()
    house.run("pm.save_selected", tab=tab)
    house.run("pm.refresh_tab", tab=tab)
    assert house.bytes() == before


def test_the_other_cells_of_the_row_are_saved(idea: House) -> None:
    idea.type_into("Backlog", 2, {"risk_level": "dangerous", "country": "UK", "engineering_tokens": -1})
    outcome = idea.run("pm.save_selected", tab="Backlog")
    assert (outcome.status, outcome.exit_code, outcome.summary["saved"]) == ("partial", 0, 1)
    row, kept = idea.row("Backlog", FIRST), initiative(idea)
    assert row.text("run_status").startswith('FAILED: risk_level: "dangerous" is not known; ')
    assert "engineering_tokens: -1 is out of range" in row.text("run_status")
    assert row.text("run_status").count(REST) == 1
    assert row.text("run_status").endswith(REST)
    assert (row.raw["risk_level"], row.raw["engineering_tokens"]) == ("dangerous", -1)
    assert (kept.risk_level, kept.engineering_tokens, kept.country) == (None, None, "UK")
    says_the_same_again(idea, "Backlog")
    idea.type_into("Backlog", 2, {"risk_level": "high", "engineering_tokens": 7})
    assert idea.done("pm.backlog_sync").status == "success"
    assert (initiative(idea).risk_level, initiative(idea).engineering_tokens) == ("high", 7)
    assert idea.status("Backlog", FIRST) == "OK"


def test_nothing_saved_on_any_row_is_a_failure(idea: House) -> None:
    idea.type_into("Backlog", 2, {"risk_level": "dangerous"})
    outcome = idea.run("pm.save_selected", tab="Backlog")
    assert (outcome.status, outcome.exit_code) == ("failed", 1)
    assert idea.status("Backlog", FIRST).endswith(REST)


def test_what_is_stored_for_a_failed_cell_stays(idea: House) -> None:
    idea.type_into("Backlog", 2, {"risk_level": "low"})
    idea.done("pm.backlog_sync")
    idea.type_into("Backlog", 2, {"risk_level": "dangerous", "country": "UK"})
    idea.done("pm.backlog_sync")
    assert (initiative(idea).risk_level, initiative(idea).country) == ("low", "UK")
    idea.type_into("Backlog", 2, {"risk_level": "low"})
    idea.done("pm.backlog_sync")
    assert (idea.status("Backlog", FIRST), initiative(idea).risk_level) == ("OK", "low")


def test_a_new_row_enters_without_its_failed_cell(idea: House) -> None:
    idea.type_new("Backlog", {"title": "Wallet", "risk_level": "dangerous", "country": "UK"})
    idea.done("pm.backlog_sync")
    row = idea.row("Backlog", "INIT-000002")
    assert (row.raw["risk_level"], row.text("country")) == ("dangerous", "UK")
    assert row.text("run_status").endswith(REST)
    says_the_same_again(idea, "Backlog")
    idea.type_into("Backlog", 3, {"risk_level": "low"})
    idea.done("pm.backlog_sync")
    assert idea.status("Backlog", "INIT-000002") == "OK"
    assert [i.risk_level for i in stored(idea, Initiative) if isinstance(i, Initiative)] == [None, "low"]


def test_a_missing_required_value_holds_back_the_row(idea: House) -> None:
    idea.type_into("Backlog", 2, {"title": None, "country": "UK", "risk_level": "dangerous"})
    assert idea.run("pm.save_selected", tab="Backlog").status == "failed"
    status = idea.status("Backlog", FIRST)
    assert status.startswith("FAILED: title: is empty, but needed; risk_level: ")
    assert status.endswith("(title holds back this row: nothing else on it is saved)")
    assert initiative(idea).country is None
    assert idea.row("Backlog", FIRST).text("country") == "UK"
    says_the_same_again(idea, "Backlog")
    idea.type_into("Backlog", 2, {"title": "Find"})
    idea.done("pm.backlog_sync")
    assert (initiative(idea).title, initiative(idea).country) == ("Find", "UK")


def test_an_unknown_dependency_is_the_cells_problem(idea: House) -> None:
    idea.type_into("Backlog", 2, {"dependencies_initiatives": "INIT-000099", "country": "UK"})
    idea.done("pm.backlog_sync")
    status = idea.status("Backlog", FIRST)
    assert status.startswith("FAILED: dependencies_initiatives: ")
    assert status.endswith(REST)
    assert (initiative(idea).dependencies_initiatives, initiative(idea).country) == (None, "UK")
    assert idea.row("Backlog", FIRST).text("dependencies_initiatives") == "['INIT-000099']"
    says_the_same_again(idea, "Backlog")


def test_a_required_cell_that_is_stored_already_holds_nothing_back(house: House) -> None:
    house.type_new("Scenario_Config", {**_SCENARIO, "capacity_total_tokens": "lots"})
    assert house.run("pm.save_selected", tab="Scenario_Config").status == "failed"
    assert stored(house, OptimizationScenario) == []
    house.type_into("Scenario_Config", 2, {"capacity_total_tokens": 100})
    house.done("pm.save_selected", tab="Scenario_Config")
    house.type_into("Scenario_Config", 2, {"capacity_total_tokens": "lots", "notes": "x"})
    assert house.run("pm.save_selected", tab="Scenario_Config").status == "partial"
    [scenario] = stored(house, OptimizationScenario)
    assert isinstance(scenario, OptimizationScenario)
    assert (scenario.capacity_total_tokens, scenario.notes) == (100, "x")
    says_the_same_again(house, "Scenario_Config")


def test_cells_that_are_judged_together_hold_back_the_row(idea: House) -> None:
    key: dict[str, CellValue] = {"initiative_key": FIRST, "model_name": "m", "param_name": "p"}
    idea.type_new("Params", {**key, "value": 3, "min": 5, "max": 1, "notes": "x"})
    idea.run("pm.save_selected", tab="Params")
    assert "(min holds back this row: nothing else on it is saved)" in idea.status("Params", "p")
    assert stored(idea, InitiativeParam) == []


def test_a_unit_is_not_given_to_the_value_before(idea: House) -> None:
    key: dict[str, CellValue] = {"initiative_key": FIRST, "model_name": "m", "param_name": "p"}
    idea.type_new("Params", {**key, "value": 3, "unit": "users"})
    idea.done("pm.save_selected", tab="Params")
    idea.type_into("Params", 2, {"value": "some", "notes": "x"})
    idea.done("pm.save_selected", tab="Params")
    idea.type_into("Params", 2, {"unit": "thousand users"})
    idea.run("pm.save_selected", tab="Params")
    assert "(value holds back this row" in idea.status("Params", "p")
    [param] = stored(idea, InitiativeParam)
    assert isinstance(param, InitiativeParam)
    assert (param.value, param.unit, param.notes) == (3, "users", "x")


def test_a_formula_that_fails_leaves_the_rest_of_its_model(idea: House) -> None:
    model: dict[str, CellValue] = {"initiative_key": FIRST, "model_name": "m", "target_kpi_key": "gmv"}
    idea.type_new("MathModels", {**model, "formula_text": "value = 1 +", "assumptions_text": "x"})
    idea.done("pm.save_selected", tab="MathModels")
    [found] = stored(idea, InitiativeMathModel)
    assert isinstance(found, InitiativeMathModel)
    assert (found.formula_text, found.assumptions_text) == (None, "x")
    assert idea.status("MathModels", "m").count(REST) == 1
    says_the_same_again(idea, "MathModels")


def test_a_contribution_that_fails_leaves_the_notes(idea: House) -> None:
    idea.done("pm.populate_initiatives")
    idea.type_into("KPI_Contributions", 2, {"kpi_contribution_json": "gmw: 5", "notes": "x"})
    idea.done("pm.save_selected", tab="KPI_Contributions")
    assert (initiative(idea).kpi_contribution_json, initiative(idea).kpi_contribution_notes) == (None, "x")
    row = idea.row("KPI_Contributions", FIRST)
    assert row.raw["kpi_contribution_json"] == "gmw: 5"
    assert row.text("run_status").endswith(REST)
    says_the_same_again(idea, "KPI_Contributions")
    idea.type_into("KPI_Contributions", 2, {"kpi_contribution_json": "gmv: 5"})
    idea.done("pm.save_selected", tab="KPI_Contributions")
    assert initiative(idea).kpi_contribution_json == {"GMV": 5}


def test_a_candidate_keeps_its_failed_cell(idea: House) -> None:
    idea.type_into("Backlog", 2, {"is_optimization_candidate": True, "candidate_period_key": "2026-Q2"})
    idea.done("pm.backlog_sync")
    idea.type_new("Scenario_Config", {**_SCENARIO, "constraint_set_name": None})
    idea.done("pm.populate_candidates")
    idea.type_into("Candidates", 2, {"deadline_date": "soon", "engineering_tokens": 5})
    for _ in range(2):
        idea.done("pm.populate_candidates")
        assert initiative(idea).engineering_tokens == 5
        row = idea.row("Candidates", FIRST)
        assert (row.raw["deadline_date"], row.values["engineering_tokens"]) == ("soon", 5)
        assert row.text("run_status").endswith(REST)
    before = idea.bytes()
    idea.done("pm.populate_candidates")
    assert idea.bytes() == before
    assert idea.run("pm.optimize_run_all_candidates").exit_code == 2


def test_a_rule_with_a_failed_cell_stops_the_run(idea: House) -> None:
    idea.type_into("Backlog", 2, {"is_optimization_candidate": True, "candidate_period_key": "2026-Q2"})
    idea.done("pm.backlog_sync")
    idea.type_new("Scenario_Config", _SCENARIO)
    idea.done("pm.optimize_save_scenario")
    idea.type_new("Constraints", {**_CAP, "max_tokens": 50})
    idea.done("pm.optimize_save_constraints")
    idea.type_into("Constraints", 2, {"max_tokens": "lots", "notes": "x"})
    outcome = idea.run("pm.optimize_run_all_candidates")
    assert outcome.exit_code == 2
    assert "Constraints!2" in str(outcome.error)
    [rule] = stored(idea, OptimizationConstraint)
    assert isinstance(rule, OptimizationConstraint)
    assert (rule.max_tokens, rule.notes) == (50, "x")
    assert idea.rows("Constraints")[0].text("run_status").endswith(REST)


def test_a_new_rule_is_not_saved_without_one_of_its_parts(house: House) -> None:
    house.type_new("Constraints", {**_CAP, "constraint_type": "choose_count", "min_count": 1, "max_count": "few"})
    house.run("pm.save_selected", tab="Constraints")
    assert "(max_count holds back this row" in house.rows("Constraints")[0].text("run_status")
    assert stored(house, OptimizationConstraint) == []


def test_a_kpi_that_there_is_not_is_the_cells_problem(idea: House) -> None:
    idea.type_new(
        "Scenario_Config", {**_SCENARIO, "objective_mode": "weighted_kpis", "objective_weights_json": "gmv: 1"}
    )
    model: dict[str, CellValue] = {"initiative_key": FIRST, "model_name": "m", "target_kpi_key": "gmv"}
    idea.type_new("MathModels", model)
    for tab, name in (("Scenario_Config", "Q2"), ("MathModels", "m")):
        idea.done("pm.save_selected", tab=tab)
        assert idea.status(tab, name).startswith("OK")
    idea.type_into("Scenario_Config", 2, {"objective_weights_json": "gmw: 1", "capacity_total_tokens": 7})
    idea.type_into("MathModels", 2, {"immediate_kpi_key": "visits", "assumptions_text": "x"})
    for tab, name in (("Scenario_Config", "Q2"), ("MathModels", "m")):
        assert idea.run("pm.save_selected", tab=tab).status == "partial"
        assert idea.status(tab, name).endswith(REST)
        says_the_same_again(idea, tab)
    [scenario], [found] = stored(idea, OptimizationScenario), stored(idea, InitiativeMathModel)
    assert isinstance(scenario, OptimizationScenario)
    assert isinstance(found, InitiativeMathModel)
    assert (scenario.objective_weights_json, scenario.capacity_total_tokens) == ({"GMV": 1}, 7)
    assert (found.immediate_kpi_key, found.assumptions_text) == (None, "x")


def test_weights_that_the_mode_lacks_hold_back_the_row(house: House) -> None:
    house.type_new("Scenario_Config", {**_SCENARIO, "objective_mode": "weighted_kpis"})
    assert house.run("pm.save_selected", tab="Scenario_Config").status == "failed"
    status = house.status("Scenario_Config", "Q2")
    assert "(objective_weights_json holds back this row: nothing else on it is saved)" in status
    assert stored(house, OptimizationScenario) == []
