"""Tasks in worker processes that may die or hang: that is the result of the one task, and the others go on."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from time import monotonic
from typing import Generic, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Died:
    """What became of a task whose process ended with it, or had to be ended."""

    reason: str


def run(
    work: Callable[[Task], Result], tasks: Iterable[Task], *, processes: int = 2, seconds: float = 120.0
) -> Iterator[tuple[Task, Result | Died]]:
    """The result of each task as it comes; a task may take so many seconds. `work` must be found by its name."""
    left = iter(tasks)
    workers = [_Worker(work) for _ in range(processes)]
    try:
        busy = [worker for worker in workers if worker.take(left)]
        while busy:
            ready = wait([worker.pipe for worker in busy], timeout=1.0)
            for worker in busy:
                if worker.pipe in ready:
                    yield worker.result()
                elif monotonic() - worker.began > seconds:
                    yield worker.given_up(f"no answer in {seconds:g} s")
                else:
                    continue
                worker.take(left)
            busy = [worker for worker in busy if worker.task]
    finally:
        for worker in workers:
            worker.stop()


@dataclass
class _Worker(Generic[Task, Result]):
    """A process that does one task after the other; another one takes its place where it dies."""

    work: Callable[[Task], Result]
    task: list[Task] = field(default_factory=list)
    """What it does: one task or none."""
    began: float = 0.0
    is_up: bool = False
    """Whether the process has said that it is there; its start doesn't count as time of a task."""
    process: BaseProcess = field(init=False)
    pipe: Connection = field(init=False)

    def __post_init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(self.work, theirs), daemon=True)
        self.process.start()
        self.is_up = False
        theirs.close()

    def take(self, tasks: Iterator[Task]) -> bool:
        """Begin the next task, if there is one."""
        self.task = [task for _, task in zip(range(1), tasks, strict=False)]
        for task in self.task:
            if not self.is_up:
                self.is_up = self.pipe.recv()
            self.began = monotonic()
            self.pipe.send(task)
        return bool(self.task)

    def result(self) -> tuple[Task, Result | Died]:
        try:
            return self.task[0], self.pipe.recv()
        except EOFError:
            self.process.join()
            return self.given_up(f"the process ended with {self.process.exitcode}")

    def given_up(self, reason: str) -> tuple[Task, Died]:
        self.stop()
        self.__post_init__()
        return self.task[0], Died(reason)

    def stop(self) -> None:
        self.pipe.close()
        self.process.kill()
        self.process.join()


def _serve(work: Callable[[Task], Result], pipe: Connection) -> None:
    pipe.send(True)
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        pipe.send(work(task))
