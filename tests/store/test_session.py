"""Transactions, and writing beside one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sqlalchemy import select, update

from roadwright.store.clock import now
from roadwright.store.models import IssuedKey
from roadwright.store.session import open_store


def test_progress_never_waits_for_the_transaction_it_reports_on(database_url: str) -> None:
    store = open_store(database_url)
    with store.transaction() as session:
        session.add(IssuedKey(issued_at=now(), issued_for="first"))
    say = update(IssuedKey).values(issued_for="said")
    with store.transaction() as session:
        session.add(IssuedKey(issued_at=now(), issued_for="second"))
        session.flush()
        written = store.write_if_free(say)
    assert written is (store.engine.dialect.name == "postgresql")
    assert store.write_if_free(say) is True
    with store.transaction() as session:
        assert set(session.scalars(select(IssuedKey.issued_for))) == {"said"}
    store.close()


def test_a_connection_that_is_dropped_prints_nothing(tmp_path: Path) -> None:
    script = (
        f"from roadwright.store.session import open_store; store = open_store('sqlite:///{tmp_path}/test.db'); "
        "store.engine.pool.logger.error('Error closing cursor')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
