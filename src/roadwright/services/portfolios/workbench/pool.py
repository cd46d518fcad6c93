"""A bounded pool of solver processes that everybody who asks what-if questions shares.

Two lanes, so that what may come later never keeps an answer waiting. Each client has one question in a lane: its next
one ends the one before. Of those who wait, whoever is served least is next.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Generic, TypeVar

from roadwright.domain.errors import OperationError
from roadwright.optimize import Worker

Result = TypeVar("Result")
Work = Callable[[Worker, threading.Event], Result]
"""What is done with a solver process; it should end soon once the event is set."""


class Lane(Enum):
    """What a question is for."""

    ANSWERS = auto()
    EXTRAS = auto()
    """What may come later: prices, curves, trials, later periods."""


class Superseded(OperationError):
    """A question that nobody waits for any more: its client asked another one, or has gone."""


@dataclass(eq=False)
class Question(Generic[Result]):
    """One question on its way. ``client`` is a conversation, ``owner`` the person who has it."""

    client: str
    owner: str
    lane: Lane
    number: int
    work: Work[Result]
    future: Future[Result] = field(default_factory=Future)
    cancel: threading.Event = field(default_factory=threading.Event)

    def answer(self) -> Result:
        """Wait for what comes of it. Raises Superseded, and whatever the work raises."""
        return self.future.result()


class SolverPool:
    """The processes of one server, and who waits for them. Safe to use from any thread; started when first asked."""

    def __init__(self, answers: int = 2, extras: int = 1) -> None:
        self._sizes = {Lane.ANSWERS: answers, Lane.EXTRAS: extras}
        self._changed = threading.Condition()
        self._waiting: list[Question[Any]] = []
        self._running: list[Question[Any]] = []
        self._served: dict[str, int] = {}
        self._numbers = itertools.count(1)
        self._workers: dict[Lane, list[Worker]] = {lane: [] for lane in Lane}
        self._is_closed = False

    def ask(self, lane: Lane, client: str, work: Work[Result], *, owner: str = "") -> Question[Result]:
        """Line up a question; what this client asked before in the lane is ended."""
        with self._changed:
            question = Question(client, owner or client, lane, next(self._numbers), work)
            if self._is_closed:
                question.future.set_exception(Superseded("question_superseded"))
                return question
            self._end(client, lane)
            self._waiting.append(question)
            self._start_thread(lane)
            self._changed.notify_all()
        return question

    def end(self, client: str, lane: Lane | None = None) -> None:
        """End what a client has asked, in one lane or in both."""
        with self._changed:
            self._end(client, lane)

    def ahead_of(self, question: Question[Any]) -> int:
        """How many questions are solved or served before this one; 0 once it is being solved."""
        with self._changed:
            if question not in self._waiting:
                return 0
            running = sum(one.lane is question.lane for one in self._running)
            mine = self._turn(question)
            return running + sum(one.lane is question.lane and self._turn(one) < mine for one in self._waiting)

    def close(self) -> None:
        """End everything, and the processes with it."""
        with self._changed:
            self._is_closed = True
            for question in [*self._waiting, *self._running]:
                question.cancel.set()
            self._drop_cancelled()
            self._changed.notify_all()

    def _end(self, client: str, lane: Lane | None) -> None:
        for question in [*self._waiting, *self._running]:
            if question.client == client and lane in (None, question.lane):
                question.cancel.set()
        self._drop_cancelled()

    def _drop_cancelled(self) -> None:
        for question in [one for one in self._waiting if one.cancel.is_set()]:
            self._waiting.remove(question)
            if question.future.set_running_or_notify_cancel():
                question.future.set_exception(Superseded("question_superseded"))

    def _turn(self, question: Question[Any]) -> tuple[int, int, int]:
        """Who is served next: whoever has least running, then whoever was served longest ago, then who came first."""
        running = sum(one.owner == question.owner and one.lane is question.lane for one in self._running)
        return running, self._served.get(question.owner, 0), question.number

    def _start_thread(self, lane: Lane) -> None:
        busy = sum(one.lane is lane for one in (*self._waiting, *self._running))
        if len(self._workers[lane]) < min(self._sizes[lane], busy):
            worker = Worker()
            self._workers[lane].append(worker)
            threading.Thread(target=self._serve, args=(lane, worker), name=f"solver {lane.name}", daemon=True).start()

    def _serve(self, lane: Lane, worker: Worker) -> None:
        with worker:
            while (question := self._next(lane)) is not None:
                self._do(question, worker)

    def _next(self, lane: Lane) -> Question[Any] | None:
        with self._changed:
            while not self._is_closed:
                mine = [one for one in self._waiting if one.lane is lane]
                if mine:
                    question = min(mine, key=self._turn)
                    self._waiting.remove(question)
                    if not question.future.set_running_or_notify_cancel():
                        continue  # whoever waited for it has gone
                    self._running.append(question)
                    self._served[question.owner] = next(self._numbers)
                    if len(self._served) > 1_000:  # of many that come and go, only those that were here lately
                        self._served = dict(sorted(self._served.items(), key=lambda one: one[1])[-500:])
                    return question
                self._changed.wait()
        return None

    def _do(self, question: Question[Any], worker: Worker) -> None:
        try:
            result = question.work(worker, question.cancel)
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits for the answer
            self._ended(question)
            question.future.set_exception(Superseded("question_superseded") if question.cancel.is_set() else error)
        else:
            self._ended(question)
            if question.cancel.is_set():
                question.future.set_exception(Superseded("question_superseded"))
            else:
                question.future.set_result(result)

    def _ended(self, question: Question[Any]) -> None:
        with self._changed:
            self._running.remove(question)
            self._changed.notify_all()
