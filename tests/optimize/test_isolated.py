"""Solving and explaining in a worker process that can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import psutil
import pytest
from benchmarks.portfolios import portfolio

from roadwright.domain.optimization import RunStatus
from roadwright.optimize import (
    Explanation,
    SolveOptions,
    SolveProgress,
    UnknownKeys,
    Worker,
    explain,
    explain_isolated,
    isolated,
    parse_problem,
    solve,
    solve_isolated,
)
from roadwright.optimize.solver import worker
from roadwright.optimize.solver.worker import Send, TaskEnd
from tests.optimize.build import candidate, problem
from tests.optimize.test_solve import figures, hard

TWO = problem(candidate("A", gmv=1), candidate("B", gmv=8))


def test_the_answer_is_the_same_as_in_this_process() -> None:
    value = parse_problem(problem(candidate("A", 60, gmv=3), candidate("B", 50, gmv=2), candidate("C", 40, gmv=2)))
    assert figures(solve_isolated(value)) == figures(solve(value))


def test_progress_and_cancel_reach_over_the_border() -> None:
    cancel = threading.Event()
    seen: list[SolveProgress] = []

    def watch(progress: SolveProgress) -> None:
        seen.append(progress)
        if progress.objective is not None:
            cancel.set()

    solution = solve_isolated(parse_problem(hard()), progress=watch, cancel=cancel)
    assert (solution.status, bool(solution.selected)) == (RunStatus.CANCELLED, True)
    assert solution.message.startswith("stopped on request")
    assert solution.gap is not None
    assert any(progress.selected for progress in seen)


def test_what_the_solver_says_can_be_kept() -> None:
    said: list[str] = []
    logged = solve_isolated(parse_problem(TWO), log=said.append)
    assert figures(logged) == figures(solve(parse_problem(TWO)))
    assert "Exact search for gmv: " in "".join(said)
    large = parse_problem(portfolio(60))
    said.clear()
    solve_isolated(large, log=said.append)
    assert "Running HiGHS" in "".join(said)
    assert "Solving report" in "".join(said)


# A worker that is killed, or dies


def deaf(value: Any, options: Any, logged: Any, send: Send, stop: threading.Event) -> None:
    """A worker that has found something and then listens to nobody."""
    send(SolveProgress("gmv", 0.1, 1.0, 9.0, 8.0, 0, ("A",)))
    time.sleep(60)


def crash(value: Any, options: Any, logged: Any, send: Send, stop: threading.Event) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def find_and_crash(value: Any, options: Any, logged: Any, send: Send, stop: threading.Event) -> None:
    send(SolveProgress("gmv", 0.1, 1.0, 9.0, 8.0, 0, ("A",)))
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_worker_that_overruns_is_killed_and_what_it_found_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "_solve", deaf)
    monkeypatch.setattr(worker, "LIMIT_GRACE", 0.1)
    solution = solve_isolated(parse_problem(TWO), SolveOptions(time_limit=0.3))
    assert (solution.status, solution.selected, solution.objective_value) == (RunStatus.FEASIBLE, ["A"], 1.0)
    assert (solution.bound, solution.gap) == (9.0, 8.0)


def test_a_worker_that_is_deaf_to_a_cancel_is_killed_within_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "_solve", deaf)
    cancel = threading.Event()
    asked: list[float] = []

    def watch(progress: SolveProgress) -> None:
        asked.append(time.monotonic())
        cancel.set()

    solution = solve_isolated(parse_problem(TWO), progress=watch, cancel=cancel)
    assert time.monotonic() - asked[0] < 60, "within 2 s where nothing else runs; it would never end by itself"
    assert (solution.status, solution.selected, solution.gap) == (RunStatus.CANCELLED, ["A"], 8.0)


def test_a_crash_of_the_solver_is_a_failed_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "_solve", crash)
    solution = solve_isolated(parse_problem(problem(candidate("A"))))
    assert (solution.status, solution.selected) == (RunStatus.FAILED, [])
    assert "ended unexpectedly" in solution.message


def test_what_was_found_before_a_crash_is_kept_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "_solve", find_and_crash)
    solution = solve_isolated(parse_problem(TWO))
    assert (solution.status, solution.selected, solution.gap) == (RunStatus.FEASIBLE, ["A"], 8.0)
    assert "ended unexpectedly" in solution.message


# One worker for one task after another


def pid_of(send: Send, stop: threading.Event) -> int:
    return os.getpid()


def modules_of(send: Send, stop: threading.Event) -> list[str]:
    return sorted(sys.modules)


def wait_for_stop(send: Send, stop: threading.Event) -> str:
    send("waiting")
    stop.wait(30)
    return "stopped"


def interrupt_oneself(send: Send, stop: threading.Event) -> str:
    os.kill(os.getpid(), signal.SIGINT)
    return "still there"


def nothing(message: object) -> None:
    """Hears nothing."""


def test_one_worker_does_several_tasks_and_is_replaced_once_it_died() -> None:
    with Worker() as mine:
        first = mine.run(pid_of, nothing).result
        assert mine.run(pid_of, nothing).result == first
        cancel = threading.Event()
        stopped = mine.run(wait_for_stop, lambda _: cancel.set(), cancel=cancel)
        assert (stopped.end, stopped.result) == (TaskEnd.DONE, "stopped")
        assert mine.run(pid_of, nothing).result == first, "a stop ends the task, not the process"
        assert mine.run(interrupt_oneself, nothing).result == "still there", "Ctrl-C is for the parent to hear"
        assert isinstance(first, int)
        os.kill(first, signal.SIGKILL)
        os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
        second = mine.run(pid_of, nothing).result
        assert isinstance(second, int)
        assert second != first
    assert not psutil.pid_exists(second)


def test_a_worker_loads_neither_database_nor_sheets() -> None:
    with Worker() as mine:
        modules = mine.run(modules_of, nothing).result
    assert isinstance(modules, list)
    ours = ("sheets", "tabs", "store", "workspace", "actions", "sync")
    unwanted = (
        "sqlalchemy",
        "alembic",
        "psycopg",
        "xlsxwriter",
        "pydantic_settings",
        *(f"roadwright.{o}" for o in ours),
    )
    assert [name for name in unwanted if name in modules] == []


PARENT = """
import os, sys
from roadwright.optimize import Worker
from tests.optimize.test_isolated import wait_for_stop
import psutil

