"""Numbers as people type them: what means one thing, and what means two."""

from __future__ import annotations

import contextlib
import locale
import math
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadwright.domain.reading.numbers import parse_number
from roadwright.domain.reading.pairs import pair_number
from roadwright.domain.reading.rules import AS_TYPED, ReadingRules, Unreadable
from roadwright.domain.reading.units import DAYS, NO_UNIT, TOKENS, Unit, unit_named
from roadwright.domain.shown import tidy
from tests.sheets.cells import BLANKS, texts

COMMA, POINT = ReadingRules(decimal=","), ReadingRules(decimal=".")
SIZES = ReadingRules(sizes={"xl": 60, "m": 30})
MODERATE = st.floats(-1e12, 1e12).map(lambda number: round(number, 3))


def refused(text: str, rules: ReadingRules = AS_TYPED, unit: Unit = NO_UNIT, *, sized: bool = False) -> str:
    """The code of the reason for which a text is refused."""
    with pytest.raises(Unreadable) as caught:
        parse_number(text, rules, unit, sized=sized)
    return caught.value.message.code


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *[("5", 5), (" 5 ", 5), ("+5", 5), ("-5", -5), ("−5", -5), ("–5", -5), (".5", 0.5), ("5.", 5), ("007", 7)],
        *[("1234.5", 1234.5), ("1.5", 1.5), ("0.125", 0.125), ("1e3", 1000), ("2.5E-3", 0.0025)],
        *[("1,500", 1500), ("1 500", 1500), ("1'500", 1500), ("1’500", 1500), ("1,234,567", 1234567)],
        *[("1,234.5", 1234.5), ("1.200,5", 1200.5), ("1,200.5", 1200.5), ("1 234,5", 1234.5), ("1'234.5", 1234.5)],
        *[("1.234.567", 1234567), ("1.234.567,8", 1234567.8), ("1 234 567.25", 1234567.25), ("-1,234", -1234)],
        *[("1,5", 1.5), ("12,34", 12.34), ("1,2345", 1.2345), ("0,123", 0.123), ("1234,567", 1234.567)],
        *[("12k", 12000), ("12K", 12000), ("12 k", 12000), ("1.5M", 1.5e6), ("1,5M", 1.5e6), ("1.5 mio", 1.5e6)],
        *[("1.5 Mio.", 1.5e6), ("2bn", 2e9), ("2 Mrd.", 2e9), ("3 million", 3e6), ("12 tsd", 12000), ("2B", 2e9)],
        *[("€ 40,000", 40000), ("40,000 €", 40000), ("USD 40k", 40000), ("40k USD", 40000), ("usd 40", 40)],
        *[("€40k", 40000), ("12 k€", 12000), ("12 kEUR", 12000), ("k€ 12", 12000), ("CHF 1'500.50", 1500.5)],
        *[("€12m", 12e6), ("12 m€", 12e6), ("$1.5bn", 1.5e9), ("12 Mio. €", 12e6), ("-€5", -5), ("€ -5", -5)],
        *[("~120", 120), ("~ 120", 120), ("ca. 120", 120), ("ca 120", 120), ("approx 120", 120)],
        *[("approx. 120", 120), ("≈120", 120), ("≈ 1,5k", 1500), ("about 120", 120), ("~€12k", 12000)],
    ],
)
def test_what_means_one_thing_is_accepted(text: str, number: float) -> None:
    assert parse_number(text).number == number


@pytest.mark.parametrize("blank", [blank for blank in BLANKS if blank not in ("", "\n", "\u200b", "\ufeff")])
def test_blanks_of_every_sort_part_thousands_and_stand_before_units(blank: str) -> None:
    assert parse_number(f"1{blank}500").number == 1500
    assert parse_number(f"12{blank}k€").number == 12000
    assert parse_number(f"{blank}12{blank}%").value == 0.12


@pytest.mark.parametrize(
    ("text", "share"),
    [("12 %", 0.12), ("12%", 0.12), ("1,200.5 %", 12.005), ("-7%", -0.07), ("0.1 %", 0.001), ("12 percent", 0.12)],
)
def test_percentages(text: str, share: float) -> None:
    found = parse_number(text)
    assert found.is_percent
    assert found.value == share


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *[("4.000", "two_numbers"), ("1.234", "two_numbers"), ("-12.500", "two_numbers"), ("4.000k", "two_numbers")],
        *[("12m", "million_or_months"), ("12 m", "million_or_months"), ("1.5m", "million_or_months")],
        *[("80-100", "is_a_range"), ("2–3", "is_a_range"), ("80 to 100", "is_a_range"), ("12k-15k", "is_a_range")],
        *[("12 days", "other_unit"), ("12 foo", "other_unit"), ("3 kg", "other_unit")],
        *[("", "is_no_number"), ("%", "is_no_number"), ("abc", "is_no_number"), ("€", "is_no_number")],
        *[("1 2", "is_no_number"), ("0 123", "is_no_number"), ("1,23,456", "is_no_number"), ("1.2.3", "is_no_number")],
        *[("--5", "is_no_number"), ("5%%", "is_no_number"), ("0x10", "is_no_number"), ("1_000", "is_no_number")],
        *[("nan", "is_no_number"), ("inf", "is_no_number"), ("١٢", "is_no_number"), ("１２", "is_no_number")],
        *[("(5)", "is_no_number"), ("5-", "is_no_number"), ("1,", "is_no_number"), ("B2B", "other_unit")],
        *[("1,234 567", "is_no_number"), ("1.200.5", "is_no_number"), ("2026-05-01", "is_no_number")],
        ("1e999", "number_too_large"),
    ],
)
def test_anything_else_is_refused_with_the_reason(text: str, code: str) -> None:
    assert refused(text) == code


