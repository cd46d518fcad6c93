"""Solving and explaining in a worker process, which is killed where it overruns its limit or a cancel."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from time import monotonic
from typing import Any, Literal

from roadwright.domain.decimals import exact
from roadwright.domain.messages import notice
from roadwright.domain.optimization import Proof, RunStatus, StopReason
from roadwright.optimize.analysis.explanations import ALL, UnknownKeys, explanations, not_computed, unknown_keys
from roadwright.optimize.model.checks import findings_of
from roadwright.optimize.model.evaluation import Evaluation, evaluate
from roadwright.optimize.model.objective import Plan, plan
from roadwright.optimize.model.portfolio_model import PortfolioModel
from roadwright.optimize.model.problem import Problem
from roadwright.optimize.model.solution import Explanation, Solution
from roadwright.optimize.solver.highs import CancelSignal, written_to
from roadwright.optimize.solver.portfolio import PortfolioAnswer, StageAnswer
from roadwright.optimize.solver.report import report
from roadwright.optimize.solver.worker import Send, TaskEnd, Worker, idle_worker
from roadwright.optimize.solving import SolveOptions, SolveProgress, solve

SECONDS_BETWEEN_LOG_PARTS = 0.2


def solve_isolated(
    problem: Problem,
    options: SolveOptions | None = None,
    *,
    progress: Callable[[SolveProgress], None] | None = None,
    cancel: CancelSignal | None = None,
    log: Callable[[str], None] | None = None,
    worker: Worker | None = None,
) -> Solution:
    """Like `solve`, in a worker process (an idle one, else a new one, which takes half a second to start).

    Where the worker has to be killed, or dies, the answer is the last selection that it had found, checked here. `log`
    gets what the solver says, in parts.
    """
    options = options or SolveOptions()
    found = LastFound(problem)

    def hear(message: object) -> None:
        if isinstance(message, SolveProgress):
            found.hear(message)
            if progress is not None:
                progress(message)
        elif isinstance(message, str) and log is not None:
            log(message)

    with _at_work(worker) as own:
        task = partial(_solve, problem, options, log is not None)
        ended = own.run(task, hear, limit=options.time_limit, cancel=cancel)
    if isinstance(ended.result, Solution):
        return ended.result
    return found.solution(ended.end)


def explain_isolated(
    problem: Problem,
    solution: Solution,
    keys: Iterable[str] | Literal["all"],
    *,
    seconds: float | None = 60.0,
    cancel: CancelSignal | None = None,
    found: Callable[[Explanation], None] | None = None,
    worker: Worker | None = None,
) -> list[Explanation]:
    """Like `explain`, in a worker process; `found` is called with each explanation at once.

    What a worker that was killed, or died, did not reach is returned as not computed.
    """
    keys = ALL if keys == ALL else list(dict.fromkeys(keys))
    if keys != ALL and (unknown := unknown_keys(problem, keys)):
        raise UnknownKeys(unknown)
    if solution.objective_value is None:
        raise ValueError(f"there is no portfolio to explain: the solution is {solution.status}")
    told: list[Explanation] = []

    def hear(message: object) -> None:
        if isinstance(message, Explanation):
            told.append(message)
            if found is not None:
                found(message)

    with _at_work(worker) as own:
        ended = own.run(partial(_explain, problem, solution, keys, seconds=seconds), hear, limit=seconds, cancel=cancel)
    if ended.end is TaskEnd.DONE:
        return told
    known = {one.id: one for one in told}
    return [known.get(one.id, one) for one in not_computed(problem, solution, keys)]


def stream_isolated(
    task: Callable[..., None],
    found: Callable[[Any], None],
    *,
    seconds: float | None = 60.0,
    cancel: CancelSignal | None = None,
    worker: Worker | None = None,
) -> bool:
    """Let a worker process do one of `roadwright.optimize.repeated`'s tasks, which tells what it finds one by one.

    The task is a `functools.partial` without `found` and `cancel`. Returns whether it was done to its end.
    """
    with _at_work(worker) as own:
        ended = own.run(partial(_stream, task), found, limit=seconds, cancel=cancel)
    return ended.end is TaskEnd.DONE and not (cancel is not None and cancel.is_set())


def _at_work(worker: Worker | None) -> AbstractContextManager[Worker]:
    return idle_worker() if worker is None else nullcontext(worker)


# In the worker


def _solve(problem: Problem, options: SolveOptions, is_logged: bool, send: Send, stop: threading.Event) -> Solution:
    if not is_logged:
        return solve(problem, options, progress=send, cancel=stop)
    log = _LogParts(send)

    def tell(progress: SolveProgress) -> None:
        log.flush()
        send(progress)

    with written_to(log.write):
        solution = solve(problem, options, progress=tell, cancel=stop)
    log.flush()
    return solution


def _explain(
    problem: Problem,
    solution: Solution,
    keys: list[str] | Literal["all"],
    send: Send,
    stop: threading.Event,
    *,
    seconds: float | None,
) -> None:
    for one in explanations(problem, solution, keys, seconds=seconds, cancel=stop):
        send(one)


def _stream(task: Callable[..., None], send: Send, stop: threading.Event) -> None:
    task(found=send, cancel=stop)


class _LogParts:
    """Sends what the solver says in parts: many lines come at once, and each message has its price."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._lines: list[str] = []
        self._sent_at = monotonic()

    def write(self, text: str) -> None:
        self._lines.append(text)
        if monotonic() - self._sent_at > SECONDS_BETWEEN_LOG_PARTS:
            self.flush()

    def flush(self) -> None:
        if self._lines:
            self._send("".join(self._lines))
        self._lines, self._sent_at = [], monotonic()