def told(message):
    print(psutil.Process().children()[0].pid, flush=True)
    os.kill(os.getpid(), 9)

if __name__ == "__main__":
    Worker().run(wait_for_stop, told)
"""


def test_a_worker_ends_with_the_process_that_it_works_for() -> None:
    done = subprocess.run([sys.executable, "-c", PARENT], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    child = int(done.stdout)
    until = time.monotonic() + 60
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < until
        time.sleep(0.02)


# Explanations


def test_explanations_are_the_same_and_come_one_by_one() -> None:
    value = parse_problem(problem(candidate("A", 60, gmv=3), candidate("B", 60, gmv=2)))
    solution = solve(value)
    seen: list[Explanation] = []
    assert explain_isolated(value, solution, "all", found=seen.append) == explain(value, solution, "all") == seen
    with pytest.raises(UnknownKeys, match="X"):
        explain_isolated(value, solution, ["X"])


def explain_one_and_crash(
    value: Any, solution: Any, keys: Any, send: Send, stop: threading.Event, *, seconds: float
) -> None:
    send(explain(value, solution, ["A"])[0])
    os.kill(os.getpid(), signal.SIGKILL)


def test_what_a_dead_worker_did_not_explain_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "_explain", explain_one_and_crash)
    value = parse_problem(problem(candidate("A", 60, gmv=3), candidate("B", 60, gmv=2)))
    found = explain_isolated(value, solve(value), ["A", "B"])
    assert [(one.id, one.kind, one.computed) for one in found] == [("A", "inside", True), ("B", "outside", False)]


def test_a_cancelled_explanation_says_what_was_not_computed() -> None:
    value = parse_problem(problem(candidate("A", 60, gmv=3), candidate("B", 60, gmv=2)))
    cancel = threading.Event()
    cancel.set()
    found = explain_isolated(value, solve(value), "all", cancel=cancel)
    assert [one.computed for one in found] == [False] * 3