def test_both_readings_are_named() -> None:
    with pytest.raises(Unreadable) as caught:
        parse_number("4.000")
    assert caught.value.message.params == {"one": "4", "other": "4,000"}
    assert "could be 4 or 4,000" in str(caught.value)


def test_the_setting_says_which_decimal_sign_is_meant() -> None:
    assert [parse_number(text, COMMA).number for text in ("4.000", "1,500", "1.5", "1,200.5")] == [
        4000,
        1.5,
        1.5,
        1200.5,
    ]
    assert [parse_number(text, POINT).number for text in ("4.000", "1,500", "1,5", "1.200,5")] == [4, 1500, 1.5, 1200.5]


def test_the_declared_unit_may_stand_behind_the_number() -> None:
    for text in ("12 days", "12 d", "12d", "12 PD", "12 person-days"):
        assert parse_number(text, unit=DAYS).number == 12
    assert parse_number("3 tokens", unit=TOKENS).number == 3
    assert parse_number("€ 40,000", unit=TOKENS).number == 40000
    assert parse_number("12k users", unit=unit_named("users")).number == 12000
    assert refused("2 weeks", unit=DAYS) == "other_unit"
    assert refused("€ 40", unit=DAYS) == "other_unit"
    assert refused("12m", unit=DAYS) == "million_or_months"


@pytest.mark.parametrize(
    ("unit", "text", "number"),
    [
        *[("k€", "12 k€", 12), ("k€", "12k€", 12), ("k€", "€12k", 12), ("k€", "12 kEUR", 12), ("k€", "1.2 M€", 1200)],
        *[("€", "12 k€", 12000), ("EUR", "€ 40,000", 40000), ("€", "40k EUR", 40000), ("USD", "$ 5", 5)],
        *[("m€", "12 m€", 12), ("M EUR", "12 M€", 12), ("%", "8 %", 8), ("%", "8", 8), ("min", "8 min", 8)],
    ],
)
def test_the_declared_unit_wins(unit: str, text: str, number: float) -> None:
    assert parse_number(text, unit=unit_named(unit)).number == number


@pytest.mark.parametrize(
    ("unit", "text", "code"),
    [
        *[("k€", "12k", "two_amounts"), ("k€", "€ 12,000", "two_amounts"), ("k€", "$ 12k", "other_currency")],
        *[("EUR", "USD 40k", "other_currency"), ("GBP", "40 €", "other_currency"), ("users", "€ 5", "other_unit")],
    ],
)
def test_another_unit_than_the_declared_one_is_refused(unit: str, text: str, code: str) -> None:
    assert refused(text, unit=unit_named(unit)) == code


def test_sizes_are_what_the_settings_say() -> None:
    assert parse_number("XL", SIZES, sized=True).number == 60
    assert parse_number(" m ", SIZES, sized=True).number == 30
    assert refused("L", SIZES, sized=True) == "is_a_size"
    assert refused("XL", sized=True) == "is_a_size"
    assert refused("XL", SIZES) == "is_no_number"


@given(MODERATE)
def test_grouped_and_plain_forms_mean_the_same(number: float) -> None:
    grouped = f"{number:,.2f}"
    for text in (grouped, grouped.replace(",", "\u00a0"), grouped.translate(str.maketrans(",.", ".,"))):
        assert parse_number(text).number == float(f"{number:.2f}")
    assert parse_number(f"{number:.2f} %").value == pytest.approx(number / 100, abs=0.01)


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([None, ".", ","]))
def test_a_number_shown_in_pairs_is_read_as_itself(number: float, decimal: str | None) -> None:
    assert parse_number(pair_number(number, decimal), ReadingRules(decimal=decimal)).number == number


@given(texts(), st.sampled_from(["", "k€", "days", "%"]))
def test_any_text_is_a_finite_number_or_refused(text: str, unit: str) -> None:
    for rules in (AS_TYPED, COMMA, SIZES):
        with contextlib.suppress(Unreadable):
            assert math.isfinite(parse_number(text, rules, unit_named(unit), sized=True).value)


@pytest.fixture
def other_locale() -> Iterator[None]:
    """The process in a locale with other signs and month names, where the machine has one."""
    before = locale.setlocale(locale.LC_ALL)
    for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "C"):
        with contextlib.suppress(locale.Error):
            locale.setlocale(locale.LC_ALL, name)
            break
    yield
    locale.setlocale(locale.LC_ALL, before)


@pytest.mark.usefixtures("other_locale")
def test_the_locale_does_not_matter() -> None:
    assert [parse_number(text).number for text in ("1,500", "1,5", "1.5", "1.200,5")] == [1500, 1.5, 1.5, 1200.5]
    assert refused("4.000") == "two_numbers"


@given(st.floats(allow_nan=False))
def test_tidying_changes_no_value(number: float) -> None:
    assert tidy(number) == number


def test_whole_numbers_are_shown_without_a_point() -> None:
    assert str(tidy(5.0)) == "5"
    assert str(tidy(-0.0)) == "0"
    assert str(tidy(5.5)) == "5.5"


@pytest.mark.parametrize(
    ("unit", "is_share", "is_percent"),
    [
        *[("", True, False), ("share of buyers", True, False), ("Ratio", True, False), ("rate", True, False)],
        *[("%", False, True), ("percent", False, True), ("pp", False, True), ("percentage points", False, True)],
        *[("GBP", False, False), ("shareholders", False, False), ("orders", False, False)],
    ],
)
def test_what_a_percentage_is_in_a_unit(unit: str, is_share: bool, is_percent: bool) -> None:
    found = unit_named(unit)
    assert (found.is_share, found.is_percent) == (is_share, is_percent)
