"""How cells are read, in every way that programs write them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from roadwright.sheets.backend import SheetError, TabEdit, WorkbookUnreadable
from roadwright.sheets.backends.xlsx import open_workbook
from roadwright.sheets.values import CellError, CellValue, NotCalculated, Percent
from tests.sheets.backends.xlsx.workbooks import MAIN, OFFICE, by_hand, with_table


def read_cell(tmp_path: Path, cell: str, strings: str = "") -> CellValue | None:
    path = by_hand(tmp_path / "one.xlsx", f'<row r="1">{cell}</row>', strings=strings)
    return open_workbook(path).read("Tab").rows.get(1, {}).get(1)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="A1"><v>5</v></c>', 5),
        ('<c r="A1" t="n"><v>5.0</v></c>', 5),
        ('<c r="A1"><v>-0.25</v></c>', -0.25),
        ('<c r="A1"><v>1E+20</v></c>', 1e20),
        ('<c r="A1"><v>1.8E+308</v></c>', "1.8E+308"),
        ('<c r="A1" s="1"><v>NaN</v></c>', "NaN"),
        ('<c r="A1"><v>INF</v></c>', "INF"),
        ('<c r="A1" t="b"><v>1</v></c>', True),
        ('<c r="A1" t="b"><v>false</v></c>', False),
        ('<c r="A1" t="str"><v>a&amp;b</v></c>', "a&b"),
        ('<c r="A1" t="inlineStr"><is><t xml:space="preserve"> a\n</t></is></c>', " a\n"),
        ('<c r="A1" t="inlineStr"><is><r><t>rich </t></r><r><rPr/><t>text</t></r></is></c>', "rich text"),
        ('<c r="A1" t="inlineStr"><is><t>東京</t><rPh sb="0" eb="2"><t>とうきょう</t></rPh></is></c>', "東京"),
        ('<c r="A1" t="inlineStr"><is><t/></is></c>', ""),
        ('<c r="A1" t="inlineStr"><is><t>_x0041__x005F_x0042_</t></is></c>', "A_x0042_"),
        ('<c r="A1" t="inlineStr"><is><t>_xD83D__xDE00_</t></is></c>', "😀"),
        ('<c r="A1" t="str"><v><![CDATA[<row r="9">]]></v></c>', '<row r="9">'),
        ('<c r="A1" t="e"><v>#DIV/0!</v></c>', CellError("#DIV/0!")),
        ('<c r="A1" t="e" vm="1"><v>#VALUE!</v></c>', CellError("#VALUE!")),
        ('<c r="A1"><f>1+1</f><v>2</v></c>', 2),
        ('<c r="A1" t="str"><f>""</f><v></v></c>', ""),
        ('<c r="A1"><f>1+1</f></c>', NotCalculated("1+1")),
        ('<c r="A1"><f>1+1</f><v></v></c>', NotCalculated("1+1")),
        ('<c r="A1" t="b"><f aca="false">TRUE()</f><v>1</v></c>', True),
        ('<c r="A1" t="b"><f aca="false">FALSE()</f><v>0</v></c>', False),
        ('<c r="A1"><f>TRUE()</f></c>', True),
        ('<c r="A1" s="1"><v>46143</v></c>', dt.date(2026, 5, 1)),
        ('<c r="A1" s="1"><v>46143.5</v></c>', dt.datetime(2026, 5, 1, 12)),
        ('<c r="A1" s="4"><v>46143</v></c>', dt.datetime(2026, 5, 1)),
        ('<c r="A1" s="1"><v>1</v></c>', dt.date(1900, 1, 1)),
        ('<c r="A1" s="4"><v>0.25</v></c>', dt.time(6)),
        ('<c r="A1" s="3"><v>1.5</v></c>', dt.timedelta(hours=36)),
        ('<c r="A1" s="1"><v>-3</v></c>', -3.0),
        ('<c r="A1" s="1"><v>99999999</v></c>', 99999999.0),
        ('<c r="A1" s="2"><v>0.8</v></c>', Percent(0.8)),
        ('<c r="A1" t="d"><v>2026-05-01</v></c>', dt.date(2026, 5, 1)),
        ('<c r="A1" t="d"><v>2026-05-01T10:30:00Z</v></c>', dt.datetime(2026, 5, 1, 10, 30)),
        ('<c r="A1" s="1"/>', None),
        ('<c r="A1" t="s"><v></v></c>', None),
        ('<c r="A1"><v></v></c>', None),
    ],
)
def test_one_cell(tmp_path: Path, cell: str, value: CellValue | None) -> None:
    found = read_cell(tmp_path, cell)
    assert found == value
    assert type(found) is type(value)


def test_shared_strings(tmp_path: Path) -> None:
    strings = (
        "<si><t>plain</t></si><si><r><t xml:space='preserve'>two </t></r><r><t>runs</t></r></si>"
        "<si><t>漢</t><rPh sb='0' eb='1'><t>かん</t></rPh></si><si/>"
    )
    values = [read_cell(tmp_path, f'<c r="A1" t="s"><v>{number}</v></c>', strings) for number in range(4)]
    assert values == ["plain", "two runs", "漢", ""]


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A1" t="s"><v>7</v></c>',
        '<c r="A1" t="s"><v>-1</v></c>',
        '<c r="A1"><v>abc</v></c>',
    ],
)
def test_a_cell_that_cannot_be_what_it_says(tmp_path: Path, cell: str) -> None:
    with pytest.raises(WorkbookUnreadable, match=r"Tab!A1 holds .* type the cell again"):
        read_cell(tmp_path, cell, "<si><t>only one</t></si>")


def test_positions_may_be_left_out(tmp_path: Path) -> None:
    rows = "<row><c><v>1</v></c><c r='D1'><v>4</v></c><c><v>5</v></c></row><row/><row><c><v>3</v></c></row>"
    grid = open_workbook(by_hand(tmp_path / "a.xlsx", rows)).read("Tab")
    assert grid.rows == {1: {1: 1, 4: 4, 5: 5}, 3: {1: 3}}


@pytest.mark.parametrize(
    "rows", ['<row r="3"/><row r="2"><c r="A2"><v>1</v></c></row>', '<row r="1"><c r="B1"/><c r="A1"/></row>']
)
def test_rows_and_cells_out_of_order_are_refused(tmp_path: Path, rows: str) -> None:
    with pytest.raises(SheetError, match=r"not in order. Open the workbook in a spreadsheet program and save"):
        open_workbook(by_hand(tmp_path / "a.xlsx", rows)).read("Tab")


def test_shared_and_array_formulas(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A3" si="0">B1*2</f><v>2</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/></c><c r="C2"><f t="array" ref="C2:C4">X</f><v>1</v></c></row>'
        '<row r="3"><c r="A3"><f t="shared" si="0"/><v>6</v></c><c r="C3"><v>2</v></c></row>'
        '<row r="5"><c r="A5" t="b"><f t="shared" ref="A5:A6" si="1">TRUE()</f><v>1</v></c></row>'
    )
    grid = open_workbook(by_hand(tmp_path / "a.xlsx", rows)).read("Tab")
    assert grid.rows[2][1] == NotCalculated("B1*2")
    assert grid.formulas == {(1, 1), (2, 1), (3, 1), (2, 3), (3, 3), (5, 1)}


def test_other_prefixes_and_strict_files(tmp_path: Path) -> None:
    mixed = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row>'
        f'<row xmlns="{MAIN}" r="2"><c r="A2"><v>2</v></c></row></x:sheetData></x:worksheet>'
    )
    workbook = open_workbook(by_hand(tmp_path / "a.xlsx", mixed))
    assert workbook.read("Tab").rows == {1: {1: 1}, 2: {1: 2}}
    assert workbook.write([TabEdit("Tab", 1, {(1, 1): "a", (2, 1): "b", (2, 2): "c", (3, 1): "d"})]).changed
    assert workbook.read("Tab").rows == {1: {1: "a"}, 2: {1: "b", 2: "c"}, 3: {1: "d"}}
    strict = (
        '<worksheet xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"><sheetData><row><c><v>1</v></c></row>'
        "</sheetData></worksheet>"
    )
    assert open_workbook(by_hand(tmp_path / "b.xlsx", strict)).read("Tab").rows == {1: {1: 1}}


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "utf-8-sig"])
def test_other_encodings(tmp_path: Path, encoding: str) -> None:
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    sheet = (
        f'<?xml version="1.0" encoding="{declared}"?><worksheet xmlns="{MAIN}"><sheetData><row r="1">'
        '<c r="A1" t="str"><v>für</v></c></row></sheetData></worksheet>'
    )
    sheet = sheet.replace("<sheetData>", "<dimension ref='A1'/><!-- <row r='1'/> --><sheetData>")
    workbook = open_workbook(by_hand(tmp_path / "a.xlsx", sheet.encode(encoding)))
    assert workbook.read("Tab").rows == {1: {1: "für"}}
    assert workbook.write([TabEdit("Tab", 1, {(1, 2): "größer ≥", (2, 1): 5})]).changed
    assert workbook.read("Tab").rows == {1: {1: "für", 2: "größer ≥"}, 2: {1: 5}}


def test_1904_calendar_and_recalculation_flag(tmp_path: Path) -> None:
    book = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr date1904="1"/><sheets><sheet name="Tab" sheetId="1" '
        'r:id="rId1"/></sheets><calcPr fullCalcOnLoad="1"/></workbook>'
    )
    rows = '<row r="1"><c r="A1" s="1"><v>44681</v></c><c r="B1"><f>1</f><v>1</v></c></row>'
    grid = open_workbook(by_hand(tmp_path / "a.xlsx", rows, workbook=book)).read("Tab")
    assert grid.rows[1][1] == dt.date(2026, 5, 1)
    assert grid.date1904
    assert grid.stale
    plain = open_workbook(by_hand(tmp_path / "b.xlsx", '<row r="1"><c r="A1"><v>1</v></c></row>', workbook=book))
    assert not plain.read("Tab").stale


def test_totals_rows_of_tables(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{row}"><c r="A{row}"><v>{row}</v></c></row>' for row in range(1, 7))
    table = (
        '<table id="1" displayName="T" ref="A1:A4" totalsRowCount="1"><tableColumns><tableColumn id="1" name="1"/>'
        "</tableColumns></table>"
    )
    grid = open_workbook(by_hand(tmp_path / "a.xlsx", rows, more=with_table(table))).read("Tab")
    assert grid.totals_rows == {4}
    assert list(grid.rows) == [1, 2, 3, 4, 5, 6]


def test_a_missing_tab_names_those_that_are_there(tmp_path: Path) -> None:
    workbook = open_workbook(by_hand(tmp_path / "a.xlsx", ""))
    with pytest.raises(WorkbookUnreadable, match=r"a\.xlsx has no tab Backlog\. It has: Tab\."):
        workbook.read("Backlog")
    assert workbook.read("TAB").rows == {}
