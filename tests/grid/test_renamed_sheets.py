"""Sheets that still show names which were changed without them: rows are found again, whoever has their names."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from roadwright import tabs
from roadwright.grid.changes import Changed, RowChange
from roadwright.grid.editing import save_rows
from roadwright.grid.listing import told_rows
from roadwright.grid.sources import Source
from roadwright.services.bindings.metrics import MetricsConfigBinding
from roadwright.sheets.merge import OnConflict
from roadwright.sheets.spec import TabSpec
from roadwright.store.models import InitiativeParam
from tests.actions.company import add_kpis, add_scenario, constrain
from tests.actions.roadmaps import add_ideas, type_roadmap
from tests.grid.test_renames import codes, rename, stored
from tests.house import House, make_house
from tests.sync.test_unconfirmed import killed_before_the_write, unconfirmed

SCENARIOS, CONSTRAINTS = tabs.SCENARIO_CONFIG.name, tabs.CONSTRAINTS.name


@pytest.fixture
def planned(house: House) -> House:
    """Two scenarios, the first with a rule."""
    add_kpis(house)
    add_scenario(house, "Plan", capacity_total_tokens=10)
    add_scenario(house, "Other", capacity_total_tokens=20)
    constrain(house, "capacity_cap", "UK", dimension="country", max_tokens=5)
    for tab in (SCENARIOS, CONSTRAINTS):
        house.done("pm.save_selected", tab=tab)
    return house


def new(house: House, spec: TabSpec, **values: object) -> Changed:
    """Send a row that is new."""
    identity = {name: values[name] for name in spec.identity}
    return save_rows(house.workspace, spec, [RowChange(identity, None, values)], "api:anna")


def shown(house: House, tab: str, *columns: str) -> list[tuple[str, ...]]:
    """What stands in these columns, and each row's level."""
    return [
        (*(row.text(column) for column in columns), row.text("run_status").partition(":")[0]) for row in house.rows(tab)
    ]


def test_a_name_that_another_row_has_by_now_stands_for_what_showed_it(planned: House) -> None:
    older = planned.copied(SCENARIOS)
    planned.type_into(SCENARIOS, 2, {"notes": "typed"})
    rename(planned, tabs.SCENARIO_CONFIG, ("plan",), scenario_name="First")
    new(
        planned,
        tabs.SCENARIO_CONFIG,
        scenario_name="Plan",
        period_key="2026-Q3",
        capacity_total_tokens=77,
        objective_mode="north_star",
    )
    planned.done("pm.save_selected", tab=SCENARIOS)
    columns = "scenario_name", "capacity_total_tokens", "notes"
    assert shown(planned, SCENARIOS, *columns) == [("First", "10", "typed", "OK"), ("Other", "20", "", "OK")]
    planned.done("pm.refresh_tab", tab=SCENARIOS)
    assert shown(planned, SCENARIOS, *columns)[2:] == [("Plan", "77", "", "OK")]
    planned.bring_back(SCENARIOS, older)
    planned.done("pm.save_selected", tab=SCENARIOS)
    assert shown(planned, SCENARIOS, *columns)[:2] == [("First", "10", "typed", "OK"), ("Other", "20", "", "OK")]


def test_two_names_that_were_swapped(planned: House) -> None:
    planned.done("pm.save_selected", tab=SCENARIOS)  # the tab is remembered: its rows would not be read again
    for before, after in (("plan", "Some"), ("other", "Plan"), ("some", "Other")):
        rename(planned, tabs.SCENARIO_CONFIG, (before,), scenario_name=after)
    for tab in (SCENARIOS, CONSTRAINTS):
        planned.done("pm.save_selected", tab=tab)
    assert shown(planned, SCENARIOS, "scenario_name", "capacity_total_tokens") == [
        ("Other", "10", "OK"),
        ("Plan", "20", "OK"),
    ]
    assert shown(planned, CONSTRAINTS, "scenario_name", "dimension_key") == [("Other", "UK", "OK")]
    written = planned.bytes()
    for tab in (SCENARIOS, CONSTRAINTS):
        planned.done("pm.save_selected", tab=tab)
    assert planned.bytes() == written


