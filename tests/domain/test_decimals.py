"""Decimal arithmetic: what a person gets with pencil and paper."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadwright.domain.decimals import power, product, quotient, remainder, rounded, rounded_to, total, whole_quotient

CENTS = st.integers(-(10**7), 10**7)
"""Numbers of two decimals, as cents."""
FLOATS = st.floats(allow_nan=False, allow_infinity=False)


def test_sums_products_and_quotients_are_the_decimal_ones() -> None:
    assert total((0.7, 0.1, 0)) == 0.8
    assert total((0.1, 0.2)) == 0.3
    assert total((0.3, -0.1, -0.2)) == 0
    assert product(0.7, 3) == 2.1
    assert product(1.1, 1.1, 1.1) == 1.331
    assert quotient(0.7, 0.1) == 7
    assert (whole_quotient(0.3, 0.1), remainder(0.3, 0.1)) == (3, 0)
    assert (whole_quotient(-7, 2), remainder(-7, 2), remainder(7, -2)) == (-4, 1, -1)
    assert power(1.1, 2) == 1.21
    assert power(0.5, -1) == 2
    assert rounded_to(2.675, 2) == 2.68
    assert rounded_to(2.5, 0) == 2


@given(st.lists(CENTS, max_size=30), CENTS, CENTS.filter(bool))
def test_figures_of_two_decimals_are_exact(cents: list[int], factor: int, divisor: int) -> None:
    assert total(cent / 100 for cent in cents) == sum(cents) / 100
    assert product(factor / 100, divisor / 100) == factor * divisor / 10_000
    assert quotient(factor / 100, divisor / 100) == factor / divisor


@given(FLOATS, FLOATS)
def test_the_result_is_the_nearest_float(one: float, other: float) -> None:
    with localcontext(prec=1000, Emin=-5000, Emax=5000):
        assert total((one, other)) == float(Decimal(repr(one)) + Decimal(repr(other)))
        assert product(one, other) == float(Decimal(repr(one)) * Decimal(repr(other)))


def test_what_is_beyond_all_floats_is_infinite() -> None:
    assert total((1e308, 1e308)) == math.inf
    assert product(-1e200, 1e200) == -math.inf
    assert quotient(1e300, 1e-300) == math.inf


@pytest.mark.parametrize(
    ("figure", "shown"),
    [
        (0.1 + 0.2, 0.3),
        (0.7 + 0.1, 0.8),
        (1 / 3 * 3, 1.0),
        (0.3333333333333333, 0.333333333333333),
        (123_456_789.125, 123_456_789.125),
        (1.7976931348623157e308, 1.7976931348623157e308),
        (5e-324, 5e-324),
        (math.inf, math.inf),
    ],
)
def test_fifteen_digits_count(figure: float, shown: float) -> None:
    assert rounded(figure) == shown


@given(st.floats(1e-300, 1e300))
def test_rounding_twice_changes_nothing(figure: float) -> None:
    assert rounded(rounded(figure)) == rounded(figure)
    assert math.isclose(rounded(figure), figure, rel_tol=1e-14)
