"""Dropdowns offer what exists: the hidden tab of lists follows the database, in the workbooks that have one."""

from __future__ import annotations

from pathlib import Path

import pytest

from roadwright.sheets.lists import TAB
from roadwright.sheets.values import CellValue
from roadwright.sync.lists import what_exists
from roadwright.tabs import lists
from tests.house import House
from tests.sync.spreadsheet import lock_by_excel, make_book

pytestmark = pytest.mark.files


def offered(house: House, tab: str, name: str) -> list[CellValue]:
    """The entries of a list in a tab's workbook."""
    rows = house.workspace.open(house.place(tab)).read(TAB).rows
    [column] = [position for position, header in rows[1].items() if header == name]
    return [row[column] for number, row in sorted(rows.items()) if number > 1 and column in row]


def kpi(key: str, **more: CellValue) -> dict[str, CellValue]:
    return {"kpi_key": key, "kpi_name": key, "kpi_level": "strategic", **more}


def test_lists_follow_what_is_saved_in_all_workbooks(house: House) -> None:
    house.type_new("Metrics_Config", kpi("gmv", kpi_level="north_star"), kpi("nps"), kpi("old", is_active=False))
    house.done("pm.save_selected", tab="Metrics_Config")
    assert offered(house, "Metrics_Config", "KPI keys") == ["gmv", "nps"]
    assert offered(house, "Constraints", "KPI keys") == ["gmv", "nps"]
    house.type_new("Intake", {"title": "A", "requester_name": "Zoe"}, {"title": "B", "requester_name": "Ann"})
    house.type_new("Backlog", {"title": "C", "requester_name": "ann", "candidate_period_key": "Q3_2026"})
    house.done("pm.backlog_sync")
    assert offered(house, "Intake", "People") == offered(house, "Roadmaps", "People") == ["Ann", "Zoe"]
    roadmap: dict[str, CellValue] = {
        "roadmap_name": "Q3",
        "period_key": "2026-Q3",
        "owner": "Bo",
        "gate_policy": "strict",
    }
    house.type_new("Roadmaps", roadmap, {"roadmap_name": "Q1", "period_key": "2026-01"})
    house.type_new("Gates", {"gate_policy": "strict", "gate": "tokens_present", "severity": "warn"})
    for tab in ("Gates", "Roadmaps"):
        house.done("pm.save_selected", tab=tab)
    assert offered(house, "Roadmaps", "Roadmaps") == ["Q1", "Q3"]
    assert offered(house, "Roadmaps", "Gate policies") == ["strict"]
    assert len(offered(house, "Backlog", "Periods")) == 2  # Q3 once, however it is spelled, and behind January
    assert offered(house, "Backlog", "Periods")[0] == "2026-01"
    assert offered(house, "Backlog", "People") == ["Ann", "Bo", "Zoe"]
    scenario: dict[str, CellValue] = {"scenario_name": "Plan", "period_key": "2026-Q3", "capacity_total_tokens": 9}
    house.type_new("Scenario_Config", {**scenario, "objective_mode": "north_star"})
    house.type_new(
        "Targets",
        {
            **{"scenario_name": "Plan", "constraint_set_name": "base", "dimension": "all", "dimension_key": "all"},
            **{"kpi_key": "gmv", "target_value": 5, "floor_or_goal": "goal"},
        },
    )
    house.done("pm.optimize_save_scenario")
    house.done("pm.optimize_save_targets")
    assert offered(house, "Targets", "Scenarios") == ["Plan"]
    assert offered(house, "Targets", "Constraint sets") == ["base"]
    before = house.bytes()
    house.done("pm.backlog_sync")
    house.done("pm.save_selected", tab="Metrics_Config")
    assert house.bytes() == before


def test_what_is_gone_is_offered_no_more(house: House) -> None:
    house.type_new("Metrics_Config", kpi("gmv", kpi_level="north_star"), kpi("nps"), kpi("arr"))
    house.done("pm.save_selected", tab="Metrics_Config")
    house.type_into("Metrics_Config", house.row("Metrics_Config", "nps").number, {"is_active": False})
    house.done("pm.save_selected", tab="Metrics_Config")
    assert offered(house, "MathModels", "KPI keys") == ["gmv", "arr"]


def test_a_workbook_without_the_tab_is_left_alone_and_one_that_is_open_gets_it_later(house: House) -> None:
    own = make_book(house.file("Intake"), {"Intake": [["title", "requester_name"], ["Wallet", "Ann"]]})
    lock = lock_by_excel(house.place("Roadmaps").workbook, "Bo")
    house.done("pm.backlog_sync")
    assert TAB not in house.workspace.open(house.place("Intake")).tabs()
    before = Path(own).read_bytes()
    assert offered(house, "Backlog", "People") == ["Ann"]
    assert offered(house, "Roadmaps", "People") == []
    lock.unlink()
    house.done("pm.backlog_sync")
    assert offered(house, "Roadmaps", "People") == ["Ann"]
    assert Path(own).read_bytes() == before


def test_every_list_has_entries_for_columns_to_offer(house: House) -> None:
    with house.workspace.store.transaction() as session:
        assert set(what_exists(session)) == set(lists.ALL)
