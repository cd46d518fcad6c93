"""A filter matches the same initiatives in SQLite, in PostgreSQL and in Python."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.filters import Filter, filter_text, matches, parse_filter
from roadwright.services.backlog import filter_fields, filter_values, find_initiatives
from roadwright.services.backlog.backlog import Values
from roadwright.services.backlog.conditions import condition
from roadwright.store.models import Initiative
from roadwright.store.session import open_store
from tests.conftest import postgres_database
from tests.services.backlog.odd_backlog import a_filter, add_backlog

INITIATIVES = 60
FILTERS = 1_000
SEED = 20_260_531


@pytest.fixture(scope="module")
def sessions(
    postgres_server: str, ready_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Session]]:
    """The same backlog in SQLite and in PostgreSQL."""
    with ExitStack() as stack:
        sqlite = f"sqlite:///{tmp_path_factory.mktemp('odd') / 'odd.db'}"
        urls = (sqlite, stack.enter_context(postgres_database(postgres_server, ready_database)))
        opened = []
        for url in urls:
            store = open_store(url)
            stack.callback(store.close)
            with store.transaction() as session:
                add_backlog(session, INITIATIVES, SEED)
            opened.append(stack.enter_context(store.transaction()))
        yield opened


@pytest.fixture(scope="module")
def rows(sessions: list[Session]) -> list[Values]:
    """The backlog's values; both databases give the same."""
    first, second = (filter_values(session, find_initiatives(session, None)) for session in sessions)
    assert first == second
    assert len(first) == INITIATIVES
    return first


def found(session: Session, wanted: Filter) -> set[str]:
    return set(session.scalars(select(Initiative.initiative_key).where(condition(session, wanted))))


@pytest.mark.thorough
def test_generated_filters_match_the_same_rows_everywhere(sessions: list[Session], rows: list[Values]) -> None:
    random = Random(SEED)
    telling = 0
    for _ in range(FILTERS):
        text = filter_text(a_filter(random))
        wanted = parse_filter(text, filter_fields())
        in_python = {str(row["initiative_key"]) for row in rows if matches(wanted, row)}
        for session in sessions:
            dialect = session.get_bind().dialect.name
            assert found(session, wanted) == in_python, f"{dialect}: {text}"
        telling += 0 < len(in_python) < INITIATIVES
    assert telling > FILTERS / 2, "most filters tell some initiatives from others"


def test_what_a_generated_filter_says_is_read_as_it_was_meant() -> None:
    random = Random(SEED)
    for _ in range(FILTERS):
        wanted = a_filter(random)
        text = filter_text(wanted)
        again = parse_filter(text, filter_fields())
        assert again == wanted, text
        assert filter_text(again) == text


def test_percentiles_are_asked_for_alike_everywhere(sessions: list[Session], rows: list[Values]) -> None:
    shares = sorted({float(str(row["score_percentile"])) for row in rows if row["score_percentile"] is not None})
    assert len(shares) > 5
    asked = [f"score_percentile {op} {share!r}" for share in shares for op in ("=", "!=", "<", "<=", ">", ">=")]
    asked += [f"not score_percentile >= {shares[2]!r}", f"score_percentile in ({shares[0]!r}, {shares[-1]!r})"]
    asked += [
        "score_percentile is empty",
        "score_percentile is not empty",
        "score_percentile > 0 and duplicate_of = INIT-1",
    ]
    for text in asked:
        wanted = parse_filter(text, filter_fields())
        in_python = {str(row["initiative_key"]) for row in rows if matches(wanted, row)}
        for session in sessions:
            assert found(session, wanted) == in_python, text
