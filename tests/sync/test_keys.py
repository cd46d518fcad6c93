"""Whose a key is: rows that move, are copied, lose their key or bring one that nobody gave."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from roadwright.services.rows.identity import identity_of
from roadwright.sheets.values import CellError
from roadwright.store.models import Initiative
from tests.house import House
from tests.sync.spreadsheet import opened, rearrange

FIRST, SECOND, THIRD = "INIT-000001", "INIT-000002", "INIT-000003"


def initiatives(house: House) -> dict[str, str]:
    """All initiatives in the database: {key: title}."""
    with house.workspace.store.transaction() as session:
        found = session.scalars(select(Initiative).order_by(Initiative.id))
        return {row.initiative_key: row.title for row in found}


def on_intake(house: House, tab: str = "Intake") -> list[tuple[str, str]]:
    return [(row.text("initiative_key"), row.text("title")) for row in house.rows(tab)]


def three_ideas(house: House) -> None:
    house.type_new("Intake", *({"title": title, "country": "UK"} for title in ("Search", "Gift cards", "Wallet")))
    house.done("pm.backlog_sync")
    assert list(initiatives(house).items()) == [(FIRST, "Search"), (SECOND, "Gift cards"), (THIRD, "Wallet")]


def copy_row(house: House, source: int, target: int, *, width: int = 15, tab: str = "Intake") -> None:
    """Copy a whole row onto another one, the backend's columns included, as a person does."""
    place = house.place(tab)
    with opened(place.workbook, place.tab) as sheet:
        for column in range(1, width + 1):
            sheet.cell(target, column).value = sheet.cell(source, column).value


@pytest.mark.files
def test_rows_keep_their_keys_when_sorted_moved_and_spaced_out(house: House) -> None:
    three_ideas(house)
    path = house.place("Intake").workbook
    rearrange(path, "Intake", lambda rows: [[], rows[2], [], [], rows[0], rows[1]])
    with opened(path, "Intake") as sheet:
        sheet.row_dimensions[3].hidden = True
    house.type_into("Intake", 7, {"country": "DE"})
    outcome = house.done("pm.backlog_sync")
    assert (outcome.summary["created"], outcome.summary["saved"], outcome.summary["ok"]) == (0, 1, 6)
    assert on_intake(house) == [(THIRD, "Wallet"), (FIRST, "Search"), (SECOND, "Gift cards")]
    assert house.row("Backlog", SECOND).text("country") == "DE"
    before = house.bytes()
    house.done("pm.backlog_sync")
    assert house.bytes() == before


@pytest.mark.files
def test_a_copied_row_fails_until_its_key_is_cleared(house: House) -> None:
    three_ideas(house)
    copy_row(house, 2, 9)
    house.type_into("Intake", 9, {"title": "Search in pictures"})
    outcome = house.done("pm.backlog_sync")
    assert (outcome.summary["created"], outcome.summary["failed"]) == (0, 1)
    [status] = [row.text("run_status") for row in house.rows("Intake") if row.number == 9]
    assert status == (
        "FAILED: initiative_key: INIT-000001 stands already in Intake.xlsx!Intake row 2; "
        "clear the key to submit it as a new idea"
    )
    assert initiatives(house)[FIRST] == "Search"
    house.type_into("Intake", 9, {"initiative_key": None})
    assert house.done("pm.backlog_sync").summary["created"] == 1
    assert initiatives(house)["INIT-000004"] == "Search in pictures"
    assert house.row("Intake", "INIT-000004").text("country") == "UK"


@pytest.mark.files
@pytest.mark.parametrize(
    ("edited", "owner"),
    [
        ({2: {"title": "Faster search"}, 5: {"title": "Other", "country": "DE"}}, 2),
        ({2: {"title": "Other", "country": "DE"}, 5: {"title": "Faster search"}}, 5),
        ({}, 2),
    ],
)
def test_the_row_nearest_to_what_was_synced_keeps_the_key(
    house: House, edited: dict[int, dict[str, str]], owner: int
) -> None:
    three_ideas(house)
    copy_row(house, 2, 5)
    for row, cells in edited.items():
        house.type_into("Intake", row, cells)
    house.done("pm.backlog_sync")
    statuses = {row.number: row.text("run_status") for row in house.rows("Intake")}
    assert statuses.pop(owner) == "OK"
    assert {row for row, status in statuses.items() if status.startswith("FAILED")} == {7 - owner}
    assert len(initiatives(house)) == 3


