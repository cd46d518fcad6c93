"""The .xlsx and .xlsm backend of the sheet engine: reads tabs, and changes cells in place without touching the rest."""

from roadwright.sheets.backends.xlsx.swap import place_file
from roadwright.sheets.backends.xlsx.temporary import clean_leftovers
from roadwright.sheets.backends.xlsx.workbook import XlsxWorkbook, open_workbook

__all__ = ["XlsxWorkbook", "clean_leftovers", "open_workbook", "place_file"]