def test_an_edit_that_waits_to_be_written_is_no_conflict_under_the_new_name(planned: House) -> None:
    planned.type_into(SCENARIOS, 2, {"notes": "typed"})
    killed_before_the_write(planned, "pm.save_selected", SCENARIOS)
    rename(planned, tabs.SCENARIO_CONFIG, ("plan",), scenario_name="First")
    rename(planned, tabs.SCENARIO_CONFIG, ("first",), notes="sent")
    planned.done("pm.save_selected", tab=SCENARIOS)
    assert shown(planned, SCENARIOS, "scenario_name", "notes")[0] == ("First", "sent", "OK")
    assert unconfirmed(planned) == 0


def test_new_rows_that_wait_to_be_written_are_not_doubled(planned: House) -> None:
    add_scenario(planned, "New", capacity_total_tokens=7)
    planned.type_into(SCENARIOS, 3, {"scenario_name": "Typed"})
    constrain(planned, "capacity_cap", "US", scenario_name="New", dimension="country", max_tokens=9)
    for tab in (SCENARIOS, CONSTRAINTS):
        killed_before_the_write(planned, "pm.save_selected", tab)
    for before, after in (("new", "Newer"), ("newer", "Newest"), ("typed", "Sent")):
        rename(planned, tabs.SCENARIO_CONFIG, (before,), scenario_name=after)
    planned.type_into(SCENARIOS, 4, {"notes": "typed"})
    for tab in (CONSTRAINTS, SCENARIOS):
        planned.done("pm.save_selected", tab=tab)
    assert shown(planned, SCENARIOS, "scenario_name", "notes") == [
        ("Plan", "", "OK"),
        ("Sent", "", "OK"),
        ("Newest", "typed", "OK"),
    ]
    assert stored(planned, tabs.SCENARIO_CONFIG) == [("newest",), ("other",), ("plan",), ("sent",)]
    assert shown(planned, CONSTRAINTS, "scenario_name") == [("Plan", "OK"), ("Newest", "OK")]
    assert len(stored(planned, tabs.CONSTRAINTS)) == 2


def test_what_is_typed_beside_renamed_rows_belongs_with_them(planned: House) -> None:
    constrain(planned, "capacity_cap", "US", dimension="country", max_tokens=9)
    rename(planned, tabs.SCENARIO_CONFIG, ("plan",), scenario_name="First")
    planned.done("pm.save_selected", tab=CONSTRAINTS)
    assert shown(planned, CONSTRAINTS, "scenario_name", "dimension_key") == [
        ("First", "UK", "OK"),
        ("First", "US", "OK"),
    ]
    assert {identity[0] for identity in stored(planned, tabs.CONSTRAINTS)} == {"first"}
    constrain(planned, "capacity_cap", "FR", dimension="country", max_tokens=9)
    planned.done("pm.save_selected", tab=CONSTRAINTS)
    assert shown(planned, CONSTRAINTS, "scenario_name")[2] == ("Plan", "OK"), "the tab shows the new name by now"


def test_entries_that_are_typed_under_the_old_name_make_no_other_roadmap(house: House) -> None:
    a, b = add_ideas(house, {}, {})
    type_roadmap(house, "Growth")
    house.type_new("Roadmap_Entries", {"roadmap_name": "Growth", "initiative_key": a})
    for tab in ("Roadmaps", "Roadmap_Entries"):
        house.done("pm.save_selected", tab=tab)
    rename(house, tabs.ROADMAPS, ("growth",), roadmap_name="Later")
    house.type_new("Roadmap_Entries", {"roadmap_name": "Growth", "initiative_key": b})
    for tab in ("Roadmap_Entries", "Roadmaps"):
        house.done("pm.save_selected", tab=tab)
    assert shown(house, "Roadmap_Entries", "roadmap_name") == [("Later", "OK"), ("Later", "OK")]
    assert stored(house, tabs.ROADMAPS) == [("later",)]


