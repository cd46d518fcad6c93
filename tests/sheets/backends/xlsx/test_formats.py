"""Formats of written cells: kept where they are, sensible where they are new, dates always seen as dates."""

from __future__ import annotations

import datetime as dt
import warnings
from pathlib import Path

import openpyxl
import pytest

from roadwright.sheets.backend import SheetError, TabEdit
from roadwright.sheets.backends.xlsx import open_workbook
from roadwright.sheets.values import CellError, CellValue, NotCalculated
from tests.sheets.backends.xlsx.workbooks import MAIN, OFFICE, STYLES, by_hand, parts_of

SHEET = "xl/worksheets/sheet1.xml"


def written(tmp_path: Path, rows: str, cells: dict[tuple[int, int], CellValue | None], header_row: int = 1) -> str:
    """The rows after a write, as they stand in the file."""
    path = by_hand(tmp_path / "a.xlsx", rows)
    open_workbook(path).write([TabEdit("Tab", header_row, cells)])
    sheet = parts_of(path)[SHEET].decode()
    return sheet[sheet.index("<sheetData>") + 11 : sheet.index("</sheetData>")]


def test_existing_cells_keep_their_format(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1" s="2" t="b"><v>0</v></c><c r="B1" s="1" cm="1"><v>5</v></c><c r="C1" s="2"/></row>'
    assert written(tmp_path, rows, {(1, 1): None, (1, 2): "x", (1, 3): True}) == (
        '<row r="1"><c r="A1" s="2"/><c r="B1" s="1" t="inlineStr"><is><t>x</t></is></c>'
        '<c r="C1" s="2" t="b"><v>1</v></c></row>'
    )


def test_new_cells_look_like_the_row_then_the_cell_above_then_the_column(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1" s="2"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c><c r="B2" s="4"/></row>'
        '<row r="3"><c r="A3"><v>1</v></c></row><row r="4" s="3" customFormat="1"><c r="A4"><v>1</v></c></row>'
    )
    columns = '<cols><col min="3" max="4" style="2"/></cols>'
    sheet = f'<worksheet xmlns="{MAIN}">{columns}<sheetData>{rows}</sheetData></worksheet>'
    cells: dict[tuple[int, int], CellValue | None] = {(row, column): "x" for row in (3, 4, 5) for column in (2, 4, 5)}
    result = written(tmp_path, sheet, cells)
    text = '{} t="inlineStr"><is><t>x</t></is></c>'
    for cell in (
        '<c r="B3" s="4"',
        '<c r="D3" s="2"',
        '<c r="E3"',
        '<c r="B4" s="3"',
        '<c r="D4" s="3"',
        '<c r="E4" s="3"',
    ):
        assert text.format(cell) in result


def test_a_new_cell_looks_like_the_nearest_one_above_past_rows_that_have_none(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"/></row>' + "".join(
        f'<row r="{row}"><c r="A{row}"><v>1</v></c>' + (f'<c r="B{row}" s="2"/></row>' if row < 4 else "</row>")
        for row in range(2, 9)
    )
    result = written(tmp_path, rows, {(3, 1): 5, (5, 2): "x", (7, 2): "x", (8, 2): "x"})
    assert result.count(' s="2" t="inlineStr"><is><t>x</t></is></c>') == 3


def test_a_number_is_not_put_into_a_date_format(tmp_path: Path) -> None:
    rows = '<row r="1"/><row r="2"><c r="A2" s="1"><v>46143</v></c></row><row r="3"><c r="B3"><v>1</v></c></row>'
    path = by_hand(tmp_path / "a.xlsx", rows)
    workbook = open_workbook(path)
    assert workbook.write([TabEdit("Tab", 1, {(2, 1): 46143, (3, 1): 7})]).changed
    assert workbook.read("Tab").rows == {2: {1: 46143}, 3: {1: 7, 2: 1}}
    assert b'<c r="A2" s="5"><v>46143</v></c>' in parts_of(path)[SHEET]
    assert b'<c r="A3"><v>7</v></c>' in parts_of(path)[SHEET]


def test_dates_get_a_date_format_where_there_is_none(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "a.xlsx", '<row r="1"><c r="A1" s="2"><v>1</v></c><c r="B1" s="1"/></row>')
    workbook = open_workbook(path)
    day, moment = dt.date(2026, 5, 1), dt.datetime(2026, 5, 1, 10, 30)
    cells: dict[tuple[int, int], CellValue | None] = {
        (1, 1): day,
        (1, 2): day,
        (1, 3): moment,
        (1, 4): dt.time(6, 30),
        (1, 5): dt.timedelta(hours=30),
        (1, 6): day,
        (1, 7): day,
    }
    assert workbook.write([TabEdit("Tab", 9, cells)]).changed
    assert workbook.read("Tab").rows[1] == {column: value for (_, column), value in cells.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sheet = openpyxl.load_workbook(path)["Tab"]
    assert [sheet.cell(1, column).number_format for column in range(1, 8)] == [
        "mm-dd-yy",
        "yyyy\\-mm\\-dd",
        "m/d/yy h:mm",
        "h:mm:ss",
        "[h]:mm:ss",
        "mm-dd-yy",
        "mm-dd-yy",
    ]
    assert sheet["A1"].alignment.wrap_text
    assert sheet["A1"].font.b
    styles = parts_of(path)["xl/styles.xml"]
    assert styles.count(b"<xf numFmtId") == 10
    assert b'<cellXfs count="10">' in styles
    assert b'<xf numFmtId="14" fontId="1" applyNumberFormat="1"><alignment wrapText="1"/></xf>' in styles
    assert styles.replace(b'count="10"', b'count="5"').startswith(
        STYLES.encode().removesuffix(b"</cellXfs></styleSheet>")
    )
    # The formats are there now; nothing more is added.
    assert workbook.write([TabEdit("Tab", 9, {(2, 1): day, (2, 3): moment})]).changed
    assert parts_of(path)["xl/styles.xml"] == styles


def test_a_workbook_without_formats_takes_no_dates(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "a.xlsx", '<row r="1"><c r="A1"><v>1</v></c></row>', styles=None)
    with pytest.raises(SheetError, match=r"Tab!B1 is not formatted for 2026-05-01.*Format the column as a date"):
        open_workbook(path).write([TabEdit("Tab", 1, {(1, 2): dt.date(2026, 5, 1)})])
    assert open_workbook(path).write([TabEdit("Tab", 1, {(1, 2): 5})]).changed


def test_the_1904_calendar(tmp_path: Path) -> None:
    book = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr date1904="true"/><sheets><sheet name="Tab" '
        'sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    path = by_hand(tmp_path / "a.xlsx", '<row r="1"><c r="A1" s="1"/></row>', workbook=book)
    workbook = open_workbook(path)
    workbook.write([TabEdit("Tab", 1, {(1, 1): dt.date(2026, 5, 1), (1, 2): dt.date(1904, 1, 1)})])
    assert b'<c r="A1" s="1"><v>44681</v></c>' in parts_of(path)[SHEET]
    assert workbook.read("Tab").rows == {1: {1: dt.date(2026, 5, 1), 2: dt.date(1904, 1, 1)}}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (float("nan"), r"Tab!B1 can't hold nan"),
        (float("inf"), r"Tab!B1 can't hold inf"),
        (10**400, "too large"),
        ("x" * 32_768, "32,768 characters, but a cell holds 32,767"),
        ("😀" * 16_384, "32,768 characters"),
        (dt.date(1900, 2, 28), "1900-02-28, because it is before"),
        (dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "time zone"),
        (NotCalculated("A1*2"), "the formula =A1[*]2"),
    ],
)
def test_what_no_cell_can_hold(tmp_path: Path, value: CellValue, words: str) -> None:
    path = by_hand(tmp_path / "a.xlsx", '<row r="1"><c r="A1"><v>1</v></c></row>')
    before = path.read_bytes()
    with pytest.raises(SheetError, match=words):
        open_workbook(path).write([TabEdit("Tab", 1, {(1, 1): 5, (1, 2): value})])
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "value",
    [
        "x" * 32_767,
        "a\udc80b",
        "\x00\x1f\ufffe",
        CellError("#N/A"),
        10**300,
        2**53 + 1,
        -0.1,
        1e-300,
        123456789.123456789,
    ],
)
def test_extreme_values_come_back(tmp_path: Path, value: CellValue) -> None:
    path = by_hand(tmp_path / "a.xlsx", "")
    workbook = open_workbook(path)
    edit = TabEdit("Tab", 1, {(1, 1): value})
    assert workbook.write([edit]).changed
    found = workbook.read("Tab").rows[1][1]
    assert found == (float(value) if isinstance(value, int) else value)
    assert isinstance(found, CellError) == isinstance(value, CellError)
    assert not workbook.write([edit]).changed


def test_row_hints_that_would_be_wrong_are_dropped(tmp_path: Path) -> None:
    rows = '<row r="1" spans="1:2" ht="20"><c r="A1"><v>1</v></c></row><row r="2" spans="1:2"/>'
    assert written(tmp_path, rows, {(1, 2): 5, (2, 3): 5}) == (
        '<row r="1" spans="1:2" ht="20"><c r="A1"><v>1</v></c><c r="B1"><v>5</v></c></row>'
        '<row r="2"><c r="C2"><v>5</v></c></row>'
    )
