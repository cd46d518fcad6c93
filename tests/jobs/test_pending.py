"""What a solve could not show is written later, and nothing is solved again for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from roadwright.actions.execute import PENDING_WRITES, Door, execute
from roadwright.actions.submit import ActionRequest, checked, submit
from roadwright.jobs.pending import PendingWrites
from roadwright.sheets.backend import WorkbookBusy
from roadwright.store.models import ActionRun
from tests.actions.company import add_candidates, add_kpis, add_scenario
from tests.house import House, small_house

DOOR = Door(lambda *_: None, lambda _: None, completes_writes=True)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    yield from small_house(tmp_path)


def newest(house: House) -> ActionRun:
    with house.workspace.store.transaction() as session:
        return session.scalars(select(ActionRun).order_by(ActionRun.id.desc()).limit(1)).one()


def test_an_answer_that_could_not_be_shown_is_shown_later(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    add_kpis(house)
    add_candidates(house, {"engineering_tokens": 5, "contributions": "gmv: 3"})
    add_scenario(house, capacity=10)
    pending = PendingWrites(house.workspace)
    book = type(house.workspace.open(house.place("Runs")))
    write = book.write

    def is_open(workbook: object, edits: list[object]) -> object:
        if any(getattr(edit, "tab", "") == "Runs" for edit in edits):
            raise WorkbookBusy("workbook_changed", workbook="Optimization_Center.xlsx")
        return write(workbook, edits)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(book, "write", is_open)
        asked = checked(house.workspace, ActionRequest("pm.optimize_run_all_candidates"))
        run = submit(house.workspace, asked, "test", for_worker=True)
        result = execute(house.workspace, run, DOOR)
    assert result.status == "success", result.error
    assert PENDING_WRITES in result.summary
    pending.ended(run)
    assert len(pending) == 1
    assert house.rows("Runs") == []
    assert pending.look()
    follower = newest(house)
    assert follower.action == "pm.optimize_write_results"
    execute(house.workspace, follower, DOOR)
    pending.ended(follower)
    assert len(pending) == 0
    assert [row.text("run_id") for row in house.rows("Runs")] == ["OPT-000001"]
    with house.workspace.store.transaction() as session:
        assert PENDING_WRITES not in (session.get_one(ActionRun, run.id).summary_json or {})
