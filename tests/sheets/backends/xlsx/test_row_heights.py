"""Rows are as high as their wrapped texts need, and no person's height is touched."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from roadwright.sheets.backend import TabEdit
from roadwright.sheets.backends.xlsx import open_workbook
from roadwright.sheets.backends.xlsx.tab_writer import TALLEST, RowHeights
from roadwright.sheets.values import TEMPLATE_MARK

LONG = "not selected: costs 137,000 gmv to force in; would drop INIT-000007, INIT-000013, INIT-000015, INIT-000024"
HEIGHTS = RowHeights({"1": 10.0, "2": math.pi}, lambda column: 20.0 if column == 1 else 60.0, 15.0)


@pytest.mark.parametrize(
    ("cells", "height"),
    [
        ({}, 15.0),
        ({1: ("short", "1")}, 15.0),
        ({1: ("a\nb\nc", "1")}, 41.0),
        ({1: (LONG, "1")}, 67.0),
        ({2: (LONG, "1")}, 28.0),
        ({1: (LONG, "0"), 2: ("x" * 9_000, None)}, 15.0),
        ({1: ("\n" * 500, "1")}, TALLEST),
        ({1: ("東" * 20, "1")}, 28.0),
        ({1: ("", "1")}, 15.0),
    ],
)
def test_needed_heights(cells: dict[int, tuple[str, str | None]], height: float) -> None:
    assert HEIGHTS.needed(cells) == height


def test_a_height_grows_and_shrinks_with_the_text() -> None:
    one, many = {1: ("short", "1")}, {1: (LONG, "1")}
    assert HEIGHTS.changed(None, one, many) == "67"
    assert HEIGHTS.changed("67", many, one) is None
    assert HEIGHTS.changed("15.75", one, one) == "15.75"
    # What is higher than its texts needed is so for a reason that isn't known here.
    assert HEIGHTS.changed("90", many, one) == "90"
    assert HEIGHTS.changed("90", one, many) == "90"
    assert HEIGHTS.changed("nonsense", one, many) == "67"


def test_of_some_columns_only_the_first_lines_are_seen() -> None:
    heights = RowHeights({"1": 10.0}, lambda _: 20.0, 15.0, {1: 3})
    short, long, other = {1: ("short", "1")}, {1: (LONG * 3, "1")}, {1: ("short", "1"), 2: ("a\nb\nc\nd", "1")}
    assert heights.needed(long) == 41
    assert heights.needed(long | other) == 54
    assert heights.changed(None, short, long) == "41"
    assert heights.changed("41", long, short) is None
    # What was as high as all of its lines, as earlier versions made it, gets lower; what was higher still does not.
    whole = heights.needed(long, whole=True)
    assert whole > 100
    assert heights.changed(f"{whole:g}", long, short) is None
    assert heights.changed(f"{whole + 5:g}", long, short) == f"{whole + 5:g}"


def mark_as_template(sheet: Worksheet) -> None:
    sheet.data_validation("Z2:Z9", {"validate": "custom", "value": "=FALSE", "error_title": TEMPLATE_MARK})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Tab")
        mark_as_template(sheet)
        wrapped, plain = book.add_format({"text_wrap": True, "font_size": 10}), book.add_format({"italic": True})
        sheet.set_column("A:A", 20, wrapped)
        sheet.write_row(0, 0, ["reason", "plain"])
        for row in (1, 2, 3):
            sheet.write_row(row, 0, ["short", "short"], wrapped if row < 3 else plain)
        sheet.set_row(2, 30)
    return path


def heights(path: Path) -> dict[int, float | None]:
    sheet = openpyxl.load_workbook(path)["Tab"]
    return {row: sheet.row_dimensions[row].height for row in range(2, sheet.max_row + 1)}


def test_rows_are_fitted_where_they_change(path: Path) -> None:
    workbook = open_workbook(path)
    edit = TabEdit("Tab", 1, {(row, 1): LONG for row in (2, 3, 4)}, [{1: "new"}, {1: LONG}, {2: LONG}], 4)
    assert workbook.write([edit]).changed
    # Row 3 has a height that a person set, row 4 does not wrap; new rows look like the last one.
    assert heights(path) == {2: 67, 3: 30, 4: None, 5: None, 6: None, 7: None}
    assert workbook.write([TabEdit("Tab", 1, {(2, 1): "short", (3, 1): "x"})]).changed
    assert heights(path) == {2: None, 3: 30, 4: None, 5: None, 6: None, 7: None}


def test_appended_rows_are_fitted(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Tab")
        mark_as_template(sheet)
        sheet.set_column("A:A", 20, book.add_format({"text_wrap": True, "font_size": 10}))
        sheet.write_row(0, 0, ["reason"])
    workbook = open_workbook(path)
    workbook.write([TabEdit("Tab", 1, {}, [{1: "new"}, {1: LONG}], 1)])
    assert heights(path) == {2: None, 3: 67}
    before = path.read_bytes()
    assert not workbook.write([TabEdit("Tab", 1, {(3, 1): LONG})]).changed
    assert path.read_bytes() == before


def persons_tab(path: Path) -> None:
    """A tab in which all texts are broken into lines, some rows have heights, and columns at the right are hidden."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Tab")
        wrapped = book.add_format({"text_wrap": True, "num_format": "0.00"})
        sheet.set_column("A:G", 9, wrapped)
        sheet.set_column("H:XFD", 9, wrapped, {"hidden": True})
        sheet.write_row(0, 0, ["title", "notes"], wrapped)
        for row, height in ((1, None), (2, 14.4), (3, 300)):
            sheet.set_row(row, height, wrapped)
            sheet.write_row(row, 0, ["short", LONG], wrapped)
            sheet.write_blank(row, 2, None, wrapped)