# Where the worker gave no answer


class LastFound:
    """The last progress of a solve: its best selection, and its bounds."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._selected: tuple[str, ...] | None = None
        self._last: SolveProgress | None = None
        self._began = monotonic()

    def hear(self, progress: SolveProgress) -> None:
        self._last = progress
        if progress.selected is not None:
            self._selected = progress.selected

    def cancelled(self) -> Solution:
        """The solution where a solve was cancelled and does not end."""
        return self.solution(TaskEnd.CANCELLED)

    def solution(self, end: TaskEnd) -> Solution:
        """The solution where a solve gave none: the last selection, if that keeps the rules."""
        model = PortfolioModel.of(self._problem)
        steps = plan(model)
        best = None if self._selected is None else evaluate(model, self._selected)
        if best is not None and not all(violation.is_rounding for violation in best.violations):
            best = None
        answer = _answer(end, best)
        if best is not None:
            answer = replace(answer, stages=_stages(steps, best, self._last))
        findings = [*findings_of(model), *steps.findings]
        return report(model, steps, answer, findings, seconds=monotonic() - self._began, timings={})


def _answer(end: TaskEnd, best: Evaluation | None) -> PortfolioAnswer:
    if end is TaskEnd.CANCELLED:
        return PortfolioAnswer(RunStatus.CANCELLED, best)
    if end is TaskEnd.OVERRAN:
        status = RunStatus.UNKNOWN if best is None else RunStatus.FEASIBLE
        return PortfolioAnswer(status, best, reason=StopReason.TIME_LIMIT)
    if best is None:
        return PortfolioAnswer(RunStatus.FAILED, said=notice("solver_crashed"))
    return PortfolioAnswer(RunStatus.FEASIBLE, best, said=notice("solver_crashed_with_answer"))


def _stages(steps: Plan, best: Evaluation, last: SolveProgress | None) -> list[StageAnswer]:
    """The last bound, for an objective of one stage; for several stages their optima would be needed as well."""
    if len(steps.stages) != 1 or last is None or last.bound is None or last.stage != steps.stages[0].name:
        return []
    [stage] = steps.stages
    return [StageAnswer(stage, stage.value(best), exact(last.bound), False, Proof.SOLVER)]
