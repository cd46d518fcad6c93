"""Appending rows: where they go, which ranges of the tab grow with them, and which formulas are filled down.

Rows go below the data, inside or under its table, never over anything that stands there.

A rule or filter grows downwards when it covers the last row of data and ends before the last appended row. One that
reaches further (a dropdown for rows 2 to 5000) covers the new rows already; one that ends earlier, or stands beside
the data, was never meant for its rows.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from roadwright.domain.messages import Message
from roadwright.sheets.backend import Area, Grid, SheetError, TabEdit, numbers_below
from roadwright.sheets.backends.xlsx.addresses import area_text, areas_by_row, overlap, parse_area
from roadwright.sheets.backends.xlsx.cells import CellFormula
from roadwright.sheets.backends.xlsx.markup import Attributes, ElementPath, walk
from roadwright.sheets.backends.xlsx.sheet_part import SHEET_DATA, SheetPart
from roadwright.sheets.backends.xlsx.tables import ExcelTable
from roadwright.sheets.values import LAST_COLUMN, CellValue, cell_name, column_number


@dataclass
class AppendPlan:
    """The rows that appended data gets, and what has to follow them.

    ``growing`` are tables that end on ``rows[-1]`` afterwards. ``calculated`` are the cells that belong to a
    calculated column of a table and stay empty otherwise, with that table.
    """

    rows: list[int] = field(default_factory=list)
    old_last_row: int = 0
    growing: list[ExcelTable] = field(default_factory=list)
    calculated: list[tuple[int, int, ExcelTable]] = field(default_factory=list)


def plan_rows(edit: TabEdit, grid: Grid, tables: list[ExcelTable]) -> AppendPlan:
    """Find the rows for ``edit.appended``. Raises SheetError, naming what is in the way, when there is no room."""
    last = max(edit.last_data_row, edit.header_row)
    rows = numbers_below(edit)
    if not rows:
        return AppendPlan(old_last_row=last)
    written = {column for row in edit.appended for column, value in row.items() if value is not None and value != ""}
    own = [table for table in tables if _is_of_header(table, edit.header_row, written)]
    growing = [table for table in own if last <= table.last_body_row < rows[-1]]
    plan = AppendPlan(rows, last, growing)
    _refuse_totals_rows(edit.tab, rows, own)
    for table in growing:
        _refuse_what_stands_below(edit.tab, table, rows, grid)
    _refuse_taken_cells(edit, rows, grid, [table for table in tables if table not in own])
    for table in own:
        plan.calculated += _calculated_cells(table, table in growing, rows, edit.appended, grid)
    return plan


def _is_of_header(table: ExcelTable, header_row: int, columns: set[int]) -> bool:
    return table.area.first_row == header_row and any(
        table.area.first_column <= column <= table.area.last_column for column in columns
    )


def _refuse_totals_rows(tab: str, rows: list[int], tables: list[ExcelTable]) -> None:
    for table in tables:
        if table.totals_rows and rows[0] <= table.area.last_row and rows[-1] > table.last_body_row:
            raise SheetError("totals_row_in_the_way", tab=tab, table=table.name, row=table.last_body_row + 1)


def _refuse_what_stands_below(tab: str, table: ExcelTable, rows: list[int], grid: Grid) -> None:
    """A table that grows would swallow whatever stands under it in its columns."""
    for row in rows:
        if row <= table.last_body_row:
            continue
        for column, value in grid.rows.get(row, {}).items():
            if table.area.first_column <= column <= table.area.last_column and value != "":
                raise _in_the_way(tab, row, column, Message("below_table", params={"table": table.name}))
    for area in grid.merged:
        if overlap(area, replace(table.area, first_row=table.last_body_row + 1, last_row=rows[-1])):
            place = max(area.first_row, rows[0]), max(area.first_column, table.area.first_column)
            raise _in_the_way(tab, *place, Message("merged_below_table", params={"table": table.name}))


def _refuse_taken_cells(edit: TabEdit, rows: list[int], grid: Grid, others: list[ExcelTable]) -> None:
    reasons = dict.fromkeys(grid.merged, Message("in_merged_cells"))
    reasons |= {table.area: Message("in_other_table", params={"table": table.name}) for table in others}
    obstacles = areas_by_row(reasons, rows, edit.tab)
    for row, values in zip(rows, edit.appended, strict=True):
        standing = grid.rows.get(row, {})
        for column, value in values.items():
            if value is None or value == "":
                continue
            if standing.get(column, "") != "":
                raise _in_the_way(edit.tab, row, column, Message("holds_something"))
            for area in obstacles.get(row, ()):
                if area.covers(row, column):
                    raise _in_the_way(edit.tab, row, column, reasons[area])


def _in_the_way(tab: str, row: int, column: int, why: Message) -> SheetError:
    return SheetError("new_rows_blocked", tab=tab, cell=cell_name(row, column), why=why)


def _calculated_cells(
    table: ExcelTable, grows: bool, rows: list[int], appended: Sequence[Mapping[int, CellValue | None]], grid: Grid
) -> list[tuple[int, int, ExcelTable]]:
    return [
        (row, column, table)
        for row, values in zip(rows, appended, strict=True)
        if grows or row <= table.last_body_row
        for column in table.calculated
        if values.get(column) is None and column not in grid.rows.get(row, {})
    ]


@dataclass(frozen=True)
class Growth:
    """How a tab grows: rows below its data, columns to the right of its header.

    ``old_last_row`` is the last row of data before (the header's when there was none), ``new_last_row`` the last
    one now. ``header_cells`` are the columns of the header row that get a name. ``first_column`` and ``last_column``
    bound the data, people's own columns beside the written ones included.
    """

    header_row: int
    old_last_row: int
    new_last_row: int
    header_cells: Collection[int] = ()
    first_column: int = 1
    last_column: int = LAST_COLUMN

    def is_beside(self, area: Area) -> bool:
        """The area has no column of the data."""
        return area.last_column < self.first_column or self.last_column < area.first_column

    def is_followed_by(self, area: Area) -> bool:
        """The area, somewhere else in the workbook, means all rows of data, and now misses some.

        One of a single row is a series across, or a name.
        """
        return (
            area.first_row <= self.header_row + 1
            and area.first_row < area.last_row
            and self.old_last_row <= area.last_row < self.new_last_row
            and not self.is_beside(area)
        )


def data_columns(header: Collection[int], written: Collection[int]) -> tuple[int, int]:
    """The first and the last column of the data: the written ones, and those with a header that join on to them."""
    if not written:
        return 1, LAST_COLUMN
    named = {*header, *written}
    first, last = min(written), max(written)
    while first - 1 in named:
        first -= 1
    while last + 1 in named:
        last += 1
    return first, last


def grown_ranges(ranges: str, growth: Growth) -> str:
    """The ranges of a rule (parted by blanks). Equal to what was given when nothing changes."""
    parts = ranges.split()
    grown = [_grown_range(part, growth) for part in parts]
    return " ".join(grown) if grown != parts else ranges


def _grown_range(reference: str, growth: Growth) -> str:
    try:
        area = parse_area(reference)
    except ValueError:  # whole columns, A:C: they cover everything
        return reference
    first = growth.header_row + 1
    # A rule on one row alone is about that row, unless that row is all the data there was.
    about_all = area.first_row < area.last_row or area.first_row == first
    covers_end = area.first_row <= max(growth.old_last_row, first) <= area.last_row
    if about_all and covers_end and area.last_row < growth.new_last_row and not growth.is_beside(area):
        return area_text(replace(area, last_row=growth.new_last_row))
    return reference


def grown_filter(reference: str, growth: Growth) -> str:
    """The range of a filter that has its buttons in the header row; any other stays.

    It takes in new columns at its right edge: sorting by it would tear the rows apart otherwise.
    """
    try:
        area = parse_area(reference)
    except ValueError:
        return reference
    if area.first_row != growth.header_row:
        return reference
    last_row = area.last_row
    if growth.old_last_row <= last_row < growth.new_last_row:
        last_row = growth.new_last_row
    last_column = area.last_column
    while last_column + 1 in growth.header_cells:
        last_column += 1
    grown = replace(area, last_row=last_row, last_column=last_column)
    return reference if grown == area else area_text(grown)


def widened_dimension(reference: str, cells: Collection[tuple[int, int]]) -> str:
    """The used range of a tab, made to cover these cells."""
    try:
        area = parse_area(reference)
    except ValueError:
        return reference
    rows, columns = [row for row, _ in cells], [column for _, column in cells]
    wide = Area(
        min(area.first_row, *rows),
        min(area.first_column, *columns),
        max(area.last_row, *rows),
        max(area.last_column, *columns),
    )
    return reference if wide == area else area_text(wide)


_TOKEN = re.compile(
    r"""
    (?P<kept>
        "(?:[^"]|"")*"                                  # a text
      | '(?:[^']|'')*'                                  # a quoted sheet name
      | \[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\]       # a structured reference, or the file of an outside one
      | [A-Za-z_\\][\w.]*(?=\()                         # a function, such as LOG10(
      | [\w.]*[^\W\d][\w.]*(?=!)                        # an unquoted sheet name
    )
  | (?P<rows> (?<![\w.$]) \$?\d+ : \$?\d+ (?![\w.(]) )  # whole rows, 3:7
  | (?P<cell> (?<![\w.$]) \$?[A-Za-z]{1,3} \$?\d{1,7} (?![\w.(!\[]) )
    """,
    re.VERBOSE | re.DOTALL,
)
_RELATIVE_ROW = re.compile(r"(\$?)(\d+)$")
_CELL = (*SHEET_DATA, "row", "c")
_FORMULA = (*_CELL, "f")


class _FilledColumn(NamedTuple):
    text: str
    shared: str | None


def formula_for(part: SheetPart, table: ExcelTable, row: int, column: int) -> CellFormula | None:
    """The column's formula as it stands in ``row``.

    The table's own text serves where it means the same in every row. One with plain references to cells is taken from
    the nearest row above that holds it; None when no row of the table does, so that there is nothing to fill down.
    """
    declared = table.calculated[column]
    if not has_relative_rows(declared.text):
        return declared
    shared: str | None = None
    for number in range(min(row - 1, table.last_body_row), table.area.first_row, -1):
        found = _formula_at(part, number, column)
        if found is None or (shared is not None and found.shared != shared):
            continue
        if found.text:
            return CellFormula(shifted(found.text, row - number), declared.array)
        # The text of a shared formula stands in its first cell, further up.
        shared = found.shared
    return None


def _formula_at(part: SheetPart, row: int, column: int) -> _FilledColumn | None:
    span = part.find(row)
    if span is None:
        return None
    at = 0
    found: _FilledColumn | None = None
    pieces: list[str] = []
    inside = False
    shared: str | None = None

    def start(path: ElementPath, attributes: Attributes, _: int) -> None:
        nonlocal at, inside, shared
        if path == _CELL:
            reference = attributes.get("r")
            at = column_number(reference.rstrip("0123456789")) if reference else at + 1
        elif path == _FORMULA and at == column:
            inside = True
            shared = attributes.get("si") if attributes.get("t") == "shared" else None

    def end(path: ElementPath, _: int) -> None:
        nonlocal inside, found
        if inside and path == _FORMULA:
            inside = False
            found = _FilledColumn("".join(pieces), shared)

    def text(_: ElementPath, piece: str) -> None:
        if inside:
            pieces.append(piece)

    head = part.head
    walk(head.opening + part.fragment(span) + head.closing, part.where, start, end, text)
    return found


def has_relative_rows(formula: str) -> bool:
    """The formula means other cells in another row."""
    return shifted(formula, 1) != formula


def shifted(formula: str, rows: int) -> str:
    """The formula as it would stand ``rows`` further down; structured references and fixed rows (``$``) stay."""

    def moved(reference: str) -> str:
        match = _RELATIVE_ROW.search(reference)
        if match is None or match[1]:
            return reference
        return f"{reference[: match.start()]}{int(match[2]) + rows}"

    def replace(match: re.Match[str]) -> str:
        if match["kept"] is not None:
            return match["kept"]
        return ":".join(moved(part) for part in match[0].split(":"))

    return _TOKEN.sub(replace, formula)
