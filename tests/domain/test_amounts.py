"""Figures with their units, as messages show them."""

from __future__ import annotations

import pytest

from roadwright.domain.amounts import amount


@pytest.mark.parametrize(
    ("number", "unit", "words"),
    [(1_200.0, "EUR", "1,200 EUR"), (-0.5, None, "-0.5"), (0, "", "0"), (19_955_000, "orders", "19,955,000 orders")],
)
def test_a_number_is_shown_as_people_write_it_with_its_unit(number: float, unit: str | None, words: str) -> None:
    message = amount(number, unit)
    assert str(message) == words
    assert message.params["number"] == number
