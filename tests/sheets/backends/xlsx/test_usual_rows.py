"""Usual rows are read by their pattern just as the parser reads them; a comment in the part makes the parser do it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import example, given, settings

from roadwright.sheets.backend import SheetError
from roadwright.sheets.backends.xlsx.reader import CellFormats, SheetContent, read_sheet
from roadwright.sheets.backends.xlsx.rows import locate_cells, locate_wanted
from roadwright.sheets.backends.xlsx.sheet_part import data_place
from roadwright.sheets.backends.xlsx.usual_rows import UsualRow, places_in, rows_of
from roadwright.sheets.moments import Shows
from roadwright.sheets.values import column_letters
from tests.sheets.backends.xlsx.workbooks import MAIN

FORMATS = CellFormats(["one", "zwölf", ""], {"3": Shows.DATE}, frozenset(), date1904=False)
HEAD = data_place(f'<worksheet xmlns="{MAIN}"><sheetData></sheetData></worksheet>'.encode(), "x.xlsx").head
CONTENTS = [
    "/>",
    "><v>12.5</v></c>",
    "><v></v></c>",
    "><v>soon</v></c>",
    ' t="s"><v>1</v></c>',
    ' t="s"><v>9</v></c>',
    ' t="str"><v></v></c>',
    ' t="b"><v>1</v></c>',
    ' t="e"><v>#N/A</v></c>',
    ' t="inlineStr"><is><t>Über A ✓</t></is></c>',
    ' t="inlineStr"><is><t xml:space="preserve"> two\nlines </t></is></c>',
    ' t="inlineStr"><is><t>a &amp; b</t></is></c>',
    ' t="inlineStr"><is><r><t>rich</t></r></is></c>',
    ' t="inlineStr"><is><t>a\r\nb</t></is></c>',
    ' t="inlineStr"><is><t>_x0041_</t></is></c>',
    ' t="str"><f>A1</f><v>done</v></c>',
    ' cm="1"><v>2</v></c>',
    "></c>",
]
CELL = st.builds(
    "{}{}{}".format,
    st.sampled_from(["A{0}", "B{0}", "C{0}", "AB{0}", "XFD{0}", "XFE{0}", "b{0}"]).map('<c r="{}"'.format),
    st.sampled_from(["", ' s="0"', ' s="3"', ' s="x"']),
    st.sampled_from(CONTENTS),
)
ROW_TAGS = ['<row r="{0}">', '<row r="{0}" spans="1:3" ht="30.5" customHeight="1">', "<row>", '<row  r="{0}" ht=\'9\'>',
            '<row r="{0}" ht="1" ht="2">', '<row r="{0}" hidden="1" r="7">']  # fmt: skip


@st.composite
def sheet_rows(draw: st.DrawFn) -> str:
    rows = ""
    for number in draw(st.lists(st.integers(1, 6), max_size=4)):
        cells = draw(st.lists(CELL, max_size=4, unique=True))
        tag = draw(st.sampled_from(ROW_TAGS))
        rows += (
            tag.format(number)
            + "".join(cells).replace("{0}", str(number))
            + "</row>"
            + draw(st.sampled_from(["", "\n "]))
        )
    if rows and draw(st.booleans()):
        at = draw(st.integers(0, len(rows) - 1))
        rows = rows[:at] + draw(st.sampled_from(["", "<", ">", "x", '"', "\x01", "&", "é"])) + rows[at + 1 :]
    return rows


def part(rows: str, before: str = "") -> bytes:
    head = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    merged = '<mergeCells count="1"><mergeCell ref="A9:B9"/></mergeCells>'
    return f"{head}{before}<sheetData>{rows}</sheetData>{merged}</worksheet>".encode()


def outcome(read: Callable[[], Any]) -> tuple[str, Any]:
    """What came of it: the content, or what kind of refusal."""
    try:
        return "read", read()
    except SheetError as error:
        return "refused", type(error)


def what_it_says(raw: bytes) -> tuple[str, Any]:
    def read() -> Any:
        content: SheetContent = read_sheet(raw, "x.xlsx", "Tab", FORMATS)
        return content.grid.rows, content.grid.formulas, content.grid.merged

    return outcome(read)


@given(sheet_rows())
@example('<row r="1"><c r="B1"/><c r="A1"/></row>')
@example('<row r="1"><c r="A1"><v>1</v></c></row>text<row r="2"/>')
@example('<row r="1"><c r="A1" t="inlineStr"><is><t>x</v></c></row>')
@example('<row>/row><row r="1"></row><row r="1"></row>')
@settings(max_examples=600, deadline=None)
def test_the_pattern_and_the_parser_agree(rows: str) -> None:
    assert what_it_says(part(rows)) == what_it_says(part(rows, before="<!-- for the parser -->"))


@pytest.mark.parametrize("content", CONTENTS[:11])
def test_what_programs_write_all_day_is_usual(content: str) -> None:
    row = f'<row r="7" spans="1:3" x14ac:dyDescent="0.25"><c r="A7"/><c r="AB7" s="12"{content}</row>'
    [found] = rows_of(row.encode())
    assert isinstance(found, UsualRow)
    assert (found.number, found.letters) == (7, ["A", "AB"])
    assert places_in(row.encode()) is not None


@given(st.lists(CELL, max_size=5, unique_by=lambda cell: cell.split('"')[1]), st.sampled_from(ROW_TAGS[:4]))
@settings(max_examples=300, deadline=None)
def test_cells_are_located_where_the_parser_finds_them(cells: list[str], tag: str) -> None:
    row = (tag + "".join(cell for cell in cells if "XFE" not in cell) + "</row>").replace("{0}", "5").encode()
    wanted = {1, 3, 28}
    found = outcome(lambda: locate_cells(row, "x.xlsx", HEAD, wanted))
    assert found == outcome(lambda: locate_cells(row + b"<!-- for the parser -->", "x.xlsx", HEAD, wanted))


@given(st.lists(st.sampled_from(CONTENTS[:11]), min_size=1, max_size=6), st.sets(st.integers(1, 8)), st.data())
@settings(max_examples=300, deadline=None)
def test_wanted_cells_are_where_all_cells_are(contents: list[str], wanted: set[int], data: st.DataObject) -> None:
    columns = sorted(data.draw(st.sets(st.integers(1, 8), min_size=len(contents), max_size=len(contents))))
    tag = data.draw(st.sampled_from(['<row r="5">', '<row r="5" spans="1:3" hidden="1">']))
    formats = data.draw(st.lists(st.sampled_from(["", ' s="7"']), min_size=len(contents), max_size=len(contents)))
    cells = zip(columns, formats, contents, strict=True)
    row = (tag + "".join(f'<c r="{column_letters(c)}5"{style}{said}' for c, style, said in cells) + "</row>").encode()
    found, every = locate_wanted(row, wanted), locate_cells(row, "x.xlsx", HEAD, wanted)
    assert (found is not None) == (wanted <= set(columns))
    if found is not None:
        assert (found.attributes, found.ends, found.close) == (every.attributes, every.ends, every.close)
        assert found.starts == {column: every.starts[column] for column in wanted}
        assert found.styles == {column: every.styles[column] for column in wanted}
