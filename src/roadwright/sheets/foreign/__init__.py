"""Files that others made, read as tables of cells: CSV in its many forms, and workbooks of other formats."""

from roadwright.sheets.foreign.files import ForeignSheet, is_workbook_of_ours, read_sheets
from roadwright.sheets.foreign.writing import workbook_of

__all__ = ["ForeignSheet", "is_workbook_of_ours", "read_sheets", "workbook_of"]
