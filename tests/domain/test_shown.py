"""Figures in sentences, with and without units, and texts in CSV files."""

from __future__ import annotations

import pytest

from roadwright.domain.sentences import amount
from roadwright.domain.shown import figure, harmless


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1_234_567.0, "1,234,567"),
        (0.1 + 0.2, "0.3"),
        (-2.2, "-2.2"),
        (0.0, "0"),
        (0.0245, "0.0245"),
        (0.0000012, "0.0000012"),
        (19_955_000.5, "19,955,000.5"),
        (99.9999999999, "100"),
    ],
)
def test_figures_read_well(number: float, text: str) -> None:
    assert figure(number) == text


@pytest.mark.parametrize(
    ("number", "unit", "words"),
    [(1_200.0, "EUR", "1,200 EUR"), (-0.5, None, "-0.5"), (0, "", "0"), (19_955_000, "orders", "19,955,000 orders")],
)
def test_a_number_is_shown_as_people_write_it_with_its_unit(number: float, unit: str | None, words: str) -> None:
    message = amount(number, unit)
    assert str(message) == words
    assert message.params["number"] == number


@pytest.mark.parametrize("text", ["=1+1", "+cmd|x", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＠SUM(A1)"])
def test_beginnings_of_formulas_are_made_texts(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a = b", "1 - 2", "'quoted'", "Straße", "a@b.example", "–5"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text