def test_a_name_on_rules_of_others_is_refused_and_one_that_left_none_is_free(planned: House) -> None:
    constrain(planned, "capacity_cap", "US", scenario_name="First", dimension="country", max_tokens=9)
    planned.done("pm.save_selected", tab=CONSTRAINTS)
    assert codes(rename(planned, tabs.SCENARIO_CONFIG, ("plan",), scenario_name="First")) == ["scenario_name_on_rules"]
    planned.clear_row(CONSTRAINTS, 3)
    planned.done("pm.save_selected", tab=CONSTRAINTS)
    assert codes(rename(planned, tabs.SCENARIO_CONFIG, ("plan",), scenario_name="First")) == []
    assert [identity[0] for identity in stored(planned, tabs.CONSTRAINTS)] == ["first"]


@pytest.mark.parametrize("rule", [OnConflict.ASK, OnConflict.DATABASE])
def test_a_name_that_was_respelled_meanwhile_is_no_conflict(planned: House, rule: OnConflict) -> None:
    with planned.workspace.store.transaction() as session:
        [row] = told_rows(session, Source(session, tabs.SCENARIO_CONFIG), [("plan",)])
        session.rollback()
    rename(planned, tabs.SCENARIO_CONFIG, ("plan",), scenario_name="PLAN")
    sent = RowChange(row.identity, row.mark, {"scenario_name": "First", "capacity_total_tokens": 5}, on_conflict=rule)
    changed = save_rows(planned.workspace, tabs.SCENARIO_CONFIG, [sent], "api:anna")
    assert (codes(changed), changed.rows[0].identity) == ([], {"scenario_name": "First"})
    assert stored(planned, tabs.SCENARIO_CONFIG) == [("first",), ("other",)]
    planned.done("pm.save_selected", tab=SCENARIOS)
    assert shown(planned, SCENARIOS, "scenario_name", "capacity_total_tokens")[0] == ("First", "5", "OK")


def test_params_keep_the_spelling_of_a_model_whose_renaming_fails(house: House) -> None:
    add_kpis(house)
    [key] = add_ideas(house, {})
    house.type_new("MathModels", {"initiative_key": key, "model_name": "Main", "target_kpi_key": "gmv"})
    house.type_new("Params", {"initiative_key": key, "model_name": "MAIN", "param_name": "reach", "value": 5})
    for tab in ("MathModels", "Params"):
        house.done("pm.save_selected", tab=tab)
    rename(house, tabs.MATH_MODELS, (key.casefold(), "main"), model_name="Other", target_kpi_key=None)
    with house.workspace.store.transaction() as session:
        assert session.scalars(select(InitiativeParam.model_name)).all() == ["MAIN"]


def test_a_kpi_that_is_renamed_in_one_folder_is_not_doubled_by_another(tmp_path: Path, database_url: str) -> None:
    here, there = (make_house(tmp_path / name, database_url, in_memory=True) for name in ("here", "there"))
    add_kpis(here)
    there.done("pm.refresh_tab", tab="Metrics_Config")
    [number] = [row.number for row in here.rows("Metrics_Config") if row.text("kpi_key") == "visits"]
    here.type_into("Metrics_Config", number, {"kpi_key": "sessions"})
    for house in (here, there):
        house.done("pm.save_selected", tab="Metrics_Config")
        keys = [row.text("kpi_key") for row in house.rows("Metrics_Config")]
        assert ("visits" in keys, keys.count("sessions")) == (False, 1)
    with here.workspace.store.transaction() as session:
        assert ("visits",) not in MetricsConfigBinding().listed(session)
    there.workspace.close()
    here.workspace.close()
