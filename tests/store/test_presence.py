"""A run is alive as long as its process, whatever clocks say; and on another machine as long as it touches its file."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from roadwright.store import presence
from roadwright.store.presence import Presence, presences
from roadwright.store.session import Store, open_store


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = open_store(database_url)
    yield opened
    opened.close()


def token_of(sign: Presence) -> str:
    return sign.worker.rpartition("/")[2]


def test_alive_until_its_end(store: Store) -> None:
    signs = presences(store.engine)
    one, other = signs.begin(), signs.begin()
    assert signs.dead([one.worker, other.worker]) == {}
    one.end()
    assert signs.dead([one.worker, other.worker]) == {one.worker: None}
    other.end()
    assert signs.dead([]) == {}


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'test.db'}")
    yield opened
    opened.close()


def file_of(store: Store, sign: Presence) -> Path:
    return Path(str(store.engine.url.database)).parent / ".roadwright" / "running" / f"{token_of(sign)}.lock"


def test_files_that_no_run_is_left_of_are_removed(files: Store) -> None:
    signs = presences(files.engine)
    living, dead = signs.begin(), signs.begin()
    dead._lock.release()  # type: ignore[attr-defined]
    for sign in (living, dead):
        os.utime(file_of(files, sign), (1, 1))
    signs.begin().end()
    assert file_of(files, living).exists()
    assert not file_of(files, dead).exists()
    living.end()
    dead.end()


@pytest.mark.parametrize("step", [-86_400, 86_400])
def test_a_stepped_clock_says_nothing_about_a_run_of_this_machine(files: Store, step: float) -> None:
    signs = presences(files.engine)
    sign = signs.begin()
    moment = time.time() + step
    os.utime(file_of(files, sign), (moment, moment))
    assert signs.dead([sign.worker]) == {}
    sign.end()


def test_a_run_of_another_machine_is_watched_where_its_file_looks_old(
    files: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(presence, "WATCH_SECONDS", 1.0)
    signs = presences(files.engine)
    living = signs.begin()
    elsewhere = f"another-machine/{token_of(living)}"
    assert signs.dead([elsewhere]) == {}
    monkeypatch.setattr(presence, "FRESH_SECONDS", -1.0)
    assert signs.dead([elsewhere]) == {}, "it goes on touching its file"
    living._is_over.set()
    living._beats.join()
    assert signs.dead([elsewhere]) == {elsewhere: None}
    assert signs.dead([elsewhere]) == {elsewhere: None}, "its file is gone"
    living.end()


def test_without_file_locks_a_run_is_known_by_its_touches(files: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError("function not implemented")

    with monkeypatch.context() as patched:
        patched.setattr("filelock.FileLock.acquire", refused)
        sign = presences(files.engine).begin()
    assert sign.worker == f"/{token_of(sign)}"
    assert presences(files.engine).dead([sign.worker]) == {}
    sign.end()


def test_what_a_run_says_before_its_process_ends_is_found_with_its_death(files: Store) -> None:
    signs = presences(files.engine)
    sign = signs.begin()
    sign.leave_word("cancelled")
    assert signs.dead([sign.worker]) == {}
    sign._lock.release()  # type: ignore[attr-defined]
    assert signs.dead([sign.worker]) == {sign.worker: "cancelled"}
    sign.end()


def test_a_session_that_the_server_ended_is_replaced(
    database_url: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not database_url.startswith("postgresql"):
        pytest.skip("PostgreSQL only")
    monkeypatch.setattr(presence, "BEAT_SECONDS", 0.05)
    signs = presences(store.engine)
    sign = signs.begin()
    end_sessions = text("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'")
    with store.engine.connect() as connection:
        connection.execute(end_sessions)
    end = time.monotonic() + 30
    while sign.worker in signs.dead([sign.worker]) and time.monotonic() < end:
        time.sleep(0.05)
    assert signs.dead([sign.worker]) == {}
    sign.end()
    assert signs.dead([sign.worker]) == {sign.worker: None}
