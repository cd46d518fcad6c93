"""The backlog on a screen: its columns, and its rows as short as they can be."""

from __future__ import annotations

import gzip
import json

import pytest

from roadwright import tabs
from roadwright.domain.filters import slot_at, values_needed
from roadwright.grid.ideas import is_editable, own_ideas, submit_idea
from roadwright.grid.view import CONFLICTS, DEFAULT, grid_columns, screen_rows, shown_columns, statuses
from roadwright.services.backlog import all_fields, save_filter
from roadwright.services.backlog.columns import values_in_use
from roadwright.services.backlog.duplicates import Idea, is_likely_title, similar_ideas
from roadwright.services.bindings.initiatives import new_initiative
from roadwright.store.clock import RowVersions
from roadwright.store.models import Initiative
from tests.actions.company import add_initiatives
from tests.house import House


def test_columns_come_from_the_declaration() -> None:
    columns = grid_columns()
    assert set(columns) == {*tabs.BACKLOG.by_name, "tokens"} - {"initiative_key"}
    assert columns["risk_level"].choices == ("low", "medium", "high")
    assert columns["risk_level"].help == tabs.BACKLOG.by_name["risk_level"].help
    assert not columns["overall_score"].is_typed
    assert not any("_" in column.label for column in columns.values())


def test_chosen_columns_are_shown_where_there_are_such() -> None:
    assert shown_columns([]) == DEFAULT
    assert shown_columns(["country", "gone", "country", ":evil", "title", 7]) == ("title", "country")


def test_rows_have_what_is_on_the_screen(backlog: House) -> None:
    with backlog.workspace.store.transaction() as session:
        found = screen_rows(session, ("title", "tokens", "risk_level", "roadmaps", "run_status"))
        one = screen_rows(session, ("title",), ["INIT-000002"])
    assert found["columns"] == ["title", "tokens", "risk_level", "roadmaps"]
    assert found["rows"] == [
        [1, 0, "Pay by bank", 95, None, None, None],
        [2, 0, "Order status page", 7, None, None, None],
        [3, 0, "=1+1", None, "high", None, None],
    ]
    assert one["rows"] == [[2, 0, "Order status page", None]]


def test_every_column_can_be_shown(backlog: House) -> None:
    with backlog.workspace.store.transaction() as session:
        found = screen_rows(session, tuple(grid_columns()))
    json.dumps(found)
    assert len(found["rows"]) == 3  # type: ignore[arg-type]


def test_what_there_is_to_say_of_rows(backlog: House) -> None:
    with backlog.workspace.store.transaction() as session:
        initiative = session.query(Initiative).filter_by(initiative_key="INIT-000001").one()
        initiative.intake_conflicts = {"country": "UK"}
    with backlog.workspace.store.transaction() as session:
        found = screen_rows(session, ("title",))["rows"]
        said = statuses(session)
    assert isinstance(found, list)
    assert [row[1] for row in found] == [CONFLICTS, 0, 0]
    assert list(said) == ["INIT-000001"]
    assert said["INIT-000001"].startswith("CONFLICT")


def test_five_thousand_rows_are_few_bytes(backlog: House) -> None:
    names = ["Finance", "Growth", "Customer Care", "Platform", "Operations"]
    with backlog.workspace.store.transaction() as session:
        versions = RowVersions(session)
        for n in range(4, 5_001):
            title = f"{names[n % 5]} idea {n * 7919 % 5003} for country {n % 11}"
            one = new_initiative(f"INIT-{n:06}", title, row_version=versions.next(), source="test")
            one.department, one.country = names[n % 5], ["UK", "Spain", "Germany"][n % 3]
            one.engineering_tokens, one.overall_score = n % 40 * 5.0, n * 7919 % 9973 / 10
            session.add(one)
    with backlog.workspace.store.transaction() as session:
        rows = screen_rows(session, DEFAULT)["rows"]
    assert isinstance(rows, list)
    text = json.dumps(list(zip(*rows, strict=True)), separators=(",", ":"))
    assert len(gzip.compress(text.encode(), 5)) < 90_000


def test_values_in_use(house: House) -> None:
    add_initiatives(
        house,
        {"department": "Growth", "candidate_period_key": "2026-Q2"},
        {"department": "Growth", "dependencies_initiatives": "INIT-000001"},
        {"department": "Trust & Safety", "engineering_tokens": 5},
    )
    with house.workspace.store.transaction() as session:
        fields = all_fields(session)
        assert values_in_use(session, fields["department"]) == ["Growth", "Trust & Safety"]
        assert values_in_use(session, fields["candidate_period_key"]) == ["2026-Q2"]
        assert values_in_use(session, fields["dependencies_initiatives"]) == ["INIT-000001"]
        for field in fields.values():
            values_in_use(session, field)
        asked = values_needed(slot_at("department = ", 13, fields))
        assert asked is not None


@pytest.mark.parametrize(
    ("typed", "known", "is_like"),
    [
        ("Order status pages", "Order status page", True),
        ("order stat", "Order status page", True),
        ("page order status", "Order status page", True),
        ("order", "Order status page", False),
        ("Pay by card", "Pay by bank", False),
        ("Launch in DE", "Launch in UK", False),
        ("", "Order status page", False),
        ("=1+1", "=1+1", True),
    ],
)
def test_titles_that_look_alike(typed: str, known: str, is_like: bool) -> None:
    assert is_likely_title(Idea("", typed), Idea("INIT-000001", known)) == is_like


def test_similar_ideas_and_ones_own(backlog: House) -> None:
    idea = submit_idea(backlog.workspace, {"title": "Order status on the page"}, "web:anna@example.com", "web")
    with backlog.workspace.store.transaction() as session:
        assert similar_ideas(session, "Order status page")[0] == ("INIT-000002", "Order status page")
        assert own_ideas(session, "anna@example.com") == [idea.key]
        assert own_ideas(session, "ben@example.com") == []
        assert is_editable(session, idea.key, "anna@example.com")
        assert not is_editable(session, idea.key, "ben@example.com")
        assert not is_editable(session, "INIT-000001", "anna@example.com")
        save_filter(session, "Own", "department = Growth", "web")
