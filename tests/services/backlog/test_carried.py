"""Filters by carried columns match the same initiatives in SQLite, in PostgreSQL and in Python."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy.orm import Session

from roadwright.domain.filters import FilterError, matches
from roadwright.services.backlog import all_fields, backlog_values, find_initiatives, resolve_filter, save_filter
from roadwright.services.backlog.carried import carried_names
from roadwright.services.bindings.initiatives import new_initiative
from roadwright.store.session import open_store
from tests.conftest import postgres_database

CARRIED: tuple[dict[str, object] | None, ...] = (
    {"arr": 120_000, "tier": "Gold"},
    {"arr": 0.1 + 0.2, "tier": "STRASSE"},
    {"arr": "120000 soon", "tier": "2026-05-31"},
    {"arr": None, "tier": ""},
    {"tier": 5},
    None,
)
FILTERS = (
    "x.arr = 120000",
    "x.arr > 0.2",
    "x.arr >= 0.3",
    "x.arr < 120000",
    "x.arr != 120000",
    "not x.arr > 5",
    "x.arr contains soon",
    "x.arr contains 120",
    "x.arr is empty",
    "x.arr is not empty",
    "x.arr in (120000, '120000 SOON')",
    "x.arr not in (120000)",
    "x.tier = gold",
    "X.Tier = 'straße'",
    "x.tier > 2026-01-01",
    "x.tier <= z",
    "x.tier = 5",
    "x.tier is empty",
)


@pytest.fixture(scope="module")
def sessions(
    postgres_server: str, ready_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Session]]:
    with ExitStack() as stack:
        sqlite = f"sqlite:///{tmp_path_factory.mktemp('carried') / 'c.db'}"
        opened = []
        for url in (sqlite, stack.enter_context(postgres_database(postgres_server, ready_database))):
            store = open_store(url)
            stack.callback(store.close)
            session = stack.enter_context(store.transaction())
            for number, carried in enumerate(CARRIED, start=1):
                moment = f"2026-01-01T00:00:00.{number:06}Z"
                one = new_initiative(f"INIT-{number:06}", "A", row_version=moment, source="test")
                one.carried = carried
                session.add(one)
            session.flush()
            opened.append(session)
        yield opened


@pytest.mark.parametrize("text", FILTERS)
def test_a_carried_column_is_filtered_alike_everywhere(sessions: list[Session], text: str) -> None:
    answers = []
    for session in sessions:
        found = {one.initiative_key for one in find_initiatives(session, text)}
        wanted = resolve_filter(session, text)
        rows = backlog_values(session, find_initiatives(session, None))
        assert found == {row["initiative_key"] for row in rows if matches(wanted, row)}
        answers.append(found)
    assert answers[0] == answers[1]


def test_some_filters_find_something(sessions: list[Session]) -> None:
    assert {one.initiative_key for one in find_initiatives(sessions[0], "x.arr > 0.2")} == {
        "INIT-000001",
        "INIT-000002",
    }
    assert carried_names(sessions[1]) == ("arr", "tier")
    assert {"x.arr", "external_id"} <= all_fields(sessions[1]).keys()


def test_a_name_that_nothing_carries_is_no_field(sessions: list[Session]) -> None:
    with pytest.raises(FilterError):
        resolve_filter(sessions[0], "x.ar = 1")
    save_filter(sessions[0], "rich", "x.arr > 100000", "test")
    assert len(find_initiatives(sessions[0], "@rich")) == 1
