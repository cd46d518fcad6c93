"""A sync that is killed at any moment loses nothing, doubles nothing, and leaves every workbook whole."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.actions.ledger import INTERRUPTED, runs
from roadwright.sheets.backends.xlsx import workbook as xlsx_workbook
from roadwright.sheets.backends.xlsx.swap import replace_workbook
from roadwright.store.models import Initiative
from roadwright.store.presence import PRIVATE
from roadwright.store.session import Store
from roadwright.sync import engine
from roadwright.workspace.settings import FILE
from tests.house import House
from tests.sync.spreadsheet import lock_by_libreoffice

pytestmark = pytest.mark.files

LAUNCHER = """
import os, signal, sys
import roadwright.sync.backlog_sync, roadwright.actions.runner
from roadwright.cli.entry import main
sys.argv[0] = "roadwright"
while True:
    if input() == "end":
        break
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        try:
            main()
        except SystemExit as end:
            os._exit(end.code or 0)
        os._exit(99)
    print(child, flush=True)
    if input() == "kill":
        os.kill(child, signal.SIGKILL)
    print(os.waitpid(child, 0)[1], flush=True)
"""
"""Starts the command when told to, then waits for its end or kills it, and says how it ended; importing takes long."""


class Killed(BaseException):
    """Stands for the end of the process: nothing catches it."""


class CrashPoints:
    """Dies at the so-many-th moment at which something lasting just happened or is just about to happen."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left: int | None = None
        opened = Store.transaction

        @contextmanager
        def transaction(store: Store) -> Iterator[Session]:
            with opened(store) as session:
                yield session
                self.pass_by()
            self.pass_by()

        def replace(*arguments: Any) -> None:
            self.pass_by()
            replace_workbook(*arguments)
            self.pass_by()

        monkeypatch.setattr(Store, "transaction", transaction)
        monkeypatch.setattr(xlsx_workbook, "replace_workbook", replace)

    def pass_by(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.left = None
                raise Killed

    def dies(self, house: House, moment: int) -> bool:
        self.left = moment
        try:
            house.done("pm.backlog_sync")
        except Killed:
            return True
        finally:
            self.left = None
        return False


def work_on(house: House, number: int) -> list[str]:
    """People submit ideas on Intake and Backlog, and edit one row of each. Returns the new ideas' titles."""
    new = [f"intake {number}a", f"intake {number}b", f"backlog {number}"]
    house.type_new("Intake", {"title": new[0]}, {"title": new[1], "department": str(number)})
    house.type_new("Backlog", {"title": new[2], "category": str(number)})
    house.type_into("Intake", house.rows("Intake")[number].number, {"country": f"country {number}"})
    house.type_into("Backlog", house.rows("Backlog")[number].number, {"risk_level": "high"})
    return new


def workbooks_open(house: House) -> None:
    for path in house.root.glob("*.xlsx"):
        openpyxl.load_workbook(path, read_only=True).close()


def nothing_lost_nothing_doubled(house: House, submitted: list[str], rounds: int) -> None:
    with house.workspace.store.transaction() as session:
        found = {row.initiative_key: row for row in session.scalars(select(Initiative).order_by(Initiative.id))}
    assert Counter(row.title for row in found.values()) == Counter(submitted)
    on_backlog = [(row.text("initiative_key"), row.text("title")) for row in house.rows("Backlog")]
    assert sorted(on_backlog) == sorted((key, row.title) for key, row in found.items())
    on_intake = [(row.text("initiative_key"), row.text("title")) for row in house.rows("Intake")]
    assert sorted(on_intake) == sorted((k, row.title) for k, row in found.items() if row.intake_workbook is not None)
    assert {row.text("run_status") for tab in ("Intake", "Backlog") for row in house.rows(tab)} == {"OK"}
    edited = [found[row.text("initiative_key")].country for row in house.rows("Intake")[:rounds]]
    assert edited == [f"country {number}" for number in range(rounds)]
    assert [found[row.text("initiative_key")].risk_level for row in house.rows("Backlog")[:rounds]] == ["high"] * rounds
    before = house.bytes()
    house.done("pm.backlog_sync")
    assert house.bytes() == before


def test_killed_at_every_lasting_step_in_turn(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """At every second one on each kind of database, because each takes a sync: together that is every step."""
    points = CrashPoints(monkeypatch)
    submitted: list[str] = []
    rounds, first = 0, int(house.workspace.store.engine.dialect.name == "sqlite")
    while True:
        submitted += work_on(house, rounds)
        if not points.dies(house, first + 2 * rounds):
            break
        workbooks_open(house)
        rounds += 1
    assert rounds > 7, "fewer steps than a sync has"
    house.done("pm.backlog_sync")
    nothing_lost_nothing_doubled(house, submitted, rounds + 1)


def test_killed_at_the_same_step_again_and_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    points = CrashPoints(monkeypatch)
    submitted = work_on(house, 0)
    moment = 4
    while points.dies(house, moment) and points.dies(house, moment):
        moment += 1
    house.done("pm.backlog_sync")
    nothing_lost_nothing_doubled(house, submitted, 1)


class Command:
    """``roadwright run pm.backlog_sync``, to be started again and again, each time in a process of its own."""

    def __init__(self, house: House) -> None:
        arguments = ["run", "pm.backlog_sync", "-w", str(house.root)]
        self._launcher = subprocess.Popen(
            [sys.executable, "-c", LAUNCHER, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self) -> None:
        self._tell("start")
        self._said()

    def ends(self) -> int:
        """Wait for its end. Returns how the system says that it ended: 0, or 9 when it was killed."""
        self._tell("wait")
        return self._said()

    def is_killed(self) -> int:
        """Kill it, unless it has ended already. Returns how it ended."""
        self._tell("kill")
        return self._said()

    def close(self) -> None:
        self._launcher.communicate("end\n")

    def _tell(self, word: str) -> None:
        assert self._launcher.stdin is not None
        self._launcher.stdin.write(word + "\n")
        self._launcher.stdin.flush()

    def _said(self) -> int:
        assert self._launcher.stdout is not None
        return int(self._launcher.stdout.readline())


@pytest.fixture
def command(house: House) -> Iterator[Command]:
    made = Command(house)
    yield made
    made.close()


@pytest.mark.thorough
def test_kill_9_at_random_moments(house: House, command: Command) -> None:
    submitted = [f"first {number}" for number in range(50)]
    house.type_new("Intake", *({"title": title} for title in submitted))
    command.start()
    began = time.monotonic()
    assert command.ends() == 0
    length = time.monotonic() - began
    chance = random.Random(begun := int(began * 1000))
    for number in range(10):
        submitted += work_on(house, number)
        command.start()
        time.sleep(chance.uniform(0, length))
        assert command.is_killed() in {0, signal.SIGKILL}
        workbooks_open(house)
    house.done("pm.backlog_sync")
    nothing_lost_nothing_doubled(house, submitted, 10)
    ended = {(run.status, run.error) for run in runs(house.workspace.store, 100)}
    assert ended <= {("success", None), ("failed", INTERRUPTED)}, begun
    assert not list((house.root / PRIVATE).glob("*.part"))


def test_the_ledger_says_that_a_killed_run_was_interrupted(house: House, command: Command) -> None:
    settings = house.root / FILE
    settings.write_text(settings.read_text().replace("lock_wait = 0\n", "lock_wait = 60\n"))
    house.type_new("Intake", {"title": "Search"})
    held = lock_by_libreoffice(house.place("Intake").workbook, "Ann")
    command.start()
    while not (running := [run for run in runs(house.workspace.store, 1) if run.status == "running"]):
        time.sleep(0.05)
    assert command.is_killed() == signal.SIGKILL
    end = time.monotonic() + 30
    while (interrupted := runs(house.workspace.store, 1)[0]).status == "running" and time.monotonic() < end:
        time.sleep(0.05)  # the server has to notice the end of the session
    assert (interrupted.run_id, interrupted.status) == (running[0].run_id, "failed")
    assert interrupted.error == INTERRUPTED
    held.unlink()
    assert house.done("pm.backlog_sync").summary["created"] == 1


def test_rows_that_were_stored_and_not_shown_get_their_marks_with_the_next_sync(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the commit and the writing of the sheets: nothing in the rows is left to change but the mark."""
    house.type_new("Intake", {"title": "intake"})
    house.type_new("Backlog", {"title": "backlog"})

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("roadwright.sync.engine._write", write_keys_only(killed))
        with pytest.raises(Killed):
            house.run("pm.backlog_sync")
    [row] = house.rows("Intake")
    assert (row.text("initiative_key"), row.text("updated_at")) == ("INIT-000001", "")
    house.done("pm.backlog_sync")
    for tab in ("Intake", "Backlog"):
        for row in house.rows(tab):
            assert (row.text("run_status"), row.text("updated_source")) == ("OK", "pm.backlog_sync"), tab
            assert row.text("updated_at"), tab
    marks = [row.text("updated_at") for tab in ("Intake", "Backlog") for row in house.rows(tab)]
    assert len(set(marks)) == len(marks) == 3
    before = house.bytes()
    house.done("pm.backlog_sync")
    assert house.bytes() == before


def write_keys_only(killed: Callable[..., None]) -> Callable[..., Any]:
    """Writes once, which is what gives the keys, and is killed the next time."""
    left = [engine._write]

    def write(*arguments: Any) -> Any:
        return left.pop()(*arguments) if left else killed()

    return write
