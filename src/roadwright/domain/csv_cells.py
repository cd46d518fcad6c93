"""Texts in CSV files that spreadsheet programs would take for formulas."""

from __future__ import annotations

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell begins with that is calculated when the file is opened, full-width forms and hidden beginnings too."""


def harmless(text: str) -> str:
    """The text with ``'`` before it where it would be taken for a formula. Numbers are not to be given."""
    return f"'{text}" if text.startswith(_STARTS_FORMULA) else text
