"""Workbooks that openpyxl and LibreOffice have made: what stands around the data survives and grows all the same."""

from __future__ import annotations

import re
import shutil
import warnings
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, DataBarRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableColumn, TableFormula

from roadwright.sheets.backend import TabEdit
from roadwright.sheets.backends.xlsx import open_workbook
from roadwright.sheets.values import CellValue
from tests.sheets.backends.xlsx.surroundings import LAST
from tests.sheets.backends.xlsx.workbooks import packed_parts_of, parts_of

BACKLOG = "xl/worksheets/sheet1.xml"
ROWS: list[dict[int, CellValue | None]] = [{1: "INIT-000099", 2: "New", 4: 1_500}, {1: "INIT-000100", 2: "Newer"}]


def made_by_openpyxl(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Backlog"
    sheet.append(["initiative_key", "title", "department", "engineering_tokens", "my share"])
    for row in range(2, LAST + 1):
        sheet.append([f"INIT-{row:06d}", f"Idea {row}", "Growth", row * 10, f"=D{row}/2"])
        sheet.row_dimensions[row].outlineLevel = 1
    sheet[f"B{LAST}"].comment = Comment("Really?", "Ann")
    sheet[f"B{LAST}"].font = Font(italic=True)
    sheet[f"B{LAST}"].alignment = Alignment(wrap_text=True)
    sheet["A2"].hyperlink = "https://example.org/"
    sheet.print_area = f"A1:E{LAST}"
    sheet.auto_filter.ref = f"A1:E{LAST}"
    sheet.auto_filter.add_sort_condition(f"D2:D{LAST}")
    sheet.freeze_panes = "C2"
    sheet.protection.sheet = True
    sheet.merge_cells("H2:I3")
    checked = DataValidation("list", formula1='"Growth,Care"')
    checked.add(f"C2:C{LAST}")
    sheet.add_data_validation(checked)
    bars = DataBarRule("min", 0, "max", 0, color="FF638EC6")  # type: ignore[no-untyped-call]
    red = CellIsRule("equal", ["1"], fill=PatternFill(bgColor="FFFF0000"))  # type: ignore[no-untyped-call]
    sheet.conditional_formatting.add(f"D2:D{LAST}", bars)
    sheet.conditional_formatting.add("D2:D5", red)
    book.defined_names["Tokens"] = DefinedName("Tokens", attr_text=f"Backlog!$D$2:$D${LAST}")
    charts = book.create_sheet("Charts")
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=4, min_row=1, max_row=LAST), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=LAST))
    charts.add_chart(chart, "B2")
    _add_table(book)
    book.save(path)
    return path


def _add_table(book: openpyxl.Workbook) -> None:
    ideas = book.create_sheet("Ideas")
    for row in [["title", "reach", "double"], ["a", 1, "=B2*2"], ["b", 2, "=B3*2"]]:
        ideas.append(row)
    table = Table(displayName="Ideas", ref="A1:C3")
    table.tableColumns = [TableColumn(id=number, name=name) for number, name in enumerate(("title", "reach"), start=1)]
    table.tableColumns.append(
        TableColumn(id=3, name="double", calculatedColumnFormula=TableFormula(attr_text="Ideas[[#This Row],[reach]]*2"))
    )
    ideas.add_table(table)


def opened(path: Path) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(path)


def without_grown_ends(part: bytes) -> bytes:
    return re.sub(rb"(:'?(?:Backlog'?!)?\$?[A-E]\$?)15\b", rb"\g<1>13", part)


