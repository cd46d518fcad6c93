"""Cells as people type them: read, rewritten in normal form, and said once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import select

from roadwright.domain.keys import make_key
from roadwright.sheets.values import CellValue, MonthDate, Percent
from roadwright.store.models import Initiative, InitiativeParam, OptimizationScenario, OptimizationTarget
from tests.house import House

FIRST, SECOND, THIRD = (make_key("INIT", number) for number in (1, 2, 3))
KPIS = (
    {"kpi_key": "gmv", "kpi_name": "GMV", "kpi_level": "north star", "unit": "k€", "baseline_value": "1.2 M€"},
    {"kpi_key": "Retention", "kpi_name": "Retention", "kpi_level": "strategic", "unit": "%", "baseline_value": "8 %"},
)


def stored(house: House, key: str) -> Initiative:
    with house.workspace.store.transaction() as session:
        found = session.scalars(select(Initiative).where(Initiative.initiative_key == key)).one()
        session.expunge(found)
        return found


def unchanged(house: House, action: str, **more: object) -> None:
    """The same action once more leaves every workbook's bytes alone."""
    before = house.bytes()
    house.done(action, **more)
    assert house.bytes() == before


def with_kpis(house: House) -> None:
    house.type_new("Metrics_Config", *KPIS)
    house.done("pm.save_selected", tab="Metrics_Config")


def test_what_was_read_is_rewritten_and_said_once(house: House) -> None:
    house.type_new("Backlog", {"title": "Search"})
    house.done("pm.backlog_sync")
    typed = {
        "engineering_tokens": "12k",
        "effort_engineering_days": "~ 12 days",
        "risk_level": "Med",
        "lifecycle_status": "Under Review",
        "is_optimization_candidate": "x",
        "deadline_date": "Q3 2026",
        "earliest_start_date": "Oct 2025",
        "strategic_priority_coefficient": "1,5",
        "engineering_tokens_mvp": "n/a",
        "candidate_period_key": "2026",
    }
    house.type_into("Backlog", 2, typed)
    house.done("pm.backlog_sync")
    status = house.status("Backlog", FIRST)
    assert status.startswith("WARNING: candidate_period_key") is False
    assert status.startswith("OK: ")
    for said in (
        'engineering_tokens: read "12k" as 12,000',
        'effort_engineering_days: read "~ 12 days" as 12',
        'risk_level: read "Med" as medium',
        'lifecycle_status: read "Under Review" as under_review',
        'is_optimization_candidate: read "x" as TRUE',
        'deadline_date: read "Q3 2026" as 2026-09-30',
        'earliest_start_date: read "Oct 2025" as 2025-10-01',
        'strategic_priority_coefficient: read "1,5" as 1.5',
        'engineering_tokens_mvp: read "n/a" as blank',
    ):
        assert said in status
    raw = house.row("Backlog", FIRST).raw
    assert raw["engineering_tokens"] == 12000
    assert raw["risk_level"] == "medium"
    assert raw["lifecycle_status"] == "under_review"
    assert raw["is_optimization_candidate"] is True
    assert raw["deadline_date"] == dt.date(2026, 9, 30)
    assert raw["candidate_period_key"] == "2026"
    assert "engineering_tokens_mvp" not in raw
    assert stored(house, FIRST).engineering_tokens == 12000
    unchanged(house, "pm.backlog_sync")
    unchanged(house, "pm.backlog_sync")
    house.type_into("Backlog", 2, {"engineering_tokens": 13000})
    house.done("pm.backlog_sync")
    assert house.status("Backlog", FIRST) == "OK"


def test_what_can_mean_two_things_stays_as_it_was_typed(house: House) -> None:
    house.type_new("Backlog", {"title": "Search"})
    house.done("pm.backlog_sync")
    typed: dict[str, CellValue] = {
        "engineering_tokens": "4.000",
        "effort_engineering_days": "2-3",
        "engineering_tokens_mvp": Percent(0.12),
    }
    house.type_into("Backlog", 2, {**typed, "engineering_tokens_full": dt.date(2026, 3, 2)})
    house.done("pm.backlog_sync")
    status = house.status("Backlog", FIRST)
    assert status.startswith("FAILED: ")
    for said in (
        'engineering_tokens: "4.000" could be 4 or 4,000',
        'effort_engineering_days: "2-3" could be 2 or 3',
        'engineering_tokens_mvp: "12 %" is a percentage',
        "engineering_tokens_full: ",
        "spreadsheets make a date of 2-3",
    ):
        assert said in status
    raw = house.row("Backlog", FIRST).raw
    assert {name: raw[name] for name in typed} == typed
    unchanged(house, "pm.backlog_sync")


