"""Workspaces for the tests of sync: on each kind of database, and on each backend."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import postgres_database
from tests.house import House, make_house

_TEAM = """
[[intake]]
workbook = "teams/Team.xlsx"
tabs = ["Ideas", "Complaints"]
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def made_house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., House]]:
    """Makes a workspace with further settings: on SQLite with workbooks in files, on PostgreSQL with such in memory.

    A test that is marked ``files`` looks at files, or at what only they have, and runs on files alone.
    """
    is_marked = request.node.get_closest_marker("files") is not None
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'test.db'}"
        if request.param == "postgresql":
            server, ready = (request.getfixturevalue(name) for name in ("postgres_server", "ready_database"))
            url = stack.enter_context(postgres_database(server, ready))

        def make(more_settings: str = "") -> House:
            in_memory = request.param == "postgresql" and not is_marked
            made = make_house(tmp_path / "workspace", url, more_settings=more_settings, in_memory=in_memory)
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
