"""Every tab with input columns can be saved, and every tab that shows stored data can be refreshed."""

from __future__ import annotations

import datetime as dt

import pytest

from roadwright import tabs
from roadwright.actions.pm.refresh import REFRESH_TAB
from roadwright.actions.pm.saving import SAVE_SELECTED
from roadwright.sheets.spec import Owner
from roadwright.sheets.values import CellValue
from tests.house import House

ROWS: dict[str, dict[str, CellValue]] = {
    "Metrics_Config": {"kpi_key": "gmv", "kpi_name": "GMV", "kpi_level": "north_star"},
    "MathModels": {
        "initiative_key": "INIT-000001",
        "model_name": "m",
        "target_kpi_key": "gmv",
        "assumptions_text": "x",
    },
    "Params": {"initiative_key": "INIT-000001", "model_name": "m", "param_name": "p", "value": 3, "min": 1, "max": 5},
    "Scenario_Config": {
        "scenario_name": "Q2",
        "period_key": "2026-Q2",
        "capacity_total_tokens": 100,
        "objective_mode": "north_star",
    },
    "Constraints": {
        "scenario_name": "Q2",
        "constraint_set_name": "base",
        "constraint_type": "mandatory",
        "dimension_key": "INIT-000001",
        "reason": "the law",
    },
    "Targets": {
        "scenario_name": "Q2",
        "constraint_set_name": "base",
        "dimension": "all",
        "dimension_key": "all",
        "kpi_key": "gmv",
        "target_value": 10,
        "floor_or_goal": "goal",
    },
    "Roadmaps": {"roadmap_name": "Spring", "period_key": "2026-Q2", "source": "list", "owner": "Ada"},
    "Gates": {"gate_policy": "strict", "gate": "tokens_present", "severity": "block"},
    "Roadmap_Entries": {"roadmap_name": "Spring", "initiative_key": "INIT-000001", "is_locked": True},
}
NEED = {"MathModels": ["Metrics_Config"], "Targets": ["Metrics_Config"], "Roadmap_Entries": ["Roadmaps"]}


def test_all_tabs_are_covered() -> None:
    typed_on = {spec for spec in tabs.TABS if spec.owned(Owner.INPUT)} - {tabs.INTAKE, tabs.REQUESTS}
    assert set(SAVE_SELECTED.tabs) == typed_on
    assert set(REFRESH_TAB.tabs) == set(tabs.TABS) - {tabs.INTAKE, tabs.REQUESTS}


@pytest.mark.parametrize("tab", ROWS)
def test_a_typed_row_is_saved_and_comes_back(house: House, tab: str) -> None:
    house.type_new("Intake", {"title": "Faster search", "deadline_date": dt.date(2026, 6, 1)})
    house.done("pm.backlog_sync")
    for needed in NEED.get(tab, []):
        house.type_new(needed, ROWS[needed])
        house.done("pm.save_selected", tab=needed)
    house.type_new(tab, ROWS[tab])
    saved = house.done("pm.save_selected", tab=tab)
    assert saved.summary["created"] == 1, [row.run_status for row in saved.rows]
    [row] = house.rows(tab)
    assert row.text("run_status").startswith("OK") or row.text("run_status").startswith("WARNING")
    house.clear_row(tab, row.number)
    house.done("pm.refresh_tab", tab=tab)
    [back] = house.rows(tab)
    for column, value in ROWS[tab].items():
        assert back.values[column] == value
    house.done("pm.save_selected", tab=tab)
    before = house.bytes()
    house.done("pm.refresh_tab", tab=tab)
    house.done("pm.save_selected", tab=tab)
    assert house.bytes() == before


def test_refreshing_keeps_what_was_typed_and_not_saved(house: House) -> None:
    house.type_new("Intake", {"title": "Faster search"})
    house.done("pm.backlog_sync")
    house.type_into("Backlog", 2, {"title": "Search, faster", "country": "UK"})
    outcome = house.done("pm.refresh_tab", tab="Backlog")
    row = house.row("Backlog", "INIT-000001")
    assert (row.text("title"), row.text("country")) == ("Search, faster", "UK")
    assert outcome.rows[0].notices == ("country, title: typed here, not saved yet",)


def test_a_param_out_of_its_own_range_fails_in_words(house: House) -> None:
    house.type_new("Intake", {"title": "Faster search"})
    house.done("pm.backlog_sync")
    house.type_new("Params", {**ROWS["Params"], "value": 9})
    house.run("pm.save_selected", tab="Params")
    assert house.status("Params", "p").startswith(
        "FAILED: value: 9 is above max, 5 (value holds back this row: nothing else on it is saved) · WARNING: "
    )
