"""A backlog on SQLite, with workbooks in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions.company import add_initiatives
from tests.house import House, make_house


@pytest.fixture
def backlog(tmp_path: Path) -> Iterator[House]:
    made = make_house(tmp_path / "workspace", f"sqlite:///{tmp_path / 'test.db'}", in_memory=True)
    add_initiatives(
        made,
        {"title": "Pay by bank", "department": "Finance", "engineering_tokens": 95, "engineering_tokens_mvp": 40},
        {"title": "Order status page", "department": "Customer Care", "scope_mode": "mvp", "engineering_tokens_mvp": 7},
        {"title": "=1+1", "department": "Customer Care", "risk_level": "high"},
    )
    yield made
    made.workspace.close()
