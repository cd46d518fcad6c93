"""Spreadsheets of Google Sheets as workbooks. Google's libraries are loaded here, and with this package only."""

from roadwright.sheets.backends.google.workbook import GoogleWorkbook

__all__ = ["GoogleWorkbook"]