@pytest.mark.parametrize("column", [3, 9, 16_384])
def test_rows_of_a_persons_tab_keep_their_heights(tmp_path: Path, column: int) -> None:
    path = tmp_path / "a.xlsx"
    persons_tab(path)
    before = heights(path)
    own = {column: 56.0}
    edit = TabEdit("Tab", 1, {(1, column): "run_status"} | {(row, column): LONG for row in (2, 3, 4)}, own_columns=own)
    assert open_workbook(path).write([edit]).changed
    assert not open_workbook(path).write([edit]).changed
    assert open_workbook(path).write([TabEdit("Tab", 1, {(2, 2): LONG * 9, (3, 2): None})]).changed
    assert heights(path) == before
    sheet = openpyxl.load_workbook(path)["Tab"]
    cell = sheet.cell(3, column)
    assert (cell.value, cell.alignment.wrap_text, cell.number_format) == (LONG, None, "0.00")
    assert sheet.cell(3, 2).alignment.wrap_text
    dimensions = [(d.min or 0, d.max or 0, d.width, d.hidden) for d in sheet.column_dimensions.values()]
    assert [d for d in dimensions if d[0] <= column <= d[1]] == [(column, column, 56, False)]
    spans = sorted(d[:2] for d in dimensions)
    assert all(last < following for (_, last), (following, _) in pairwise(spans))
    assert spans[0][0] == 1
    assert spans[-1][1] == 16_384


def test_a_tab_without_column_formats_gets_widths_for_the_new_ones(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Tab").write_row(0, 0, ["title"])
    assert (
        open_workbook(path)
        .write([TabEdit("Tab", 1, {(1, 2): "key", (1, 4): "run_status"}, own_columns={2: 9, 4: 56})])
        .changed
    )
    columns = openpyxl.load_workbook(path)["Tab"].column_dimensions
    assert {d.min: d.width for d in columns.values()} == {2: 9, 4: 56}


def test_a_long_status_shows_three_lines_and_shrinks_again(path: Path) -> None:
    workbook = open_workbook(path)
    few = {1: 3}
    edit = TabEdit("Tab", 1, {(2, 1): LONG * 3}, [{1: LONG * 9}], 4, most_lines=few)
    assert workbook.write([edit]).changed
    assert (heights(path)[2], heights(path)[5]) == (
        41,
        None,
    )  # the new row looks like the last, which does not wrap
    assert workbook.write([TabEdit("Tab", 1, {(2, 1): "OK"}, most_lines=few)]).changed
    assert heights(path)[2] is None
