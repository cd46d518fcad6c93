"""Solving in a worker process."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import Any

import pytest

from roadwright.domain.optimization import RunStatus
from roadwright.optimize import Progress, SolveOptions, isolated, parse_problem, solve, solve_isolated
from tests.optimize.build import candidate, problem
from tests.optimize.test_solve import figures, hard


def test_the_answer_is_the_same_as_in_this_process() -> None:
    value = parse_problem(problem(candidate("A", 60, gmv=3), candidate("B", 50, gmv=2), candidate("C", 40, gmv=2)))
    assert figures(solve_isolated(value)) == figures(solve(value))


def test_progress_and_cancel_reach_over_the_border() -> None:
    cancel = threading.Event()
    seen: list[Progress] = []

    def watch(progress: Progress) -> None:
        seen.append(progress)
        if progress.objective is not None:
            cancel.set()

    solution = solve_isolated(parse_problem(hard()), progress=watch, cancel=cancel)
    assert (solution.status, bool(solution.selected)) == (RunStatus.CANCELLED, True)
    assert any(progress.selected for progress in seen)


def deaf(problem: Any, options: Any, sender: Any, stop: Any) -> None:
    """A worker that has found something and then listens to nobody."""
    sender.send(None)
    sender.send(Progress("gmv", 0.1, 1.0, 9.0, 8.0, 0, ("A",)))
    time.sleep(60)


def crash(problem: Any, options: Any, sender: Any, stop: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_worker_that_overruns_is_killed_and_what_it_found_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "_work", deaf)
    monkeypatch.setattr(isolated, "GRACE", 0.5)
    value = parse_problem(problem(candidate("A", gmv=1), candidate("B", gmv=8)))
    solution = solve_isolated(value, SolveOptions(time_limit=0.5))
    assert (solution.status, solution.selected, solution.objective_value) == (RunStatus.FEASIBLE, ["A"], 1.0)
    assert (solution.bound, solution.gap) == (None, None)


def test_a_crash_of_the_solver_is_a_failed_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "_work", crash)
    solution = solve_isolated(parse_problem(problem(candidate("A"))))
    assert (solution.status, solution.selected) == (RunStatus.FAILED, [])
    assert "crashed" in solution.message
