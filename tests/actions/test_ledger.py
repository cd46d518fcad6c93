"""The ledger of what was asked: written before anything is done, whatever becomes of it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from roadwright.actions import execute, ledger, registry
from roadwright.actions.contract import Action, ActionContext, Answer
from roadwright.actions.options import OnConflictOption, Text, UsageError
from roadwright.actions.runner import run_action
from roadwright.actions.submit import ActionRequest
from roadwright.domain.messages import Message
from roadwright.store.models import ActionRun
from roadwright.store.presence import Presences, presences
from roadwright.workspace.workspace import open_workspace
from tests.house import House


class Noted(OnConflictOption):
    note: Text | None = None


def last(house: House) -> ActionRun:
    return ledger.runs(house.workspace.store, 1)[0]


def quiet(message: str, done: int | None = None, total: int | None = None) -> None:
    """No progress."""


def pretend(monkeypatch: pytest.MonkeyPatch, action: Action) -> None:
    monkeypatch.setitem(registry.BY_NAME, action.name, action)


def test_a_run_is_kept_with_what_was_asked_and_what_came_of_it(house: House) -> None:
    house.type_new("Backlog", {"title": "One"}, {"title": "Two", "engineering_tokens": "few"})
    outcome = house.run("pm.backlog_sync", options=["on_conflict=SHEET "])
    run = last(house)
    assert (run.run_id, run.action, run.status) == (outcome.run_id, "pm.backlog_sync", outcome.status)
    assert run.request_json["options"] == ["on_conflict=SHEET "]
    assert run.request_json["select"] is None
    assert run.requested_by == "test"
    assert run.summary_json == outcome.summary
    assert run.rows_json == outcome.to_json()["rows"]
    assert run.started_at is not None
    assert run.finished_at is not None
    assert run.created_at <= run.started_at <= run.finished_at
    assert run.error is None


def test_wrong_usage_is_exit_2_and_names_the_way_out(house: House) -> None:
    for asked, words in (
        (ActionRequest("pm.backlog_snyc"), 'there is no action "pm.backlog_snyc"; did you mean pm.backlog_sync?'),
        (ActionRequest("frobnicate"), "`roadwright actions` lists them"),
        (
            ActionRequest("pm.backlog_sync", options=("colour=red",)),
            'pm.backlog_sync has no option "colour"; it has: on_conflict',
        ),
        (ActionRequest("pm.backlog_sync", options=("on_conflict",)), "expected name=value"),
        (ActionRequest("pm.backlog_sync", options=("on_conflict=",)), "expected name=value"),
        (
            ActionRequest("pm.backlog_sync", options=("on_conflict=me",)),
            'option on_conflict is "me"; expected sheet or database',
        ),
        (ActionRequest("pm.backlog_sync", options=("on_conflict=sheet", "on-conflict=sheet")), "is given twice"),
        (
            ActionRequest("pm.switch_framework", options=("activating_batch=0",)),
            "expected a whole number from 1 to 10000",
        ),
        (ActionRequest("pm.optimize_run_all_candidates", options=("time_limit=-1",)), "expected a number above 0"),
        (ActionRequest("pm.optimize_run_all_candidates", options=("time_limit=soon",)), "expected a number"),
        (ActionRequest("pm.populate_initiatives", options=("candidates=maybe",)), "neither yes nor no"),
        (ActionRequest("pm.save_selected", tab="Backlogg"), '"Backlogg" is no tab of this workspace; there are: '),
        (ActionRequest("pm.save_selected", tab="Runs"), "pm.save_selected does not work on Runs; it works on: Backlog"),
        (ActionRequest("pm.save_selected", tab="Intake"), "does not work on"),
        (ActionRequest("pm.populate_candidates", select="7"), "always works on everything; leave --select out"),
        (ActionRequest("pm.save_selected", select=" , "), "the selection is empty"),
        (ActionRequest("pm.save_selected", select="9-7"), '"9-7" is no range of rows'),
        (ActionRequest("pm.save_selected", select="0"), "is no range of rows"),
    ):
        outcome = run_action(house.workspace, asked, requested_by="test", report=quiet)
        assert (outcome.exit_code, outcome.status, outcome.run_id) == (2, "failed", None)
        assert words in str(outcome.error)
        assert outcome.to_json() == {
            "run_id": None,
            "action": asked.action,
            "status": "failed",
            "summary": {},
            "error": outcome.error,
            "rows": [],
        }
    assert ledger.runs(house.workspace.store, 10) == []


def test_a_selection_that_is_not_there_is_exit_2_and_in_the_ledger(house: House) -> None:
    house.type_new("Backlog", {"title": "One"})
    house.done("pm.backlog_sync")
    for select, words in (("INIT-000099", "Backlog has no INIT-000099"), ("40-50", "Backlog has no data in row 40")):
        outcome = house.run("pm.save_selected", tab="Backlog", select=select)
        assert (outcome.exit_code, outcome.status) == (2, "failed")
        assert words in str(outcome.error)
        assert (last(house).run_id, last(house).error) == (outcome.run_id, outcome.error)


def test_an_action_that_stumbles_is_failed_in_the_ledger_and_shows_the_fault(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(request: ActionContext) -> Answer:
        raise ZeroDivisionError("by nought")

    pretend(monkeypatch, Action("pm.stumble", "", "", stumble))
    with pytest.raises(ZeroDivisionError):
        house.run("pm.stumble")
    assert (last(house).status, last(house).error) == ("failed", "unexpected ZeroDivisionError: by nought")


def test_a_database_that_is_gone_is_told_in_words(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*arguments: object, **named: object) -> Answer:
        raise OperationalError("select 1", {}, RuntimeError("server closed the connection"))

    pretend(monkeypatch, Action("pm.lost", "", "", lost))
    outcome = house.run("pm.lost")
    assert (outcome.exit_code, outcome.status) == (1, "failed")
    assert str(outcome.error).startswith("the database can't be used: server closed the connection; ")
    assert last(house).error == outcome.error
    monkeypatch.setattr(ledger, "enqueue", lost)
    outcome = house.run("pm.backlog_sync")
    assert (outcome.exit_code, outcome.run_id) == (1, None)
    assert "server closed the connection" in str(outcome.error)


def test_ctrl_c_cancels(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(request: ActionContext) -> Answer:
        raise KeyboardInterrupt

    pretend(monkeypatch, Action("pm.wait", "", "", interrupted))
    outcome = house.run("pm.wait")
    assert (outcome.exit_code, outcome.status) == (1, "cancelled")
    assert last(house).status == "cancelled"
    house.done("pm.backlog_sync")


def test_wrong_input_found_while_working_is_exit_2(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(request: ActionContext) -> Answer:
        raise UsageError("selection_empty")

    pretend(monkeypatch, Action("pm.refuse", "", "", refuse, options=Noted))
    words = str(Message("selection_empty"))
    outcome = house.run("pm.refuse", options=["note = with = signs"])
    assert (outcome.exit_code, outcome.error, last(house).status) == (2, words, "failed")
    assert last(house).request_json["options"] == ["note = with = signs"]


def test_a_problem_makes_the_run_fail_and_what_is_done_stays(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(request: ActionContext) -> Answer:
        return Answer(summary={"done": 3}, problems=[Message("run_summary", params={"summary": "one is open"})])

    pretend(monkeypatch, Action("pm.half", "", "", half))
    outcome = house.run("pm.half")
    assert (outcome.exit_code, outcome.status, outcome.error) == (1, "failed", "one is open")
    assert (last(house).status, last(house).error) == ("failed", "one is open")
    assert (last(house).summary_json or {})["done"] == 3


def test_a_run_whose_process_was_killed_is_told_as_interrupted(house: House) -> None:
    script = f"""
