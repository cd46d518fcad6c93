"""Cells that a program must not write into: formulas, what merged cells cover, and the rims of tables. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from roadwright.domain.messages import Message
from roadwright.sheets.backends.xlsx.addresses import AreaIndex, area_text
from roadwright.sheets.backends.xlsx.reader import SheetContent
from roadwright.sheets.backends.xlsx.tables import ExcelTable
from roadwright.sheets.values import cell_name


class Protection:
    """Answers for the cells of a tab whether they can be written."""

    def __init__(self, tab: str, content: SheetContent, tables: Iterable[ExcelTable]) -> None:
        self._formulas = content.grid.formulas
        self._arrays = AreaIndex(content.grid.arrays, tab)
        self._merged = AreaIndex(content.grid.merged, tab)
        self._tables = list(tables)

    def reason(self, row: int, column: int, *, same: bool) -> Message | None:
        """Why this cell can't be written; None when it can.

        ``same`` says that the cell shows the value already; a table's header may be given its own name again.
        """
        for area in self._arrays.over(row):
            if area.covers(row, column):
                return _of_cell("cell_in_array_formula", row, column, area=area_text(area))
        if (row, column) in self._formulas:
            return _of_cell("cell_with_formula", row, column)
        for area in self._merged.over(row):
            if area.covers(row, column) and (row, column) != (area.first_row, area.first_column):
                master = cell_name(area.first_row, area.first_column)
                return _of_cell("cell_merged", row, column, master=master, area=area_text(area))
        for table in self._tables:
            if not table.area.covers(row, column):
                continue
            if row < table.area.first_row + table.header_rows and not same:
                return _of_cell("cell_is_table_header", row, column, table=table.name)
            if row > table.last_body_row:
                return _of_cell("cell_in_totals_row", row, column, table=table.name)
        return None


def _of_cell(code: str, row: int, column: int, **more: str) -> Message:
    return Message(code, params={"cell": cell_name(row, column), **more})
