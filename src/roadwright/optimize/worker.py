"""A process of its own that does one task after another for this one, and is killed where it does not stop.

The solver can be deaf to limits for a long time (presolve on large models), and a crash in it must not end a server.
The process ends by itself as soon as this one is gone.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum, auto
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from time import monotonic
from typing import Self

from roadwright.optimize.engine import Cancel

START = 60.0
"""Seconds that the process gets to start."""
LIMIT_GRACE = 2.0
"""Seconds that a task gets to end by itself after its limit."""
CANCEL_GRACE = 0.7
"""Seconds that it gets after a cancel."""
POLL = 0.05

Send = Callable[[object], None]
Task = Callable[[Send, threading.Event], object]
"""Work for the process: it may send messages on its way, should end soon once the event is set, and returns something.
It is sent there pickled."""


class End(Enum):
    """How a task ended."""

    DONE = auto()
    CANCELLED = auto()
    """It was killed after a cancel."""
    OVERRAN = auto()
    """It was killed after its limit."""
    CRASHED = auto()
    """Its process died, or never started."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a task ended, and what it returned where it was done."""

    end: End
    result: object = None


@dataclass(frozen=True, slots=True)
class _Result:
    value: object


class _Ready:
    """Sent once by the process when it listens."""


_STOP = b"stop"
"""Sent to the process, which is otherwise sent pickled tasks, to end the task it is at."""


class Worker:
    """The process. It is started by the first task at the latest, and anew after it was killed or has died."""

    def __init__(self) -> None:
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self._started_at = 0.0
        self._is_ready = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> Connection:
        """Start the process, if there is none; it gets ready while this one does something else."""
        if self._process is not None and not self._process.is_alive():
            self.kill()
        if self._connection is None:
            context = multiprocessing.get_context("spawn")
            mine, its = context.Pipe()
            self._process = context.Process(target=_serve, args=(its,), daemon=True)
            with _interrupts_kept_from_children():
                self._process.start()
            its.close()
            self._connection, self._started_at, self._is_ready = mine, monotonic(), False
        return self._connection

    def kill(self) -> None:
        """End the process at once, whatever it is doing."""
        if self._process is not None and self._connection is not None:
            self._process.kill()
            self._process.join()
            self._connection.close()
        self._process = self._connection = None

    def run(
        self,
        task: Task,
        on_message: Callable[[object], None],
        *,
        limit: float | None = None,
        cancel: Cancel | None = None,
    ) -> Ended:
        """Let the process do a task, for `limit` seconds at most; its messages are handed over as they come.

        Whatever `on_message` raises ends the task.
        """
        connection = self.start()
        try:
            ended = self._followed(connection, task, on_message, limit, cancel)
        except BaseException:
            self.kill()
            raise
        if ended.end is not End.DONE:
            self.kill()
        return ended

    def _followed(
        self,
        connection: Connection,
        task: Task,
        on_message: Callable[[object], None],
        limit: float | None,
        cancel: Cancel | None,
    ) -> Ended:
        if not _sent(connection, pickle.dumps(task)):
            return Ended(End.CRASHED)
        began = monotonic()
        cancelled_at: float | None = None
        while True:
            if cancelled_at is None and cancel is not None and cancel.is_set():
                cancelled_at = monotonic()
                _sent(connection, _STOP)
            if cancelled_at is not None and monotonic() > cancelled_at + CANCEL_GRACE:
                return Ended(End.CANCELLED)
            if not self._is_ready and monotonic() > self._started_at + START:
                return Ended(End.CRASHED)
            if self._is_ready and limit is not None and monotonic() > began + limit + LIMIT_GRACE:
                return Ended(End.OVERRAN)
            try:
                message = connection.recv() if connection.poll(POLL) else None
            except (EOFError, OSError):
                return Ended(End.CRASHED)
            if isinstance(message, _Ready):
                self._is_ready, began = True, monotonic()
            elif isinstance(message, _Result):
                return Ended(End.DONE, message.value)
            elif message is not None:
                on_message(message)


_idle: list[Worker] = []
_idle_lock = threading.Lock()


@contextmanager
def idle_worker() -> Iterator[Worker]:
    """A worker that has nothing to do: one that was here before, for its process need not start, else a new one."""
    with _idle_lock:
        worker = _idle.pop() if _idle else Worker()
    try:
        yield worker
    finally:
        with _idle_lock:
            _idle.append(worker)


def _sent(connection: Connection, data: bytes) -> bool:
    """Whether something could be sent: not to a process that has died."""
    try:
        connection.send_bytes(data)
    except OSError:
        return False
    return True


@contextmanager
def _interrupts_kept_from_children() -> Iterator[None]:
    """Ctrl-C in a terminal reaches all processes there; what becomes of a worker is for the one it works for to say."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # it would be started by the first process, and lift the mask
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(connection: Connection) -> None:
    """What the process does: tasks, until nobody is there any more who wants any."""
    tasks: SimpleQueue[tuple[bytes, threading.Event]] = SimpleQueue()
    threading.Thread(target=_listen, args=(connection, tasks), daemon=True).start()

    def send(message: object) -> None:
        try:
            connection.send(message)
        except OSError:
            os._exit(1)

    send(_Ready())
    while True:
        data, stop = tasks.get()
        task: Task = pickle.loads(data)
        send(_Result(task(send, stop)))


def _listen(connection: Connection, tasks: SimpleQueue[tuple[bytes, threading.Event]]) -> None:
    """Hears of tasks, of their stop and of the end while the solver works and hears nothing."""
    stop = threading.Event()
    with suppress(EOFError, OSError):
        while True:
            data = connection.recv_bytes()
            if data == _STOP:
                stop.set()
            else:
                stop = threading.Event()
                tasks.put((data, stop))
    os._exit(1)
