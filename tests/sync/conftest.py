"""Workspaces of several teams."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import House, make_house

_TEAM = """
[[intake]]
workbook = "teams/Team.xlsx"
tabs = ["Ideas", "Complaints"]
"""


@pytest.fixture
def teams(database_url: str, tmp_path: Path) -> Iterator[House]:
    """A workspace with two intake workbooks and three intake tabs: Intake, Ideas and Complaints."""
    made = make_house(tmp_path / "workspace", database_url, more_settings=_TEAM)
    yield made
    made.workspace.close()