def test_the_original_keeps_its_key_when_the_copy_stands_above_it(house: House) -> None:
    three_ideas(house)
    rearrange(house.place("Intake").workbook, "Intake", lambda rows: [rows[2][:1] + rows[0][1:], *rows])
    house.done("pm.backlog_sync")
    assert [row.text("run_status")[:6] for row in house.rows("Intake")] == ["FAILED", "OK", "OK", "OK"]
    assert initiatives(house)[THIRD] == "Wallet"


def test_a_key_copied_onto_another_row_leaves_both_ideas_alone(house: House) -> None:
    three_ideas(house)
    house.type_into("Intake", 3, {"initiative_key": FIRST})
    house.done("pm.backlog_sync")
    [status] = [row.text("run_status") for row in house.rows("Intake") if row.number == 3]
    assert status.startswith("FAILED: initiative_key: INIT-000001 stands already in Intake.xlsx!Intake row 2;")
    assert initiatives(house) == {FIRST: "Search", SECOND: "Gift cards", THIRD: "Wallet"}
    assert house.status("Backlog", SECOND) == "WARNING: source_missing: its row is gone from Intake.xlsx!Intake"
    house.type_into("Intake", 3, {"initiative_key": SECOND})
    house.done("pm.backlog_sync")
    assert house.status("Intake", SECOND) == house.status("Backlog", SECOND) == "OK"


def test_keys_that_two_rows_swapped_are_seen_as_what_they_are(house: House) -> None:
    """The rows' marks tell that neither row is what its key says, so nothing is taken over unseen."""
    three_ideas(house)
    house.type_into("Intake", 2, {"initiative_key": SECOND})
    house.type_into("Intake", 3, {"initiative_key": FIRST})
    house.done("pm.backlog_sync")
    assert initiatives(house) == {FIRST: "Search", SECOND: "Gift cards", THIRD: "Wallet"}
    for key in (FIRST, SECOND):
        assert house.status("Intake", key).startswith("CONFLICT: title: ")


@pytest.mark.parametrize("key", ["INIT-000077", "INIT-1x", "7", "my idea"])
def test_a_key_that_nobody_gave_fails(house: House, key: str) -> None:
    house.type_new("Intake", {"title": "Search", "initiative_key": key}, {"title": "Wallet"})
    outcome = house.done("pm.backlog_sync")
    assert (outcome.summary["created"], outcome.summary["failed"]) == (1, 1)
    assert house.rows("Intake")[0].text("run_status") == (
        f'FAILED: initiative_key: "{key}" was not given by Roadwright; clear the key to submit it as a new idea'
    )
    house.type_into("Intake", 2, {"initiative_key": None})
    assert house.done("pm.backlog_sync").summary["created"] == 1
    assert sorted(initiatives(house).values()) == ["Search", "Wallet"]


def test_a_key_is_read_in_any_writing(house: House) -> None:
    three_ideas(house)
    house.type_into("Intake", 2, {"initiative_key": " init-1 ", "title": "Faster search"})
    house.done("pm.backlog_sync")
    assert on_intake(house)[0] == (FIRST, "Faster search")
    assert initiatives(house)[FIRST] == "Faster search"


def test_an_initiative_of_the_backlog_is_not_taken_over_from_intake(house: House) -> None:
    house.type_new("Backlog", {"title": "Typed on the Backlog"})
    house.done("pm.backlog_sync")
    house.type_new("Intake", {"title": "Mine", "initiative_key": FIRST})
    house.done("pm.backlog_sync")
    assert house.status("Intake", FIRST).startswith(
        "FAILED: initiative_key: INIT-000001 belongs to an initiative that was typed on the Backlog; clear the key"
    )
    assert initiatives(house) == {FIRST: "Typed on the Backlog"}