@pytest.mark.parametrize("maker", ["openpyxl", "LibreOffice"])
def test_what_does_not_grow_keeps_its_bytes(tmp_path: Path, maker: str) -> None:
    path = tmp_path / "a.xlsx"
    if maker == "openpyxl":
        made_by_openpyxl(path)
    else:
        shutil.copy(Path(__file__).with_name("files") / "libreoffice_surroundings.xlsx", path)
    before, packed = parts_of(path), packed_parts_of(path)
    assert open_workbook(path).write([TabEdit("Backlog", 1, {(3, 2): "Renamed"}, ROWS, LAST)]).changed
    after, packed_after = parts_of(path), packed_parts_of(path)
    assert list(before) == list(after)
    changed = {name for name in before if packed[name] != packed_after[name]}
    assert BACKLOG in changed
    assert "xl/charts/chart1.xml" in changed
    assert {"xl/styles.xml", "xl/sharedStrings.xml", "[Content_Types].xml"} & changed == set()
    for name in changed - {BACKLOG, "xl/workbook.xml"}:
        assert without_grown_ends(after[name]) == before[name]
    book = without_grown_ends(after["xl/workbook.xml"])
    assert book.replace(b' fullCalcOnLoad="1"', b"") == before["xl/workbook.xml"].replace(b' fullCalcOnLoad="1"', b"")


def test_libreoffice_charts_names_and_pivots_grow(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    shutil.copy(Path(__file__).with_name("files") / "libreoffice_surroundings.xlsx", path)
    open_workbook(path).write([TabEdit("Backlog", 1, {}, ROWS, LAST)])
    parts = parts_of(path)
    assert b"Backlog!$D$2:$D$15</c:f>" in parts["xl/charts/chart1.xml"]
    assert b"Backlog!$D$2:$D$5</c:f>" in parts["xl/charts/chart2.xml"]
    assert b'ref="A1:E15"' in parts["xl/pivotCache/pivotCacheDefinition1.xml"]
    names = dict(re.findall(rb'name="([^"]*)" vbProcedure="false">([^<]*)<', parts["xl/workbook.xml"]))
    assert names == {
        b"_xlnm.Print_Area": b"Backlog!$A$1:$E$15",
        b"_xlnm.Print_Titles": b"Backlog!$1:$1",
        b"_xlnm._FilterDatabase": b"Backlog!$A$1:$E$15",
        b"First": b"Backlog!$D$2:$D$5",
        b"Legend": b"Backlog!$H$2:$I$13",
        b"Tokens": b"Backlog!$D$2:$D$15",
        b"Total": b"SUM(Backlog!$D$2:$D$13)",
    }
    sheet = opened(path)["Backlog"]
    assert [sheet.row_dimensions[row].hidden for row in (13, 14, 15)] == [True, False, False]


def test_openpyxl_keeps_and_grows_what_it_made(tmp_path: Path) -> None:
    path = made_by_openpyxl(tmp_path / "a.xlsx")
    edits = [
        TabEdit("Backlog", 1, {}, ROWS, LAST),
        TabEdit("Ideas", 1, {}, [{1: "c", 2: 3}], 3),
    ]
    assert open_workbook(path).write(edits).changed
    book = opened(path)
    sheet = book["Backlog"]
    assert sheet.print_area == "'Backlog'!$A$1:$E$15"
    assert sheet.auto_filter.ref == "A1:E15"
    sorted_by = sheet.auto_filter.sortState
    assert sorted_by is not None
    assert [sorted_by.ref, sorted_by.sortCondition[0].ref] == ["A1:E15", "D2:D15"]
    assert book.defined_names["Tokens"].attr_text == "Backlog!$D$2:$D$15"
    assert {str(rule.sqref) for rule in sheet.conditional_formatting} == {"D2:D15", "D2:D5"}
    assert str(sheet.data_validations.dataValidation[0].sqref) == "C2:C15"
    assert (sheet["B14"].font.i, sheet["B14"].alignment.wrap_text) == (True, True)
    assert sheet["B13"].comment is not None
    assert sheet["A2"].hyperlink is not None
    assert sheet.protection.sheet
    assert sheet.freeze_panes == "C2"
    table = book["Ideas"].tables["Ideas"]
    assert table.ref == "A1:C4"
    assert book["Ideas"]["C4"].value == "=Ideas[[#This Row],[reach]]*2"
    assert b"'Backlog'!$D$2:$D$15</" in parts_of(path)["xl/charts/chart1.xml"]
