"""Intake tabs as teams have them: any header they like, and clear words where it can't be read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from roadwright.domain.provenance import is_row_version
from roadwright.sheets.backends.xlsx import open_workbook
from roadwright.sheets.values import column_letters
from roadwright.store.models import IssuedKey
from roadwright.workspace.settings import FILE
from roadwright.workspace.workspace import open_workspace
from tests.house import House, make_house
from tests.sync.spreadsheet import make_book, opened

SYSTEM = ["initiative_key", "run_status", "updated_source", "updated_at"]
TEAM = '\n[[intake]]\nworkbook = "teams/Team.xlsx"\ntabs = ["Ideas"]\nheader_row = 3\n'


@pytest.fixture
def teams(database_url: str, tmp_path: Path) -> Iterator[House]:
    """A workspace whose team has a sheet with a heading of its own above the header."""
    made = make_house(tmp_path / "workspace", database_url, more_settings=TEAM)
    yield made
    made.workspace.close()


def team_book(house: House, *rows: list[Any]) -> Path:
    heading: list[list[Any]] = [["Ideas of the checkout team", None, "title"], []]
    return make_book(house.root / "teams/Team.xlsx", {"Ideas": [*heading, *rows], "Other": [["x"]]})


def cells(path: Path, tab: str = "Ideas") -> list[list[Any]]:
    book = openpyxl.load_workbook(path)
    return [list(row) for row in book[tab].iter_rows(values_only=True)]


def test_aliases_any_order_foreign_columns_and_a_header_further_down(teams: House) -> None:
    path = team_book(
        teams,
        ["My remarks", "MARKET", None, "Problem-Statement", " Title ", "KEY"],
        ["ask Ann", "UK", None, "Slow", "Faster search", "k1"],
        [],
        ["", "DE", "no header here", None, "Gift cards", None],
    )
    outcome = teams.done("pm.backlog_sync")
    assert outcome.summary["created"] == 2
    assert [(r.text("title"), r.text("country"), r.text("problem_statement")) for r in teams.rows("Backlog")] == [
        ("Faster search", "UK", "Slow"),
        ("Gift cards", "DE", ""),
    ]
    assert teams.row("Backlog", "INIT-000001").text("intake_source") == "teams/Team.xlsx!Ideas"
    rows = cells(path)
    assert rows[0][:3] == ["Ideas of the checkout team", None, "title"]
    assert rows[2] == [
        *["My remarks", "MARKET", None, "Problem-Statement", " Title ", "KEY"],
        *["initiative_key", "run_status", "updated_source", "updated_at"],
    ]
    assert rows[3][:9] == ["ask Ann", "UK", None, "Slow", "Faster search", "k1", "INIT-000001", "OK", "pm.backlog_sync"]
    assert rows[5][:9] == [None, "DE", "no header here", None, "Gift cards", None, "INIT-000002", "OK", rows[3][8]]
    before = teams.bytes() | {"Team": path.read_bytes()}
    teams.done("pm.backlog_sync")
    assert teams.bytes() | {"Team": path.read_bytes()} == before


def test_remarks_without_a_header_are_not_written_over(teams: House) -> None:
    path = team_book(teams, ["title"], ["Faster search", "ask Ann"], ["Gift cards", None, None, "really?"])
    teams.done("pm.backlog_sync")
    rows = cells(path)
    assert rows[2] == ["title", None, "initiative_key", None, "run_status", "updated_source", "updated_at"]
    assert rows[3][:5] == ["Faster search", "ask Ann", "INIT-000001", None, "OK"]
    assert rows[4][:5] == ["Gift cards", None, "INIT-000002", "really?", "OK"]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (["Titel", "country"], "Ideas: the column title is missing in row 3. It has: Titel, country."),
        (["title", "country", "Market"], "Ideas: two columns stand for country: B (country) and C (Market). Rename or"),
        (["title", "x", "TITLE"], "Ideas: two columns stand for title: A (title) and C (TITLE). Rename or remove one"),
        (
            ["title", "run_status", "Run Status"],
            "Team.xlsx: Ideas: two columns stand for run_status: B (run_status) and C",
        ),
        ([], "Ideas: row 3 should hold the header, but it is empty."),
    ],
)
def test_a_header_that_cannot_be_read_stops_its_tab_only(teams: House, header: list[str], said: str) -> None:
    row = ["Faster search"] if "run_status" in header else ["Faster search", "UK", "DE"]
    path = team_book(teams, header, row)
    before = path.read_bytes()
    teams.type_new("Intake", {"title": "Gift cards"})
    outcome = teams.run("pm.backlog_sync")
    assert (outcome.exit_code, outcome.status) == (1, "failed")
    assert outcome.error is not None
    assert said in outcome.error
    assert path.read_bytes() == before
    assert outcome.summary["created"] == 1
    assert [row.text("title") for row in teams.rows("Backlog")] == ["Gift cards"]
    assert teams.status("Intake", "INIT-000001") == "OK"


OWN_COLUMNS: dict[str, tuple[str, list[Any], str]] = {
    "times": ("Updated at", [dt.datetime(2026, 5, 1), dt.datetime(2026, 5, 2, 10, 30)], "updated_at"),
    "times in words": ("updated_at", ["last week", None], "updated_at"),
    "times to the second": ("Updated-At", ["2026-05-01T10:00:00Z", "2026-05-02T10:00:00Z"], "updated_at"),
    "formulas": ("Updated at", ["=TODAY()", "=TODAY()"], "updated_at"),
    "sources": ("Updated source", ["Jira", "Ann"], "updated_source"),
    "statuses": ("Run status", ["OK", "in progress"], "run_status"),
}


@pytest.mark.parametrize("case", OWN_COLUMNS)
def test_a_persons_column_with_the_name_of_one_of_ours_is_left_alone(teams: House, case: str) -> None:
    header, typed, name = OWN_COLUMNS[case]
    path = team_book(teams, [header, "title"], [typed[0], "Faster search"], [typed[1], "Gift cards"])
    for _ in range(2):
        outcome = teams.done("pm.backlog_sync")
        assert [row[0] for row in cells(path)[2:]] == [header, *typed]
        told = [(row.tab, row.row, row.run_status) for row in outcome.rows if row.level != "OK"]
        place = column_letters(2 + len(SYSTEM[: SYSTEM.index(name) + 1]))
        assert told == [
            (
                "Ideas",
                3,
                f"WARNING: column A ({header}) holds what Roadwright did not write, so it is left alone, and {name} "
                f"stands in column {place}; rename A to end this warning",
            )
        ]
    assert cells(path)[2] == [header, "title", *SYSTEM]
    assert [row.text("run_status") for row in teams.rows("Ideas")] == ["OK", "OK"]
    assert all(is_row_version(row.text("updated_at")) for row in teams.rows("Ideas"))
    before = path.read_bytes()
    teams.done("pm.backlog_sync")
    assert path.read_bytes() == before
    with opened(path, "Ideas") as sheet:
        sheet["A3"] = "My own"
    assert {row.run_status for row in teams.done("pm.backlog_sync").rows} == {"OK"}
    assert [row[0] for row in cells(path)[2:]] == ["My own", *typed]


def test_two_columns_of_a_person_with_one_name_of_ours_are_both_left_alone(teams: House) -> None:
    path = team_book(teams, ["title", "Updated at", "updated_at"], ["Faster search", "May", "June"])
    outcome = teams.done("pm.backlog_sync")
    assert [row.run_status[:18] for row in outcome.rows if row.row == 3] == ["WARNING: column B ", "WARNING: column C "]
    assert cells(path)[3][:3] == ["Faster search", "May", "June"]


def test_columns_of_ours_are_found_when_a_person_types_over_some_of_their_cells(teams: House) -> None:
    path = team_book(teams, ["title"], ["Faster search"], ["Gift cards"])
    teams.done("pm.backlog_sync")
    for row in teams.rows("Ideas"):
        teams.type_into("Ideas", row.number, {"updated_at": "May", "run_status": "mine"})
    header = cells(path)[2]
    outcome = teams.done("pm.backlog_sync")
    assert cells(path)[2] == header
    assert len([row for row in outcome.rows if '"mine" was replaced' in row.run_status]) == 2


def test_empty_columns_with_our_names_are_ours(teams: House) -> None:
    path = team_book(teams, ["Run status", "title", "Updated at"], [None, "Faster search", None])
    teams.done("pm.backlog_sync")
    assert cells(path)[2] == ["Run status", "title", "Updated at", "initiative_key", "updated_source"]
    assert cells(path)[3][0] == "OK"


def test_all_rows_failing_is_failed_whatever_there_is_to_say_of_the_tab(teams: House) -> None:
    path = make_book(teams.root / "Backlog.xlsx", {"Backlog": [["title", "Updated at", "engineering_tokens"]]})
    with opened(path, "Backlog") as sheet:
        sheet.append([None, "May", "many"])
    path.replace(teams.file("Backlog"))
    outcome = teams.run("pm.save_selected", tab="Backlog")
    assert (outcome.status, outcome.exit_code) == ("failed", 1)
    assert [row.level for row in outcome.rows] == ["WARNING", "FAILED"]


def test_merged_cells_over_other_headers_do_no_harm(teams: House) -> None:
    path = team_book(teams, ["title", "Week 1", None, "country"], ["Faster search", 1, 2, "UK"])
    with opened(path, "Ideas") as sheet:
        sheet.merge_cells("B3:C3")
    teams.done("pm.backlog_sync")
    assert teams.row("Ideas", "INIT-000001").text("country") == "UK"
    before = path.read_bytes()
    teams.done("pm.backlog_sync")
    assert path.read_bytes() == before


def test_each_tab_that_fails_has_a_line_of_its_own(teams: House) -> None:
    path = team_book(teams, ["title", "title"], ["Faster search"])
    teams.bring_back("Intake", b"no workbook")
    backlog = teams.file("Backlog")
    backlog.rename(backlog.with_suffix(".away"))
    outcome = teams.run("pm.backlog_sync")
    lines = str(outcome.error).splitlines()
    for line, word in zip(
        lines, ("Intake.xlsx", "two columns", "Central_Backlog.xlsx", "can be read with"), strict=False
    ):
        assert word in line
    assert path.exists()


def test_ideas_of_a_tab_that_cannot_be_read_now_are_not_said_to_be_missing(teams: House) -> None:
    path = team_book(teams, ["title"], ["Faster search"])
    teams.done("pm.backlog_sync")
    content = path.read_bytes()
    for fault, said in (
        (path.unlink, "Team.xlsx"),
        (lambda: path.write_bytes(content[:-300]), "Team.xlsx is only a part of a workbook, or damaged"),
        (lambda: make_book(path, {"Notes": [["title"]]}), "Team.xlsx has no tab Ideas. It has: Notes."),
    ):
        fault()
        outcome = teams.run("pm.backlog_sync")
        assert outcome.exit_code == 1
        assert said in str(outcome.error)
        assert teams.status("Backlog", "INIT-000001") == "OK"
    path.write_bytes(content)
    assert teams.done("pm.backlog_sync").summary["created"] == 0


def _without_title(path: Path) -> None:
    with opened(path, "Backlog") as sheet:
        [title] = [cell for cell in sheet[1] if cell.value == "Title"]
        title.value = "Titel"


BACKLOG_FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda path: path.unlink(), "Central_Backlog.xlsx"),
    "damaged": (lambda path: path.write_bytes(path.read_bytes()[:-300]), "Central_Backlog.xlsx is only a part of"),
    "no title": (_without_title, "Backlog: the column title is missing in row 1"),
}


@pytest.mark.parametrize("fault", BACKLOG_FAULTS)
def test_ideas_are_taken_in_while_the_backlog_cannot_be_read(teams: House, fault: str) -> None:
    spoil, said = BACKLOG_FAULTS[fault]
    path = team_book(teams, ["title", "country"], ["Faster search", "UK"], ["Gift cards", "DE"])
    teams.done("pm.backlog_sync")
    backlog = teams.file("Backlog")
    teams.type_into("Backlog", 2, {"country": "FR", "title": "Search, faster"})
    whole = backlog.read_bytes()
    spoil(backlog)
    spoiled = backlog.read_bytes() if backlog.exists() else None
    teams.type_into("Ideas", 4, {"country": "ES"})
    teams.type_new("Ideas", {"title": "Loans"})
    outcome = teams.run("pm.backlog_sync")
    assert (outcome.exit_code, outcome.status) == (1, "failed")
    [line] = str(outcome.error).splitlines()
    assert said in line
    assert "What intake says is saved in the database" in line
    assert (outcome.summary["created"], outcome.summary["saved"]) == (1, 2)
    assert [row.text("run_status") for row in teams.rows("Ideas")] == ["OK"] * 3
    assert (backlog.read_bytes() if backlog.exists() else None) == spoiled, "the Backlog is left as it is"
    before = path.read_bytes()
    assert teams.run("pm.backlog_sync").summary["created"] == 0
    assert path.read_bytes() == before
    backlog.write_bytes(whole)
    assert teams.done("pm.backlog_sync").summary["created"] == 0
    assert [row.text("title") for row in teams.rows("Backlog")] == ["Search, faster", "Gift cards", "Loans"]
    status = teams.status("Backlog", "INIT-000001")
    assert status.startswith('CONFLICT: country: the sheet has "FR", the database has "ES"'), "neither is lost"


def test_the_first_sync_needs_the_backlog(teams: House) -> None:
    """Before, nothing tells which keys stand there: the database may be a new one under workbooks that are not."""
    path = team_book(teams, ["title"], ["Faster search"])
    backlog = teams.file("Backlog")
    backlog.rename(backlog.with_suffix(".away"))
    before = path.read_bytes()
    outcome = teams.run("pm.backlog_sync")
    assert outcome.exit_code == 1
    [line] = str(outcome.error).splitlines()
    assert "Central_Backlog.xlsx" in line
    assert line.endswith("No intake was read either, because it is not known which keys stand on the Backlog")
    assert path.read_bytes() == before
    backlog.with_suffix(".away").rename(backlog)
    assert teams.done("pm.backlog_sync").summary["created"] == 1


def test_a_backlog_that_another_database_wrote_stops_everything_before_anything_is_done(teams: House) -> None:
    path = team_book(teams, ["title"], ["Faster search"])
    teams.type_new("Backlog", {"title": "Wallet", "updated_at": "2099-01-01T00:00:00.000000Z"})
    before = path.read_bytes()
    outcome = teams.run("pm.backlog_sync")
    assert outcome.exit_code == 1
    [line] = str(outcome.error).splitlines()
    assert line.startswith("Backlog was last written at 2099-01-01 00:00:00 UTC by another database")
    assert path.read_bytes() == before
    with teams.workspace.store.transaction() as session:
        assert session.scalars(select(IssuedKey.number)).all() == []


def test_a_team_that_leaves_the_settings_leaves_its_ideas(teams: House) -> None:
    team_book(teams, ["title"], ["Faster search"])
    teams.done("pm.backlog_sync")
    settings = teams.root / FILE
    settings.write_text(settings.read_text().replace(TEAM, ""))
    alone = House(open_workspace(teams.root))
    alone.done("pm.backlog_sync")
    assert (
        alone.status("Backlog", "INIT-000001") == "WARNING: source_missing: its row is gone from teams/Team.xlsx!Ideas"
    )
    alone.workspace.close()


@pytest.mark.files
def test_a_column_that_was_taken_out_and_put_back_empty_clears_nothing(house: House) -> None:
    house.type_new("Backlog", {"title": "Search", "category": "growth"})
    house.done("pm.backlog_sync")
    place = house.place("Backlog")
    with opened(place.workbook, place.tab) as sheet:
        [number] = [cell.column for cell in sheet[1] if cell.value == "Category"]
        sheet.delete_cols(int(number or 0))
    house.done("pm.save_selected", tab="Backlog")
    before = house.bytes()
    house.done("pm.save_selected", tab="Backlog")
    assert house.bytes() == before
    with opened(place.workbook, place.tab) as sheet:
        sheet.cell(1, sheet.max_column + 1).value = "category"
    house.done("pm.save_selected", tab="Backlog")
    [row] = house.rows("Backlog")
    assert (row.text("run_status"), row.text("category")) == ("OK", "growth")


def test_columns_of_the_backend_come_back_on_a_tab_without_rows(teams: House) -> None:
    path = team_book(teams, ["title"])
    teams.done("pm.backlog_sync")
    assert cells(path)[2] == ["title", "initiative_key", "run_status", "updated_source", "updated_at"]
    with opened(path, "Ideas") as sheet:
        sheet.delete_cols(2, 2)
    teams.done("pm.backlog_sync")
    assert cells(path)[2][:5] == ["title", "updated_source", "updated_at", "initiative_key", "run_status"]


def test_tabs_headers_and_values_in_either_form_of_their_accents(database_url: str, tmp_path: Path) -> None:
    """As a Mac's keyboard or an export gives them; a soft hyphen in a header comes with text from a page."""
    settings = '\n[[intake]]\nworkbook = "teams/Team.xlsx"\ntabs = ["Id\u00e9es"]\n'
    house = make_house(tmp_path / "workspace", database_url, more_settings=settings)
    decomposed = "Ide\u0301es"
    header = ["title", "Depart\u00adment", "country"]
    path = make_book(house.root / "teams/Team.xlsx", {decomposed: [header, ["Cafe\u0301", "Growth", "Peru\u0301"]]})
    house.done("pm.backlog_sync")
    row = house.row("Backlog", "INIT-000001")
    assert [row.text(name) for name in ("title", "department", "country")] == ["Cafe\u0301", "Growth", "Peru\u0301"]

    house.type_into("Backlog", row.number, {"title": "Caf\u00e9 au lait"})
    house.done("pm.backlog_sync")
    with opened(path, decomposed) as sheet:
        sheet["A2"] = "Cafe\u0301 au lait"
    assert house.done("pm.backlog_sync").summary["conflicts"] == 0
    assert house.status("Backlog", "INIT-000001") == "OK"
    house.workspace.close()


def test_of_two_tabs_that_look_alike_the_one_that_is_named_is_read(tmp_path: Path) -> None:
    path = make_book(tmp_path / "Twins.xlsx", {"Ide\u0301es": [["decomposed"]], "Id\u00e9es": [["composed"]]})
    workbook = open_workbook(path)
    assert workbook.read("Id\u00e9es").rows == {1: {1: "composed"}}
    assert workbook.read("Ide\u0301es").rows == {1: {1: "decomposed"}}
    assert workbook.read("ID\u00c9ES").rows == {1: {1: "decomposed"}}
