"""A workspace whose workbooks are in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import House, make_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An empty workspace on SQLite."""
    made = make_house(tmp_path / "workspace", f"sqlite:///{tmp_path / 'test.db'}", in_memory=True)
    yield made
    made.workspace.close()
