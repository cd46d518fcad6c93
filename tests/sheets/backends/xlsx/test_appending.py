"""Appended rows go below the data; tables, filters and rules follow, and nothing that stands there is overwritten."""

from __future__ import annotations

import datetime as dt
import re
import warnings
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from roadwright.sheets.backend import SheetError, TabEdit
from roadwright.sheets.backends.xlsx import open_workbook
from roadwright.sheets.values import CellValue, NotCalculated
from tests.sheets.backends.xlsx.rich import rich_workbook
from tests.sheets.backends.xlsx.workbooks import MAIN, OFFICE, by_hand, parts_of, with_table

BACKLOG = "xl/worksheets/sheet1.xml"


def opened(path: Path) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(path)


def rows_xml(count: int, columns: str = "AB") -> str:
    return "".join(
        f'<row r="{row}">' + "".join(f'<c r="{letter}{row}"><v>{row}</v></c>' for letter in columns) + "</row>"
        for row in range(1, count + 1)
    )


TABLE = (
    '<table id="1" name="T" displayName="T" ref="A1:B4"{totals}><autoFilter ref="A1:B{filtered}"/>'
    '<tableColumns count="2"><tableColumn id="1" name="1"/><tableColumn id="2" name="b">{formula}</tableColumn>'
    "</tableColumns></table>"
)


def a_table(formula: str = "", totals: bool = False) -> dict[str, str]:
    return with_table(
        TABLE.format(
            formula=f"<calculatedColumnFormula>{formula}</calculatedColumnFormula>" if formula else "",
            totals=' totalsRowCount="1"' if totals else "",
            filtered=3 if totals else 4,
        )
    )


def test_a_plain_range_grows_with_its_filter_and_rules(tmp_path: Path) -> None:
    path = rich_workbook(tmp_path / "a.xlsx")
    workbook = open_workbook(path)
    edit = TabEdit("Backlog", 1, {(13, 2): "last"}, [{1: "INIT-000013", 4: dt.date(2026, 7, 1)}, {1: "x", 3: 1}], 13)
    assert workbook.plan_append(edit) == [14, 15]
    assert workbook.write([edit]).changed
    grid = workbook.read("Backlog")
    assert grid.rows[14] == {1: "INIT-000013", 4: dt.date(2026, 7, 1)}
    assert grid.rows[15] == {1: "x", 3: 1}
    sheet = opened(path)["Backlog"]
    assert sheet.dimensions == "A1:M15"
    assert sheet.auto_filter.ref == "A1:F15"
    assert [str(rule.sqref) for rule in sheet.data_validations.dataValidation] == ["E2:E5000", "C2:C15"]
    assert [str(rule.sqref) for rule in sheet.conditional_formatting] == ["C2:C15", "B2:B15", "D2:D5000"]
    assert b"Backlog!$A$1:$F$15" in parts_of(path)["xl/workbook.xml"]
    # The newer kind of data bar holds its range as text.
    assert re.findall(rb"<xm:sqref>(C[^<]*)", parts_of(path)[BACKLOG]) == [b"C2:C15"]
    assert sheet["D15"].number_format == "yyyy-mm-dd"
    assert sheet["C14"].number_format == "#,##0.00"
    assert sheet["C14"].value is None


def test_a_table_grows_and_calculates(tmp_path: Path) -> None:
    path = rich_workbook(tmp_path / "a.xlsx")
    workbook = open_workbook(path)
    edit = TabEdit("Ideas", 3, appended=[{2: "more", 3: 6}, {2: "again"}], last_data_row=8)
    assert workbook.write([edit]).changed
    grid = workbook.read("Ideas")
    assert grid.rows[9] == {2: "more", 3: 6, 5: NotCalculated("Ideas[[#This Row],reach]*2")}
    sheet = opened(path)["Ideas"]
    assert sheet.tables["Ideas"].ref == sheet.tables["Ideas"].autoFilter.ref == "B3:F10"
    assert sheet["E10"].value == "=Ideas[[#This Row],reach]*2"
    after = parts_of(path)
    assert "xl/calcChain.xml" not in after
    assert b"calcChain" not in after["[Content_Types].xml"] + after["xl/_rels/workbook.xml.rels"]
    assert b'fullCalcOnLoad="1"' in after["xl/workbook.xml"]


def test_rows_inside_a_longer_table_fill_it_first(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "a.xlsx", rows_xml(2), more=a_table("A1*2"))
    workbook = open_workbook(path)
    assert workbook.plan_append(TabEdit("Tab", 1, appended=[{1: "x"}], last_data_row=2)) == [3]
    assert workbook.write([TabEdit("Tab", 1, appended=[{1: "x"}, {1: "y"}], last_data_row=2)]).changed
    assert b'ref="A1:B4"' in parts_of(path)["xl/tables/table1.xml"]
    assert workbook.write([TabEdit("Tab", 1, appended=[{1: "z"}], last_data_row=4)]).changed
    assert b'ref="A1:B5"><autoFilter ref="A1:B5"' in parts_of(path)["xl/tables/table1.xml"]


