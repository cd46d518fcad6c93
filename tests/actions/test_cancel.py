"""A running solve tells how far it is, and can be ended with the best answer kept; anything else is broken off."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import psutil
import pytest
from sqlalchemy import select

from roadwright.actions import ledger, registry
from roadwright.actions.cancelling import CancelSwitch
from roadwright.actions.contract import Action, ActionContext, Answer
from roadwright.actions.execute import ActionResult
from roadwright.actions.pm import optimization
from roadwright.actions.runner import run_action
from roadwright.actions.submit import ActionRequest
from roadwright.domain.optimization import RunStatus
from roadwright.optimize import Problem, Solution, SolveOptions, solve
from roadwright.services.portfolios import drafts
from roadwright.services.portfolios.runs import keep_run
from roadwright.store.models import ActionRun, OptimizationRun, OptimizationScenario, Portfolio
from tests.actions.company import add_candidates, add_kpis, add_scenario, chosen
from tests.actions.hard import hard_plan
from tests.house import House

RUN = "pm.optimize_run_all_candidates"
T = TypeVar("T")


def quiet(message: str, done: int | None = None, total: int | None = None) -> None:
    """No progress at the door."""


def started(
    house: House, switch: CancelSwitch | None = None, seconds: int = 120
) -> tuple[threading.Thread, list[ActionResult]]:
    """A run that goes on in a thread, and where its outcome will be."""
    done: list[ActionResult] = []

    def run() -> None:
        asked = ActionRequest(RUN, options=(f"time_limit={seconds}",))
        done.append(run_action(house.workspace, asked, requested_by="test", report=quiet, switch=switch))

    thread = threading.Thread(target=run)
    thread.start()
    return thread, done


def until(look: Callable[[], T | None]) -> T:
    """What there is to see, as soon as there is something."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if (found := look()) is not None:
            return found
        time.sleep(0.05)
    raise AssertionError("nothing was to be seen for a minute")


def last(house: House) -> ActionRun:
    return ledger.runs(house.workspace.store, 1)[0]


def with_incumbent(house: House) -> ActionRun | None:
    run = last(house)
    return run if run.action == RUN and (run.progress_json or {}).get("incumbent") is not None else None


def stored(house: House) -> OptimizationRun:
    with house.workspace.store.transaction() as session:
        return session.scalars(select(OptimizationRun).order_by(OptimizationRun.id.desc())).first() or pytest.fail(
            "none"
        )


def test_a_solve_tells_its_progress_and_a_request_ends_it_with_the_best_answer_kept(house: House) -> None:
    hard_plan(house)
    thread, done = started(house)
    running = until(lambda: with_incumbent(house))
    assert running.status == "running"
    assert running.progress_json is not None
    assert running.progress_json.keys() == {"stage", "seconds", "incumbent", "bound", "gap", "nodes"}
    assert running.progress_json["bound"] is None or running.progress_json["bound"] > running.progress_json["incumbent"]
    assert str(running.progress).startswith("solving Plan: ")
    assert ledger.request_cancel(house.workspace.store, running.run_id.lower()).cancel_requested_at is not None
    asked_at = time.monotonic()
    thread.join(30)
    assert time.monotonic() - asked_at < 29, "2 s where nothing else runs"
    [outcome] = done
    assert (outcome.status, outcome.exit_code, outcome.error) == ("cancelled", 1, None)
    assert outcome.summary["optimization_status"] == "cancelled"
    assert "gap " in str(outcome.summary["answer"])
    assert "stopped on request" in str(outcome.summary["answer"])
    run = stored(house)
    assert (run.run_id, run.status) == (outcome.optimization_run_id, "cancelled")
    assert run.shown_json["gap_percent"] > 0
    assert "Running HiGHS" in str(run.solver_log)
    assert len(str(run.solver_log)) <= drafts.LOG_SIZE + 100
    assert run.result_json is not None
    assert sorted(chosen(house)) == run.result_json["selected"] != []
    [shown] = house.rows("Runs")
    assert shown.text("status") == "cancelled"
    assert isinstance(shown.values["gap_percent"], float)
    assert (last(house).status, last(house).optimization_run_id) == ("cancelled", run.run_id)
    with pytest.raises(
        ledger.NotRunning, match=r"ACT-\d+ \(pm.optimize_run_all_candidates\) is not running: it ended .*cancelled"
    ):
        ledger.request_cancel(house.workspace.store, running.run_id)


def test_the_solver_can_be_killed_and_the_run_says_so(house: House) -> None:
    hard_plan(house)
    thread, done = started(house)
    until(lambda: with_incumbent(house))
    for child in psutil.Process().children():
        if "roadwright.optimize.solver.worker" in " ".join(child.cmdline()):
            child.kill()
    thread.join(30)
    [outcome] = done
    assert (outcome.summary["optimization_status"], outcome.exit_code) == ("feasible", 0)
    assert "the solver's process ended unexpectedly" in str(outcome.summary["answer"])
    assert chosen(house)
    house.done("pm.backlog_sync")


