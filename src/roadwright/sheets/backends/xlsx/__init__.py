"""The .xlsx and .xlsm backend of the sheet engine: reads tabs, and changes cells in place without touching the rest."""

from roadwright.sheets.backends.xlsx.workbook import XlsxWorkbook, open_workbook

__all__ = ["XlsxWorkbook", "open_workbook"]
