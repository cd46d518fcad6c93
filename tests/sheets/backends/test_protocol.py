"""What every backend does alike: files and workbooks in memory, by the protocol of ``roadwright.sheets.backend``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import openpyxl
import pytest

from roadwright.domain.messages import Message
from roadwright.sheets.backend import (
    Area,
    SheetError,
    TabEdit,
    TabReceipt,
    WorkbookBusy,
    WorkbookRef,
    WorkbookUnreadable,
)
from roadwright.sheets.backends import open_backend
from roadwright.sheets.backends.memory import MemoryBook, MemoryTab, book_at, put_book, remove_book
from roadwright.sheets.values import LAST_ROW, CellValue
from roadwright.workspace.settings import workbook_ref
from tests.google.access import double, ref_of
from tests.sync.spreadsheet import file_of, lock_by_libreoffice

HEADER: list[CellValue | None] = ["key", "title", "status"]
ROWS: list[list[CellValue | None]] = [HEADER, ["A", "Search", None], ["B", 5, "OK"]]


@pytest.fixture(params=["file", "memory", "google"])
def ref(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkbookRef]:
    """A workbook with the tabs Ideas, which has the rows above, and Other, with a formula in B2 and A3:B3 merged."""
    if request.param == "file":
        book = openpyxl.Workbook()
        assert book.active is not None
        book.remove(book.active)
        for row in ROWS:
            (book["Ideas"] if "Ideas" in book else book.create_sheet("Ideas")).append(row)
        other = book.create_sheet("Other")
        other.append(["key", "title"])
        other["A2"], other["B2"], other["A3"] = "x", "=1+1", "both"
        other.merge_cells("A3:B3")
        book.save(tmp_path / "Team.xlsx")
        yield workbook_ref(tmp_path, "Team.xlsx")
        return
    if request.param == "google":
        with double(tmp_path, monkeypatch) as server:
            made = server.make("Team.xlsx", {"Ideas": ROWS, "Other": [["key", "title"], ["x", "=1+1"], ["both"]]})
            area = {"startRowIndex": 2, "endRowIndex": 3, "startColumnIndex": 0, "endColumnIndex": 2}
            server.books[made].tab("Other").merges.append({"sheetId": 1, **area})
            yield ref_of(made, "Team.xlsx")
        return
    address = f"memory://{tmp_path.name}/Team.xlsx"
    ideas, other_tab = MemoryTab(), MemoryTab(formulas={(2, 2)}, merged=[Area(3, 1, 3, 2)])
    ideas.type_rows(ROWS)
    other_tab.rows = {1: {1: "key", 2: "title"}, 2: {1: "x", 2: 2}, 3: {1: "both"}}
    put_book(address, MemoryBook("Team.xlsx", {"Ideas": ideas, "Other": other_tab}))
    yield workbook_ref(tmp_path, address)
    remove_book(address)


def hold(ref: WorkbookRef, owner: str) -> Callable[[], None]:
    """Open the workbook elsewhere. Returns what closes it."""
    if ref.scheme == "https":
        return lambda: None
    if ref.file is not None:
        return lock_by_libreoffice(ref, owner).unlink
    book_at(ref.address).held_by = owner
    return lambda: setattr(book_at(ref.address), "held_by", None)


def test_a_reference_knows_its_names_and_its_file(ref: WorkbookRef, tmp_path: Path) -> None:
    assert (ref.name, ref.label) == ("Team.xlsx", "Team.xlsx")
    assert not ref.is_missing
    assert open_backend(ref).name == "Team.xlsx"
    nested = workbook_ref(tmp_path, "teams/Ideas.xlsx")
    assert (nested.name, nested.label, nested.is_missing) == ("Ideas.xlsx", "teams/Ideas.xlsx", True)
    assert nested == workbook_ref(tmp_path, "./teams/../teams/Ideas.xlsx")
    assert nested.file == tmp_path / "teams/Ideas.xlsx"
    address = workbook_ref(tmp_path, "memory://here/teams/Ideas.xlsx")
    assert (address.name, address.label, address.file) == ("Ideas.xlsx", "teams/Ideas.xlsx", None)


def test_tabs_are_read_as_they_stand(ref: WorkbookRef) -> None:
    workbook = open_backend(ref)
    assert workbook.tabs() == ["Ideas", "Other"]
    assert workbook.read("ideas").rows == {
        1: {1: "key", 2: "title", 3: "status"},
        2: {1: "A", 2: "Search"},
        3: {1: "B", 2: 5, 3: "OK"},
    }
    other = workbook.read("Other")
    assert (other.formulas, other.merged) == ({(2, 2)}, [Area(3, 1, 3, 2)])
    with pytest.raises(WorkbookUnreadable) as caught:
        workbook.read("Nope")
    assert caught.value.message.code == "no_tab"


def test_a_workbook_that_is_not_there_is_named(ref: WorkbookRef) -> None:
    gone = WorkbookRef(f"{ref.address}{'' if ref.scheme == 'https' else '.'}gone", "Gone")
    with pytest.raises(WorkbookUnreadable) as caught:
        open_backend(gone)
    assert gone.address in str(caught.value)


VALUES = [
    "text", " edged\n", "=1+1", "5", 5, -1.5, 0.1 + 0.2, True, False, dt.date(2026, 5, 31),
    dt.datetime(2026, 5, 31, 9, 30), dt.time(9, 30),
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_what_is_written_is_read(ref: WorkbookRef, value: CellValue) -> None:
    workbook = open_backend(ref)
    receipt = workbook.write([TabEdit("Ideas", 1, {(2, 3): value, (9, 9): value, (3, 2): None, (3, 3): ""})])
    assert (receipt.changed, receipt.tabs) == (True, (TabReceipt(),))
    for seen in (workbook, open_backend(ref)):
        rows = seen.read("Ideas").rows
        assert rows[2] == {1: "A", 2: "Search", 3: value}
        assert type(rows[2][3]) is type(value)
        # A tick that is not set, alone in its row, is a checkbox that nobody touched.
        assert rows.get(9) == ({9: value} if value is not False or ref.scheme != "https" else None)
        assert rows[3] == {1: "B"}


@pytest.mark.parametrize("value", [float("nan"), "x" * 40_000, dt.datetime(2026, 1, 1, tzinfo=dt.UTC)], ids=str)
def test_what_no_cell_can_hold_is_refused_whole(ref: WorkbookRef, value: CellValue) -> None:
    with pytest.raises(SheetError) as caught:
        open_backend(ref).write([TabEdit("Other", 1, {(2, 1): "y"}), TabEdit("Ideas", 1, {(2, 3): value})])
    assert caught.value.message.code == "unwritable_value"
    assert "Ideas!C2 can't hold" in str(caught.value)
    assert open_backend(ref).read("Other").rows[2][1] == "x"


def test_what_stands_there_already_is_not_written(ref: WorkbookRef) -> None:
    release = hold(ref, "Ann")
    workbook = open_backend(ref)
    same = TabEdit("Ideas", 1, {(2, 2): "Search", (3, 2): 5, (3, 9): None})
    assert not workbook.write([same, TabEdit("Other", 1)]).changed
    release()


def test_new_rows_land_below_the_data(ref: WorkbookRef) -> None:
    workbook = open_backend(ref)
    edit = TabEdit("Ideas", 1, {(2, 3): "OK"}, [{1: "C", 2: "Loans"}, {1: "D"}], last_data_row=3)
    assert workbook.plan_append(edit) == [4, 5]
    receipt = workbook.write([TabEdit("Other", 1, {(2, 1): "y"}), edit])
    assert receipt.tabs == (TabReceipt(), TabReceipt((4, 5)))
    assert open_backend(ref).read("Ideas").rows[4] == {1: "C", 2: "Loans"}
    assert open_backend(ref).read("Ideas").rows[5] == {1: "D"}


@pytest.mark.parametrize(
    ("edit", "code", "why"),
    [
        (TabEdit("Ideas", 1, {}, [{1: "C"}], last_data_row=2), "new_rows_blocked", "holds_something"),
        (TabEdit("Other", 1, {}, [{2: "C"}], last_data_row=2), "new_rows_blocked", "in_merged_cells"),
        (TabEdit("Ideas", 1, {}, [{1: "C"}], last_data_row=LAST_ROW), "no_rows_left", None),
    ],
)
def test_new_rows_go_over_nothing(ref: WorkbookRef, edit: TabEdit, code: str, why: str | None) -> None:
    workbook = open_backend(ref)
    for attempt in (workbook.plan_append, lambda edit: workbook.write([edit])):
        with pytest.raises(SheetError) as caught:
            attempt(edit)
        message = caught.value.message
        assert (message.code, getattr(message.params.get("why"), "code", None)) == (code, why)


def test_protected_cells_are_named_and_their_rows_left_whole(ref: WorkbookRef) -> None:
    workbook = open_backend(ref)
    cells: dict[tuple[int, int], CellValue | None] = {(2, 1): "y", (2, 2): 7, (3, 1): "a", (3, 2): "b", (4, 1): "new"}
    edit = TabEdit("Other", 1, cells)
    formula = Message("cell_with_formula", params={"cell": "B2"})
    merged = Message("cell_merged", params={"cell": "B3", "master": "A3", "area": "A3:B3"})
    assert workbook.protected_cells(edit) == {(2, 2): formula, (3, 2): merged}
    assert workbook.write([edit]).tabs == (TabReceipt((), {2: formula, 3: merged}),)
    rows = open_backend(ref).read("Other").rows
    assert (rows[2][1], rows[3][1], rows[4][1]) == ("x", "both", "new")


def test_a_workbook_that_someone_holds_or_changed_is_left_alone(ref: WorkbookRef) -> None:
    if ref.scheme == "https":
        pytest.skip("people work in a spreadsheet while it is written: see google/test_races.py")
    workbook, edit = open_backend(ref), TabEdit("Ideas", 1, {(2, 3): "OK"})
    release = hold(ref, "Ann")
    with pytest.raises(WorkbookBusy, match="Ann"):
        workbook.write([edit])
    release()
    open_backend(ref).write([TabEdit("Other", 1, {(2, 1): "meanwhile"})])
    with pytest.raises(WorkbookBusy, match="was changed by someone else since it was read"):
        workbook.write([edit])
    assert open_backend(ref).read("Ideas").rows[2] == {1: "A", 2: "Search"}
    assert open_backend(ref).write([edit]).changed


def test_the_fingerprint_tells_what_a_tab_holds(ref: WorkbookRef) -> None:
    workbook = open_backend(ref)
    before = workbook.fingerprint("Ideas")
    assert open_backend(ref).fingerprint("Ideas") == before
    workbook.write([TabEdit("Ideas", 1, {(2, 2): "Loans"})])
    assert workbook.fingerprint("Ideas") == open_backend(ref).fingerprint("Ideas") != before


def test_two_edits_of_one_tab_are_a_mistake_of_the_caller(ref: WorkbookRef) -> None:
    edits: Sequence[TabEdit] = [TabEdit("Ideas", 1, {(2, 3): 1}), TabEdit("ideas", 1, {(3, 3): 1})]
    with pytest.raises(ValueError, match="same tab"):
        open_backend(ref).write(edits)


def test_links_to_one_file_have_one_identity(tmp_path: Path) -> None:
    (tmp_path / "Team.xlsx").write_bytes(b"")
    (tmp_path / "Link.xlsx").symlink_to("Team.xlsx")
    one, other = (workbook_ref(tmp_path, name) for name in ("Team.xlsx", "Link.xlsx"))
    assert one != other
    assert one.identity == other.identity
    assert file_of(one) != file_of(other)
