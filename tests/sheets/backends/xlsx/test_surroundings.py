"""What people build around a backlog survives a write, and takes in appended rows where it meant all of them."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from roadwright.sheets.backend import TabEdit
from roadwright.sheets.backends.xlsx import open_workbook
from roadwright.sheets.values import CellValue
from tests.sheets.backends.xlsx.surroundings import LAST, surrounded_workbook
from tests.sheets.backends.xlsx.workbooks import parts_of, rezipped

BACKLOG = "xl/worksheets/sheet1.xml"
NEW_ROWS: list[dict[int, CellValue | None]] = [{1: "INIT-000099", 2: "New", 4: 1_500}, {1: "INIT-000100", 2: "Newer"}]
APPEND = TabEdit("Backlog", 1, {(2, 2): "Renamed"}, NEW_ROWS, LAST)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return surrounded_workbook(tmp_path / "Backlog.xlsx")


def opened(path: Path) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(path)


def differing(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    assert list(before) == list(after)
    return {name for name in before if before[name] != after[name]}


def shrunk(part: bytes) -> bytes:
    """The part with the ends of grown ranges as they were before."""
    return re.sub(rb"(:\$?[A-E]\$?)15\b", rb"\g<1>13", part)


def test_a_changed_cell_changes_nothing_around_it(path: Path) -> None:
    before = parts_of(path)
    open_workbook(path).write([TabEdit("Backlog", 1, {(2, 2): "Renamed", (13, 4): 7})])
    after = parts_of(path)
    assert differing(before, after) == {BACKLOG, "xl/workbook.xml"}
    assert after["xl/workbook.xml"].replace(b' fullCalcOnLoad="1"', b"") == before["xl/workbook.xml"]


def test_appended_rows_are_taken_in_and_nothing_else_changes(path: Path) -> None:
    before = parts_of(path)
    open_workbook(path).write([APPEND])
    after = parts_of(path)
    # The first chart, the pivot's source, the sparkline and the dropdown over all rows; not those over some of them.
    grown = {
        "xl/charts/chart1.xml",
        "xl/pivotCache/pivotCacheDefinition1.xml",
        "xl/worksheets/sheet3.xml",
        "xl/worksheets/sheet4.xml",
    }
    assert differing(before, after) == {BACKLOG, "xl/workbook.xml", *grown}
    for name in grown:
        assert shrunk(after[name]) == before[name]
    assert shrunk(after["xl/workbook.xml"]).replace(b' fullCalcOnLoad="1"', b"") == before["xl/workbook.xml"]


def test_charts_and_pivots(path: Path) -> None:
    open_workbook(path).write([APPEND])
    parts = parts_of(path)

    def references(name: str) -> list[bytes]:
        return re.findall(rb"<c:f>(.*?)</c:f>", parts[f"xl/charts/{name}.xml"])

    assert references("chart1") == [b"Backlog!$D$1", b"Backlog!$A$2:$A$15", b"Backlog!$D$2:$D$15"]
    assert references("chart2") == [b"Backlog!$D$1", b"Backlog!$A$2:$A$5", b"Backlog!$D$2:$D$5"]
    source = b'<worksheetSource ref="A1:E15" sheet="Backlog"/>'
    assert source in parts["xl/pivotCache/pivotCacheDefinition1.xml"]
    sparklines = re.findall(rb"<xm:f>(.*?)</xm:f>", parts["xl/worksheets/sheet3.xml"])
    assert sorted(sparklines) == [b"Backlog!D13:E13", b"Backlog!D2:D15"]


def test_names_print_area_filter_dropdowns_and_formats(path: Path) -> None:
    open_workbook(path).write([APPEND])
    book = opened(path)
    assert {name: found.attr_text for name, found in book.defined_names.items()} == {
        "Tokens": "Backlog!$D$2:$D$15",
        "Total": "SUM(Backlog!$D$2:$D$13)",
        "First": "Backlog!$D$2:$D$5",
        "Legend": "Backlog!$H$2:$I$13",
    }
    sheet = book["Backlog"]
    assert sheet.print_area == "'Backlog'!$A$1:$E$15"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.auto_filter.ref == "A1:E15"
    assert {str(rule.sqref) for rule in sheet.conditional_formatting} == {"D2:D15", "H2:I13"}
    assert [rule.formula1 for rule in book["Lists"].data_validations.dataValidation] == [
        "Backlog!$A$2:$A$15",
        "Backlog!$H$2:$H$13",
    ]


def test_rows_below_a_folded_group_are_in_sight_and_look_like_those_above(path: Path) -> None:
    open_workbook(path).write([APPEND])
    sheet = opened(path)["Backlog"]
    assert [sheet.row_dimensions[row].hidden for row in (13, 14, 15)] == [True, False, False]
    assert [sheet.row_dimensions[row].outlineLevel for row in (13, 14)] == [1, 0]
    for row in (14, 15):
        assert sheet.cell(row, 4).number_format == "#,##0.0"
        assert sheet.cell(row, 4).fill.fgColor.rgb == "FFEEEEEE"
    assert sheet["B13"].comment is not None


def test_a_hidden_row_that_gets_new_data_is_shown(path: Path) -> None:
    raw = parts_of(path)[BACKLOG]
    rezipped(path, {BACKLOG: raw.replace(b"</sheetData>", b'<row r="14" hidden="1" outlineLevel="1"/></sheetData>')})
    open_workbook(path).write([APPEND])
    assert b'<row r="14" outlineLevel="1"><c r="A14"' in parts_of(path)[BACKLOG]


def test_two_tabs_that_grow_in_one_write(path: Path) -> None:
    edits = [APPEND, TabEdit("Pivot", 3, appended=[{1: "x"}], last_data_row=3)]
    open_workbook(path).write(edits)
    assert b"Backlog!$D$2:$D$15</" in parts_of(path)["xl/charts/chart1.xml"]
    assert opened(path)["Pivot"]["A4"].value == "x"


def test_growing_again_goes_on_where_it_ended(path: Path) -> None:
    workbook = open_workbook(path)
    workbook.write([APPEND])
    workbook.write([TabEdit("Backlog", 1, {}, NEW_ROWS, LAST + 2)])
    assert b"Backlog!$D$2:$D$17</" in parts_of(path)["xl/charts/chart1.xml"]
    assert opened(path).defined_names["Tokens"].attr_text == "Backlog!$D$2:$D$17"


def test_names_of_tabs_with_blanks_and_marks(tmp_path: Path) -> None:
    path = surrounded_workbook(tmp_path / "a.xlsx")
    parts = parts_of(path)
    quoted: Callable[[bytes], bytes] = lambda raw: raw.replace(b"Backlog!", b"'R&amp;D''s ideas'!")  # noqa: E731
    changes = {name: quoted(raw) for name, raw in parts.items() if name.endswith(".xml")}
    changes["xl/workbook.xml"] = changes["xl/workbook.xml"].replace(b'name="Backlog"', b'name="R&amp;D\'s ideas"')
    cache = "xl/pivotCache/pivotCacheDefinition1.xml"
    changes[cache] = changes[cache].replace(b'sheet="Backlog"', b'sheet="R&amp;D\'s ideas"')
    rezipped(path, changes)
    open_workbook(path).write([TabEdit("R&D's ideas", 1, {}, NEW_ROWS, LAST)])
    after = parts_of(path)
    assert b"<c:f>'R&amp;D''s ideas'!$D$2:$D$15</c:f>" in after["xl/charts/chart1.xml"]
    assert b'ref="A1:E15" sheet="R&amp;D' in after[cache]
    assert b">'R&amp;D''s ideas'!$D$2:$D$15</definedName>" in after["xl/workbook.xml"]


def test_macros_stay_and_the_file_keeps_its_kind(path: Path) -> None:
    macros = path.with_suffix(".xlsm")
    path.rename(macros)
    parts = parts_of(macros)
    kind = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    types = parts["[Content_Types].xml"].replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", kind
    )
    types = types.replace(
        b"<Override", b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/><Override', 1
    )
    link = b'<Relationship Id="rId950" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" '
    links = parts["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>", link + b'Target="vbaProject.bin"/></Relationships>'
    )
    project = bytes(range(256)) * 40
    rezipped(
        macros,
        {"[Content_Types].xml": types, "xl/_rels/workbook.xml.rels": links, "xl/vbaProject.bin": project},
    )
    before = parts_of(macros)
    assert open_workbook(macros).write([APPEND]).changed
    after = parts_of(macros)
    for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels", "xl/vbaProject.bin"):
        assert after[name] == before[name]
    assert [file.name for file in macros.parent.iterdir()] == ["Backlog.xlsm"]
