"""Solving in a process of its own, which is killed where it overruns its limit or a cancel, or can't take a crash down.

The solver can be deaf to limits for a long time (presolve on large models), and a crash in it must not end a server.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event as SharedEvent
from time import monotonic

from roadwright.domain.optimization import RunStatus
from roadwright.optimize.checks import findings_of
from roadwright.optimize.engine import Cancel
from roadwright.optimize.evaluate import evaluate
from roadwright.optimize.matrix import Model
from roadwright.optimize.objective import plan
from roadwright.optimize.portfolio import Answer
from roadwright.optimize.problem import Problem
from roadwright.optimize.report import report
from roadwright.optimize.solution import Solution
from roadwright.optimize.solve import Progress, SolveOptions, solve

START = 60.0
"""Seconds that the process gets to start; its time limit counts from there."""
GRACE = 2.0
"""Seconds that it gets to end by itself after its limit or a cancel."""
POLL = 0.05


def solve_isolated(
    problem: Problem,
    options: SolveOptions | None = None,
    *,
    progress: Callable[[Progress], None] | None = None,
    cancel: Cancel | None = None,
) -> Solution:
    """Like `solve`, in a worker process, for some tenths of a second more.

    Where the worker has to be killed, the answer is the last selection that it had found, checked here.
    """
    options = options or SolveOptions()
    began = monotonic()
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    stop = context.Event()
    worker = context.Process(target=_work, args=(problem, options, sender, stop), daemon=True)
    worker.start()
    sender.close()
    watch = _Watch(options.time_limit, cancel, stop)
    last: Progress | None = None
    try:
        while not watch.is_over():
            if not receiver.poll(POLL):
                continue
            message = receiver.recv()
            if isinstance(message, Solution):
                return message
            if message is None:
                watch.started()
                continue
            last = message if message.selected is not None else last
            if progress is not None:
                progress(message)
    except EOFError:
        crash = "the solver's process crashed; run it again, and report the problem if it crashes again"
        return _without_worker(problem, RunStatus.FAILED, last, monotonic() - began, crash)
    finally:
        worker.kill()
        worker.join()
        receiver.close()
    status = RunStatus.CANCELLED if stop.is_set() else RunStatus.FEASIBLE
    return _without_worker(problem, status, last, monotonic() - began)


class _Watch:
    """Passes a cancel on to the worker, and says when its time is over for good."""

    def __init__(self, limit: float | None, cancel: Cancel | None, stop: SharedEvent) -> None:
        self.limit = limit
        self.end: float | None = monotonic() + START
        self.cancel = cancel
        self.stop = stop

    def started(self) -> None:
        self.end = None if self.limit is None else monotonic() + self.limit + GRACE

    def is_over(self) -> bool:
        if self.cancel is not None and self.cancel.is_set() and not self.stop.is_set():
            self.stop.set()
            self.end = monotonic() + GRACE
        return self.end is not None and monotonic() > self.end


def _work(problem: Problem, options: SolveOptions, sender: Connection, stop: SharedEvent) -> None:
    sender.send(None)  # started
    sender.send(solve(problem, options, progress=sender.send, cancel=stop))
    sender.close()


def _without_worker(
    problem: Problem, status: RunStatus, last: Progress | None, seconds: float, message: str | None = None
) -> Solution:
    """The answer where the worker gave none: what it had found last, if that keeps the rules."""
    model = Model.of(problem)
    steps = plan(model)
    best = None if last is None or last.selected is None else evaluate(model, last.selected)
    if best is not None and not all(violation.is_rounding for violation in best.violations):
        best = None
    if best is None and status is RunStatus.FEASIBLE:
        status = RunStatus.UNKNOWN
    answer = Answer(status, None if status is RunStatus.FAILED else best, message=message)
    return report(model, steps, answer, [*findings_of(model), *steps.findings], seconds=seconds, timings={})
