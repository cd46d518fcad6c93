"""pm.populate_initiatives takes a filter of the backlog."""

from __future__ import annotations

import pytest

from roadwright.services.backlog import save_filter
from tests.house import House


@pytest.fixture
def backlog(house: House) -> House:
    """Five initiatives; three of Growth, of which two are candidates."""
    house.type_new(
        "Backlog",
        {"title": "A", "department": "Growth", "is_optimization_candidate": True},
        {"title": "B", "department": "GROWTH", "is_optimization_candidate": True},
        {"title": "C", "department": "growth"},
        {"title": "D", "department": "Finance", "is_optimization_candidate": True},
        {"title": "E"},
    )
    house.done("pm.backlog_sync")
    return house


def titles(house: House, tab: str = "Scoring_Inputs") -> list[str]:
    return [row.text("title") for row in house.rows(tab)]


def test_only_what_matches_gets_rows(backlog: House) -> None:
    outcome = backlog.done("pm.populate_initiatives", options=["filter=department = growth"])
    assert titles(backlog) == titles(backlog, "KPI_Contributions") == ["A", "B", "C"]
    assert outcome.summary["added"] == 6
    again = backlog.done("pm.populate_initiatives", options=["filter=department = Finance or department is empty"])
    assert titles(backlog) == ["A", "B", "C", "D", "E"]
    assert {row.key for row in again.rows} == {"INIT-000004", "INIT-000005"}


def test_filter_candidates_and_selection_apply_at_once(backlog: House) -> None:
    backlog.done("pm.populate_initiatives", options=["filter=department = growth", "candidates=true"])
    assert titles(backlog) == ["A", "B"]
    backlog.done("pm.populate_initiatives", options=["filter=department = growth"], select="INIT-000003, INIT-000004")
    assert titles(backlog) == ["A", "B", "C"]


def test_a_saved_filter_is_used_by_its_name(backlog: House) -> None:
    with backlog.workspace.store.transaction() as session:
        save_filter(session, "money", "department = finance", "test")
    backlog.done("pm.populate_initiatives", options=["filter=@Money"])
    assert titles(backlog) == ["D"]


def test_a_wrong_filter_is_exit_2_and_writes_nothing(backlog: House) -> None:
    before = backlog.bytes()
    outcome = backlog.run("pm.populate_initiatives", options=["filter=title is not empty and departmnt = growth"])
    assert outcome.exit_code == 2
    assert outcome.error is not None
    message, line, caret = outcome.error.splitlines()
    assert message == 'option filter: there is no field "departmnt" (did you mean department?)'
    assert line[caret.index("^") :] == "departmnt = growth"
    assert backlog.run("pm.populate_initiatives", options=["filter=@nothing"]).exit_code == 2
    assert backlog.bytes() == before
