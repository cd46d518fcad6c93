"""What becomes of a sync where a backend can't write, or not all, whichever backend it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from roadwright.sheets.backend import Area, TabEdit
from roadwright.sheets.backends import memory
from roadwright.sheets.backends.memory import MemoryBook, book_at
from roadwright.sheets.values import cell_name
from tests.house import House, make_house


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A workspace whose workbooks are in memory, where a test can change them at any moment."""
    folder = tmp_path_factory.mktemp("backends")
    made = make_house(folder / "workspace", f"sqlite:///{folder / 'test.db'}", in_memory=True)
    yield made
    made.workspace.close()


def book(house: House, tab: str) -> MemoryBook:
    return book_at(house.place(tab).workbook.address)


def protect_at_the_next_write(monkeypatch: pytest.MonkeyPatch, house: House, tab: str, area: Area) -> None:
    """Somebody protects cells after the tab was read, and just before it is written."""
    write = memory._OpenBook.write

    def protected(workbook: memory._OpenBook, edits: list[TabEdit]) -> object:
        if any(edit.tab == tab and edit.cells for edit in edits):
            book(house, tab).tabs[tab].protected.append(area)
            monkeypatch.undo()
        return write(workbook, edits)

    monkeypatch.setattr(memory._OpenBook, "write", protected)


def test_a_book_that_somebody_holds_is_written_when_it_is_free(house: House) -> None:
    house.type_new("Intake", {"title": "Search"})
    house.done("pm.backlog_sync")
    house.type_into("Intake", 2, {"country": "UK"})
    book(house, "Backlog").held_by = "Ann"
    outcome = house.run("pm.backlog_sync")
    assert outcome.exit_code == 1
    assert "Central_Backlog.xlsx is held by Ann" in str(outcome.error)
    book(house, "Backlog").held_by = None
    house.done("pm.backlog_sync")
    assert house.row("Backlog", "INIT-000001").text("country") == "UK"


def test_a_row_that_is_protected_meanwhile_is_left_whole_named_and_completed_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.type_new("Intake", {"title": "Search"}, {"title": "Wallet"})
    house.done("pm.backlog_sync")
    for row in (2, 3):
        house.type_into("Intake", row, {"country": "UK"})
    column = list(house.place("Backlog").spec.by_name).index("country") + 1
    before = house.row("Backlog", "INIT-000001").raw
    protect_at_the_next_write(monkeypatch, house, "Backlog", Area(2, column, 2, column))
    outcome = house.run("pm.backlog_sync")
    assert outcome.exit_code == 1
    cell = cell_name(2, column)
    assert f"Backlog: {cell} is protected; let Roadwright edit it, or lift the protection" in str(outcome.error)
    assert house.row("Backlog", "INIT-000001").raw == before, "not even its status"
    assert house.row("Backlog", "INIT-000002").text("country") == "UK"
    book(house, "Backlog").tabs["Backlog"].protected.clear()
    house.done("pm.backlog_sync")
    for key in ("INIT-000001", "INIT-000002"):
        assert house.row("Backlog", key).text("country") == "UK"
        assert house.status("Backlog", key) == "OK"


def test_an_edit_on_a_row_that_was_refused_is_an_edit(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.type_new("Intake", {"title": "Search"})
    house.done("pm.backlog_sync")
    house.type_into("Backlog", 2, {"country": "UK"})
    protect_at_the_next_write(monkeypatch, house, "Backlog", Area(2, 1, 2, 99))
    assert house.run("pm.backlog_sync").exit_code == 1
    book(house, "Backlog").tabs["Backlog"].protected.clear()
    house.type_into("Backlog", 2, {"country": "DE"})
    house.done("pm.backlog_sync")
    assert house.row("Backlog", "INIT-000001").text("country") == "DE"
    assert house.status("Backlog", "INIT-000001") == "OK"


def test_protected_cells_are_said_on_their_row(house: House) -> None:
    house.type_new("Intake", {"title": "Search"})
    house.done("pm.backlog_sync")
    column = list(house.place("Backlog").spec.by_name).index("country") + 1
    book(house, "Backlog").tabs["Backlog"].protected.append(Area(2, column, 2, column))
    house.type_into("Intake", 2, {"country": "UK"})
    house.done("pm.backlog_sync")
    assert "country" in house.status("Backlog", "INIT-000001")
    assert "is protected" in house.status("Backlog", "INIT-000001")


def test_an_address_that_nothing_opens_is_named(house: House) -> None:
    settings = house.root / "roadwright.toml"
    address = house.place("Intake").workbook.address
    settings.write_text(settings.read_text().replace(address, "https://example.com/sheets/Intake"))
    from roadwright.workspace.workspace import open_workspace

    moved = House(open_workspace(house.root))
    outcome = moved.run("pm.backlog_sync")
    assert "sheets/Intake can't be opened: nothing here opens addresses that begin with https://" in str(outcome.error)
    moved.workspace.close()
