"""The keys that the backend gives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadwright.domain.keys import ACTION_RUN, INITIATIVE, OPTIMIZATION_RUN, make_key, parse_key


def test_keys_have_the_documented_form() -> None:
    assert make_key(INITIATIVE, 1) == "INIT-000001"
    assert make_key(ACTION_RUN, 42) == "ACT-000042"
    assert make_key(OPTIMIZATION_RUN, 1234567) == "OPT-1234567"


@given(st.sampled_from((INITIATIVE, ACTION_RUN, OPTIMIZATION_RUN)), st.integers(0, 10**12 - 1))
def test_a_key_is_read_back(prefix: str, number: int) -> None:
    assert parse_key(prefix, make_key(prefix, number)) == number


@pytest.mark.parametrize("text", ["INIT-000012", "init-000012", " Init-12 \n"])
def test_case_outer_blanks_and_leading_zeros_do_not_matter(text: str) -> None:
    assert parse_key(INITIATIVE, text) == 12


@pytest.mark.parametrize(
    "text", ["", "INIT", "INIT-", "INIT-x", "INIT 12", "INIT-١٢", "OPT-000012", "INIT-12, INIT-13"]
)
def test_anything_else_is_no_key(text: str) -> None:
    assert parse_key(INITIATIVE, text) is None


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_none(text: str) -> None:
    assert (parse_key(INITIATIVE, text) or 0) >= 0
