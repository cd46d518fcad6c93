"""Spreadsheets whose owners protect, shorten, move and rename what is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from roadwright.sheets.backend import SheetError, TabEdit, WorkbookBusy
from roadwright.sheets.backends.google import GoogleWorkbook
from roadwright.sheets.values import CellValue
from tests.google.access import double, ref_of
from tests.google.book import Assumptions
from tests.google.contract import Json
from tests.google.server import FakeSheets, Fault, Person

ROWS = [["key", "title", "status"], ["A", "Search", "old"], ["B", "Wallet", "old"], ["C", "Loans", "old"]]
LOST = ["", "reset_after"]


@pytest.fixture
def google(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSheets]:
    with double(tmp_path, monkeypatch, getattr(request, "param", None)) as server:
        yield server


def _book(google: FakeSheets, *, is_short: bool = False) -> tuple[GoogleWorkbook, Person]:
    """A spreadsheet that was read; a short one has no empty rows."""
    spreadsheet = google.make("Plan", {"Plan": ROWS}, rows=20, columns=8)
    person = google.person(spreadsheet)
    if is_short:
        person.delete_empty_rows("Plan")
    workbook = GoogleWorkbook(ref_of(spreadsheet), None)
    workbook.read("Plan")
    return workbook, person


def _protect(person: Person, **more: Json) -> None:
    """Protect the third row for others than us."""
    with person.at("Plan") as (_, tab):
        area = {"sheetId": tab.props["sheetId"], "startRowIndex": 2, "endRowIndex": 3}
        tab.protected.append({"range": area, "editors": {"users": ["boss@example.com"]}, **more})


def _statuses(person: Person) -> dict[str, str]:
    return {row[0]: row[2] for row in person.rows("Plan")[1:] if row}


EDIT = TabEdit("Plan", 1, {(number, 3): "new" for number in (2, 3, 4)}, keys=(1,), own_columns={3: 10.0})


@pytest.mark.parametrize(
    "google",
    [Assumptions(), Assumptions(tells_who_may_edit=False), Assumptions(tells_what_is_false=False)],
    ids=["told", "editors are told", "nothing is told"],
    indirect=True,
)
def test_a_range_that_only_others_may_edit_is_named_and_the_rest_is_written(google: FakeSheets) -> None:
    _, person = _book(google)
    _protect(person)
    spreadsheet = next(iter(google.books))
    workbook = GoogleWorkbook(ref_of(spreadsheet), None)
    workbook.read("Plan")
    (receipt,) = workbook.write([EDIT]).tabs
    assert {number: message.code for number, message in receipt.refused.items()} == {3: "cell_protected"}
    assert _statuses(person) == {"A": "new", "B": "old", "C": "new"}


@pytest.mark.parametrize(
    "google", [Assumptions(), Assumptions(tells_what_is_false=False)], ids=["told", "nothing is told"], indirect=True
)
def test_a_range_that_is_protected_meanwhile_is_named_and_the_rest_is_written(google: FakeSheets) -> None:
    workbook, person = _book(google)
    google.faults = [Fault("before", "values.batchUpdate", do=lambda: _protect(person))]
    (receipt,) = workbook.write([EDIT]).tabs
    assert {number: message.code for number, message in receipt.refused.items()} == {3: "cell_protected"}
    assert _statuses(person) == {"A": "new", "B": "old", "C": "new"}


def test_rows_that_are_deleted_meanwhile_leave_a_grid_that_is_too_short(google: FakeSheets) -> None:
    workbook, person = _book(google, is_short=True)
    google.faults = [Fault("before", "values.batchUpdate", do=lambda: person.delete_row("Plan", 1))]
    edit = TabEdit("Plan", 1, {(4, 3): "new"}, [{1: "D", 2: "Cards"}], 4, keys=(1,), own_columns={1: 10.0, 3: 10.0})
    workbook.write([edit])
    assert [row[:3] for row in person.rows("Plan")[1:]] == [
        ["B", "Wallet", "old"],
        ["C", "Loans", "new"],
        ["D", "Cards"],
    ]


def test_new_rows_find_a_grid_that_was_shortened(google: FakeSheets) -> None:
    workbook, person = _book(google, is_short=True)
    google.faults = [Fault("before", "append", do=lambda: person.delete_row("Plan", 2))]
    workbook.write([TabEdit("Plan", 1, {}, [{1: "D", 2: "Cards"}], 4, keys=(1,), own_columns={1: 10.0})])
    assert [row[0] for row in person.rows("Plan")[1:]] == ["A", "C", "D"]


@pytest.mark.parametrize("lost", LOST, ids=["replies arrive", "replies are lost"])
def test_new_rows_that_a_table_beside_draws_to_its_columns_are_put_right(google: FakeSheets, lost: str) -> None:
    spreadsheet = google.make("Plan", {"Plan": [ROWS[0]]}, rows=20, columns=8)
    person = google.person(spreadsheet)

    def tick() -> None:
        """Rows were inserted below the header; those that are below the data now have ticks only."""
        for row in range(2, 6):
            person.type("Plan", f"D{row}", False)
        with person.at("Plan") as (_, tab):
            tab.rows[0] = {}
        person.type("Plan", "A10", "")

    workbook = GoogleWorkbook(ref_of(spreadsheet), None)
    workbook.read("Plan")
    with person.at("Plan") as (_, tab):
        header = dict(tab.rows[0])
    google.faults = [Fault("before", "append", do=tick)]
    if lost:
        google.faults.append(Fault(lost, "append"))

    def restore() -> None:
        with person.at("Plan") as (_, tab):
            tab.rows[0] = header

    google.faults.append(Fault("before", "get", do=restore))
    google.faults.append(Fault("before", "values.batchUpdate", do=restore))
    new: list[dict[int, CellValue | None]] = [{1: "D", 2: "Cards", 3: "new"}, {1: "E", 2: "Rent", 3: "new"}]
    workbook.write([TabEdit("Plan", 1, {}, new, 1, keys=(1,), own_columns={1: 10.0, 3: 10.0})])
    full = [row for row in person.rows("Plan")[1:] if row and row[0]]
    assert [row[:3] for row in full] == [["D", "Cards", "new"], ["E", "Rent", "new"]]
    assert not [row for row in person.rows("Plan")[1:] if any(row[3:])]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("lost", LOST, ids=["replies arrive", "replies are lost"])
def test_new_rows_follow_a_column_that_is_inserted_while_they_are(google: FakeSheets, when: str, lost: str) -> None:
    workbook, person = _book(google)
    google.faults = [Fault(when, "append", do=lambda: person.insert_column("Plan", 1))]
    if lost:
        google.faults.append(Fault(lost, "append"))
    new: list[dict[int, CellValue | None]] = [{1: "D", 2: "Cards", 3: "new"}]
    workbook.write([TabEdit("Plan", 1, {}, new, 4, keys=(1,), own_columns={1: 10.0, 3: 10.0})])
    assert person.rows("Plan")[1:] == [
        ["A", "", "Search", "old"], ["B", "", "Wallet", "old"], ["C", "", "Loans", "old"], ["D", "", "Cards", "new"]
    ]  # fmt: skip


@pytest.mark.parametrize("lost", LOST, ids=["replies arrive", "replies are lost"])
@pytest.mark.parametrize("call", ["values.batchUpdate", "append", "spreadsheets.batchUpdate"])
def test_formats_follow_a_column_that_is_inserted_meanwhile(google: FakeSheets, call: str, lost: str) -> None:
    workbook, person = _book(google)
    google.faults = [Fault("before", call, do=lambda: person.insert_column("Plan", 1))]
    if lost:
        google.faults.append(Fault(lost, call))
    new: list[dict[int, CellValue | None]] = [{1: "D", 2: "Cards", 3: date(2026, 5, 31)}]
    workbook.write([TabEdit("Plan", 1, {(2, 3): date(2026, 6, 30)}, new, 4, keys=(1,), own_columns={1: 10.0})])
    rows = GoogleWorkbook(ref_of(next(iter(google.books))), None).read("Plan").rows
    assert {row[1]: str(row[4])[:10] for row in rows.values()} == {
        "key": "status", "A": "2026-06-30", "B": "old", "C": "old", "D": "2026-05-31"
    }  # fmt: skip


def test_a_date_on_a_row_that_was_inserted_meanwhile_is_seen_as_one(google: FakeSheets) -> None:
    ticks = [["", "", "", False] for _ in range(5)]
    spreadsheet = google.make("Plan", {"Plan": [*ROWS, *ticks]}, rows=12, columns=8)
    person = google.person(spreadsheet)
    for row in range(2, 10):
        person.type("Plan", f"C{row}", date(2026, 5, 1))  # which leaves the column's format
        person.type("Plan", f"C{row}", "")
    workbook = GoogleWorkbook(ref_of(spreadsheet), None)
    workbook.read("Plan")

    def insert() -> None:
        person.insert_row("Plan", 1)
        person.insert_row("Plan", 5)

    google.faults = [Fault("before", "values.batchUpdate", do=insert)]
    new: list[dict[int, CellValue | None]] = [
        {1: "D", 2: "Cards", 3: date(2026, 5, 31)},
        {1: "E", 2: "Rent", 3: date(2026, 6, 30)},
    ]
    workbook.write([TabEdit("Plan", 1, {}, new, 4, keys=(1,), own_columns={1: 10.0})])
    found = {row[1]: row.get(3) for row in GoogleWorkbook(ref_of(spreadsheet), None).read("Plan").rows.values()}
    assert {str(found["D"])[:10], str(found["E"])[:10]} == {"2026-05-31", "2026-06-30"}
    assert not {"A", "B", "C"} - found.keys()


def test_a_spreadsheet_that_is_shared_for_reading_only_says_so_where_it_is_written(google: FakeSheets) -> None:
    workbook, _ = _book(google)
    words = "The caller does not have permission"
    google.faults = [Fault("status", "values.batchUpdate", code=403, words=words)]
    with pytest.raises(SheetError) as caught:
        workbook.write([EDIT])
    assert caught.value.message.code == "google_not_editable"


def test_a_tab_that_is_renamed_meanwhile(google: FakeSheets) -> None:
    workbook, person = _book(google)

    def rename() -> None:
        with person.at("Plan") as (_, tab):
            tab.props["title"] = "Ideas"

    google.faults = [Fault("before", "values.batchUpdate", do=rename)]
    with pytest.raises(WorkbookBusy) as caught:
        workbook.write([EDIT])
    assert caught.value.message.code == "google_tab_gone"