def test_intake_cells_are_rewritten_too(house: House) -> None:
    house.type_new("Intake", {"title": "Search", "deadline_date": "31/05/2026", "country": "n/a"})
    house.done("pm.backlog_sync")
    row = house.row("Intake", FIRST)
    assert row.text("run_status") == 'OK: deadline_date: read "31/05/2026" as 2026-05-31'
    assert row.raw["deadline_date"] == dt.date(2026, 5, 31)
    assert stored(house, FIRST).country == "n/a"  # a text says what it says
    unchanged(house, "pm.backlog_sync")


def test_a_newly_typed_word_gets_the_spelling_that_most_rows_have(house: House) -> None:
    house.type_new("Backlog", *({"title": title, "country": "UK", "department": "Growth"} for title in "abc"))
    house.done("pm.backlog_sync")
    house.type_new("Intake", {"title": "d", "country": " uk", "department": "growth"})
    house.type_new("Backlog", {"title": "e", "country": "Uk"})
    house.done("pm.backlog_sync")
    assert {row.raw["country"] for row in house.rows("Backlog")} == {"UK"}
    [d] = house.rows("Intake")
    assert d.text("run_status") == 'OK: department: read "growth" as Growth; country: read "uk" as UK'
    assert (d.raw["country"], d.raw["department"]) == ("UK", "Growth")
    unchanged(house, "pm.backlog_sync")
    house.type_into("Backlog", 2, {"country": "uk"})  # who changes the spelling itself means it
    house.done("pm.backlog_sync")
    assert house.row("Backlog", FIRST).raw["country"] == "uk" or house.rows("Backlog")[0].raw["country"] == "uk"


def test_kpis_in_percent(house: House) -> None:
    with_kpis(house)
    assert [row.raw["baseline_value"] for row in house.rows("Metrics_Config")] == [1200, 8]
    assert [row.raw["kpi_level"] for row in house.rows("Metrics_Config")] == ["north_star", "strategic"]
    target = {"scenario_name": "S", "constraint_set_name": "base", "dimension": "All", "dimension_key": "all"}
    house.type_new(
        "Targets",
        {**target, "kpi_key": "RETENTION", "target_value": Percent(0.077), "floor_or_goal": "nice to have"},
        {**target, "kpi_key": "gmv", "target_value": "12 k€", "floor_or_goal": "must"},
        {**target, "kpi_key": "gmv", "target_value": "USD 12", "floor_or_goal": "goal"},
    )
    house.done("pm.optimize_save_targets")
    with house.workspace.store.transaction() as session:
        found = session.execute(select(OptimizationTarget.kpi_key, OptimizationTarget.target_value)).all()
    assert [tuple(row) for row in found] == [("Retention", 7.7), ("gmv", 12)]
    rows = house.rows("Targets")
    assert (rows[0].raw["kpi_key"], rows[0].raw["target_value"]) == ("Retention", 0.077)
    assert 'target_value: "USD 12" is in USD; this number is in k€' in rows[2].text("run_status")
    unchanged(house, "pm.optimize_save_targets")


def test_contributions_are_shown_as_pairs_in_their_units(house: House) -> None:
    with_kpis(house)
    house.type_new("Backlog", {"title": "Search"}, {"title": "Wallet"})
    house.done("pm.backlog_sync")
    house.done("pm.populate_initiatives")
    house.type_into("KPI_Contributions", 2, {"kpi_contribution_json": "GMV: 120 k€, retention +0.5 %"})
    house.type_into("KPI_Contributions", 3, {"kpi_contribution_json": '{"gmv": 120000, "Retention": 0.5}'})
    house.done("pm.score_selected")
    first, second = house.rows("KPI_Contributions")
    assert first.raw["kpi_contribution_json"] == "Retention: 0.5 %; gmv: 120"
    assert 'read "GMV: 120 k€, retention +0.5 %" as Retention: 0.5 %; gmv: 120' in first.text("run_status")
    assert second.raw["kpi_contribution_json"] == "Retention: 0.5 %; gmv: 120,000"
    assert second.text("run_status") == "OK"
    assert stored(house, FIRST).kpi_contribution_json == {"gmv": 120, "Retention": 0.5}
    unchanged(house, "pm.score_selected")


