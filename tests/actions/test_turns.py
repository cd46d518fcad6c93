"""Many processes and folders on one database: everyone has their turn, and every idea enters once."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text

from roadwright.actions import ledger, registry
from roadwright.actions.contract import Action, ActionContext, Answer
from roadwright.actions.runner import run_action
from roadwright.actions.submit import ActionRequest
from roadwright.store.models import Initiative
from roadwright.workspace.workspace import open_workspace
from tests.house import House


def patient(house: House, seconds: float = 60) -> House:
    """A house whose actions wait for their turn."""
    settings = house.workspace.settings.model_copy(update={"action_wait": seconds})
    return House(replace(house.workspace, settings=settings))


@pytest.fixture
def copies(house: House, tmp_path: Path) -> Iterator[tuple[House, House]]:
    """A workspace with an idea in it, and a copy of its folder, on one database."""
    house.type_new("Intake", {"title": "from before"})
    house.done("pm.backlog_sync")
    shutil.copytree(house.root, tmp_path / "copy")
    with ExitStack() as stack:
        other = open_workspace(tmp_path / "copy")
        stack.callback(other.close)
        yield patient(house), patient(House(other))


@pytest.mark.files
def test_copies_of_a_folder_that_sync_at_once_lose_and_double_nothing(copies: tuple[House, House]) -> None:
    submitted = ["from before"]
    for number in range(3):
        for name, house in zip("ab", copies, strict=True):
            titles = [f"{name} {number}{letter}" for letter in "xyz"] + [f"same words {number}"]
            house.type_new("Intake", *({"title": title} for title in titles))
            submitted += titles
        start = threading.Barrier(2)

        def sync(house: House, start: threading.Barrier = start) -> object:
            start.wait(30)
            return house.done("pm.backlog_sync")

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(sync, copies))
    for house in (*copies, *copies):
        house.done("pm.backlog_sync")
    with copies[0].workspace.store.transaction() as session:
        assert Counter(session.scalars(select(Initiative.title))) == Counter(submitted)
    for house in copies:
        assert {row.text("run_status") for tab in ("Intake", "Backlog") for row in house.rows(tab)} == {"OK"}
        before = house.bytes()
        house.done("pm.backlog_sync")
        assert house.bytes() == before
    keys = [{row.text("initiative_key") for row in house.rows("Intake")[1:]} for house in copies]
    assert keys[0].isdisjoint(keys[1])


@pytest.mark.files
def test_a_key_that_was_given_in_another_folder_is_not_given_again(
    copies: tuple[House, House], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one was killed when its sheet had the key, and before the idea was stored."""
    one, other = copies

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    one.type_new("Intake", {"title": "one"})
    other.type_new("Intake", {"title": "other"})
    with monkeypatch.context() as patched:
        patched.setattr("roadwright.sync.backlog_sync.sync_intake", killed)
        with pytest.raises(Killed):
            one.run("pm.backlog_sync")
    assert one.rows("Intake")[1].text("initiative_key") == "INIT-000002"
    other.done("pm.backlog_sync")
    one.done("pm.backlog_sync")
    assert [house.rows("Intake")[1].text("initiative_key") for house in copies] == ["INIT-000002", "INIT-000003"]
    assert [house.rows("Intake")[1].text("run_status") for house in copies] == ["OK", "OK"]


def test_a_restored_folder_still_finds_the_keys_that_its_rows_had(house: House, tmp_path: Path) -> None:
    house.type_new("Intake", {"title": "typed before the backup"})
    shutil.copytree(house.root, tmp_path / "backup")
    house.done("pm.backlog_sync")
    shutil.rmtree(house.root)
    shutil.copytree(tmp_path / "backup", house.root)
    house.done("pm.backlog_sync")
    with house.workspace.store.transaction() as session:
        assert list(session.scalars(select(Initiative.title))) == ["typed before the backup"]
    assert house.rows("Intake")[0].text("initiative_key") == "INIT-000001"


def test_rows_of_another_folder_are_not_missing_here(copies: tuple[House, House]) -> None:
    one, other = copies
    for house, title in ((one, "one"), (other, "other"), (one, "one more")):
        house.type_new("Intake", {"title": title})
        house.done("pm.backlog_sync")
    for house in (other, one):
        house.done("pm.backlog_sync")
    assert {row.text("run_status") for row in one.rows("Backlog")} == {"OK"}
    one.clear_row("Intake", one.rows("Intake")[1].number)
    one.done("pm.backlog_sync")
    assert "source_missing" in one.status("Backlog", "INIT-000002")


