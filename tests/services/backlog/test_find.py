"""Finding initiatives in the database, and filters saved by name."""

from __future__ import annotations

from random import Random

import pytest
from sqlalchemy import select

from roadwright.domain.filters import Comparison, Every, Filter, FilterError, Not, Operator, Some, matches
from roadwright.domain.filters.parse import MAX_COMPARISONS, MAX_DEPTH
from roadwright.domain.text import folded
from roadwright.services.backlog import (
    NameProblem,
    backlog_fields,
    backlog_values,
    find_initiatives,
    find_saved,
    named_fields,
    remove_filter,
    save_filter,
    saved_filters,
)
from roadwright.services.bindings.initiatives import new_initiative
from roadwright.store.models import Initiative, SavedFilter
from tests.house import House
from tests.services.backlog.odd_backlog import add_backlog


def keys(house: House, wanted: str | Filter | None) -> list[str]:
    with house.workspace.store.transaction() as session:
        return [initiative.initiative_key for initiative in find_initiatives(session, wanted)]


def test_initiatives_come_in_the_order_of_their_keys(house: House) -> None:
    with house.workspace.store.transaction() as session:
        for key in ("INIT-1000000", "INIT-000002", "INIT-000010", "INIT-999999"):
            session.add(new_initiative(key, "x", row_version="2026-05-31T00:00:00.000000Z", source="test"))
    assert keys(house, None) == ["INIT-000002", "INIT-000010", "INIT-999999", "INIT-1000000"]
    assert keys(house, "initiative_key >= init-10") == ["INIT-000010", "INIT-999999", "INIT-1000000"]
    assert keys(house, "initiative_key in (init-2, INIT-1000000, INIT-7)") == ["INIT-000002", "INIT-1000000"]


def test_the_largest_and_the_deepest_filter_are_answered(house: House) -> None:
    with house.workspace.store.transaction() as session:
        add_backlog(session, 5, seed=1)
        values = backlog_values(session, find_initiatives(session, None))
    title = backlog_fields()["title"]
    wide = Some(tuple(Comparison(title, Operator.LESS, str(number)) for number in range(MAX_COMPARISONS)))
    deep: Filter = Comparison(title, Operator.GREATER, "σ")
    for level in range(MAX_DEPTH - 1):
        deep = Not(deep) if level % 3 == 0 else (Every if level % 3 == 1 else Some)((deep, Not(deep)))
        if level == 12:
            deep = Comparison(title, Operator.CONTAINS, "s")
    many = f"title in ({', '.join(f'word{number}' for number in range(3_000))}, growth)"
    with house.workspace.store.transaction() as session:
        for wanted in (wide, deep):
            found = {i.initiative_key for i in find_initiatives(session, wanted)}
            assert found == {row["initiative_key"] for row in values if matches(wanted, row)}
        find_initiatives(session, many)
        for number in (15_000, 9_000):
            assert len(find_initiatives(session, f"title not in ({','.join(f'{n}' for n in range(number // 3))})")) == 5


def test_what_was_changed_in_the_same_transaction_is_found(house: House) -> None:
    with house.workspace.store.transaction() as session:
        add_backlog(session, 1, seed=2)
        session.scalars(select(Initiative)).one().department = "Somewhere New"
        assert [i.department for i in find_initiatives(session, "department contains 'WHERE n'")] == ["Somewhere New"]


def test_a_filter_is_saved_by_name_and_used_by_it(house: House) -> None:
    with house.workspace.store.transaction() as session:
        add_backlog(session, 20, seed=3)
        saved, before = save_filter(session, "@Quick  wins", " title is not empty and risk_level = low ", "test")
        assert (saved.name, saved.filter_text, before) == (
            "Quick wins",
            "title is not empty and risk_level = low",
            None,
        )
    low = keys(house, "risk_level = low")
    assert low
    assert keys(house, "@quick wins") == keys(house, "  @QUICK WINS ") == low
    with house.workspace.store.transaction() as session:
        saved, before = save_filter(session, "QUICK wins", "risk_level = high", "test")
        assert before == "title is not empty and risk_level = low"
        assert [(s.name, s.filter_text) for s in saved_filters(session)] == [("QUICK wins", "risk_level = high")]
        assert saved.updated_source == "test"
        assert saved.updated_at >= saved.created_at
    assert keys(house, "@Quick Wins") == keys(house, "risk_level = high")
    with house.workspace.store.transaction() as session:
        assert remove_filter(session, "@quick wins").filter_text == "risk_level = high"
    with house.workspace.store.transaction() as session:
        assert find_saved(session, "quick wins") is None
        with pytest.raises(NameProblem, match="none is saved yet"):
            remove_filter(session, "quick wins")


