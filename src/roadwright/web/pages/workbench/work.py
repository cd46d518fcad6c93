"""From a change to what is shown: the answer at once, then what may come later, each ended by the next change."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from threading import Event
from typing import Any

from roadwright.actions.workbench import AS_NOW, drawn_trials, load_bench
from roadwright.optimize import (
    CapacityStep,
    Explanation,
    InvalidProblem,
    LaterPeriod,
    Problem,
    Trials,
    Worker,
    explain_isolated,
    firmness,
    later_periods,
    snapshot_hash,
    stream_isolated,
    value_by_capacity,
)
from roadwright.services.portfolios.workbench.answers import SECONDS, Answer, find_answer, worth_explaining
from roadwright.services.portfolios.workbench.changes import Changes
from roadwright.services.portfolios.workbench.pool import Lane, Question, SolverPool, Superseded
from roadwright.services.portfolios.workbench.question import asked_problem
from roadwright.services.portfolios.workbench.stored import keep_what_if
from roadwright.web.kit import Html, Region, html
from roadwright.web.page import Visit, address_of
from roadwright.web.pages.workbench import choice, compare, evidence, levers, periods, strip
from roadwright.web.pages.workbench.desk import Desk

EXTRA_SECONDS = 60.0
_TRIALS = 40
_PRICED_FIRST = 60
"""Of many candidates the closest calls: their prices come before the curve, those of others after it."""
_FLUSH = 0.15
_TELL_WAITING = 0.4

Found = Callable[[Any], None]


class Regions:
    """The parts of the page that are redrawn."""

    strip: Region
    said: Region
    notes: Region
    conflict: Region
    capacity: Region
    objective: Region
    rules: Region
    choice: choice.Shown
    periods: Region
    compare: Region
    targets: Region
    curve: Region
    usage: Region


class Work:
    """One open workbench at work."""

    def __init__(self, visit: Visit, desk: Desk, regions: Regions) -> None:
        self.visit, self.desk, self.regions = visit, desk, regions
        self.client = f"web {visit.client.id}"
        self._later: set[asyncio.Task[None]] = set()
        self.asked = 0
        """How many answers were asked for."""

    @property
    def pool(self) -> SolverPool:
        return self.visit.server.solvers

    def leave(self) -> None:
        """The page was closed: end all that it asked."""
        self.pool.end(self.client)
        for task in self._later:
            task.cancel()

    # The answer

    async def change(self, changes: Changes) -> None:
        """Take over changes, and find their answer."""
        if self.desk.change(changes):
            await self.resolve()

    async def resolve(self, seconds: float = SECONDS) -> None:
        """Find the answer to what is asked now, and show it; a newer question ends this one."""
        desk = self.desk
        self.asked += 1
        number = self.asked
        try:
            problem = await asyncio.to_thread(asked_problem, desk.bench.problem, desk.changes)
        except InvalidProblem as wrong:
            desk.undo()
            self.refuse()
            self.visit.notice("fail", "; ".join(str(fault.said) for fault in wrong.faults))
            return
        if number != self.asked:
            return
        self.visit.script("solving", True)
        self.pool.end(self.client, Lane.EXTRAS)
        work = partial(_answered, problem, seconds)
        question: Question[Answer] = self.pool.ask(Lane.ANSWERS, self.client, work, owner=self.visit.caller.who)
        answer = await self._awaited(question)
        if answer is None or number != self.asked:
            return
        await self._take(answer)

    async def _awaited(self, question: Question[Answer]) -> Answer | None:
        """The answer, with a word on those who wait before; None where it was superseded."""
        waiting = _heard(question)
        told = None
        while not waiting.done():
            await asyncio.wait([waiting], timeout=_TELL_WAITING)
            ahead = 0 if waiting.done() else self.pool.ahead_of(question)
            if not waiting.done() and ahead != told:
                told = ahead
                self.regions.strip.show(strip.strip(self.desk, ahead))
        try:
            answer: Answer = waiting.result()
        except Superseded:
            return None
        return answer

    async def _take(self, answer: Answer) -> None:
        desk = self.desk
        desk.answer = answer
        if answer.has_answer:
            desk.shown = answer
            desk.begin_prices()
            desk.later, desk.trials = {}, None
        self.show()
        await self.keep_link()
        if answer.has_answer:
            self.begin(self._extras(answer))

    async def keep_link(self) -> None:
        """Let the address open what is shown."""
        desk = self.desk
        plain = desk.changes.is_nothing and (
            desk.bench.baseline is None or desk.bench.data == desk.bench.baseline.run_id
        )
        id = None
        if not plain:
            on = None if desk.bench.data == AS_NOW else desk.bench.data
            store, who = self.visit.server.workspace.store, self.visit.caller.who
            id = await asyncio.to_thread(keep_what_if, store, desk.bench.scenario_name, on, desk.changes, who)
        tab = None if desk.tab == "choice" else desk.tab
        with_ = ",".join(desk.columns) if desk.tab == "compare" and desk.columns else None
        self.visit.stay_at(address_of("workbench", desk.bench.scenario_name, w=id, tab=tab, **{"with": with_}))

    # Showing

    def show(self) -> None:
        """Show the answer: what has not changed is not sent again."""
        desk, regions = self.desk, self.regions
        regions.strip.show(strip.strip(desk))
        regions.said.show(html("{said}", said=strip.announced(desk)))
        regions.notes.show(strip.notes(desk))
        regions.conflict.show(strip.conflict(desk))
        self.show_levers()
        self.visit.script("stale", desk.is_stale)
        if not desk.is_stale:
            regions.choice.show()
            regions.targets.show(evidence.targets(desk))
            regions.usage.show(evidence.usage(desk))
            regions.curve.show(evidence.curve(desk))
            if desk.tab == "periods":
                regions.periods.show(periods.periods(desk))
        self.settle()

    def show_levers(self) -> None:
        """The levers as they stand."""
        self.regions.rules.show(levers.rules(self.desk))
        self.regions.objective.show(levers.objective(self.desk))
        capacity = self.desk.problem.capacity
        self.visit.script("capacity", capacity)

    def settle(self) -> None:
        """Nothing is sought any more: controls show what holds."""
        desk = self.desk
        self.visit.script("switches", choice.ways(desk))
        self.visit.script("solving", False)
        self.visit.script("enabled", "undo", bool(desk.past))
        self.visit.script("enabled", "reset", not desk.changes.is_nothing)

    def refuse(self) -> None:
        """A change can't be made: fields show again what holds."""
        self.regions.rules.show(Html())
        self.regions.objective.show(Html())
        self.show_levers()
        self.visit.script("capacity", self.desk.problem.capacity, True)
        self.settle()

    # What may come later

    def begin(self, work: Awaitable[None]) -> None:
        """Do something beside what is shown."""

        async def inside() -> None:
            with self.visit.client, suppress(Superseded):
                await work

        task = asyncio.create_task(inside())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _extra(self, work: Callable[[Found, Worker, Event], Any], took: Callable[[list[Any]], None]) -> None:
        """One thing that may come later; what it finds is shown in parts. Raises Superseded."""
        found: list[Any] = []

        def do(worker: Worker, cancel: Event) -> None:
            work(found.append, worker, cancel)

        question = self.pool.ask(Lane.EXTRAS, self.client, do, owner=self.visit.caller.who)
        waiting = _heard(question)
        while True:
            await asyncio.wait([waiting], timeout=_FLUSH)
            if question.cancel.is_set():
                raise Superseded("question_superseded")
            part = list(found)
            del found[: len(part)]  # the solver's thread may have added more meanwhile
            if part:
                took(part)
            if waiting.done() and not found:
                break
        waiting.result()

    async def _extras(self, answer: Answer) -> None:
        """Prices for the closest calls first, then the curve, later periods, and the prices of all others."""
        everything = worth_explaining(answer)
        initiatives = [key for key in everything if key not in answer.problem.rows]
        later = set(initiatives[_PRICED_FIRST:])
        await self._price(answer, [key for key in everything if key not in later])
        await self._draw_curve(answer)
        await self._look_later(answer)
        await self._price(answer, [key for key in initiatives if key in later])
        self.desk.is_waiting_for_prices = False
        self.regions.choice.end_prices()

    async def _price(self, answer: Answer, wanted: Sequence[str]) -> None:
        desk = self.desk
        keys = [key for key in wanted if key not in desk.prices]
        if answer.solution.objective_value is None or not keys:
            return

        def work(send: Found, worker: Worker, cancel: Event) -> None:
            explain_isolated(
                answer.problem, answer.solution, keys, seconds=EXTRA_SECONDS, cancel=cancel, found=send, worker=worker
            )

        def took(part: list[Explanation]) -> None:
            desk.prices |= {one.id: one for one in part}
            self.regions.choice.show_prices([one.id for one in part])
            if any(one.kind not in ("inside", "outside") for one in part):
                self.regions.rules.show(levers.rules(desk))
                self.regions.curve.show(evidence.curve(desk))

        await self._extra(work, took)
        self.regions.rules.show(levers.rules(desk))

    async def _draw_curve(self, answer: Answer) -> None:
        desk = self.desk
        shape = await asyncio.to_thread(_without_capacity, answer.problem)
        if shape == desk.curve_of:
            self.regions.curve.show(evidence.curve(desk))
            return
        desk.steps, desk.curve_of = {}, ""
        most = levers.most_capacity(desk)

        def work(send: Found, worker: Worker, cancel: Event) -> None:
            task = partial(value_by_capacity, answer.problem, most)
            stream_isolated(task, send, seconds=EXTRA_SECONDS, cancel=cancel, worker=worker)

        shown = 0

        def took(part: list[CapacityStep]) -> None:
            nonlocal shown
            desk.steps |= {step.tokens: step for step in part}
            if len(desk.steps) > max(shown * 1.3, shown + 2):  # a few times, not with each step
                shown = len(desk.steps)
                self.regions.curve.show(evidence.curve(desk))

        await self._extra(work, took)
        desk.curve_of = shape
        self.regions.curve.show(evidence.curve(desk))

    async def _look_later(self, answer: Answer) -> None:
        desk = self.desk
        names = desk.periods[1:]
        if not names:
            return
        pinned = dict(desk.changes.periods)

        def work(send: Found, worker: Worker, cancel: Event) -> None:
            task = partial(later_periods, answer.problem, list(answer.solution.selected), names, pinned)
            stream_isolated(task, send, seconds=EXTRA_SECONDS, cancel=cancel, worker=worker)

        def took(part: list[LaterPeriod]) -> None:
            desk.later |= {one.period: one for one in part}

        await self._extra(work, took)
        if desk.tab == "periods":
            self.regions.periods.show(periods.periods(desk))

    async def test_firmness(self) -> None:
        """Solve again and again with other contributions; ended by the next change."""
        desk, answer = self.desk, self.desk.shown
        if answer is None or desk.is_stale:
            return
        self.visit.script("firm", True)
        self.visit.script("busy", "firm", True)
        drawn = await asyncio.to_thread(drawn_trials, self.visit.server.workspace, answer.problem, _TRIALS)

        def work(send: Found, worker: Worker, cancel: Event) -> None:
            task = partial(firmness, answer.problem, drawn, trials=_TRIALS)
            stream_isolated(task, send, seconds=EXTRA_SECONDS, cancel=cancel, worker=worker)

        def took(part: list[Trials]) -> None:
            desk.trials = part[-1]
            self.regions.choice.show_firmness()

        async def test() -> None:
            try:
                await self._extra(work, took)
                if desk.shown is answer:
                    await self._extras(answer)  # what it interrupted
            finally:
                self.visit.script("busy", "firm", False)

        self.begin(test())

    # The data below

    async def load(self, data: str | None, *, keeps_changes: bool = True) -> None:
        """Stand on other data, and answer anew."""
        desk = self.desk
        bench = await asyncio.to_thread(load_bench, self.visit.server.workspace, desk.bench.scenario_name, data)
        desk.bench, desk.curve_of = bench, ""
        desk.answer, desk.shown = None, None
        if not keeps_changes:
            desk.changes, desk.past = Changes(), []
        desk.begin_prices()
        desk.later, desk.trials = {}, None
        if choice.is_many(desk) is not desk.has_grid:
            await self.keep_link()
            self.visit.go(self.visit.address)
            return
        self.visit.script("html", "bench-stands-on", str(strip.stands_on(desk)))
        self.regions.choice.show_anew()
        await self.resolve()

    async def look_again(self) -> None:
        """Something happened in the workspace: is there a newer baseline, or did the data change?"""
        desk = self.desk
        now, workspace = desk.bench, self.visit.server.workspace
        bench = await asyncio.to_thread(load_bench, workspace, now.scenario_name, now.data)
        if desk.bench is not now:
            return
        old, new = now.baseline, bench.baseline
        is_newer = new is not None and (old is None or old.run_id != new.run_id)
        if is_newer and desk.changes.is_nothing and (old is None or now.data in (AS_NOW, old.run_id)):
            await self.load(None)
            return
        desk.bench = replace(
            now, since=bench.since, broken=bench.broken, baseline=new, facts=bench.facts, kpis=bench.kpis
        )
        self.visit.script("html", "bench-stands-on", str(strip.stands_on(desk)))
        self.regions.notes.show(strip.notes(desk))
        self.regions.strip.show(strip.strip(desk))

    async def show_compare(self) -> None:
        """The comparison, with the runs that are asked for."""
        runs = await self.visit.read(compare.load_runs, self.desk.columns)
        self.regions.compare.show(compare.compare(self.desk, runs))


def _heard(question: Question[Any]) -> asyncio.Future[Any]:
    """The future of a question in this loop; that it was superseded is no news."""
    waiting = asyncio.wrap_future(question.future)
    waiting.add_done_callback(lambda done: done.cancelled() or done.exception())
    return waiting


def _answered(problem: Problem, seconds: float, worker: Worker, cancel: Event) -> Answer:
    return find_answer(problem, worker, cancel, seconds=seconds)


def _without_capacity(problem: Problem) -> str:
    """What tells one curve from another: the problem without its capacity."""
    return snapshot_hash(problem.changed(capacity=0.0))
