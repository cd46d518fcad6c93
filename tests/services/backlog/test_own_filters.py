"""Filters that a person saved for themselves."""

from __future__ import annotations

import pytest

from roadwright.domain.filters import FilterError
from roadwright.services.backlog import (
    NameProblem,
    own_filters,
    remove_own_filter,
    resolve_filter,
    save_filter,
    save_own_filter,
    saved_filters,
)
from roadwright.services.backlog.own_filters import MOST_OWN
from tests.house import House

ANN, BEN = "ann@example.com", "ben@example.com"


def test_they_are_their_owners_and_names_may_be_the_teams(house: House) -> None:
    with house.workspace.store.transaction() as session:
        save_filter(session, "mine", "country = UK", "test")
        saved, before = save_own_filter(session, ANN, "@Mine ", " country = Spain ")
        assert (saved.name, saved.filter_text, before) == ("Mine", "country = Spain", None)
        save_own_filter(session, ANN, "a second", "country = France")
        save_own_filter(session, BEN, "mine", "country = Italy")
    with house.workspace.store.transaction() as session:
        assert [one.name for one in own_filters(session, ANN)] == ["a second", "Mine"]
        assert [one.filter_text for one in own_filters(session, BEN)] == ["country = Italy"]
        assert [one.filter_text for one in saved_filters(session)] == ["country = UK"]
        with pytest.raises(FilterError) as caught:
            resolve_filter(session, "@a second")
        assert (caught.value.message.code, caught.value.message.params["names"]) == ("unknown_saved_filter", ["mine"])


def test_one_is_replaced_and_removed_by_its_owner(house: House) -> None:
    with house.workspace.store.transaction() as session:
        save_own_filter(session, ANN, "mine", "country = Spain")
        saved, before = save_own_filter(session, ANN, "MINE", "country = UK")
        assert (saved.name, before) == ("MINE", "country = Spain")
        with pytest.raises(NameProblem) as caught:
            remove_own_filter(session, BEN, "mine")
        assert caught.value.message.code == "no_own_filters"
        save_own_filter(session, BEN, "minor", "country = UK")
        with pytest.raises(NameProblem) as caught:
            remove_own_filter(session, BEN, "mine")
        assert caught.value.message.code == "unknown_own_filter"
        assert "MINE" not in str(caught.value)
        assert remove_own_filter(session, ANN, "@mine").filter_text == "country = UK"
        assert own_filters(session, ANN) == []


def test_what_is_no_filter_and_no_name_is_refused_and_so_are_too_many(house: House) -> None:
    with house.workspace.store.transaction() as session:
        for text, code in (("countri = UK", "unknown_field"), ("@mine", "filter_names_another"), ("", "empty_filter")):
            with pytest.raises(FilterError) as wrong:
                save_own_filter(session, ANN, "bad", text)
            assert wrong.value.message.code == code
        for name in ("", " @ ", "a\u202eb", "x" * 201, "nul\0"):
            with pytest.raises(NameProblem) as caught:
                save_own_filter(session, ANN, name, "country = UK")
            assert caught.value.message.code == "bad_filter_name"
            assert len(str(caught.value)) < 400
        for number in range(MOST_OWN):
            save_own_filter(session, ANN, f"filter {number}", "country = UK")
        with pytest.raises(NameProblem) as caught:
            save_own_filter(session, ANN, "one more", "country = UK")
        assert (caught.value.message.code, caught.value.message.params) == ("too_many_own_filters", {"most": MOST_OWN})
        save_own_filter(session, ANN, "filter 7", "country = Spain")
        assert len(own_filters(session, ANN)) == MOST_OWN