def test_formulas_with_plain_references_are_filled_down_from_above(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="str"><v>b</v></c></row>'
        '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><f t="shared" ref="B2:B4" si="3">$A2+A$1+SUM(A2:A9)</f>'
        "<v>1</v></c></row>"
        '<row r="3"><c r="A3"><v>1</v></c><c r="B3"><f>7*A3</f><v>1</v></c></row>'
        '<row r="4"><c r="A4"><v>1</v></c><c r="B4"><f t="shared" si="3"/><v>1</v></c></row>'
    )
    path = by_hand(tmp_path / "a.xlsx", rows, more=a_table("$A2+A$1+SUM(A2:A9)"))
    open_workbook(path).write([TabEdit("Tab", 1, appended=[{1: 5}, {1: 6, 2: 8}, {1: 7}], last_data_row=4)])
    assert [opened(path)["Tab"].cell(row, 2).value for row in (5, 6, 7)] == [
        "=$A5+A$1+SUM(A5:A12)",
        8,
        "=$A7+A$1+SUM(A7:A14)",
    ]


def test_a_totals_row_in_the_way_is_refused(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "a.xlsx", rows_xml(4), more=a_table(totals=True))
    before = path.read_bytes()
    workbook = open_workbook(path)
    edit = TabEdit("Tab", 1, {(2, 1): "x"}, [{1: "y"}], 3)
    for refused in (lambda: workbook.plan_append(edit), lambda: workbook.write([edit])):
        with pytest.raises(SheetError, match=r"totals row of table T \(row 4\).*Switch the totals row off"):
            refused()
    assert path.read_bytes() == before
    # Data that people typed below the totals row goes on there.
    assert workbook.plan_append(TabEdit("Tab", 1, appended=[{1: "y"}], last_data_row=6)) == [7]
    # Empty rows above it are used.
    room = '<row r="1"><c r="A1"><v>1</v></c></row><row r="4"><c r="A4"><v>9</v></c></row>'
    workbook = open_workbook(by_hand(path, room, more=a_table(totals=True)))
    assert workbook.plan_append(TabEdit("Tab", 1, appended=[{1: "y"}, {1: "z"}], last_data_row=1)) == [2, 3]


def test_rows_typed_below_a_table_leave_it_alone(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "a.xlsx", rows_xml(6), more=a_table("A1*2"))
    workbook = open_workbook(path)
    assert workbook.write([TabEdit("Tab", 1, appended=[{1: "y"}], last_data_row=6)]).changed
    assert workbook.read("Tab").rows[7] == {1: "y"}
    assert b'ref="A1:B4"' in parts_of(path)["xl/tables/table1.xml"]


def test_what_stands_below_a_table_is_never_swallowed(tmp_path: Path) -> None:
    notes = '<row r="6"><c r="B6" t="str"><v>prepared by Ann</v></c><c r="D6" t="str"><v>aside</v></c></row>'
    path = by_hand(tmp_path / "a.xlsx", rows_xml(4) + notes, more=a_table())
    workbook = open_workbook(path)
    assert workbook.plan_append(TabEdit("Tab", 1, appended=[{1: "y"}], last_data_row=4)) == [5]
    with pytest.raises(SheetError, match=r"Tab!B6 stands below table T, just where new rows have to go"):
        workbook.plan_append(TabEdit("Tab", 1, appended=[{1: "y"}, {1: "z"}], last_data_row=4))
    with pytest.raises(SheetError, match=r"Tab!D6 holds something already"):
        workbook.plan_append(TabEdit("Tab", 1, appended=[{4: "y"}], last_data_row=5))


def test_merged_cells_below_are_in_the_way(tmp_path: Path) -> None:
    sheet = (
        f'<worksheet xmlns="{MAIN}"><sheetData>{rows_xml(4)}</sheetData>'
        '<mergeCells><mergeCell ref="A6:A7"/></mergeCells></worksheet>'
    )
    for more in (None, a_table()):
        workbook = open_workbook(by_hand(tmp_path / f"{more is None}.xlsx", sheet, more=more))
        assert workbook.plan_append(TabEdit("Tab", 1, appended=[{1: "y"}], last_data_row=4)) == [5]
        with pytest.raises(SheetError, match=r"Tab!A6 belongs to merged cells"):
            workbook.plan_append(TabEdit("Tab", 1, appended=[{1: "y"}, {1: "z"}], last_data_row=4))


def test_foreign_formulas_beside_new_rows_stay(tmp_path: Path) -> None:
    filled = "".join(f'<row r="{row}"><c r="D{row}"><f>A{row}</f><v>0</v></c></row>' for row in range(5, 9))
    path = by_hand(tmp_path / "a.xlsx", rows_xml(4) + filled)
    workbook = open_workbook(path)
    assert workbook.write([TabEdit("Tab", 1, appended=[{1: "y"}, {1: "z", 2: 2}], last_data_row=4)]).changed
    assert workbook.read("Tab").rows[6] == {1: "z", 2: 2, 4: 0}
    assert opened(path)["Tab"]["D6"].value == "=A6"


