"""Progress that moves: long tabs are read, checked, written, scored and judged with a count of rows."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console
from rich.progress import Progress, TextColumn

from roadwright.actions import ledger
from roadwright.actions.cancelling import CancelSwitch
from roadwright.actions.runner import run_action
from roadwright.actions.submit import ActionRequest
from roadwright.cli.actions import reporter
from roadwright.domain import progress
from roadwright.sheets.backends.xlsx import reader
from tests.house import House

IDEAS = 6


class Told:
    """What was reported: by message the rows done, and of how many."""

    def __init__(self, switch: CancelSwitch | None = None, stop_at: str | None = None) -> None:
        self.counts: dict[str, list[tuple[int, int]]] = {}
        self.switch, self.stop_at = switch, stop_at

    def __call__(self, message: str, done: int | None = None, total: int | None = None) -> None:
        if done is not None and total is not None:
            self.counts.setdefault(message, []).append((done, total))
            if message == self.stop_at and self.switch is not None:
                self.switch.turn_on()


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch, house: House) -> House:
    """Six new ideas, where two rows are many."""
    monkeypatch.setattr(progress, "ROWS_A_TIME", 2)
    monkeypatch.setattr(reader, "ROWS_A_TIME", 2)
    house.type_new("Intake", *({"title": f"Idea {number}"} for number in range(IDEAS)))
    return house


def told_of(house: House, action: str, *options: str) -> dict[str, list[tuple[int, int]]]:
    told = Told()
    outcome = run_action(house.workspace, ActionRequest(action, options=options), requested_by="test", report=told)
    assert outcome.exit_code == 0, outcome.error
    assert all(0 <= done <= total for counts in told.counts.values() for done, total in counts)
    return told.counts


@pytest.mark.files
def test_workbooks_are_read_checked_and_written_with_a_count(counting: House) -> None:
    counts = told_of(counting, "pm.backlog_sync")
    rows = IDEAS + 1
    assert counts["reading Intake"][1:4] == [(2, rows), (4, rows), (6, rows)], "after the first of the tabs"
    assert counts["checking Intake"][:3] == [(2, rows), (4, rows), (6, rows)]
    assert counts["writing Intake"][:2] == [(2, IDEAS), (4, IDEAS)], "the keys"
    assert counts["writing Backlog"] == [(2, IDEAS), (4, IDEAS)]


def test_initiatives_are_scored_with_a_count(counting: House) -> None:
    counting.done("pm.backlog_sync")
    counting.done("pm.populate_initiatives")
    assert told_of(counting, "pm.score_selected")["scoring initiatives"] == [(2, IDEAS), (4, IDEAS)]


def test_entries_are_judged_with_a_count(counting: House) -> None:
    counting.done("pm.backlog_sync")
    counting.type_new(
        "Roadmaps",
        {"roadmap_name": "Plan", "period_key": "2026-Q2", "source": "filter", "source_ref": "title is not empty"},
    )
    counts = told_of(counting, "pm.roadmap_create")
    assert counts["judging the entries of Plan"] == [(2, IDEAS), (4, IDEAS)]
    assert counts["keeping the judgements of Plan"] == [(2, IDEAS), (4, IDEAS)]
    assert "judging the entries of Plan" in told_of(counting, "pm.roadmap_check_gates")


@pytest.mark.parametrize("step", ["reading Intake", "checking Intake", "writing Intake", "writing Backlog"])
@pytest.mark.files
def test_ctrl_c_ends_them_and_the_next_sync_completes_what_is_left(counting: House, step: str) -> None:
    switch = CancelSwitch()
    told = Told(switch, step)
    outcome = run_action(
        counting.workspace, ActionRequest("pm.backlog_sync"), requested_by="test", report=told, switch=switch
    )
    assert (outcome.status, ledger.runs(counting.workspace.store, 1)[0].status) == ("cancelled", "cancelled")
    counting.done("pm.backlog_sync")
    for tab in ("Intake", "Backlog"):
        assert [row.text("run_status") for row in counting.rows(tab)] == ["OK"] * IDEAS
        assert len({row.text("initiative_key") for row in counting.rows(tab)}) == IDEAS


def test_the_terminal_shows_the_count() -> None:
    console = Console(file=StringIO(), force_terminal=True, width=80)
    bars = Progress(TextColumn("{task.description}"), console=console)
    report = reporter(bars)
    report("reading Ideas", 12_000, 100_000)
    assert bars.tasks[0].description == "reading Ideas: 12,000 of 100,000"
    assert (bars.tasks[0].completed, bars.tasks[0].total) == (12_000, 100_000)
    report("reading Ideas")
    assert bars.tasks[0].description == "reading Ideas"
