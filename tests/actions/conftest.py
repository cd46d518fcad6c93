"""Actions run on SQLite; those about the ledger, turns and deaths on PostgreSQL, too.

What actions do with rows is tested on both kinds of database with the services and with sync.
"""

from __future__ import annotations

from pathlib import Path

import pytest

ON_BOTH = frozenset(
    {"test_cancel", "test_kills", "test_ledger", "test_lost_server", "test_prune", "test_submit", "test_turns"}
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    extra = [
        item
        for item in items
        if item.path.parent == here and item.path.stem not in ON_BOTH and "postgresql" in item.name
    ]
    if extra:
        left = set(extra)
        items[:] = [item for item in items if item not in left]
        config.hook.pytest_deselected(items=extra)
