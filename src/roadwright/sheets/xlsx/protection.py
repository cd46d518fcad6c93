"""Cells that a program must not write into: formulas, what merged cells cover, and the rims of tables. Pure."""

from __future__ import annotations

from roadwright.sheets.values import cell_name
from roadwright.sheets.xlsx.addresses import area_text
from roadwright.sheets.xlsx.reader import SheetContent
from roadwright.sheets.xlsx.tables import Table


def protection(content: SheetContent, tables: list[Table], row: int, column: int) -> str | None:
    """Why this cell can't be written, as the end of a sentence that begins with its place; None when it can."""
    for area in content.arrays:
        if area.covers(row, column):
            return (
                f"belongs to the array formula in {area_text(area)}; move that formula to a column of your own, "
                "because this one is written by the program"
            )
    if (row, column) in content.grid.formulas:
        return (
            "holds a formula; replace it by a plain value, or move it to a column of your own, "
            "because this one is written by the program"
        )
    for area in content.grid.merged:
        if area.covers(row, column) and (row, column) != (area.first_row, area.first_column):
            return f"is merged into {cell_name(area.first_row, area.first_column)}; unmerge {area_text(area)}"
    for table in tables:
        if not table.area.covers(row, column):
            continue
        if row < table.area.first_row + table.header_rows:
            return f"is a header of table {table.name}; rename it in a spreadsheet program"
        if row > table.last_body_row:
            return f"belongs to the totals row of table {table.name}"
    return None
