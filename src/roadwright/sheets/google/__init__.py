"""Spreadsheets of Google Sheets as people get them: made ready from the declarations of tabs, checked, signed in to."""
