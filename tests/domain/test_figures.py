"""Numbers in sentences."""

from __future__ import annotations

import pytest

from roadwright.domain.figures import figure


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
