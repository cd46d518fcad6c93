"""Workspaces on SQLite whose workbooks are in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions.company import add_initiatives
from tests.house import House, small_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An empty one."""
    yield from small_house(tmp_path)


@pytest.fixture
def backlog(house: House) -> House:
    """One with three initiatives."""
    add_initiatives(
        house,
        {"title": "Pay by bank", "department": "Finance", "engineering_tokens": 95, "engineering_tokens_mvp": 40},
        {"title": "Order status page", "department": "Customer Care", "scope_mode": "mvp", "engineering_tokens_mvp": 7},
        {"title": "=1+1", "department": "Customer Care", "risk_level": "high"},
    )
    return house
