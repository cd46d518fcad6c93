"""Conflicts that sheets raise: they are kept as each pass leaves them, told with both values, and settled by field."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from roadwright.grid.conflicts import last_changes, settlements
from roadwright.sheets.backends.memory import book_at
from roadwright.sheets.merge import OnConflict
from roadwright.store.identity import latest_revision
from roadwright.store.models import ActionRun, Initiative, RowConflict
from roadwright.sync.clashes import RowClash, row_clashes
from roadwright.sync.waiting import WaitKind, waiting
from tests.actions.company import add_candidates, add_initiatives, add_kpis, add_scenario
from tests.house import Cells, House, make_house

FIRST, SECOND = "INIT-000001", "INIT-000002"
SHEET, DATABASE = OnConflict.SHEET, OnConflict.DATABASE


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
    long = "A word and another. " * 50
    clash(house, "Backlog", {2: {"country": "FR"}}, {2: {"country": "ES", "problem_statement": long}})
    house.done("pm.save_selected", tab="Backlog", options=["on_conflict=sheet"])
    clash(house, "Backlog", {2: {"problem_statement": "ours"}}, {2: {"problem_statement": long + "theirs"}})
    ended = house.done("pm.save_selected", tab="Backlog", options=["on_conflict=database"])
    [notice] = ended.rows[0].notices
    assert notice.startswith('problem_statement: the sheet said "A word')
    with house.workspace.store.transaction() as session:
        run = session.scalars(select(ActionRun).where(ActionRun.run_id == ended.run_id)).one()
        [row] = run.rows_json or []
    assert row["gave_way"] == {"problem_statement": long + "theirs"}, "whole"


def test_what_gave_way_on_candidates_is_told_too(house: House) -> None:
    add_kpis(house)
    add_candidates(house, {"engineering_tokens": 60, "contributions": "gmv: 60"})
    add_scenario(house)
    house.done("pm.populate_candidates", options=["scenario_name=Plan"])
    clash(house, "Candidates", {2: {"engineering_tokens": 61}}, {2: {"engineering_tokens": 62}})
    ended = house.done("pm.populate_candidates", options=["scenario_name=Plan", "on_conflict=database"])
    assert [row.notices for row in ended.rows if row.tab == "Candidates"] == [
        ('engineering_tokens: the sheet said "62"; the database\'s "61" stays',)
    ]


def test_a_conflict_is_found_once_and_who_changed_the_field_is_known(house: House) -> None:
    add_initiatives(house, {"title": "Search", "country": "UK"})
    clash(house, "Backlog", {2: {"country": "FR"}}, {2: {"country": "ES"}})
    with house.workspace.store.transaction() as session:
        found = session.scalars(select(RowConflict)).one().seen_at
        [changes] = last_changes(session, [("Backlog", FIRST)]).values()
        assert (changes["country"].requested_by, changes["country"].value) == ("test", "FR")
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
    twice = house.run("pm.save_selected", tab="Backlog", options=["on_conflict=country: sheet, Country: database"])
    assert (twice.exit_code, "country is named twice" in str(twice.error)) == (2, True)
    house.done("pm.save_selected", tab="Backlog", options=["on_conflict=Risk level: sheet, country: database"])
    assert stored(house, "risk_level") == [("high",)]


class Killed(BaseException):
    """The process ends here."""


def killed_before_the_write(house: House, action: str, **more: Any) -> None:
    def killed(*_: object) -> None:
        raise Killed

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("roadwright.sync.engine._write", killed)
        with pytest.raises(Killed):
            house.run(action, **more)


def test_what_the_database_won_stays_settled_where_the_write_was_killed(house: House) -> None:
    add_initiatives(house, {"title": "Search", "country": "UK"})
    clash(house, "Backlog", {2: {"country": "FR"}}, {2: {"country": "ES"}})
    killed_before_the_write(house, "pm.save_selected", tab="Backlog", options=["on_conflict=country: database"])
    house.done("pm.backlog_sync")
    assert (told(house), house.row("Backlog", FIRST).text("country")) == ({}, "FR")
    assert house.status("Backlog", FIRST) == "OK"


def test_what_is_typed_after_a_killed_settling_is_in_conflict_again(house: House) -> None:
    add_initiatives(house, {"title": "Search", "country": "UK"})
    clash(house, "Backlog", {2: {"country": "FR"}}, {2: {"country": "ES"}})
    killed_before_the_write(house, "pm.save_selected", tab="Backlog", options=["on_conflict=database"])
    house.type_into("Backlog", 2, {"country": "DE"})
    house.done("pm.backlog_sync")
    assert told(house) == {"Backlog!2": {"country": ("DE", "FR")}}


def test_what_the_backlog_won_over_intake_stays_settled_where_the_write_was_killed(house: House) -> None:
    house.type_new("Intake", {"title": "Search", "country": "UK"})
    house.done("pm.backlog_sync")
    house.type_into("Backlog", 2, {"country": "FR"})
    house.done("pm.backlog_sync")
    house.type_into("Intake", 2, {"country": "ES"})
    killed_before_the_write(house, "pm.backlog_sync", options=["on_conflict=database"])
    house.done("pm.backlog_sync")
    assert (told(house), stored(house, "country")) == ({}, [("FR",)])


def test_settled_while_someone_holds_the_workbook_the_next_run_completes_it(house: House) -> None:
    add_initiatives(house, {"title": "Search", "country": "UK"})
    clash(house, "Backlog", {2: {"country": "FR"}}, {2: {"country": "ES"}})
    book = book_at(house.place("Backlog").workbook.address)
    book.held_by = "Ann"
    ended = house.run("pm.save_selected", tab="Backlog", options=["on_conflict=database"])
    assert (ended.exit_code, told(house)) == (1, {})
    book.held_by = None
    house.done("pm.backlog_sync")
    assert (told(house), house.row("Backlog", FIRST).text("country")) == ({}, "FR")


@pytest.mark.parametrize("winner", list(OnConflict))
def test_a_row_that_can_not_be_saved_stays_in_conflict(house: House, winner: OnConflict) -> None:
    """Its cells stay as they were typed, whoever was to win."""
    add_kpis(house)
    add_scenario(house)
    house.done("pm.optimize_save_scenario")
    there = {"notes": "there", "capacity_total_tokens": None}
    clash(house, "Scenario_Config", {2: {"notes": "here"}}, {2: there})
    options = [] if winner is OnConflict.ASK else [f"on_conflict={winner}"]
    ended = house.done("pm.save_selected", tab="Scenario_Config", options=options)
    assert told(house) == {"Scenario_Config!2": {"notes": ("there", "here")}}
    assert ended.rows[0].notices == (), "nothing gave way"
    house.type_into("Scenario_Config", 2, {"capacity_total_tokens": 50})
    settle(house, {"Plan": {"notes": DATABASE}})
    assert (told(house), house.row("Scenario_Config", "Plan").text("notes")) == ({}, "here")


def test_what_a_registry_refuses_as_a_whole_gives_way_nowhere(house: House) -> None:
    add_kpis(house)
    clash(house, "Metrics_Config", {2: {"notes": "here"}}, {2: {"notes": "there"}, 3: {"kpi_level": "north_star"}})
    ended = house.done("pm.save_selected", tab="Metrics_Config", options=["on_conflict=database"])
    assert told(house) == {"Metrics_Config!2": {"notes": ("there", "here")}}
    assert [notice for row in ended.rows for notice in row.notices] == []


@pytest.mark.parametrize("winner", [SHEET, DATABASE])
def test_an_action_that_saves_other_columns_settles_nothing(house: House, winner: OnConflict) -> None:
    add_initiatives(house, {"title": "Search"})
    house.done("pm.populate_initiatives")
    clash(house, "Scoring_Inputs", {2: {"rice_reach": 5}}, {2: {"rice_reach": 6}})
    house.done("pm.switch_framework", tab="Scoring_Inputs", options=[f"on_conflict={winner}"])
    assert told(house) == {"Scoring_Inputs!2": {"rice_reach": (6, 5)}}


def test_a_conflict_that_stands_makes_no_new_revision(house: House) -> None:
    def revision() -> object:
        with house.workspace.store.transaction() as session:
            return latest_revision(session)

    add_initiatives(house, {"title": "Search", "country": "UK"})
    clash(house, "Backlog", {2: {"country": "FR"}}, {2: {"country": "ES"}})
    before = revision()
    house.done("pm.backlog_sync")
    assert revision() == before


def test_a_key_that_was_typed_in_short_is_found_again(house: House) -> None:
    add_initiatives(house, {"title": "Search", "country": "UK"})
    clash(house, "Backlog", {2: {"country": "FR"}}, {2: {"country": "ES", "initiative_key": "init-1"}})
    settle(house, {FIRST: {"country": SHEET}})
    assert (told(house), stored(house, "country")) == ({}, [("ES",)])


@pytest.mark.parametrize(
    "name", ["7", "7-9", "a, b; c", 'say "x"', '"x"', 'x"', '"a", "b"', "a / b", "été ☃", "ß" * 200]
)
def test_a_row_is_settled_alone_whatever_its_name(house: House, name: str) -> None:
    names = [name, *(f"other {number}" for number in range(8))]
    house.type_new("Roadmaps", *({"roadmap_name": name, "period_key": "2026-Q2"} for name in names))
    house.done("pm.save_selected", tab="Roadmaps")
    clash(house, "Roadmaps", *({number: {"owner": owner} for number in range(2, 11)} for owner in ("Ann", "Bob")))
    first = clashes(house)[0].conflict
    settle(house, {first.key: {"owner": SHEET}})
    assert list(told(house)) == [f"Roadmaps!{number}" for number in range(3, 11)]


def test_who_changed_a_row_of_another_tab_with_its_name_did_not_change_this_one(house: House) -> None:
    house.type_new("Roadmaps", {"roadmap_name": "Plan", "period_key": "2026-Q2"})
    house.done("pm.save_selected", tab="Roadmaps")
    house.type_into("Roadmaps", 2, {"period_key": "2026-Q3"})
    house.done("pm.save_selected", tab="Roadmaps")
    with house.workspace.store.transaction() as session:
        found = last_changes(session, [("Scenario_Config", "Plan"), ("Roadmaps", "Plan")])
    assert {row: list(changes) for row, changes in found.items()} == {("Roadmaps", "Plan"): ["period_key"]}


def test_intake_of_another_folder_is_settled_there(tmp_path: Path) -> None:
    """Its tab has the same name as one of this folder."""
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    here, there = (make_house(tmp_path / name, url, in_memory=True) for name in ("here", "there"))
    for one in (there, here):
        one.type_new("Intake", {"title": "Search", "country": "UK"})
        one.done("pm.backlog_sync")
    for key in (FIRST, SECOND):
        here.type_into("Backlog", here.row("Backlog", key).number, {"country": "FR"})
    here.done("pm.backlog_sync")
    for one in (there, here):
        one.type_into("Intake", 2, {"country": "ES"})
        one.done("pm.backlog_sync")
    for one, mine, other in ((here, SECOND, FIRST), (there, FIRST, SECOND)):
        found = {row.conflict.key: row.conflict for row in clashes(one)}
        assert (found[mine].place is None, found[other].place is None) == (False, True)
    for one, mine in ((here, SECOND), (there, FIRST)):
        settle(one, {mine: {"country": SHEET}, **({FIRST: {"country": SHEET}} if one is here else {})})
    assert (told(here), stored(here, "country")) == ({}, [("ES",), ("ES",)])
    for one in (there, here):
        one.workspace.close()


def test_home_counts_what_is_shown(house: House) -> None:
    def waits() -> list[int]:
        with house.workspace.store.transaction() as session:
            found = waiting(session, house.workspace, {}, [])
        return [one.count for one in found if one.kind is WaitKind.CONFLICTS]

    add_initiatives(house, {"title": "Search", "country": "UK"})
    clash(house, "Backlog", {2: {"country": "FR"}}, {2: {"country": "ES"}})
    assert (len(told(house)), waits()) == (1, [1])
    with house.workspace.store.transaction() as session:
        session.scalars(select(Initiative)).one().country = "ES"
    assert (told(house), waits()) == ({}, [])
