"""How texts compare: accents in either form, blanks, case, and characters that nobody sees."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadwright.domain.keys import canonical_key
from roadwright.domain.optimization import slice_value
from roadwright.domain.periods import same_period
from roadwright.domain.text import BLANKS, INVISIBLE, composed, folded, normalised, same_text, same_words

TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from("eEéÉ\u0301\u0345ßﬁ \u00a0\t\u00ad"))


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Growth Team", "growth team"),
        ("  Growth\u00a0\u2003 Team\r\n", "growth team"),
        ("Peru\u0301", "perú"),
        ("PERU\u0301", "perú"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Depart\u00adment", "department"),
        ("\ufeffUK\u200b", "uk"),
        ("\u212bngstro\u0308m", "ångström"),
        ("\u1fb4", "άι"),  # an iota below is a letter of its own once the case is folded
        ("\u00a0", ""),
    ],
)
def test_the_form_in_which_texts_compare(text: str, form: str) -> None:
    assert folded(text) == unicodedata.normalize("NFC", form)


@pytest.mark.parametrize(
    ("one", "other"), [("Peru", "Perú"), ("a b", "ab"), ("می\u200cخواهم", "میخواهم"), ("I", "ı"), ("2", "²"), ("", "x")]
)
def test_texts_that_are_not_one(one: str, other: str) -> None:
    assert not same_text(one, other)


@given(TEXTS)
def test_every_spelling_of_a_text_has_its_form(text: str) -> None:
    form = folded(text)
    assert folded(form) == form
    assert unicodedata.is_normalized("NFC", form)
    for spelling in ("NFC", "NFD"):
        assert folded(unicodedata.normalize(spelling, text)) == form
    assert folded(text.upper()) == folded(text.upper().casefold())
    assert same_text(f"\u00a0{text}\n", text)


@given(
    st.lists(st.text(st.characters(exclude_categories=("Cs", "M"), exclude_characters=BLANKS + INVISIBLE), min_size=1))
)
def test_blanks_between_words_are_all_one(words: list[str]) -> None:
    for blank in (*BLANKS, "\u00a0 \t", f" {INVISIBLE}"):
        assert folded(blank.join(words)) == folded(" ".join(words))
        assert same_words(blank.join(words), " ".join(words))


def test_case_makes_other_words() -> None:
    assert same_words("Café  au lait", "Cafe\u0301 au\nlait")
    assert not same_words("Café", "café")


def test_composed_leaves_everything_else_as_it_is() -> None:
    assert composed("Cafe\u0301  \u00ad") == "Café  \u00ad"


@pytest.mark.parametrize(
    "header",
    [
        "Depart\u00adment",
        "\u200eDEPARTMENT\u200f",
        "de\u200bpart\u2060ment\ufeff",
        "Depart\u200c\u200dment",
        "\u202aDepartment\u202c",
        "Department\ufe0f",
        "Depart\u180ement",
        "Depart\u034fment",
        "Depart\U000e0001ment",
        " depart-ment_\u00a0",
    ],
)
def test_what_is_invisible_never_hides_a_header(header: str) -> None:
    assert normalised(header) == normalised("department")


@given(st.sampled_from([c for c in map(chr, range(0x110000)) if unicodedata.category(c) == "Cf"]), st.integers(0, 10))
def test_no_format_character_hides_a_header(invisible: str, at: int) -> None:
    assert normalised(f"{'department'[:at]}{invisible}{'department'[at:]}") == "department"


def test_keys_periods_and_slices_compare_so_too() -> None:
    assert canonical_key("\u00a0init-7\u200b\n") == "INIT-000007"
    assert canonical_key("init- 7") is None
    assert same_period("Q2\u00a02026", "2026-Q2")
    assert same_period("Re\u0301union", "réunion")
    assert slice_value(["Peru\u0301", " Growth\u00a0 Team "]) == slice_value(["perú + growth team"])
