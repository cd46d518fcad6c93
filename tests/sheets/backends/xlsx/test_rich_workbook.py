"""A workbook full of everything: a write changes the cells it was asked for, and nothing else anywhere."""

from __future__ import annotations

import datetime as dt
import warnings
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from roadwright.domain.messages import Message
from roadwright.sheets.backend import SheetError, TabEdit, TabReceipt
from roadwright.sheets.backends.xlsx import open_workbook
from roadwright.sheets.values import cell_name
from tests.sheets.backends.xlsx.rich import ROWS, rich_workbook
from tests.sheets.backends.xlsx.workbooks import packed_parts_of, parts_of, rezipped, without_cells

BACKLOG = "xl/worksheets/sheet1.xml"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return rich_workbook(tmp_path / "Team backlog.xlsx")


def opened(path: Path, *, values: bool = False) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what it can't keep; it is only asked to read
        return openpyxl.load_workbook(path, data_only=values)


def changed_names(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def test_what_a_tab_holds(path: Path) -> None:
    workbook = open_workbook(path)
    assert workbook.tabs() == ["Backlog", "Ideas", "Filtered", "Lists", "Very hidden"]
    grid = workbook.read("backlog")
    assert list(grid.rows) == list(range(1, ROWS + 2))
    assert grid.rows[4] == {
        1: "INIT-000003",
        2: "Faster checkout no. 3",
        3: 37.5,
        4: dt.date(2026, 4, 3),
        5: False,
        6: 75,
        10: 0,
    }
    assert {(row, 6) for row in range(2, ROWS + 2)} | {(2, 10), (3, 10), (4, 10), (2, 11), (3, 11)} == grid.formulas
    assert [(area.first_row, area.first_column, area.last_row, area.last_column) for area in grid.merged] == [
        (8, 12, 9, 13)
    ]
    assert not grid.stale
    assert workbook.read("Very hidden").rows == {}


def test_only_the_cells_asked_for_change(path: Path) -> None:
    before, packed_before = parts_of(path), packed_parts_of(path)
    cells = {
        (2, 1): "INIT-000099",
        (3, 2): "Besser <jetzt> & \n später ",
        (4, 3): None,
        (5, 4): dt.date(2027, 2, 3),
        (6, 5): True,
        (13, 3): 0.1,
    }
    assert open_workbook(path).write([TabEdit("Backlog", 1, cells)]).changed
    after, packed_after = parts_of(path), packed_parts_of(path)
    assert list(after) == list(before)
    assert changed_names(before, after) == {BACKLOG, "xl/workbook.xml"}
    assert changed_names(packed_before, packed_after) == {BACKLOG, "xl/workbook.xml"}
    names = [cell_name(row, column) for row, column in cells]
    assert without_cells(after[BACKLOG], names) == without_cells(before[BACKLOG], names)
    assert after["xl/workbook.xml"].replace(b' fullCalcOnLoad="1"', b"") == before["xl/workbook.xml"]
    sheet = opened(path)["Backlog"]
    assert [sheet.cell(row, column).value for row, column in cells] == [
        "INIT-000099",
        "Besser <jetzt> & \n später ",
        None,
        dt.datetime(2027, 2, 3),
        True,
        0.1,
    ]
    styles = [(sheet.cell(row, column).number_format, sheet.cell(row, column).font.i) for row, column in cells]
    assert styles[2] == ("#,##0.00", True)
    assert styles[3][0] == "yyyy-mm-dd"


def test_formulas_keep_their_cached_values(path: Path) -> None:
    open_workbook(path).write([TabEdit("Backlog", 1, {(2, 3): 4})])
    assert opened(path, values=True)["Backlog"]["F2"].value == 25
    assert opened(path)["Backlog"]["F2"].value == "=C2*2"
    grid = open_workbook(path).read("Backlog")
    assert grid.rows[2][6] == 25
    assert grid.stale


def test_a_second_equal_write_leaves_the_bytes_alone(path: Path) -> None:
    edit = TabEdit("Backlog", 1, {(2, 1): "x", (3, 3): 5, (4, 4): dt.date(2026, 1, 1), (5, 5): None, (6, 7): "new"})
    workbook = open_workbook(path)
    assert workbook.write([edit]).changed
    before = path.read_bytes()
    stamp = path.stat().st_mtime_ns
    assert not workbook.write([edit]).changed
    assert not open_workbook(path).write([edit]).changed
    assert path.read_bytes() == before
    assert path.stat().st_mtime_ns == stamp


def test_several_tabs_in_one_swap(path: Path) -> None:
    before = parts_of(path)
    edits = [TabEdit("Backlog", 1, {(2, 2): "a"}), TabEdit("Filtered", 1, {(2, 2): 17}), TabEdit("Lists", 1, {})]
    assert open_workbook(path).write(edits).changed
    after = parts_of(path)
    assert changed_names(before, after) == {BACKLOG, "xl/worksheets/sheet3.xml", "xl/workbook.xml"}
    book = CalamineWorkbook.from_path(path)
    assert book.get_sheet_by_name("Backlog").to_python()[1][1] == "a"
    assert book.get_sheet_by_name("Filtered").to_python()[1] == ["t1", 17.0, 0.5]


def test_a_failing_edit_stops_all_of_them(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(SheetError, match="can't hold"):
        open_workbook(path).write([TabEdit("Filtered", 1, {(2, 2): 17}), TabEdit("Backlog", 1, {(3, 2): float("nan")})])
    assert path.read_bytes() == before


def test_a_row_with_a_protected_cell_is_left_and_named(path: Path) -> None:
    workbook = open_workbook(path)
    old = workbook.read("Backlog").rows[3][2]
    receipt = workbook.write([TabEdit("Filtered", 1, {(2, 2): 17}), TabEdit("Backlog", 1, {(3, 2): "new", (3, 6): 1})])
    assert receipt.changed
    assert receipt.tabs == (TabReceipt(), TabReceipt((), {3: Message("cell_with_formula", params={"cell": "F3"})}))
    assert workbook.read("Filtered").rows[2][2] == 17
    assert workbook.read("Backlog").rows[3][2] == old


def test_a_protected_header_refuses_the_whole_write(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(SheetError, match="the header can't be written: C3 is a header of table Ideas"):
        open_workbook(path).write([TabEdit("Ideas", 3, {(3, 3): "Reichweite"})])
    assert path.read_bytes() == before


def test_the_same_tab_twice_is_a_mistake_of_the_caller(path: Path) -> None:
    with pytest.raises(ValueError, match="same tab"):
        open_workbook(path).write([TabEdit("Lists", 1, {(1, 1): 1}), TabEdit("lists", 1, {(2, 1): 1})])


def test_protected_cells_say_why(path: Path) -> None:
    workbook = open_workbook(path)
    edit = TabEdit("Backlog", 1, dict.fromkeys([(2, 1), (2, 6), (3, 10), (3, 11), (8, 12), (9, 12), (9, 13)], 1))
    reasons = workbook.protected_cells(edit)
    assert list(reasons) == [(2, 6), (3, 10), (3, 11), (9, 12), (9, 13)]
    assert reasons[2, 6] == Message("cell_with_formula", params={"cell": "F2"})
    assert str(reasons[3, 10]).startswith("J3 belongs to the array formula in J2:J4")
    assert str(reasons[9, 13]) == "M9 is merged into L8; unmerge L8:M9"
    assert workbook.protected_cells(TabEdit("Ideas", 3, {(3, 2): "title", (3, 3): "Reichweite"})) == {
        (3, 3): Message("cell_is_table_header", params={"cell": "C3", "table": "Ideas"})
    }


def test_a_new_column_looks_like_its_neighbour_and_sorts_with_the_rows(path: Path) -> None:
    before = parts_of(path)
    cells = {(1, 7): "run_status", (2, 7): "OK", (3, 7): "OK"}
    open_workbook(path).write([TabEdit("Backlog", 1, cells)])
    after = parts_of(path)
    assert changed_names(before, after) == {BACKLOG, "xl/workbook.xml"}
    sheet = opened(path)["Backlog"]
    assert sheet["G1"].value == "run_status"
    assert sheet["G1"].fill.bgColor.rgb == sheet["F1"].fill.bgColor.rgb
    assert sheet["G1"].font.b
    assert sheet.auto_filter.ref == "A1:G13"
    assert b"Backlog!$A$1:$G$13" in after["xl/workbook.xml"]


def test_a_new_column_beside_a_table_joins_it(path: Path) -> None:
    before = parts_of(path)
    cells = {(3, 7): "run_status", (3, 8): "updated_at", (4, 7): "OK", (3, 10): "apart"}
    workbook = open_workbook(path)
    workbook.write([TabEdit("Ideas", 3, cells)])
    assert changed_names(before, parts_of(path)) == {
        "xl/worksheets/sheet2.xml",
        "xl/tables/table1.xml",
        "xl/workbook.xml",
    }
    table = opened(path)["Ideas"].tables["Ideas"]
    assert table.ref == table.autoFilter.ref == "B3:H8"
    assert [column.name for column in table.tableColumns][-3:] == ["notes", "run_status", "updated_at"]
    assert [column.id for column in table.tableColumns] == [1, 2, 3, 4, 5, 6, 7]
    assert not workbook.write([TabEdit("Ideas", 3, cells)]).changed


def test_macros_survive(path: Path) -> None:
    macros = path.with_suffix(".xlsm")
    path.rename(macros)
    rezipped(macros, {"xl/vbaProject.bin": bytes(range(256)) * 20})
    before = parts_of(macros)
    assert open_workbook(macros).write([TabEdit("Lists", 1, {(1, 1): "FR"})]).changed
    assert changed_names(before, parts_of(macros)) == {"xl/worksheets/sheet4.xml", "xl/workbook.xml"}