def test_a_kpi_that_is_respelled_is_shown_so_everywhere(house: House) -> None:
    with_kpis(house)
    house.type_new("Backlog", {"title": "Search"})
    house.done("pm.backlog_sync")
    house.done("pm.populate_initiatives")
    house.type_into("KPI_Contributions", 2, {"kpi_contribution_json": "gmv: 5"})
    house.done("pm.score_selected")
    house.type_into("Metrics_Config", 2, {"kpi_key": "GMV"})
    house.done("pm.save_selected", tab="Metrics_Config")
    assert house.rows("Metrics_Config")[0].raw["kpi_key"] == "GMV"
    assert stored(house, FIRST).kpi_contribution_json == {"GMV": 5}
    house.done("pm.score_selected")
    [row] = house.rows("KPI_Contributions")
    assert row.raw["kpi_contribution_json"] == "GMV: 5"
    assert row.text("run_status").startswith("OK")


def test_params_typed_in_percent_are_warned_of_where_the_kpi_is_in_percent(house: House) -> None:
    with_kpis(house)
    house.type_new("Backlog", {"title": "Search"})
    house.done("pm.backlog_sync")
    house.done("pm.populate_initiatives")
    model = {"initiative_key": f"{FIRST} search", "model_name": "m", "target_kpi_key": "retention"}
    house.type_new(
        "MathModels", {**model, "formula_text": "value = uplift", "approved_by_user": "x", "is_primary": "y"}
    )
    house.done("pm.save_selected", tab="MathModels")
    house.type_new(
        "Params", {"initiative_key": FIRST, "model_name": "m", "param_name": "uplift", "value": "1 %", "approved": 1}
    )
    house.done("pm.score_selected")
    [param] = house.rows("Params")
    assert param.raw["value"] == 0.01
    with house.workspace.store.transaction() as session:
        assert session.scalars(select(InitiativeParam.value_in_percent)).all() == [True]
    [row] = house.rows("MathModels")
    assert "result 0.01 means 0.01 %; for 1 % write 100 * (…)" in row.text("run_status")
    house.type_into("MathModels", 2, {"formula_text": "value = 100 * uplift"})
    house.done("pm.score_selected")
    [row] = house.rows("MathModels")
    assert "means" not in row.text("run_status")


def test_periods_that_name_no_days(house: House) -> None:
    house.type_new("Backlog", *({"title": p, "candidate_period_key": p} for p in ("Q3", "Q3/2026", "Wave 3")))
    house.done("pm.backlog_sync")
    said = [row.text("run_status") for row in house.rows("Backlog")]
    what = "names no days and no period that a scenario or roadmap has"
    assert said[0] == f'WARNING: candidate_period_key: "Q3" {what} (of which year?)'
    assert said[1] == "OK"
    assert said[2] == f'WARNING: candidate_period_key: "Wave 3" {what}'
    house.type_new("Roadmaps", {"roadmap_name": "R", "period_key": "wave-3"})
    house.done("pm.save_selected", tab="Roadmaps")
    house.done("pm.backlog_sync")
    assert [row.text("run_status") for row in house.rows("Backlog")][2] == "OK"


def test_names_are_spelled_as_where_they_are_defined(house: House) -> None:
    scenario = {"scenario_name": "Q3 Plan", "period_key": "2026-Q3", "capacity_total_tokens": "12k"}
    house.type_new("Scenario_Config", {**scenario, "objective_mode": "North Star"})
    house.done("pm.optimize_save_scenario")
    rule = {
        "constraint_set_name": "base",
        "constraint_type": "Capacity cap",
        "dimension": "all",
        "dimension_key": "all",
    }
    house.type_new("Constraints", {**rule, "scenario_name": "q3 plan", "max_tokens": "€ 40,000"})
    house.done("pm.optimize_save_constraints")
    [row] = house.rows("Constraints")
    assert (row.raw["scenario_name"], row.raw["max_tokens"]) == ("Q3 Plan", 40000)
    house.type_into("Scenario_Config", 2, {"scenario_name": "Q3 PLAN"})
    house.done("pm.optimize_save_scenario")
    with house.workspace.store.transaction() as session:
        assert session.scalars(select(OptimizationScenario.scenario_name)).all() == ["Q3 PLAN"]
    house.done("pm.optimize_save_constraints")
    assert house.rows("Constraints")[0].raw["scenario_name"] == "Q3 PLAN"
    unchanged(house, "pm.optimize_save_constraints")


