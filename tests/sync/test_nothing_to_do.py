"""A pass that finds nothing new leaves everything as it is, and asks the database for each initiative once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, insert, select, update

from roadwright.store.models import Initiative, IssuedKey
from roadwright.store.session import writes
from tests.house import House


@contextmanager
def statements(house: House) -> Iterator[list[str]]:
    """The statements that are sent to the database about initiatives."""
    engine, seen = house.workspace.store.engine, list[str]()

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "initiatives" in statement:
            seen.append(" ".join(statement.split())[:20])

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def settled(house: House) -> House:
    house.type_new("Intake", {"title": "Search", "country": "UK"}, {"title": "Cards"})
    house.done("pm.backlog_sync")
    house.type_into("Backlog", 2, {"engineering_tokens": 5})
    house.done("pm.save_selected", tab="Backlog")
    house.done("pm.backlog_sync")
    return house


@pytest.mark.parametrize(("action", "tab"), [("pm.backlog_sync", None), ("pm.save_selected", "Backlog")])
def test_nothing_is_written(settled: House, action: str, tab: str | None) -> None:
    before = settled.bytes()
    with statements(settled) as seen:
        outcome = settled.done(action, tab=tab)
    assert settled.bytes() == before
    assert [statement for statement in seen if not statement.startswith("SELECT")] == []
    assert seen
    assert {row.run_status for row in outcome.rows} == {"OK"}


def test_what_was_loaded_to_merge_is_shown_again_unless_something_was_written(settled: House) -> None:
    with statements(settled) as seen:
        settled.done("pm.save_selected", tab="Backlog")
    nothing = len(seen)
    settled.type_into("Backlog", 3, {"engineering_tokens": 7})
    with statements(settled) as seen:
        settled.done("pm.save_selected", tab="Backlog")
    assert any(statement.startswith("UPDATE") for statement in seen)
    assert len(seen) > nothing
    assert settled.row("Backlog", "INIT-000002").values["engineering_tokens"] == 7


def test_a_session_tells_whether_it_has_written(settled: House) -> None:
    with settled.workspace.store.transaction() as session:
        assert writes(session) == 0
        initiative = session.scalars(select(Initiative).order_by(Initiative.id)).first()
        assert initiative is not None
        assert writes(session) == 0
        initiative.title = "Better search"  # waits in the session
        assert writes(session) == 1
        assert writes(session) == 1
        session.execute(update(Initiative).values(department="Growth"))
        session.execute(insert(IssuedKey), [{"issued_at": initiative.created_at, "issued_for": "nobody"}])
        assert writes(session) == 3
        with session.begin_nested() as savepoint:
            initiative.title = "Best search"
            assert writes(session) == 4
            savepoint.rollback()
        assert (initiative.title, writes(session)) == ("Better search", 5)
