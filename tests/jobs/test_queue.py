"""Workers on PostgreSQL: procrastinate's queue follows the ledger, whoever dies."""

from __future__ import annotations

import dataclasses
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from roadwright.actions import ledger
from roadwright.actions.pm import optimization
from roadwright.actions.submit import ActionRequest, checked, submit
from roadwright.api.app import make_app
from roadwright.api.state import Server
from roadwright.domain.roles import Role
from roadwright.jobs.recovery import Recovery
from roadwright.jobs.worker import make_worker
from roadwright.services.people.keys import make_token
from roadwright.services.portfolios.drafts import solve_draft
from roadwright.store.models import ActionRun
from tests.actions.company import add_candidates, add_kpis, add_scenario
from tests.actions.hard import hard_plan
from tests.conftest import postgres_database
from tests.house import House, make_house

REFRESH = ActionRequest("pm.refresh_tab", "Gates")
OPTIMIZE = ActionRequest("pm.optimize_run_all_candidates")


@pytest.fixture
def team(postgres_server: str, ready_database: str, tmp_path: Path) -> Iterator[House]:
    """A workspace on PostgreSQL, with workbooks in files: processes of their own open it, too."""
    with postgres_database(postgres_server, ready_database) as url:
        house = make_house(tmp_path / "workspace", url)
        yield house
        house.workspace.close()


def ask(house: House, asked: ActionRequest = REFRESH) -> ActionRun:
    return submit(house.workspace, checked(house.workspace, asked), "test", for_worker=True)


def now(house: House, run: ActionRun) -> ActionRun:
    found = ledger.find_run(house.workspace.store, run.run_id)
    assert found is not None
    return found


