"""Numbers as people type them, and JSON as they paste it."""

from __future__ import annotations

import contextlib
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadwright.domain.shown import tidy
from roadwright.sheets.numbers import BadJson, NotANumber, parse_number, strict_json
from tests.sheets.cells import texts

MODERATE = st.floats(-1e12, 1e12).map(lambda number: round(number, 3))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5", 5),
        (" 5 ", 5),
        ("+5", 5),
        ("-5", -5),
        ("−5", -5),
        (".5", 0.5),
        ("5.", 5),
        ("1234.5", 1234.5),
        ("1,234.5", 1234.5),
        ("1,234", 1234),
        ("-1,234,567", -1234567),
        ("1 234.5", 1234.5),
        ("1\u00a0234.5", 1234.5),
        ("1\u202f234\u202f567", 1234567),
        ("1e3", 1000),
        ("2.5E-3", 0.0025),
        ("12 %", 0.12),
        ("12%", 0.12),
        ("12\u00a0%", 0.12),
        ("1,200.5 %", 12.005),
        ("-7%", -0.07),
        ("0.1 %", 0.001),
        ("007", 7),
    ],
)
def test_what_is_accepted(text: str, number: float) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize(
    "text", ["1.234,5", "1 234,5", "1,5", "12,34", "1,2345", "0,123", "00,123", "-0,500", "1.234.567,8", "1,"]
)
def test_what_could_be_read_in_two_ways_is_refused_and_the_way_out_is_named(text: str) -> None:
    with pytest.raises(NotANumber, match="write decimals with a point"):
        parse_number(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "%", "abc", "5 days", "€5", "1 2", "0 123", "1,23,456", "1.2.3", "--5", "5%%", "1e", "0x10", "1_000"),
        *("nan", "inf", "Infinity", "١٢", "１２", "1,234 567", "(5)", "5-"),
    ],
)
def test_anything_else_is_no_number(text: str) -> None:
    with pytest.raises(NotANumber):
        parse_number(text)


def test_a_number_beyond_all_numbers_is_refused() -> None:
    with pytest.raises(NotANumber, match="too large"):
        parse_number("1e999")


@given(MODERATE)
def test_grouped_and_plain_forms_mean_the_same(number: float) -> None:
    plain, commas = f"{number:.3f}", f"{number:,.3f}"
    assert parse_number(plain) == number
    assert parse_number(commas) == number
    assert parse_number(commas.replace(",", "\u00a0")) == number
    assert parse_number(f"{plain} %") == pytest.approx(number / 100)


@given(MODERATE)
def test_european_decimals_are_never_guessed(number: float) -> None:
    european = f"{number:,.3f}".translate(str.maketrans(",.", ".,"))
    # 1,234 is a thousand: its comma can't be told from a decimal one
    if abs(number) < 1 or abs(number) >= 1000:
        with pytest.raises(NotANumber):
            parse_number(european)


@given(texts())
def test_any_text_is_a_finite_number_or_refused(text: str) -> None:
    with contextlib.suppress(NotANumber):
        assert math.isfinite(parse_number(text))


@given(st.floats(allow_nan=False))
def test_tidying_changes_no_value(number: float) -> None:
    assert tidy(number) == number


def test_whole_numbers_are_shown_without_a_point() -> None:
    assert str(tidy(5.0)) == "5"
    assert str(tidy(-0.0)) == "0"
    assert str(tidy(5.5)) == "5.5"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1, "a": 2}', "names a twice"),
        ('{"a": NaN}', "holds NaN, which is no number"),
        ('{"a": -Infinity}', "holds -Infinity, which is no number"),
        ('{"a": 1e999}', "holds 1e999, which is too large a number"),
        ('{"a": ' + "9" * 400 + "}", "too large a number"),
        ('{"a": ' + "9" * 5000 + "}", "too large a number"),
        ('{"a": 1', "is not valid JSON (Expecting ',' delimiter at character 8)"),
        ("[" * 100_000, "nested too deeply"),
        ("[" * 30 + "]" * 30, "nested too deeply"),
        ('{"\\ud800": 1}', "can't be stored (code 55296)"),
        ('{"a": ["b\\u0000"]}', "can't be stored (code 0)"),
    ],
)
def test_json_that_could_mislead_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(BadJson) as caught:
        strict_json(text)
    assert words in str(caught.value)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**300), 10**300) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text("abc", max_size=3), parts, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(_JSON)
def test_other_json_is_read_as_it_is(value: object) -> None:
    assert strict_json(json.dumps(value)) == value
    assert strict_json(json.dumps(value, ensure_ascii=False)) == value