def test_keys_across_tabs(teams: House) -> None:
    """A row may move to another tab with its key; a copy there fails, wherever it stands in the settings' order."""
    teams.type_new("Ideas", {"title": "Search"}, {"title": "Wallet"})
    teams.done("pm.backlog_sync")
    teams.type_new("Intake", {"title": "Search", "initiative_key": FIRST})
    teams.done("pm.backlog_sync")
    assert teams.status("Intake", FIRST).startswith(
        "FAILED: initiative_key: INIT-000001 stands already in teams/Team.xlsx!I"
    )
    teams.clear_row("Ideas", 2)
    teams.done("pm.backlog_sync")
    assert teams.status("Intake", FIRST) == "OK"
    assert teams.row("Backlog", FIRST).text("intake_source") == "Intake.xlsx!Intake"
    assert teams.status("Backlog", FIRST) == "OK"
    assert len(initiatives(teams)) == 2


@pytest.mark.files
def test_a_key_whose_own_tab_cannot_be_read_is_not_taken_over(teams: House) -> None:
    teams.type_new("Ideas", {"title": "Search"})
    teams.done("pm.backlog_sync")
    teams.type_new("Intake", {"title": "Mine", "initiative_key": FIRST})
    team = teams.file("Ideas")
    team.rename(team.with_suffix(".away"))
    assert teams.run("pm.backlog_sync").exit_code == 1
    assert "belongs to a row of teams/Team.xlsx!Ideas, which can't be read now" in teams.status("Intake", FIRST)
    assert initiatives(teams) == {FIRST: "Search"}
    team.with_suffix(".away").rename(team)
    teams.done("pm.backlog_sync")
    assert initiatives(teams) == {FIRST: "Search"}


@pytest.mark.files
def test_a_key_cell_that_cannot_be_used_fails_its_row_only(house: House) -> None:
    house.type_new("Intake", *({"title": title} for title in "ABCDE"))
    with opened(house.place("Intake").workbook, "Intake") as sheet:
        sheet["A2"] = "=1+1"
        sheet["A3"].value = "#REF!"
        sheet.merge_cells("A4:A5")
    outcome = house.done("pm.backlog_sync")
    assert (outcome.summary["created"], outcome.summary["failed"]) == (2, 3)
    statuses = [row.text("run_status") for row in house.rows("Intake")]
    assert statuses[0].startswith("FAILED: initiative_key: the formula =1+1 has no calculated value;")
    assert statuses[1].startswith("FAILED: initiative_key: the cell shows the error #REF!;")
    assert statuses[2] == statuses[4] == "OK"
    assert statuses[3] == "FAILED: initiative_key: the row can get no key: A5 is merged into A4; unmerge A4:A5"
    assert isinstance(house.rows("Intake")[1].raw["initiative_key"], CellError)


@pytest.mark.parametrize("which", [("Intake",), ("Backlog",), ("Intake", "Backlog")])
def test_a_workbook_from_before_its_keys_were_written_gives_no_second_initiative(
    house: House, which: tuple[str, ...]
) -> None:
    house.type_new("Intake", {"title": "Search"}, {"title": "Search"}, {"title": "Gift cards", "country": "UK"})
    house.type_new("Backlog", {"title": "Typed on the Backlog", "category": "Platform"})
    older = {tab: house.copied(tab) for tab in which}
    house.done("pm.backlog_sync")
    house.type_into("Backlog", 2, {"title": "Typed by hand"})
    house.type_into("Intake", 4, {"country": "DE"})
    house.done("pm.backlog_sync")
    known = initiatives(house)
    for tab, content in older.items():
        house.bring_back(tab, content)
    house.type_new("Intake", {"title": "New since then"})
    assert house.done("pm.backlog_sync").summary["created"] == 1
    assert initiatives(house) == {**known, "INIT-000005": "New since then"}
    assert [key for key, _ in on_intake(house)] == [FIRST, SECOND, THIRD, "INIT-000005"]
    assert house.row("Backlog", THIRD).text("country") == "DE"
    assert {row.text("run_status") for tab in ("Intake", "Backlog") for row in house.rows(tab)} == {"OK"}


