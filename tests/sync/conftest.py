"""Workspaces for the tests of sync: on each kind of database, and on each backend."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import postgres_database
from tests.google.access import double
from tests.house import House, make_house

_TEAM = """
[[intake]]
workbook = "teams/Team.xlsx"
tabs = ["Ideas", "Complaints"]
"""


_ON_GOOGLE = ("test_backlog_sync.py", "test_keys.py", "test_nothing_to_do.py")
"""The tests that always run on spreadsheets of the double, too; `make test-all` runs the others there as well."""

_ON_POSTGRESQL = (
    *("test_backlog_merge.py", "test_backlog_sync.py", "test_crash.py", "test_keys.py"),
    *("test_random_work.py", "test_sets_not_written.py", "test_unconfirmed.py"),
)
"""The tests that always run there: of keys, turns, transactions and deaths. What cells say is the same everywhere."""

_ON_FILES = ("test_killed_at_every_lasting_step_in_turn", "test_killed_at_the_same_step_again_and_again")
"""Those among them that take a minute there."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        backend = _backend_of(item)
        if (backend == "google" and item.path.name not in _ON_GOOGLE) or (
            backend == "postgresql"
            and (item.path.name not in _ON_POSTGRESQL or getattr(item, "originalname", "") in _ON_FILES)
        ):
            item.add_marker("thorough")
    dropped = [item for item in items if _is_left_out(item)]
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if item not in set(dropped)]


def _backend_of(item: pytest.Item) -> object:
    callspec = getattr(item, "callspec", None)
    return None if callspec is None else callspec.params.get("made_house")


def _is_left_out(item: pytest.Item) -> bool:
    return _backend_of(item) == "google" and item.get_closest_marker("files") is not None


@pytest.fixture(params=["sqlite", "postgresql", "google"])
def made_house(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., House]]:
    """Makes a workspace with further settings: on SQLite with workbooks in files, on PostgreSQL with such in memory,
    and on SQLite with spreadsheets of the double of Google Sheets.

    A test that is marked ``files`` looks at files, or at what only they have, and runs on files alone.
    """
    is_marked = request.node.get_closest_marker("files") is not None
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'test.db'}"
        if request.param == "postgresql":
            server, ready = (request.getfixturevalue(name) for name in ("postgres_server", "ready_database"))
            url = stack.enter_context(postgres_database(server, ready))

        google = stack.enter_context(double(tmp_path, monkeypatch)) if request.param == "google" else None

        def make(more_settings: str = "") -> House:
            in_memory = request.param == "postgresql" and not is_marked
            made = make_house(
                tmp_path / "workspace", url, more_settings=more_settings, in_memory=in_memory, google=google
            )
            stack.callback(made.workspace.close)
            return made

        yield make


@pytest.fixture
def house(made_house: Callable[..., House]) -> House:
    """An empty workspace, on each kind of database and on each backend."""
    return made_house()


@pytest.fixture
def teams(made_house: Callable[..., House]) -> House:
    """A workspace with two intake workbooks and three intake tabs: Intake, Ideas and Complaints."""
    return made_house(_TEAM)