import sys, time
from pathlib import Path
from roadwright.actions import ledger
from roadwright.workspace.workspace import open_workspace
store = open_workspace(Path({str(house.root)!r})).store
run = ledger.enqueue(store, "pm.backlog_sync", {{}}, "test")
ledger.start(store, run.id)
print("running", flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "running\n"
        assert last(house).status == "running", "while it lives it runs"
        process.kill()
    end = time.monotonic() + 30
    while (run := last(house)).status == "running" and time.monotonic() < end:
        time.sleep(0.05)  # the server has to notice the end of the session
    assert (run.status, run.error) == ("failed", ledger.INTERRUPTED)
    assert run.finished_at is not None
    assert house.done("pm.backlog_sync").run_id == "ACT-000002"


def test_a_run_of_an_earlier_program_that_is_still_open_counts_as_interrupted(house: House) -> None:
    store = house.workspace.store
    run = ledger.enqueue(store, "pm.backlog_sync", {}, "test")
    with store.transaction() as session:
        session.get_one(ActionRun, run.id).worker = "elsewhere/17/123.45"
    assert (last(house).status, last(house).error) == ("failed", ledger.INTERRUPTED)
    ledger.leave(run)


def test_a_run_that_ends_while_it_is_looked_at_is_not_called_interrupted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = house.workspace.store
    run = ledger.enqueue(store, "pm.backlog_sync", {}, "test")

    def gone_meanwhile(engine: Engine) -> Presences:
        found = presences(engine)
        monkeypatch.setattr(ledger, "presences", presences)
        ledger.finish(store, run.id, Answer())
        ledger.leave(run)
        return found

    monkeypatch.setattr(ledger, "presences", gone_meanwhile)
    assert last(house).status == "success"


def test_a_run_that_was_thought_dead_and_lives_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def work(request: ActionContext) -> Answer:
        with request.workspace.store.transaction() as session:
            session.get_one(ActionRun, request.action_run_id).status = "failed"
        request.report("still here")
        assert last(house).status == "running"
        return Answer()

    pretend(monkeypatch, Action("pm.live", "", "", work))
    assert house.run("pm.live").status == last(house).status == "success"


def lost_for(times: int, write: Callable[..., ActionRun]) -> Callable[..., ActionRun]:
    """The database is lost so many times, then it is back."""
    left = [times]

    def writing(*arguments: Any) -> ActionRun:
        if left[0]:
            left[0] -= 1
            raise OperationalError("update", {}, RuntimeError("server closed the connection"))
        return write(*arguments)

    return writing


def test_the_end_of_a_run_is_written_when_the_database_is_back(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execute, "_PAUSE", 0)
    monkeypatch.setattr(ledger, "finish", lost_for(3, ledger.finish))
    house.done("pm.backlog_sync")
    assert last(house).status == "success"
    monkeypatch.setattr(ledger, "fail", lost_for(3, ledger.fail))
    outcome = house.run("pm.save_selected", tab="Backlog", select="INIT-000009")
    assert last(house).error == outcome.error == "Backlog has no INIT-000009"


def test_a_database_that_is_lost_for_good_at_the_end_is_a_message(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execute, "_PAUSE", 0)
    monkeypatch.setattr(execute, "END_SECONDS", 0)
    with monkeypatch.context() as lost:
        lost.setattr(ledger, "finish", lost_for(99, ledger.finish))
        outcome = house.run("pm.backlog_sync")
    assert (outcome.exit_code, outcome.status) == (1, "failed")
    assert outcome.error == (
        "the end of ACT-000001 could not be written, so it will be shown as interrupted: the database can't be used: "
        "server closed the connection"
    )
    assert (last(house).status, last(house).error) == ("failed", ledger.INTERRUPTED)


def test_the_newest_runs_come_first_and_one_is_found_in_any_case(house: House) -> None:
    for _ in range(3):
        house.done("pm.backlog_sync")
    store = house.workspace.store
    assert [run.run_id for run in ledger.runs(store, 2)] == ["ACT-000003", "ACT-000002"]
    found = ledger.find_run(store, " act-000002 ")
    assert found is not None
    assert found.run_id == "ACT-000002"
    assert ledger.find_run(store, "ACT-000009") is None


def test_many_ask_at_once_and_everyone_gets_a_number(house: House) -> None:
    start = threading.Barrier(6)

    def ask() -> list[str]:
        workspace = open_workspace(house.root)
        try:
            start.wait()
            asked = [ledger.enqueue(workspace.store, "pm.backlog_sync", {}, "test") for _ in range(4)]
            for run in asked:
                ledger.leave(run)
            return [run.run_id for run in asked]
        finally:
            workspace.close()

    with ThreadPoolExecutor(6) as pool:
        numbers = [one for future in [pool.submit(ask) for _ in range(6)] for one in future.result()]
    assert sorted(numbers) == [f"ACT-{n:06d}" for n in range(1, 25)]


def test_progress_is_noted_in_the_ledger(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def work(request: ActionContext) -> Answer:
        request.report("counting sheep", 1_200, 3_000)
        assert last(house).progress == "counting sheep 1,200 of 3,000"
        return Answer()

    pretend(monkeypatch, Action("pm.sleep", "", "", work))
    told: list[tuple[str, int | None, int | None]] = []
    run_action(
        house.workspace,
        ActionRequest("pm.sleep"),
        requested_by="test",
        report=lambda message, done=None, total=None: told.append((message, done, total)),
    )
    assert told == [("counting sheep", 1_200, 3_000)]


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ({"options": ["on_conflict=a\x00"]}, "option on_conflict"),
        ({"options": ["a\x00=b"]}, "option a\ufffd"),
        ({"options": {"on_conflict": "\ud800"}}, "option on_conflict"),
        ({"tab": "Back\x00log"}, "the tab"),
        ({"select": "INIT-\ud800"}, "the selection"),
    ],
)
def test_what_the_ledger_can_not_keep_is_refused_by_place(house: House, asked: dict[str, Any], place: str) -> None:
    request = ActionRequest("pm.save_selected", **asked)
    answer = run_action(house.workspace, request, requested_by="test", report=lambda *_: None)
    assert (answer.status, answer.exit_code) == ("failed", 2)
    assert str(answer.error).startswith(f"{place} holds a character that can't be stored (code ")