def test_a_cleared_key_makes_a_new_idea(house: House) -> None:
    three_ideas(house)
    house.type_into("Intake", 2, {"initiative_key": None})
    house.done("pm.backlog_sync")
    assert initiatives(house)["INIT-000004"] == "Search"
    assert house.status("Backlog", FIRST).startswith("WARNING: source_missing")


@pytest.mark.files
@pytest.mark.parametrize(
    ("which", "system_columns"), [(["Intake"], 1), (["Backlog"], 4), (["Intake", "Backlog"], 1), (["Intake"], 4)]
)
def test_a_deleted_column_of_keys_comes_back_with_its_keys(house: House, which: list[str], system_columns: int) -> None:
    """One system column is gone, or all four of them."""
    three_ideas(house)
    house.type_new("Backlog", {"title": "Loans"})
    house.done("pm.backlog_sync")
    known = initiatives(house)
    for tab in which:
        with opened(house.place(tab).workbook, tab) as sheet:
            if system_columns == 4:
                sheet.delete_cols(sheet.max_column - 2, 3)
            sheet.delete_cols(1)
    if system_columns == 1:
        house.type_into("Intake", 2, {"country": "FR"})
        house.type_into("Backlog", 3, {"category": "Gifts", "engineering_tokens": "many"})
    outcome = house.done("pm.backlog_sync")
    assert outcome.summary["created"] == 0
    assert initiatives(house) == known
    if system_columns == 1:
        assert house.row("Backlog", FIRST).text("country") == "FR"
        assert house.status("Backlog", SECOND).startswith('FAILED: engineering_tokens: "many" is not a number')
    assert [key for key, _ in on_intake(house)] == [FIRST, SECOND, THIRD]
    assert [key for key, _ in on_intake(house, "Backlog")] == list(known)


def test_a_column_of_keys_that_was_emptied_is_filled_again(house: House) -> None:
    three_ideas(house)
    for row in (2, 3, 4):
        house.type_into("Intake", row, {"initiative_key": None})
    house.type_new("Intake", {"title": "Loans"})
    assert house.done("pm.backlog_sync").summary["created"] == 1
    assert [key for key, _ in on_intake(house)] == [FIRST, SECOND, THIRD, "INIT-000004"]


def test_a_database_older_than_its_sheets_gives_no_key_twice(house: House) -> None:
    house.type_new("Intake", {"title": "Search", "initiative_key": FIRST}, {"title": "Wallet"})
    house.done("pm.backlog_sync")
    assert initiatives(house) == {FIRST: "Search", SECOND: "Wallet"}


def test_keys_are_never_given_twice(house: House) -> None:
    three_ideas(house)
    with house.workspace.store.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Initiative)) == 3
    rearrange(house.place("Intake").workbook, "Intake", lambda _: [])
    house.type_new("Intake", {"title": "Search"})
    house.done("pm.backlog_sync")
    assert "INIT-000004" in initiatives(house)


@pytest.mark.files
def test_system_columns_that_someone_deleted_come_back(house: House) -> None:
    three_ideas(house)
    house.type_into("Backlog", 2, {"title": "Search, as the PM says"})
    house.done("pm.backlog_sync")
    with opened(house.place("Intake").workbook, "Intake") as sheet:
        for name in ("Updated at", "Updated source", "Run status"):
            [number] = [cell.column for cell in sheet[1] if cell.value == name]
            sheet.delete_cols(int(number or 0))
    house.done("pm.backlog_sync")
    assert initiatives(house)[FIRST] == "Search, as the PM says"
    assert [row.text("run_status") for row in house.rows("Intake")] == ["OK", "OK", "OK"]


@pytest.mark.parametrize("typed", [" init-1 ", "INIT-000001\u00a0", "\u200bInit-01\ufeff", "\u200eINIT-1"])
def test_a_key_is_a_rows_in_every_spelling(typed: str) -> None:
    assert identity_of(["initiative_key", "model_name"], {"initiative_key": typed, "model_name": "Caf\u00e9  1"}) == (
        "init-000001",
        "caf\u00e9 1",
    )
    assert identity_of(["model_name"], {"model_name": "CAFE\u0301\u00a01"}) == ("caf\u00e9 1",)
