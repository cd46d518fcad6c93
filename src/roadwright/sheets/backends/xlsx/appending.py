"""Where appended rows go: below the data, inside or under its table, never over anything that stands there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from roadwright.domain.messages import Message
from roadwright.sheets.backend import Grid, SheetError, TabEdit
from roadwright.sheets.backends.xlsx.addresses import areas_by_row, overlap
from roadwright.sheets.backends.xlsx.tables import ExcelTable
from roadwright.sheets.values import LAST_ROW, CellValue, cell_name


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
    count = len(edit.appended)
    last = max(edit.last_data_row, edit.header_row)
    if not count:
        return AppendPlan(old_last_row=last)
    rows = list(range(last + 1, last + 1 + count))
    if rows[-1] > LAST_ROW:
        raise SheetError("no_rows_left", tab=edit.tab, count=count, last=last, most=LAST_ROW)
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
