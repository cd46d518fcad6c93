"""Texts that spreadsheet programs would take for formulas."""

from __future__ import annotations

import pytest

from roadwright.domain.csv_cells import harmless


@pytest.mark.parametrize("text", ["=1+1", "+cmd|x", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＠SUM(A1)"])
def test_beginnings_of_formulas_are_made_texts(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a = b", "1 - 2", "'quoted'", "Straße", "a@b.example", "–5"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text
