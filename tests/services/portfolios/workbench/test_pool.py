"""The pool of solver processes: bounded, fair, and each client's latest question."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from roadwright.optimize import Worker
from roadwright.services.portfolios.workbench.pool import Lane, SolverPool, Superseded

WAIT = 20


@pytest.fixture
def pool() -> Iterator[SolverPool]:
    made = SolverPool(answers=1, extras=1)
    yield made
    made.close()


class Held:
    """Work that goes on until it is let go, or ended."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.began, self.go_on, self.was_ended = threading.Event(), threading.Event(), False

    def __call__(self, _: Worker, cancel: threading.Event) -> str:
        self.began.set()
        while not self.go_on.wait(0.005):
            if cancel.is_set():
                self.was_ended = True
                raise RuntimeError("ended")
        return self.name


def test_a_newer_question_ends_the_older_one_of_its_client_and_lane(pool: SolverPool) -> None:
    running, waiting, extra = Held(), Held(), Held("extra")
    first = pool.ask(Lane.ANSWERS, "me", running)
    other = pool.ask(Lane.EXTRAS, "me", extra)
    assert running.began.wait(WAIT)
    second = pool.ask(Lane.ANSWERS, "me", waiting)
    third = pool.ask(Lane.ANSWERS, "me", lambda *_: "newest")
    for ended in (first, second):
        with pytest.raises(Superseded):
            ended.future.result(WAIT)
    assert (running.was_ended, waiting.began.is_set()) == (True, False)
    assert third.future.result(WAIT) == "newest"
    extra.go_on.set()
    assert other.future.result(WAIT) == "extra"


def test_those_who_wait_are_told_how_many_are_before_them_and_take_turns(pool: SolverPool) -> None:
    blocker = Held()
    pool.ask(Lane.ANSWERS, "a1", blocker, owner="anna")
    assert blocker.began.wait(WAIT)
    order: list[str] = []

    def work(name: str) -> threading.Event:
        done = threading.Event()

        def do(worker: Worker, cancel: threading.Event) -> None:
            order.append(name)
            done.set()

        questions.append(pool.ask(Lane.ANSWERS, name, do, owner=name[:-1]))
        return done

    questions: list[object] = []
    dones = [work(name) for name in ("anna2", "anna3", "bert1", "cleo1")]
    assert [pool.ahead_of(one) for one in questions] == [3, 4, 1, 2]  # type: ignore[arg-type]
    blocker.go_on.set()
    assert all(done.wait(WAIT) for done in dones)
    assert order == ["bert1", "cleo1", "anna2", "anna3"]


def test_a_client_that_goes_ends_what_it_asked(pool: SolverPool) -> None:
    running, waiting = Held(), Held()
    questions = [pool.ask(Lane.ANSWERS, "me", running), pool.ask(Lane.EXTRAS, "me", waiting)]
    assert running.began.wait(WAIT)
    assert waiting.began.wait(WAIT)
    pool.end("me")
    for question in questions:
        with pytest.raises(Superseded):
            question.future.result(WAIT)
    assert pool.ask(Lane.ANSWERS, "you", lambda *_: 1).future.result(WAIT) == 1


def test_what_goes_wrong_reaches_whoever_asked_and_the_next_is_served(pool: SolverPool) -> None:
    def wrong(worker: Worker, cancel: threading.Event) -> None:
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        pool.ask(Lane.ANSWERS, "me", wrong).future.result(WAIT)
    gone = Held()
    pool.ask(Lane.ANSWERS, "a", gone)
    assert gone.began.wait(WAIT)
    cancelled = pool.ask(Lane.ANSWERS, "b", lambda *_: 1)
    assert cancelled.future.cancel()  # nobody waits for it any more
    pool.end("b")
    gone.go_on.set()
    assert pool.ask(Lane.ANSWERS, "me", lambda *_: 2).future.result(WAIT) == 2


def test_a_closed_pool_ends_all_and_takes_nothing_new() -> None:
    pool = SolverPool(answers=1)
    running = Held()
    question = pool.ask(Lane.ANSWERS, "me", running)
    assert running.began.wait(WAIT)
    pool.close()
    with pytest.raises(Superseded):
        question.future.result(WAIT)
    with pytest.raises(Superseded):
        pool.ask(Lane.ANSWERS, "me", running).future.result(WAIT)
