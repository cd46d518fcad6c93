"""Conflicts that sheets raise: they are kept as each pass leaves them, told with both values, and settled by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import select

from roadwright.grid.conflicts import RowClash, last_changes, row_clashes, settlements
from roadwright.sheets.merge import OnConflict
from roadwright.store.models import Initiative, RowConflict
from tests.actions.company import add_candidates, add_initiatives, add_kpis, add_scenario
from tests.house import Cells, House, make_house

FIRST, SECOND = "INIT-000001", "INIT-000002"
SHEET, DATABASE = OnConflict.SHEET, OnConflict.DATABASE


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = make_house(tmp_path / "workspace", f"sqlite:///{tmp_path / 'test.db'}", in_memory=True)
    yield made
    made.workspace.close()


def clashes(house: House) -> list[RowClash]:
    with house.workspace.store.transaction() as session:
        return row_clashes(session, house.workspace)


def told(house: House) -> dict[str, dict[str, tuple[object, object]]]:
    """By row, of each field what the sheet says and what is stored."""
    return {
        f"{one.conflict.tab}!{one.conflict.number}": {field.column: (field.said, field.kept) for field in one.fields}
        for one in clashes(house)
    }


def clash(house: House, tab: str, stored: Mapping[int, Cells], typed: Mapping[int, Cells]) -> None:
    """Change rows of a tab and save them, and change them in an older copy as well."""
    copy = house.copied(tab)
    for row, cells in stored.items():
        house.type_into(tab, row, cells)
    house.done("pm.save_selected", tab=tab)
    house.bring_back(tab, copy)
    for row, cells in typed.items():
        house.type_into(tab, row, cells)
    house.done("pm.save_selected", tab=tab)


def settle(house: House, winners: Mapping[str, Mapping[str, OnConflict]]) -> None:
    """Settle rows by their keys, each field by itself."""
    rows = {one.conflict.key: one.conflict for one in clashes(house)}
    for one in settlements((rows[key], of_row) for key, of_row in winners.items()):
        house.done(one.action, tab=one.tab, select=one.select, options=[f"on_conflict={one.on_conflict}"])


def stored(house: House, *names: str) -> list[tuple[object, ...]]:
    columns = [getattr(Initiative, name) for name in names]
    with house.workspace.store.transaction() as session:
        return [tuple(row) for row in session.execute(select(*columns).order_by(Initiative.id))]


def test_each_field_is_told_and_settled_by_itself(house: House) -> None:
    add_initiatives(house, {"title": "Search", "country": "UK"}, {"title": "Wallet", "country": "UK"})
    here = {"country": "FR", "department": "Growth", "risk_level": "low"}
    there = {"country": "ES", "department": "Sales", "risk_level": "low"}
    clash(house, "Backlog", {2: here, 3: {"country": "FR"}}, {2: there, 3: {"country": "ES"}})
    assert told(house) == {
        "Backlog!2": {"country": ("ES", "FR"), "department": ("Sales", "Growth")},
        "Backlog!3": {"country": ("ES", "FR")},
    }
    settle(house, {FIRST: {"country": SHEET}})
    assert told(house) == {"Backlog!2": {"department": ("Sales", "Growth")}, "Backlog!3": {"country": ("ES", "FR")}}
    assert stored(house, "country", "department") == [("ES", "Growth"), ("FR", None)]
    settle(house, {FIRST: {"department": DATABASE}, SECOND: {"country": DATABASE}})
    assert told(house) == {}
    assert [house.row("Backlog", key).text("country") for key in (FIRST, SECOND)] == ["ES", "FR"]
    assert house.row("Backlog", FIRST).text("department") == "Growth"
    assert {house.status("Backlog", key) for key in (FIRST, SECOND)} == {"OK"}


def test_what_gave_way_is_told_in_the_ledger(house: House) -> None:
    add_initiatives(house, {"title": "Search", "country": "UK"})
    clash(house, "Backlog", {2: {"country": "FR"}}, {2: {"country": "ES"}})
    ended = house.done("pm.save_selected", tab="Backlog", options=["on_conflict=database"])
    assert ended.rows[0].notices == ('country: the sheet said "ES"; the database\'s "FR" stays',)


def test_a_conflict_is_found_once_and_who_changed_the_field_is_known(house: House) -> None:
    add_initiatives(house, {"title": "Search", "country": "UK"})
    clash(house, "Backlog", {2: {"country": "FR"}}, {2: {"country": "ES"}})
    with house.workspace.store.transaction() as session:
        found = session.scalars(select(RowConflict)).one().seen_at
        assert last_changes(session, FIRST)["country"].requested_by
    house.done("pm.backlog_sync")
    with house.workspace.store.transaction() as session:
        assert session.scalars(select(RowConflict)).one().seen_at == found
    house.type_into("Backlog", 2, {"country": "DE"})
    house.done("pm.backlog_sync")
    assert told(house) == {"Backlog!2": {"country": ("DE", "FR")}}
    with house.workspace.store.transaction() as session:
        assert session.scalars(select(RowConflict)).one().seen_at > found


def test_the_id_of_a_field_tells_its_values(house: House) -> None:
    """What was decided on is not settled once it says something else."""
    add_initiatives(house, {"title": "Search", "country": "UK"})
    clash(house, "Backlog", {2: {"country": "FR"}}, {2: {"country": "ES"}})
    [before] = clashes(house)
    [again] = clashes(house)
    assert before.fields[0].id == again.fields[0].id
    house.type_into("Backlog", 2, {"country": "DE"})
    house.done("pm.backlog_sync")
    [after] = clashes(house)
    assert before.fields[0].id != after.fields[0].id


def test_a_field_that_both_say_alike_by_now_is_no_conflict(house: House) -> None:
    add_initiatives(house, {"title": "Search", "country": "UK"})
    clash(house, "Backlog", {2: {"country": "FR"}}, {2: {"country": "ES"}})
    with house.workspace.store.transaction() as session:
        session.scalars(select(Initiative)).one().country = "es"
    assert told(house) == {}


def test_a_row_that_is_gone_from_its_tab_is_in_conflict_no_more(house: House) -> None:
    add_initiatives(house, {"title": "Search", "country": "UK"})
    clash(house, "Backlog", {2: {"country": "FR"}}, {2: {"country": "ES"}})
    house.clear_row("Backlog", 2)
    house.done("pm.backlog_sync")
    assert told(house) == {}
    assert stored(house, "country") == [("FR",)]


def test_conflicts_with_intake_are_settled_by_the_sync(house: House) -> None:
    house.type_new("Intake", *({"title": title, "country": "UK"} for title in ("Search", "Wallet")))
    house.done("pm.backlog_sync")
    for row in (2, 3):
        house.type_into("Backlog", row, {"country": "FR", "department": "Growth"})
    house.done("pm.backlog_sync")
    for row in (2, 3):
        house.type_into("Intake", row, {"country": "ES", "department": "Sales"})
    house.done("pm.backlog_sync")
    both = {"country": ("ES", "FR"), "department": ("Sales", "Growth")}
    assert told(house) == {"Intake!2": both, "Intake!3": both}
    settle(house, {FIRST: {"country": SHEET, "department": DATABASE}, SECOND: {"department": SHEET}})
    assert stored(house, "country", "department") == [("ES", "Growth"), ("FR", "Sales")]
    assert told(house) == {"Intake!3": {"country": ("ES", "FR")}}


def test_of_a_set_only_the_named_row_is_settled(house: House) -> None:
    add_kpis(house)
    add_candidates(house, {"engineering_tokens": 60, "contributions": "gmv: 60"})
    add_scenario(house)
    house.done("pm.optimize_save_scenario")
    rule: Cells = {"scenario_name": "Plan", "constraint_set_name": "base", "constraint_type": "capacity_cap"}
    for country in ("UK", "FR"):
        house.type_new("Constraints", {**rule, "dimension": "country", "dimension_key": country, "max_tokens": 100})
    house.done("pm.optimize_save_constraints")
    assert {row.text("run_status") for row in house.rows("Constraints")} == {"OK"}
    clash(house, "Constraints", *({2: {"max_tokens": n}, 3: {"max_tokens": n}} for n in (80, 90)))
    assert told(house) == {"Constraints!2": {"max_tokens": (90, 80)}, "Constraints!3": {"max_tokens": (90, 80)}}
    first = clashes(house)[0].conflict
    settle(house, {first.key: {"max_tokens": SHEET}})
    assert told(house) == {"Constraints!3": {"max_tokens": (90, 80)}}


def test_columns_are_named_as_people_write_them_and_misspelt_ones_refused(house: House) -> None:
    add_initiatives(house, {"title": "Search", "country": "UK"})
    clash(house, "Backlog", {2: {"risk_level": "low"}}, {2: {"risk_level": "high"}})
    ended = house.run("pm.save_selected", tab="Backlog", options=["on_conflict=Risk levle: sheet"])
    assert (ended.exit_code, "did you mean risk_level?" in str(ended.error)) == (2, True)
    house.done("pm.save_selected", tab="Backlog", options=["on_conflict=Risk level: sheet, country: database"])
    assert stored(house, "risk_level") == [("high",)]
