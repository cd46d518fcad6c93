"""pm.backlog_sync: unconditional, idempotent, and nothing that someone submitted is lost."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from roadwright.domain.text import normalised
from roadwright.store.models import Initiative
from tests.house import House
from tests.sync.spreadsheet import opened, rearrange

PROVENANCE = ("updated_source", "updated_at")


def provenance(house: House, tab: str, key: str) -> list[str]:
    return [house.row(tab, key).text(name) for name in PROVENANCE]


def stored(house: House, key: str) -> Initiative:
    with house.workspace.store.transaction() as session:
        return session.scalars(select(Initiative).where(Initiative.initiative_key == key)).one()


def test_ideas_get_keys_and_stand_on_the_backlog(house: House) -> None:
    house.type_new("Intake", {"title": "Faster search", "country": "UK"}, {"title": "Gift cards"})
    outcome = house.done("pm.backlog_sync")
    assert outcome.summary["created"] == 2
    assert [r.text("initiative_key") for r in house.rows("Intake")] == ["INIT-000001", "INIT-000002"]
    assert [(r.text("initiative_key"), r.text("title"), r.text("country")) for r in house.rows("Backlog")] == [
        ("INIT-000001", "Faster search", "UK"),
        ("INIT-000002", "Gift cards", ""),
    ]
    before = house.bytes()
    house.done("pm.backlog_sync")
    assert house.bytes() == before


def test_an_empty_workspace_stays_as_it_is(house: House) -> None:
    before = house.bytes()
    assert house.done("pm.backlog_sync").summary["selected"] == 0
    assert house.bytes() == before


def test_all_that_was_submitted_is_kept(house: House) -> None:
    idea: dict[str, Any] = {
        "title": "Faster search",
        "brief_description": "Find the product at the first try",
        "department": "Growth",
        "requesting_team": "Search",
        "requester_name": "Ann",
        "requester_email": "ann@example.org",
        "country": "UK",
        "product_area": "Discovery",
        "problem_statement": "People leave after a search without a hit.\nEvery day.",
        "deadline_date": dt.date(2026, 5, 31),
    }
    house.type_new("Intake", idea)
    house.done("pm.backlog_sync")
    row = house.row("Backlog", "INIT-000001")
    assert {name: row.values[name] for name in idea} == idea
    assert row.text("intake_source") == "Intake.xlsx!Intake"
    assert row.text("lifecycle_status") == "new"
    initiative = stored(house, "INIT-000001")
    assert {name: getattr(initiative, name) for name in idea} == idea
    came_from = (initiative.intake_workbook, initiative.intake_tab, initiative.intake_row)
    assert came_from == ("Intake.xlsx", "Intake", 2)
    assert initiative.submitted_at.startswith("20")
    assert (initiative.updated_source, initiative.strategic_priority_coefficient) == ("pm.backlog_sync", 1.0)


def test_odd_cells_are_warnings_and_the_ideas_enter_all_the_same(house: House) -> None:
    house.type_new(
        "Intake",
        {"department": "Growth"},
        {"title": "Wallet", "deadline_date": "next spring", "lifecycle_status": "done", "country": "UK"},
        {"title": "Gift cards", "brief_description": "x" * 501},
    )
    outcome = house.done("pm.backlog_sync")
    assert (outcome.summary["created"], outcome.summary["warned"]) == (3, 3)
    statuses = [row.text("run_status") for row in house.rows("Intake")]
    assert statuses == [
        "WARNING: title: is empty, but needed; the idea is on the backlog as (untitled)",
        'WARNING: deadline_date: "next spring" is not a date; expected a date, as the spreadsheet\'s own date or as '
        "2026-05-31, 31 May 2026 or Q2 2026; the idea is on the backlog without it; "
        'lifecycle_status: "done" is not known; accepted: new, withdrawn; the backlog has "new"',
        "WARNING: brief_description: has 501 characters: all of it stands in problem_statement, and its first 497 here",
    ]
    assert [row.text("title") for row in house.rows("Backlog")] == ["(untitled)", "Wallet", "Gift cards"]
    before = house.bytes()
    house.done("pm.backlog_sync")
    assert house.bytes() == before


def test_an_odd_cell_enters_once_it_is_mended(house: House) -> None:
    house.type_new("Intake", {"department": "Growth"}, {"title": "Wallet", "deadline_date": "next spring"})
    house.done("pm.backlog_sync")
    house.type_into("Intake", 2, {"title": "Named at last"})
    house.type_into("Intake", 3, {"deadline_date": "2026-05-31"})
    house.done("pm.backlog_sync")
    assert [row.text("run_status") for row in house.rows("Intake")] == ["OK", "OK"]
    assert house.row("Backlog", "INIT-000001").text("title") == "Named at last"
    assert house.row("Backlog", "INIT-000002").values["deadline_date"] == dt.date(2026, 5, 31)


def test_a_cell_that_becomes_unreadable_keeps_what_was_known(house: House) -> None:
    house.type_new("Intake", {"title": "Wallet", "deadline_date": dt.date(2026, 5, 31), "country": "UK"})
    house.done("pm.backlog_sync")
    house.type_into("Intake", 2, {"deadline_date": "soon", "title": None, "country": "DE"})
    house.done("pm.backlog_sync")
    status = house.status("Intake", "INIT-000001")
    assert status.startswith('WARNING: title: is empty, but needed; the backlog has "Wallet"; deadline_date: "soon" is')
    assert status.endswith('the backlog has "2026-05-31"')
    row = house.row("Backlog", "INIT-000001")
    assert (row.text("title"), row.text("deadline_date"), row.text("country")) == ("Wallet", "2026-05-31", "DE")


def test_blank_rows_and_rows_of_blanks_are_no_ideas(house: House) -> None:
    house.type_new("Intake", {"title": "Wallet"})
    rearrange(house.place("Intake").workbook, "Intake", lambda rows: [[], [None, "  "], [None, "\u200b"], rows[0], []])
    assert house.done("pm.backlog_sync").summary["created"] == 1
    assert [row.number for row in house.rows("Intake")] == [5]


def test_provenance_changes_only_with_a_value(house: House) -> None:
    house.type_new("Intake", {"title": "Wallet"}, {"title": "Gift cards"})
    house.done("pm.backlog_sync")
    keys = ("INIT-000001", "INIT-000002")
    before = {(tab, key): provenance(house, tab, key) for tab in ("Intake", "Backlog") for key in keys}
    assert len({moment for _, moment in before.values()}) == 4
    house.type_into("Backlog", 2, {"country": "UK"})
    house.type_into("Intake", 2, {"run_status": "typed over"})
    house.done("pm.save_selected", tab="Backlog")
    house.done("pm.backlog_sync")
    told = 'WARNING: run_status is written by Roadwright; "typed over" was replaced'
    assert house.status("Intake", "INIT-000001") == told
    house.done("pm.backlog_sync")
    after = {(tab, key): provenance(house, tab, key) for tab, key in before}
    changed = {place for place in before if before[place] != after[place]}
    assert changed == {("Backlog", "INIT-000001")}
    assert after["Backlog", "INIT-000001"][0] == "pm.save_selected"
    assert house.status("Intake", "INIT-000001") == "OK"
    assert stored(house, "INIT-000001").updated_source == "pm.save_selected"
    assert stored(house, "INIT-000002").updated_at == before["Intake", "INIT-000002"][1]


@pytest.mark.files
def test_a_column_that_someone_adds_is_no_change_of_value(house: House) -> None:
    house.type_new("Intake", {"title": "Wallet"})
    path = house.place("Intake").workbook
    with opened(path, "Intake") as sheet:
        [header] = (cell for cell in sheet[1] if cell.value == "Country")
        place, header.value = header.coordinate, "My country"
    house.done("pm.backlog_sync")
    before = provenance(house, "Intake", "INIT-000001")
    with opened(path, "Intake") as sheet:
        sheet[place] = "country"
    house.done("pm.backlog_sync")
    assert provenance(house, "Intake", "INIT-000001") == before


def test_a_row_that_is_gone_is_said_to_be_missing_until_it_returns(house: House) -> None:
    house.type_new("Intake", {"title": "Wallet"}, {"title": "Gift cards"})
    house.done("pm.backlog_sync")
    path = house.place("Intake").workbook
    whole = house.copied("Intake")
    rearrange(path, "Intake", lambda rows: [rows[1]])
    outcome = house.done("pm.backlog_sync")
    assert outcome.summary["warned"] == 1
    assert house.status("Backlog", "INIT-000001") == "WARNING: source_missing: its row is gone from Intake.xlsx!Intake"
    before = house.bytes()
    house.done("pm.backlog_sync")
    assert house.bytes() == before
    house.type_into("Backlog", 2, {"country": "UK"})
    house.done("pm.backlog_sync")
    assert stored(house, "INIT-000001").country == "UK"
    house.bring_back("Intake", whole)
    rearrange(path, "Intake", lambda rows: [rows[1], [], rows[0]])
    house.done("pm.backlog_sync")
    assert house.status("Backlog", "INIT-000001") == house.status("Intake", "INIT-000001") == "OK"


def test_an_idea_can_be_withdrawn_and_brought_back_in_intake(house: House) -> None:
    house.type_new("Intake", {"title": "Wallet"})
    house.done("pm.backlog_sync")
    for typed, shown in (("Withdrawn", "withdrawn"), (None, "new")):
        house.type_into("Intake", 2, {"lifecycle_status": typed})
        house.done("pm.backlog_sync")
        assert house.row("Backlog", "INIT-000001").text("lifecycle_status") == shown
        assert house.status("Backlog", "INIT-000001") == "OK"


def test_everything_is_synced_always(house: House) -> None:
    outcome = house.run("pm.backlog_sync", select="INIT-000001")
    assert outcome.exit_code == 2
    assert str(outcome.error).startswith("pm.backlog_sync always works on everything; ")


@pytest.mark.files
@pytest.mark.parametrize("cells", [{"title": "=1+1"}, {"country": "=B2"}])
def test_a_formula_without_a_value_says_how_to_mend_it(house: House, cells: dict[str, str]) -> None:
    house.type_new("Intake", {"title": "Wallet"})
    with opened(house.place("Intake").workbook, "Intake") as sheet:
        columns = {normalised(str(cell.value)): cell.coordinate for cell in sheet[1]}
        for name, formula in cells.items():
            sheet[columns[normalised(name)].replace("1", "2")] = formula
    house.done("pm.backlog_sync")
    [name] = cells
    assert (
        house.rows("Intake")[0]
        .text("run_status")
        .startswith(
            f"WARNING: {name}: the formula {cells[name]} has no calculated value; open the workbook in a spreadsheet "
            "program, let it calculate, save it, and run again; the idea is on the backlog "
        )
    )


def test_rows_that_are_new_on_the_backlog_stand_in_the_answer(house: House) -> None:
    house.type_new("Intake", {"title": "Faster search"})
    outcome = house.done("pm.backlog_sync")
    assert [(row.tab, row.row, row.key, row.run_status) for row in outcome.rows] == [
        ("Intake", 2, "INIT-000001", "OK"),
        ("Backlog", 2, "INIT-000001", "OK"),
    ]