def test_settings_say_which_reading_is_meant(made_house: Callable[..., House]) -> None:
    house = made_house('\n[reading]\ndecimal = ","\ndates = "dmy"\nfiscal_year_starts = "04"\n[sizes]\nXL = 60\n')
    house.type_new("Backlog", {"title": "Search"})
    house.done("pm.backlog_sync")
    typed: dict[str, CellValue] = {
        "engineering_tokens": "4.000",
        "effort_engineering_days": "xl",
        "deadline_date": "09/10/2026",
    }
    house.type_into("Backlog", 2, {**typed, "candidate_period_key": "FY26 Q3"})
    house.done("pm.backlog_sync")
    raw = house.row("Backlog", FIRST).raw
    assert (raw["engineering_tokens"], raw["effort_engineering_days"]) == (4000, 60)
    assert raw["deadline_date"] == dt.date(2026, 10, 9)
    assert raw["candidate_period_key"] == "FY26 Q3"
    assert "candidate_period_key: FY26 Q3 is 2025-10-01 to 2025-12-31" in house.status("Backlog", FIRST)
    unchanged(house, "pm.backlog_sync")


def test_a_month_without_a_day_is_its_last_day_and_gets_a_format_that_shows_it(house: House) -> None:
    house.type_new("Backlog", {"title": "Search"})
    house.done("pm.backlog_sync")
    house.type_into("Backlog", 2, {"deadline_date": MonthDate(2026, 10, 1)})
    if house.place("Backlog").workbook.file is not None:
        pytest.skip("only a format makes a month of a date in a file")
    house.done("pm.backlog_sync")
    assert house.row("Backlog", FIRST).raw["deadline_date"] == dt.date(2026, 10, 31)
    assert type(house.row("Backlog", FIRST).raw["deadline_date"]) is dt.date
    unchanged(house, "pm.backlog_sync")


def test_what_was_read_is_still_said_when_only_computed_cells_or_warnings_change(house: House) -> None:
    house.type_new("Backlog", {"title": "Search"}, {"title": "Checkout"})
    house.done("pm.backlog_sync")
    house.type_into("Backlog", 2, {"engineering_tokens": "12k", "active_scoring_framework": "rice"})
    house.type_into("Backlog", 3, {"risk_level": "Hi", "candidate_period_key": "sprint nine"})
    house.done("pm.backlog_sync")
    read = 'engineering_tokens: read "12k" as 12,000; active_scoring_framework: read "rice" as RICE'
    assert house.status("Backlog", FIRST) == f"OK: {read}"
    assert house.status("Backlog", SECOND).startswith("WARNING: candidate_period_key: ")

    house.done("pm.populate_initiatives")
    row = {"rice_reach": 10, "rice_impact": 1, "rice_confidence": 1, "rice_effort": 2}
    house.type_into("Scoring_Inputs", 2, row)
    house.done("pm.score_selected")
    house.type_new(
        "Scenario_Config",
        {
            "scenario_name": "S",
            "period_key": "Sprint nine",
            "capacity_total_tokens": 10,
            "objective_mode": "north_star",
        },
    )
    house.done("pm.save_selected", tab="Scenario_Config")
    house.done("pm.backlog_sync")
    assert house.row("Backlog", FIRST).raw["overall_score"] == 5
    assert house.status("Backlog", FIRST) == f"OK: {read}"
    assert house.status("Backlog", SECOND) == 'OK: risk_level: read "Hi" as high'
    unchanged(house, "pm.backlog_sync")

    house.type_into("Backlog", 2, {"engineering_tokens": 13})
    house.done("pm.backlog_sync")
    assert house.status("Backlog", FIRST) == "OK"