def test_a_second_action_waits_for_its_turn_and_says_for_whom(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    holds, ends = threading.Event(), threading.Event()

    def work(request: ActionContext) -> Answer:
        holds.set()
        ends.wait(30)
        return Answer()

    monkeypatch.setitem(registry.BY_NAME, "pm.hold", Action("pm.hold", "", "", work))
    told: list[str] = []
    said: list[str] = []

    def report(message: str, done: int | None = None, total: int | None = None) -> None:
        told.append(message)
        ends.set()

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(house.run, "pm.hold")
        assert holds.wait(30)
        waiting = patient(house).workspace
        second = run_action(
            waiting, ActionRequest("pm.backlog_sync"), requested_by="test", report=report, say=said.append
        )
        assert first.result().status == "success"
    assert second.status == "success"
    assert told[0] == said[0] == "waiting for ACT-000001 pm.hold (test) to end"


def test_the_wait_is_bounded_and_says_so(house: House) -> None:
    with house.workspace.exclusive():
        outcome = patient(house, 0).run("pm.backlog_sync")
    assert (outcome.exit_code, outcome.status) == (1, "failed")
    assert outcome.error == (
        "another action is running in this workspace, or on its database, and did not end within 0 s (action_wait); "
        "run again when it has ended: roadwright runs shows it"
    )
    assert ledger.runs(house.workspace.store, 1)[0].error == outcome.error


def test_a_wait_can_be_cancelled(house: House) -> None:
    workspace = patient(house).workspace

    def report(message: str, done: int | None = None, total: int | None = None) -> None:
        ledger.request_cancel(workspace.store, "ACT-000001")

    with house.workspace.exclusive():
        outcome = run_action(workspace, ActionRequest("pm.backlog_sync"), requested_by="test", report=report)
    assert (outcome.status, outcome.error) == ("cancelled", "cancelled on request")


def test_copies_share_one_turn(copies: tuple[House, House]) -> None:
    one, other = copies
    impatient = patient(other, 0)
    with one.workspace.exclusive():
        assert "another action is running" in str(impatient.run("pm.backlog_sync").error)
    assert other.run("pm.backlog_sync").status == "success"


def test_others_work_while_a_turn_is_given_back(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    statuses: list[str] = []
    other = patient(house, 0)

    def work(request: ActionContext) -> Answer:
        statuses.append(other.run("pm.backlog_sync").status)
        request.turn.give_back()
        statuses.append(other.run("pm.backlog_sync").status)
        request.turn.take()
        statuses.append(other.run("pm.backlog_sync").status)
        return Answer()

    monkeypatch.setitem(registry.BY_NAME, "pm.solve", Action("pm.solve", "", "", work))
    assert house.run("pm.solve").status == "success"
    assert statuses == ["failed", "success", "failed"]


HOLDS = """
import sys, time
from pathlib import Path
from roadwright.workspace.workspace import open_workspace
with open_workspace(Path(sys.argv[1])).exclusive():
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_killed_process_gives_its_turn_back(house: House) -> None:
    command = [sys.executable, "-c", HOLDS, str(house.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert "another action is running" in str(patient(house, 0).run("pm.backlog_sync").error)
        process.kill()
        process.wait()
        house.done("pm.backlog_sync")


def test_a_folder_that_takes_no_lock_is_told(house: House) -> None:
    (house.root / ".roadwright" / "action.lock").unlink(missing_ok=True)
    (house.root / ".roadwright" / "action.lock").mkdir()
    outcome = house.run("pm.backlog_sync")
    assert outcome.exit_code == 1
    assert "the workspace can't be locked" in str(outcome.error)


def test_connections_that_the_server_ends_are_told_in_words(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    if house.workspace.store.engine.dialect.name != "postgresql":
        pytest.skip("PostgreSQL only")
    others = text("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
                  "and pid <> pg_backend_pid()")  # fmt: skip

    def work(request: ActionContext) -> Answer:
        with request.workspace.store.transaction() as session:
            session.execute(text("select 1"))
            ended = open_workspace(house.root)
            with ended.store.engine.connect() as connection:
                connection.execute(others)
            ended.close()
            session.execute(text("select 1"))
        return Answer()

    monkeypatch.setitem(registry.BY_NAME, "pm.lose", Action("pm.lose", "", "", work))
    outcome = house.run("pm.lose")
    assert (outcome.exit_code, outcome.status) == (1, "failed")
    assert str(outcome.error).startswith("the database can't be used: ")
    assert ledger.runs(house.workspace.store, 1)[0].error == outcome.error
    house.done("pm.backlog_sync")
