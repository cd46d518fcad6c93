"""Workers: on each kind of database every run ends once, in order, whoever dies."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from roadwright.actions import ledger
from roadwright.actions.execute import PENDING_WRITES
from roadwright.actions.submit import ActionRequest, checked, submit
from roadwright.cli.main import app
from roadwright.jobs.pending import PendingWrites
from roadwright.jobs.worker import make_worker
from roadwright.store.models import ActionRun
from tests.house import House, make_house


def ask(house: House, times: int) -> list[ActionRun]:
    submission = checked(house.workspace, ActionRequest("pm.refresh_tab", "Gates"))
    return [submit(house.workspace, submission, "test", for_worker=True) for _ in range(times)]


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_two_workers_end_each_run_once_and_keep_the_order(house: House) -> None:
    runs = ask(house, 8)
    first = ledger.waiting_for_worker(house.workspace.store)
    assert first is not None
    assert first.run_id == runs[0].run_id
    ledger.claim(house.workspace.store, first)
    assert ledger.waiting_for_worker(house.workspace.store) is None, "the next one waits until this one has begun"
    ledger.note_progress(house.workspace.store, first.id, "waiting for ACT-000009")
    assert ledger.waiting_for_worker(house.workspace.store) is None, "that it tells for whom it waits is no beginning"
    ledger.leave(first)  # its process is gone
    ended: list[str] = []
    workers = [make_worker(house.workspace, lambda run: ended.append(run.run_id)) for _ in range(2)]
    for worker in workers:
        worker.start()
    until(lambda: all((found := ledger.find_run(house.workspace.store, r.run_id)) and found.finished_at for r in runs))
    for worker in workers:
        worker.stop()
    found = [ledger.find_run(house.workspace.store, run.run_id) for run in runs]
    assert [run.status for run in found if run] == ["success"] * 8
    assert [run.tries for run in found if run] == [2] + [1] * 7
    begun = [str(run.started_at) for run in found if run]
    assert begun == sorted(begun)


def test_a_worker_of_its_own_needs_postgresql(tmp_path: Path) -> None:
    house = make_house(tmp_path / "workspace", f"sqlite:///{tmp_path / 'test.db'}")
    house.workspace.close()
    result = CliRunner().invoke(app, ["worker", "-w", str(house.root)])
    assert result.exit_code == 2
    assert "PostgreSQL" in result.stderr


@pytest.mark.files
def test_what_a_worker_can_not_write_now_is_written_later(house: House) -> None:
    store, book = house.workspace.store, house.file("Gates")
    house.type_new("Gates", {"gate_policy": "strict", "gate": "tokens_present", "severity": "block"})
    lock = book.with_name(f".~lock.{book.name}#")
    lock.write_text(",anna,anna@here,here,2026;", encoding="utf-8")
    pending = PendingWrites(house.workspace)
    worker = make_worker(house.workspace, pending.ended)
    worker.start()
    submission = checked(house.workspace, ActionRequest("pm.save_selected", "Gates"))
    run = submit(house.workspace, submission, "test", for_worker=True)
    worker.wake()
    until(lambda: len(pending) == 1)
    found = ledger.find_run(store, run.run_id)
    assert found is not None
    assert (found.status, PENDING_WRITES in (found.summary_json or {})) == ("success", True)
    assert not pending.look(), "somebody has the workbook open"
    assert len(PendingWrites(house.workspace)) == 1, "another server finds it, too"
    lock.unlink()
    assert pending.look()
    worker.wake()
    until(lambda: len(pending) == 0)
    worker.stop()
    assert house.row("Gates", "strict").text("run_status") == "OK"
    found = ledger.find_run(store, run.run_id)
    assert found is not None
    assert PENDING_WRITES not in (found.summary_json or {})
