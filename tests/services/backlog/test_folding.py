"""SQL folds texts as ``domain.text`` does, character by character, on both databases."""

from __future__ import annotations

import sys
import unicodedata

from sqlalchemy import Text, literal, select

from roadwright.domain.text import folded
from roadwright.services.backlog.folding import Folded, Position, folds
from roadwright.store.session import open_store

EVERYTHING = "".join(folds())
PART = 20_000
"""Characters that are sent to the database at once."""


def test_every_character_is_folded_as_python_does(database_url: str) -> None:
    characters = [chr(code) for code in range(1, sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
    assigned = [char for char in characters if unicodedata.category(char) not in ("Cn", "Co")]
    store = open_store(database_url)
    with store.transaction() as session:
        for start in range(0, len(assigned), PART):
            # A letter between them, so that no character is composed with the one before it.
            text = "x".join(assigned[start : start + PART])
            assert session.scalar(select(Folded(literal(text, Text)))) == folded(text)
    store.close()


def test_a_text_of_some_letters_is_found_by_folding_these_alone(database_url: str) -> None:
    store = open_store(database_url)
    with store.transaction() as session:
        for letter in (*"abcdfhijnstwyz", "ι", "σ", "ʼ", "ǆ", "\U00010428", "日"):
            place = session.scalar(select(Position(Folded(literal(EVERYTHING, Text), frozenset(letter)), letter)))
            assert bool(place) == (letter in folded(EVERYTHING)), letter
    store.close()


def test_texts_that_read_alike_are_one_and_those_that_only_look_alike_to_a_locale_are_not(database_url: str) -> None:
    store = open_store(database_url)
    with store.transaction() as session:
        for one, other, alike in (
            ("I", "ı", False),
            ("İ", "i", False),
            ("ä", "ae", False),
            ("کتاب\u200cخانه", "کتابخانه", False),
            ("Perú", "PERU\u0301", True),
            ("a\u00a0b", " a  b\n", True),
            ("Depart\u00adment", "department", True),
            ("Straße", "STRASSE", True),
        ):
            same = select(Folded(literal(one, Text)) == Folded(literal(other, Text)))
            assert bool(session.scalar(same)) is alike, (one, other)
        for less, more in (("a\u00e9", "Z"), ("\uffff", "\U00010000"), ("a b", "a-b"), ("a-b", "aa")):
            assert session.scalar(select(Folded(literal(less, Text)) < Folded(literal(more, Text)))), (less, more)
    store.close()
