"""What the filter line says: no fault of a text that is still typed, where and why of one that is wrong."""

from __future__ import annotations

import pytest

from roadwright.api.state import Caller
from roadwright.domain.roles import ROLES, Role
from roadwright.services.backlog import own_filters, saved_filters
from roadwright.web.page import Refused
from roadwright.web.pages.backlog.filtering import Narrowed, narrowed
from roadwright.web.pages.backlog.saving import Whose, save_for
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


def test_whose_filters_a_role_may_save(house: House) -> None:
    for role in ROLES:
        may = (Whose.TEAM, Whose.OWN) if role.may(Role.PLANNER) else (Whose.OWN,)
        assert Whose.of(Caller("ann@example.com", role)) == may
    viewer, here = Caller("ann@example.com", Role.VIEWER), Caller("ann", Role.ADMIN, is_local=True)
    assert Whose.of(here) == (Whose.TEAM,), "who signs in nowhere has no filters of their own"
    with house.workspace.store.transaction() as session:
        for caller, whose, code in (
            (viewer, Whose.TEAM, "role_too_low"),
            (here, Whose.OWN, "filter_needs_account"),
        ):
            with pytest.raises(Refused) as caught:
                save_for(session, caller, "mine", "country = UK", whose)
            assert caught.value.message.code == code
        assert (saved_filters(session), own_filters(session, viewer.who), own_filters(session, here.who)) == (
            [],
            [],
            [],
        )
        said, shown = save_for(session, viewer, "mine", "country = UK", Whose.OWN)
        assert (said.code, [one.is_own for one in shown]) == ("filter_saved_own", [True])