def test_the_end_of_the_tab(tmp_path: Path) -> None:
    workbook = open_workbook(by_hand(tmp_path / "a.xlsx", rows_xml(1)))
    assert workbook.plan_append(TabEdit("Tab", 1, appended=[{1: 1}], last_data_row=1_048_575)) == [1_048_576]
    with pytest.raises(SheetError, match="1,048,576 rows"):
        workbook.plan_append(TabEdit("Tab", 1, appended=[{1: 1}], last_data_row=1_048_576))


def test_the_first_rows_of_an_empty_tab(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Tab")
        sheet.write_row(0, 0, ["key", "day"], book.add_format({"bold": True}))
        sheet.set_column("B:B", 12, book.add_format({"num_format": "dd.mm.yyyy", "italic": True}))
        sheet.autofilter("A1:B1")
        sheet.conditional_format("A2:A3", {"type": "no_blanks"})
        sheet.data_validation("B2:B5000", {"validate": "date", "criteria": ">", "value": dt.date(2020, 1, 1)})
    workbook = open_workbook(path)
    rows: list[dict[int, CellValue | None]] = [{1: f"k{number}", 2: dt.date(2026, 1, number)} for number in range(1, 5)]
    assert workbook.write([TabEdit("Tab", 1, appended=rows, last_data_row=1)]).changed
    sheet = opened(path)["Tab"]
    assert sheet.auto_filter.ref == "A1:B5"
    assert [str(rule.sqref) for rule in sheet.conditional_formatting] == ["A2:A5"]
    assert str(sheet.data_validations.dataValidation[0].sqref) == "B2:B5000"
    assert (sheet["B3"].number_format, sheet["B3"].font.i, sheet["A3"].font.b) == ("dd.mm.yyyy", True, False)
    assert sheet["B5"].value == dt.datetime(2026, 1, 4)


def test_a_tab_without_any_rows(tmp_path: Path) -> None:
    for number, data in enumerate(("<sheetData/>", "<sheetData ></sheetData>")):
        path = by_hand(tmp_path / f"{number}.xlsx", f'<worksheet xmlns="{MAIN}">{data}<pageMargins/></worksheet>')
        workbook = open_workbook(path)
        assert workbook.write([TabEdit("Tab", 1, {(1, 1): "key", (3, 2): 5})]).changed
        assert workbook.read("Tab").rows == {1: {1: "key"}, 3: {2: 5}}
        assert parts_of(path)[BACKLOG].endswith(b"</sheetData><pageMargins/></worksheet>")


def test_a_workbook_without_formulas_is_not_asked_to_recalculate(tmp_path: Path) -> None:
    path = by_hand(tmp_path / "a.xlsx", rows_xml(2))
    before = parts_of(path)
    open_workbook(path).write([TabEdit("Tab", 1, appended=[{1: "y"}], last_data_row=2)])
    after = parts_of(path)
    assert {name for name in after if after[name] != before[name]} == {BACKLOG}


def test_recalculation_is_asked_for_in_the_right_place(tmp_path: Path) -> None:
    book = (
        f'<x:workbook xmlns:x="{MAIN}" xmlns:r="{OFFICE}"><x:sheets><x:sheet name="Tab" sheetId="1" r:id="rId1"/>'
        '</x:sheets><x:definedNames/><x:extLst><x:ext uri="calcPr"/></x:extLst></x:workbook>'
    )
    rows = '<row r="1"><c r="A1"><f>1</f><v>1</v></c><c r="B1"><v>1</v></c></row>'
    path = by_hand(tmp_path / "a.xlsx", rows, workbook=book)
    open_workbook(path).write([TabEdit("Tab", 1, {(1, 2): 2})])
    assert b'<x:definedNames/><x:calcPr calcId="0" fullCalcOnLoad="1"/><x:extLst>' in parts_of(path)["xl/workbook.xml"]


def test_a_boolean_that_libreoffice_saved_as_a_formula_is_written_over(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1" t="b"><f aca="false">TRUE()</f><v>1</v></c><c r="B1"><f>A1</f><v>1</v></c></row>'
    path = by_hand(tmp_path / "a.xlsx", rows, more={"xl/calcChain.xml": f'<calcChain xmlns="{MAIN}"/>'})
    workbook = open_workbook(path)
    edit = TabEdit("Tab", 1, {(1, 1): True})
    assert not workbook.protected_cells(edit)
    assert not workbook.write([edit]).changed
    assert workbook.write([TabEdit("Tab", 1, {(1, 1): False})]).changed
    assert "xl/calcChain.xml" not in parts_of(path)
    assert b'<c r="A1" t="b"><v>0</v></c>' in parts_of(path)[BACKLOG]
