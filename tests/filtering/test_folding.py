"""SQL folds the case of text as Python does, character by character, on both databases."""

from __future__ import annotations

from sqlalchemy import Text, func, literal, select

from roadwright.filtering.folding import Casefold, Position, folds
from roadwright.store.session import open_store

EVERYTHING = "".join(folds())


def test_every_character_that_folds_is_folded(database_url: str) -> None:
    store = open_store(database_url)
    with store.transaction() as session:
        text = literal(f"a{EVERYTHING}z", Text)
        assert session.scalar(select(Casefold(text))) == f"a{EVERYTHING}z".casefold()
    store.close()


def test_a_text_of_some_letters_is_found_by_folding_these_alone(database_url: str) -> None:
    store = open_store(database_url)
    with store.transaction() as session:
        for letter in (*"abcdfhijnstwyz", "ι", "σ", "ʼ", "\u0307", "ǆ", "\U00010428", "日"):
            folded = Casefold(literal(EVERYTHING, Text), frozenset(letter))
            count = session.scalar(select(func.length(folded) - func.length(func.replace(folded, letter, ""))))
            assert count == EVERYTHING.casefold().count(letter), letter
            first = session.scalar(select(Position(folded, letter)))
            assert (first or 0) > 0 or letter not in EVERYTHING.casefold()
    store.close()


def test_text_that_only_looks_alike_to_a_locale_is_another(database_url: str) -> None:
    store = open_store(database_url)
    with store.transaction() as session:
        for one, other in (("I", "ı"), ("İ", "i"), ("é", "e\u0301"), ("a\u00a0b", "a b"), ("ä", "ae")):
            same = select(Casefold(literal(one, Text)) == Casefold(literal(other, Text)))
            assert not session.scalar(same), (one, other)
        for less, more in (("Z", "a\u00e9"), ("\uffff", "\U00010000"), ("a b", "a-b"), ("a-b", "aa")):
            assert session.scalar(select(Casefold(literal(less, Text)) < Casefold(literal(more, Text)))) == (
                less.casefold() < more.casefold()
            )
    store.close()
