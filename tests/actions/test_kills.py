"""A kill of every action, on one of the databases; `python -m benchmarks.kills` does many."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest
from benchmarks.kills import campaign

from tests.conftest import postgres_database


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("database", "cases"),
    [("sqlite", ("init", "save", "score", "optimize")), ("postgresql", ("upgrade", "sync", "publish"))],
)
def test_a_killed_action_leaves_a_usable_workspace(
    database: str, cases: tuple[str, ...], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with ExitStack() as stack:

        def new_url() -> str:
            if database == "sqlite":
                return "sqlite:///roadwright.db"
            return stack.enter_context(postgres_database(request.getfixturevalue("postgres_server")))

        results = dict(campaign(database, tmp_path, new_url, 1, cases))
    assert tuple(results) == cases
    assert {case: tally for case, tally in results.items() if not tally.is_sound} == {}
    assert {tally.in_the_middle for tally in results.values()} == {1}
