"""Runs that wait in PostgreSQL's queue while their database is backed up, moved or lost: each is done once, or told."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import make_url
from typer.testing import CliRunner

from roadwright.actions import ledger
from roadwright.actions.submit import ActionRequest
from roadwright.cli.main import app
from roadwright.jobs.worker import make_worker
from roadwright.store.models import ActionRun
from roadwright.workspace.settings import FILE
from roadwright.workspace.settings_file import with_database_url
from roadwright.workspace.workspace import open_workspace
from tests.conftest import postgres_database
from tests.house import House, make_house
from tests.jobs.test_queue import ask, jobs, now, start_worker, until

SYNC = ActionRequest("pm.backlog_sync")
ENTRY = "from roadwright.cli.entry import main; main()"

pytestmark = pytest.mark.thorough


@pytest.fixture
def new_url(postgres_server: str) -> Iterator[str]:
    """An empty database without any schema, as a person makes it."""
    with postgres_database(postgres_server) as url:
        yield url


@pytest.fixture
def team(postgres_server: str, ready_database: str, tmp_path: Path) -> Iterator[House]:
    """A workspace on PostgreSQL, on whose intake tab an idea waits to be synced."""
    with postgres_database(postgres_server, ready_database) as url:
        house = make_house(tmp_path / "workspace", url)
        house.type_new("Intake", {"title": "Faster search"})
        yield house
        house.workspace.close()


def roadwright(*words: object) -> None:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 0, result.output


@contextmanager
def opened(root: Path) -> Iterator[House]:
    with closing(open_workspace(root)) as workspace:
        yield House(workspace)


def work(house: House, is_over: Callable[[], object]) -> None:
    """Let a worker work until this is so, and nothing is in the queue."""
    worker = make_worker(house.workspace)
    worker.start()
    until(is_over)
    if house.workspace.store.engine.dialect.name == "postgresql":
        until(lambda: not jobs(house))
    worker.stop(5)


def has_ended(house: House, run: ActionRun) -> bool:
    return now(house, run).finished_at is not None


def how(house: House, run: ActionRun) -> tuple[str, int, bool]:
    found = now(house, run)
    return found.status, found.tries, bool(found.error)


def test_what_waits_in_a_backup_is_done_where_it_was_asked_for_only(team: House, new_url: str, tmp_path: Path) -> None:
    run = ask(team, SYNC)
    roadwright("backup", "-w", team.root, "-o", tmp_path / "backup.zip")
    assert jobs(team) == [(str(run.id), "todo", "actions", "workspace")], "it waits still"
    for place, more in (("copy", ("--database", new_url)), ("file", ())):
        roadwright("restore", tmp_path / "backup.zip", "-w", tmp_path / place, *more)
        with opened(tmp_path / place) as restored:
            assert how(restored, run) == ("failed", 0, True), "it is told"
            after = ask(restored)
            work(restored, partial(has_ended, restored, after))
            assert (how(restored, run), how(restored, after)) == (("failed", 0, True), ("success", 1, False))
    work(team, partial(has_ended, team, run))
    assert how(team, run) == ("success", 1, False)
    assert [row.text("initiative_key") for row in team.rows("Backlog")] == ["INIT-000001"]


def test_what_waits_while_the_database_is_moved_is_done_there(team: House, new_url: str, tmp_path: Path) -> None:
    run = ask(team, SYNC)
    roadwright("move-database", new_url, "-w", team.root)
    with opened(team.root) as moved:
        assert jobs(moved) == []
        assert how(moved, run) == ("queued", 0, False)
        work(moved, partial(has_ended, moved, run))
        assert how(moved, run) == ("success", 1, False)
        waits = ask(moved)
        roadwright("move-database", f"sqlite:///{tmp_path / 'back.db'}", "-w", team.root)
    with opened(team.root) as back:
        work(back, partial(has_ended, back, waits))
        assert (how(back, waits), how(back, run)) == (("success", 1, False), ("success", 1, False))
        assert [row.text("initiative_key") for row in back.rows("Backlog")] == ["INIT-000001"]


def test_what_a_worker_has_begun_before_the_move_is_begun_again_in_the_new_database(team: House, new_url: str) -> None:
    worker = start_worker(team)
    try:
        with team.workspace.exclusive():
            command = [sys.executable, "-c", ENTRY, "move-database", new_url, "-w", str(team.root)]
            moving = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            assert moving.stderr is not None
            assert moving.stderr.readline(), "it says that it waits for its turn"
            run = ask(team, SYNC)
            until(lambda: now(team, run).worker)
        _, said = moving.communicate(timeout=60)
        assert moving.returncode == 0, said
        until(partial(has_ended, team, run))
        assert how(team, run) == ("failed", 1, True), "its worker has the database that was left"
    finally:
        worker.kill()
        worker.communicate()
    with opened(team.root) as moved:
        work(moved, partial(has_ended, moved, run))
        assert how(moved, run) == ("success", 2, False)
        assert [row.text("initiative_key") for row in moved.rows("Backlog")] == ["INIT-000001"]


def test_what_waits_in_an_older_copy_is_not_done_by_a_rebuild(team: House, postgres_server: str) -> None:
    run = ask(team, SYNC)
    url = team.workspace.store.engine.url
    team.workspace.store.engine.dispose()
    with postgres_database(postgres_server, str(make_url(url).database)) as copy:
        work(team, partial(has_ended, team, run))
        assert how(team, run) == ("success", 1, False)
        settings = team.root / FILE
        settings.write_text(with_database_url(settings.read_text(encoding="utf-8"), copy), encoding="utf-8")
        roadwright("rebuild", "-w", team.root)
        with opened(team.root) as rebuilt:
            assert len(jobs(rebuilt)) == 1, "the queue was copied, too"
            assert how(rebuilt, run) == ("failed", 0, True), "it is told"
            later = ask(rebuilt, SYNC)
            roadwright("rebuild", "-w", team.root)
            assert now(rebuilt, later).status == "queued", "this one was asked for here"
            work(rebuilt, partial(has_ended, rebuilt, later))
            assert (how(rebuilt, run), how(rebuilt, later)) == (("failed", 0, True), ("success", 1, False))
            assert ledger.find_run(rebuilt.workspace.store, run.run_id) is not None
            assert [row.text("initiative_key") for row in rebuilt.rows("Backlog")] == ["INIT-000001"]
