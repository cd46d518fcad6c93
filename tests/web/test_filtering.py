"""What the filter line says: no fault of a text that is still typed, where and why of one that is wrong."""

from __future__ import annotations

from roadwright.web.pages.backlog.filtering import Narrowed, narrowed
from tests.house import House


def said(house: House, text: str, caret: int | None = None) -> Narrowed:
    with house.workspace.store.transaction() as session:
        return narrowed(session, text, len(text) if caret is None else caret, "ann@example.com", is_mine=False)


UNFINISHED = [
    *("country", "country ", "country =", "country = ", "country !=", "country <", "country>=", "country contains"),
    *("overall_score >", "overall_score >= ", "deadline_date <", "deadline_date < ", "is_optimization_candidate ="),
    *(
        "country in",
        "country in (",
        "country in(UK",
        "country in (UK,",
        "country in (UK, ",
        "country not",
        "country not in",
    ),
    *("country is", "country is not", "not", "not ", "(", "(country = UK", "(country = UK ", "country = UK and"),
    *("country = UK or ", "title = '", "title contains 'two wo", "title = 'it''s", 'country = UK and title = "a'),
    *("risk_level in (low", "risk_level = ", "x", "(overall_score >= 3"),
]


WRONG = (
    ("countri = UK", "countri"),
    ("country ~", "~"),
    ("country = UK xyz", "xyz"),
    ("risk_level = middling", "middling"),
    ("country = UK and countri ", "countri"),
    ("country = UK)", ")"),
    ("deadline_date < soon", "soon"),
    ("countri =", ""),
)


def test_an_unfinished_text_has_no_fault_until_it_is_left(house: House) -> None:
    for text in UNFINISHED:
        found = said(house, text)
        assert (found.fault, found.is_read) == (None, False), text
        left = said(house, text, -1)
        assert left.fault is not None, text
        assert left.offers == []


def test_what_is_wrong_is_told_while_it_is_typed(house: House) -> None:
    for text, at in WRONG:
        fault = said(house, text).fault
        assert fault is not None, text
        assert fault["at"] == at
        assert fault["before"] + at + fault["after"] == text
