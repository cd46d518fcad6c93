"""Progress is written where the database is free, and breaking off in the middle leaves nothing behind."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from sqlalchemy import Connection, text

from tests.house import House


def test_broken_off_in_the_middle_it_says_so_and_the_next_write_works(house: House) -> None:
    store = house.workspace.store
    with patch.object(Connection, "commit", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        store.write_if_free(text("update initiatives set title = 'x'"))
    assert store.write_if_free(text("update initiatives set title = 'y'"))
    with store.engine.connect() as connection:
        if store.engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000