def small_plan(house: House) -> None:
    add_kpis(house)
    add_candidates(house, *({"engineering_tokens": t, "contributions": f"gmv: {t}"} for t in (60, 50)))
    add_scenario(house, capacity=60)


def cancelled_at_once(problem: Problem, options: SolveOptions, **_: Any) -> Solution:
    cancel = threading.Event()
    cancel.set()
    return solve(problem, options, cancel=cancel)


def test_cancelled_before_anything_was_found_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    small_plan(house)
    monkeypatch.setattr(drafts, "solve_isolated", cancelled_at_once)
    outcome = house.run(RUN)
    assert (outcome.status, outcome.exit_code) == ("cancelled", 1)
    assert "stopped on request before any portfolio was found" in str(outcome.summary["answer"])
    assert stored(house).status == RunStatus.CANCELLED
    assert house.rows("Results") == []


def test_an_action_that_does_not_solve_is_broken_off_by_a_request(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []

    def work(request: ActionContext) -> Answer:
        ledger.request_cancel(house.workspace.store, last(house).run_id)
        for step in range(200):
            time.sleep(0.02)
            request.report("counting", step, 200)
            steps.append(step)
        return Answer()

    monkeypatch.setitem(registry.BY_NAME, "pm.count", Action("pm.count", "", "", work))
    outcome = house.run("pm.count")
    assert (outcome.status, outcome.exit_code, outcome.error) == ("cancelled", 1, "cancelled on request")
    assert len(steps) < 200
    assert last(house).status == "cancelled"


def listening(
    house: House, monkeypatch: pytest.MonkeyPatch, switch: CancelSwitch, work: Callable[[ActionContext], object]
) -> ActionResult:
    """The outcome of an action that does this, with a switch that it can turn on itself."""

    def run(request: ActionContext) -> Answer:
        work(request)
        request.report("writing what was found")
        return Answer()

    monkeypatch.setitem(registry.BY_NAME, "pm.listen", Action("pm.listen", "", "", run))
    return run_action(house.workspace, ActionRequest("pm.listen"), requested_by="test", report=quiet, switch=switch)


def test_what_is_asked_to_end_ends_where_it_next_looks(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    switch = CancelSwitch()
    outcome = listening(house, monkeypatch, switch, lambda _: switch.turn_on())
    assert (outcome.status, outcome.exit_code, outcome.error) == ("cancelled", 1, "cancelled on request")
    assert not switch.turn_on(), "it is over"
    assert not switch.break_off("too late")
    assert last(house).error == outcome.error


def test_a_request_at_the_door_while_the_ledger_is_asked_is_not_lost(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch = CancelSwitch()

    def asked(*_: object) -> bool:
        switch.turn_on()
        return False

    monkeypatch.setattr(ledger, "is_cancel_requested", asked)
    assert listening(house, monkeypatch, switch, lambda _: None).status == "cancelled"


def test_what_keeps_what_it_has_found_looks_itself(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    switch = CancelSwitch()

    def work(request: ActionContext) -> None:
        with request.cancel.keeping_what_is_found():
            assert not request.cancel.is_set()
            switch.turn_on()
            assert request.cancel.is_set()
            request.report("goes on")

    assert listening(house, monkeypatch, switch, work).status == "success"


def test_after_a_solve_that_nobody_ended_the_writing_can_be_ended(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch = CancelSwitch()

    def work(request: ActionContext) -> None:
        with request.cancel.keeping_what_is_found():
            pass
        switch.turn_on()

    assert listening(house, monkeypatch, switch, work).status == "cancelled"


def test_ctrl_c_while_the_sheets_are_written_leaves_the_run_kept(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    small_plan(house)

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(optimization, "write_run_tab", interrupted)
        outcome = house.run(RUN)
    assert (outcome.status, outcome.exit_code, outcome.optimization_run_id) == ("cancelled", 1, "OPT-000001")
    assert outcome.error == (
        "cancelled while the sheets were written; OPT-000001 is kept, and pm.optimize_write_results shows it"
    )
    assert stored(house).status == RunStatus.OPTIMAL
    house.done("pm.optimize_write_results")
    assert len(chosen(house)) == 1


def test_runs_that_are_kept_at_the_same_moment_get_different_numbers(house: House) -> None:
    small_plan(house)
    house.done(RUN)
    with house.workspace.store.transaction() as session:
        scenario = session.scalars(select(OptimizationScenario)).one()
    store = house.workspace.store
    barrier = threading.Barrier(4)

    def keep(_: int) -> str:
        barrier.wait(10)
        return keep_run(store, drafts.RunDraft(scenario, None), SolveOptions(), None).run_id

    with ThreadPoolExecutor(4) as pool:
        kept = list(pool.map(keep, range(4)))
    assert sorted(kept) == [f"OPT-{number:06d}" for number in range(2, 6)]
    with store.transaction() as session:
        assert len(session.scalars(select(Portfolio)).all()) == 1
