"""Cells that a program must not write into: formulas, what merged cells cover, and the rims of tables. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from roadwright.sheets.values import cell_name
from roadwright.sheets.xlsx.addresses import AreaIndex, area_text
from roadwright.sheets.xlsx.reader import SheetContent
from roadwright.sheets.xlsx.tables import ExcelTable

_WRITTEN_BY_US = "or move it to a column of your own, because this one is written by the program"


class Protection:
    """Answers for the cells of a tab whether they can be written."""

    def __init__(self, tab: str, content: SheetContent, tables: Iterable[ExcelTable]) -> None:
        self._formulas = content.grid.formulas
        self._arrays = AreaIndex(content.grid.arrays, tab)
        self._merged = AreaIndex(content.grid.merged, tab)
        self._tables = list(tables)

    def reason(self, row: int, column: int, *, same: bool) -> str | None:
        """Why this cell can't be written, as the end of a sentence that begins with its place; None when it can.

        ``same`` says that the cell shows the value already; a table's header may be given its own name again.
        """
        for area in self._arrays.over(row):
            if area.covers(row, column):
                return (
                    f"belongs to the array formula in {area_text(area)}; replace it by plain values, {_WRITTEN_BY_US}"
                )
        if (row, column) in self._formulas:
            return f"holds a formula; replace it by a plain value, {_WRITTEN_BY_US}"
        for area in self._merged.over(row):
            if area.covers(row, column) and (row, column) != (area.first_row, area.first_column):
                return f"is merged into {cell_name(area.first_row, area.first_column)}; unmerge {area_text(area)}"
        for table in self._tables:
            if not table.area.covers(row, column):
                continue
            if row < table.area.first_row + table.header_rows and not same:
                return f"is a header of table {table.name}; rename it in a spreadsheet program"
            if row > table.last_body_row:
                return f"belongs to the totals row of table {table.name}; switch that off or move it"
        return None
