"""A workbook that LibreOffice has saved: booleans as formulas, shared strings, every attribute spelled out."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from roadwright.sheets.backend import Area, TabEdit
from roadwright.sheets.backends.xlsx import open_workbook
from tests.sheets.backends.xlsx.workbooks import parts_of

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return Path(shutil.copy(Path(__file__).with_name("files") / "libreoffice.xlsx", tmp_path / "Backlog.xlsx"))


def test_it_is_read_as_it_looks(path: Path) -> None:
    grid = open_workbook(path).read("Backlog")
    assert grid.rows[2] == {
        1: ' Idea <1> & "more"\n',
        2: dt.date(2026, 1, 1),
        3: True,
        4: 0,
        5: pytest.approx(1 / 3),
        7: "merged",
    }
    assert [grid.rows[row][3] for row in (2, 3, 4)] == [True, False, True]
    assert grid.formulas == {(2, 4), (3, 4), (4, 4)}
    assert grid.merged == [Area(2, 7, 3, 8)]


def test_equal_values_are_not_written_again(path: Path) -> None:
    workbook = open_workbook(path)
    before = path.read_bytes()
    cells = {
        (row, column): value
        for row, held in workbook.read("Backlog").rows.items()
        for column, value in held.items()
        if column != 4
    }
    assert not workbook.protected_cells(TabEdit("Backlog", 1, cells))
    assert not workbook.write([TabEdit("Backlog", 1, cells)]).changed
    assert path.read_bytes() == before


def test_it_is_written_in_place(path: Path) -> None:
    before = parts_of(path)
    workbook = open_workbook(path)
    edit = TabEdit(
        "Backlog", 1, {(3, 3): True, (1, 6): "run_status", (3, 6): "OK"}, [{1: "new", 2: dt.date(2027, 1, 1)}], 4
    )
    assert workbook.write([edit]).changed
    after = parts_of(path)
    assert {name for name in after if after[name] != before[name]} == {SHEET, "xl/workbook.xml"}
    assert b'<autoFilter ref="A1:F5"' in after[SHEET]
    assert b"Backlog!$A$1:$F$5</definedName>" in after["xl/workbook.xml"]
    assert b'<conditionalFormatting sqref="E2:E5"' in after[SHEET]
    assert b'sqref="C2:C100"' in after[SHEET]
    lines = CalamineWorkbook.from_path(path).get_sheet_by_name("Backlog").to_python()
    assert [lines[2][2], lines[2][5], lines[4][:2]] == [True, "OK", ["new", dt.date(2027, 1, 1)]]