def test_only_filters_are_saved_and_only_saved_ones_found(house: House) -> None:
    with house.workspace.store.transaction() as session:
        with pytest.raises(FilterError, match="no field"):
            save_filter(session, "bad", "departmnt = x", "test")
        with pytest.raises(FilterError, match="another's name"):
            save_filter(session, "bad", "@good", "test")
        for name in ("", "@", " ", "a\x00", "x" * 201):
            with pytest.raises(NameProblem, match="can't be a filter's name"):
                save_filter(session, name, "title = a", "test")
        save_filter(session, "growth", "department = Growth", "test")
        save_filter(session, "Ünder review", "lifecycle_status = under_review", "test")
        with pytest.raises(
            FilterError, match=r'no saved filter "grwth" \(did you mean growth\?\); there are: growth, Ü'
        ):
            find_initiatives(session, "@grwth")
        find_initiatives(session, "@ünder REVIEW")
        session.add(
            SavedFilter(name="old", filter_text="colour = red", created_at="", updated_at="", updated_source="")
        )
        with pytest.raises(FilterError, match=r'^@old: there is no field "colour"'):
            find_initiatives(session, "@old")


def test_fields_are_named_in_a_list() -> None:
    assert named_fields("Title, risk-level;MARKET, title,") == ("title", "risk_level", "country")
    with pytest.raises(FilterError, match="did you mean department") as caught:
        named_fields("title, departmnt")
    assert caught.value.place == 7
    with pytest.raises(FilterError, match="names no field"):
        named_fields(" , ")


def test_values_are_those_that_the_tab_shows(house: House) -> None:
    random = Random(4)
    with house.workspace.store.transaction() as session:
        add_backlog(session, 30, seed=4)
        rows = backlog_values(session, random.sample(find_initiatives(session, None), 30))
        assert all(list(row)[: len(backlog_fields())] == list(backlog_fields()) for row in rows)
        on_roadmaps = [row["roadmaps"] for row in rows if row["roadmaps"]]
        assert all(names == sorted(names, key=folded) for names in on_roadmaps if isinstance(names, list))
        assert {type(row["kpi_contributions"]) for row in rows} == {dict, type(None)}


def test_a_score_is_found_by_the_figure_that_it_reads_as(house: House) -> None:
    noise = {"INIT-000001": 0.7 + 0.1, "INIT-000002": 0.8, "INIT-000003": 0.799, "INIT-000004": 0.801}
    with house.workspace.store.transaction() as session:
        for key, score in noise.items():
            made = new_initiative(key, "x", row_version="2026-05-31T00:00:00.000000Z", source="test")
            made.overall_score = score
            session.add(made)
    assert keys(house, "overall_score = 0.8") == ["INIT-000001", "INIT-000002"]
    assert keys(house, "overall_score >= 0.8") == ["INIT-000001", "INIT-000002", "INIT-000004"]
    assert keys(house, "overall_score < 0.8") == ["INIT-000003"]
    assert keys(house, "overall_score in (0.8, 3)") == ["INIT-000001", "INIT-000002"]


def test_a_text_is_found_in_every_spelling(house: House) -> None:
    countries = {"INIT-000001": "Per\u00fa", "INIT-000002": "Peru\u0301", "INIT-000003": "Peru"}
    with house.workspace.store.transaction() as session:
        for key, country in countries.items():
            made = new_initiative(
                key, f"The\u00a0 {country} plan", row_version="2026-05-31T00:00:00.000000Z", source="test"
            )
            made.country = country
            session.add(made)
    for spelling in ("Per\u00fa", "peru\u0301", "'\u00a0PER\u00da '"):
        assert keys(house, f"country = {spelling}") == ["INIT-000001", "INIT-000002"]
    assert keys(house, "title contains 'the peru\u0301  plan'") == ["INIT-000001", "INIT-000002"]
    assert keys(house, "title contains 'peru'") == ["INIT-000003"]