def until(holds: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def jobs(house: House) -> list[tuple[Any, ...]]:
    with house.workspace.store.engine.connect() as connection:
        found = connection.execute(text("select args ->> 'run', status, queue_name, lock from procrastinate_jobs"))
        return [tuple(row) for row in found]


def start_worker(house: House) -> subprocess.Popen[str]:
    program = "from roadwright.cli.entry import main; main()"
    command = [sys.executable, "-c", program, "worker", "-w", str(house.root)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("working on")
    return process


def is_begun(house: House, run: ActionRun, tries: int) -> bool:
    found = now(house, run)
    return found.tries == tries and found.worker is not None


def end(worker: subprocess.Popen[str]) -> bool:
    worker.send_signal(signal.SIGTERM)
    time.sleep(0.2)  # else the next one may be the same for the system
    return worker.poll() is not None


def test_a_run_of_workers_that_die_is_taken_again_and_fails_after_three_tries(team: House) -> None:
    first, second, third = (ask(team) for _ in range(3))
    with team.workspace.exclusive():  # so that whoever takes the first run has to wait
        for tries in (1, 2, 3):
            worker = start_worker(team)
            until(partial(is_begun, team, first, tries))
            if tries == 3:
                until(partial(end, worker), 8)
                assert worker.returncode == 128 + signal.SIGTERM, "the second one ends it at once"
            else:
                worker.kill()
            worker.communicate()
            if tries < 3:
                assert (now(team, first).status, now(team, first).progress) == ("queued", ledger.INTERRUPTED_TRY)
        assert (now(team, first).status, now(team, first).error) == ("failed", ledger.INTERRUPTED)
        assert now(team, second).tries == 0, "the order is kept meanwhile"
    worker = start_worker(team)
    until(lambda: now(team, third).finished_at)
    assert [now(team, run).status for run in (second, third)] == ["success"] * 2
    assert str(now(team, second).started_at) <= str(now(team, third).started_at)
    worker.send_signal(signal.SIGTERM)
    _, said = worker.communicate(timeout=20)
    assert (worker.returncode, "Traceback" in said) == (0, False)
    assert jobs(team) == []


@pytest.mark.thorough
def test_a_run_is_cancelled_that_another_worker_does(team: House) -> None:
    hard_plan(team)
    workers = [start_worker(team) for _ in range(2)]
    try:
        solving = ask(team, dataclasses.replace(OPTIMIZE, options=("time_limit=200",)))
        until(lambda: (now(team, solving).progress_json or {}).get("incumbent") is not None)
        does_it = now(team, solving).worker
        ledger.request_cancel(team.workspace.store, solving.run_id)
        until(lambda: now(team, solving).finished_at, 20)
        ended = now(team, solving)
        assert (ended.status, ended.tries, ended.worker) == ("cancelled", 1, does_it)
        assert (ended.summary_json or {})["optimization_status"] == "cancelled", "it kept what it had found"
        after = ask(team)
        until(lambda: now(team, after).finished_at)
        assert now(team, after).status == "success"
        until(lambda: not jobs(team))
        assert [worker.poll() for worker in workers] == [None, None], "it was the run that ended"
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()


@pytest.fixture
def company(team: House) -> House:
    add_kpis(team)
    add_candidates(team, {"engineering_tokens": 1, "contributions": "gmv: 5"})
    add_scenario(team)
    return team


def test_who_solves_holds_up_nobody_and_winds_up_where_the_worker_stops(
    company: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    solves = threading.Event()

    def slowly(*arguments: Any, cancel: Any, **more: Any) -> None:
        solves.set()
        until(cancel.is_set)
        solve_draft(*arguments, **more)

    monkeypatch.setattr(optimization, "solve_draft", slowly)
    solving, other = ask(company, OPTIMIZE), ask(company)
    worker = make_worker(company.workspace, at_once=2)
    worker.start()
    assert solves.wait(30)
    until(lambda: now(company, other).finished_at)
    assert now(company, solving).status == "running"
    assert jobs(company) == [(str(solving.id), "doing", "solve", None)]
    worker.stop(20)
    ended = now(company, solving)
    assert (ended.status, ended.optimization_run_id) == ("success", "OPT-000001"), ended.error
    assert not worker.is_alive
    assert jobs(company) == []


def test_what_runs_when_the_worker_stops_ends_by_itself(team: House) -> None:
    worker = make_worker(team.workspace)
    with team.workspace.exclusive():
        run = ask(team)
        worker.start()
        until(lambda: now(team, run).worker)
        stopping = threading.Thread(target=worker.stop, args=(20,))
        stopping.start()
        until(worker.stops.is_set)
        later = ask(team)
    stopping.join()
    assert now(team, run).status == "success"
    assert (now(team, later).status, now(team, later).tries) == ("queued", 0)


def test_the_same_action_begun_again_keeps_one_optimization_run(company: House) -> None:
    store, run = company.workspace.store, ask(company, OPTIMIZE)
    for tries in (1, 2):
        worker = make_worker(company.workspace)
        worker.start()
        until(lambda: now(company, run).finished_at)
        worker.stop(5)
        ended = now(company, run)
        assert (ended.status, ended.tries, ended.optimization_run_id) == ("success", tries, "OPT-000001")
        with store.transaction() as session:  # as if its process had died before it wrote down the end
            again = session.get_one(ActionRun, run.id)
            again.status, again.finished_at, again.worker = "queued", None, None
    assert "unchanged_since" not in (ended.summary_json or {})


def test_the_queue_follows_the_ledger(team: House) -> None:
    store = team.workspace.store
    first, second = ask(team), ask(team)
    recovery = Recovery(store)
    assert not recovery.look()
    with store.engine.begin() as connection:
        connection.execute(text("delete from procrastinate_jobs"))
        connection.execute(text("insert into procrastinate_workers default values"))
    assert recovery.look(), "a run without a job gets one"
    waiting = [(str(run.id), "todo", "actions", "workspace") for run in (first, second)]
    assert jobs(team) == waiting
    taken = "update procrastinate_jobs set status = 'doing', queue_name = 'solve', lock = null"
    with store.engine.begin() as connection:
        connection.execute(text(f"{taken}, worker_id = 1"))
        connection.execute(text("update procrastinate_workers set last_heartbeat = now()"))
    assert not recovery.look(), "their worker lives, and may be about to begin them"
    with store.engine.begin() as connection:
        connection.execute(text("update procrastinate_workers set last_heartbeat = now() - interval '1 minute'"))
    assert recovery.look()
    assert jobs(team) == waiting
    with store.engine.begin() as connection:
        connection.execute(text(taken))
    for run in (first, second):
        ledger.request_cancel(store, run.run_id)
    recovery.look()
    assert len(jobs(team)) == 2, "whoever did the runs may be about to say that they have ended"
    assert recovery.look()
    assert jobs(team) == []


def test_a_server_tells_whether_workers_live(team: House) -> None:
    server = Server(team.workspace)
    with server.workspace.store.transaction() as session:
        secret = make_token(session, "dash", Role.ADMIN, made_by="test").secret
    headers = {"Authorization": f"Bearer {secret}"}
    client = TestClient(make_app(server), base_url="http://127.0.0.1:8765")

    def is_ready() -> tuple[int, bool]:
        answer = client.get("/api/v1/ready", headers=headers)
        [check] = [check for check in answer.json()["checks"] if check["name"] == "worker"]
        return answer.status_code, check["ok"]

    run = client.post("/api/v1/runs", json={"action": "pm.backlog_sync"}, headers=headers).json()
    assert is_ready() == (503, False)
    worker = make_worker(team.workspace)
    worker.start()
    until(lambda: is_ready() == (200, True))
    done = client.get(f"/api/v1/runs/{run['run_id']}", params={"wait": 30}, headers=headers).json()
    assert done["status"] == "success"
    worker.stop(5)
    assert is_ready() == (503, False)
