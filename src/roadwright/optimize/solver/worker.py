"""A process of its own that does one task after another for this one, and is killed where it does not stop.

The solver can ignore limits for a long time (presolve on large models), and a crash in it must not end a server.
It is a plain Python that loads the optimizer and nothing of the program that started it (which `multiprocessing` would
run once more), ignores Ctrl-C, and ends by itself as soon as the process is gone that it works for. Both talk
in pickles over its standard input and output.
"""

from __future__ import annotations

import atexit
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum, auto
from queue import Empty, SimpleQueue
from time import monotonic
from typing import IO, Self

from roadwright.optimize.solver.highs import CancelSignal

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


class TaskEnd(Enum):
    """How a task ended."""

    DONE = auto()
    CANCELLED = auto()
    """It was killed after a cancel."""
    OVERRAN = auto()
    """It was killed after its limit."""
    CRASHED = auto()
    """Its process died, or never started."""


@dataclass(frozen=True, slots=True)
class EndedTask:
    """How a task ended, and what it returned where it was done."""

    end: TaskEnd
    result: object = None


@dataclass(frozen=True, slots=True)
class _Result:
    value: object


class _Ready:
    """Sent once by the process when it listens."""


class _Gone:
    """Stands at the end of what a process said."""


_STOP = b"stop"
"""Sent to the process, which is otherwise sent pickled tasks, to end the task it is at."""


class _Process:
    """A running process, and what it says."""

    def __init__(self) -> None:
        # All of the optimizer is loaded before the first task, whose time limit it must not take up.
        load = f"import roadwright.optimize.api; from {__name__} import serve"
        boot = f"import sys; sys.path = {sys.path!r}; {load}; serve()"
        self.popen = subprocess.Popen(
            [sys.executable, "-c", boot],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is handled by the process it works for
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        assert self.popen.stdin is not None
        assert self.popen.stdout is not None
        self._input: IO[bytes] = self.popen.stdin
        self.said: SimpleQueue[object] = SimpleQueue()
        self.started_at = monotonic()
        self.is_ready = False
        self._hearing = threading.Thread(target=_hear, args=(self.popen.stdout, self.said), daemon=True)
        self._hearing.start()

    def tell(self, data: bytes) -> bool:
        """Whether something could be sent: not to a process that has died."""
        try:
            pickle.dump(data, self._input)
            self._input.flush()
        except OSError:
            return False
        return True

    def kill(self) -> None:
        self.popen.kill()
        self.popen.wait()
        self._hearing.join()
        with suppress(OSError):  # what was not sent any more can't be
            self._input.close()


def _hear(output: IO[bytes], said: SimpleQueue[object]) -> None:
    with output, suppress(EOFError, OSError, pickle.UnpicklingError):
        while True:
            said.put(pickle.load(output))
    said.put(_Gone())


class Worker:
    """The process. It is started by the first task at the latest, and anew after it was killed or has died."""

    def __init__(self) -> None:
        self._process: _Process | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start the process, if there is none; it gets ready while this one does something else."""
        self._running()

    def _running(self) -> _Process:
        if self._process is not None and self._process.popen.poll() is not None:
            self.kill()
        if self._process is None:
            self._process = _Process()
        return self._process

    def kill(self) -> None:
        """TaskEnd the process at once, whatever it is doing."""
        if self._process is not None:
            self._process.kill()
        self._process = None

    def run(
        self,
        task: Task,
        on_message: Callable[[object], None],
        *,
        limit: float | None = None,
        cancel: CancelSignal | None = None,
    ) -> EndedTask:
        """Let the process do a task, for `limit` seconds at most; its messages are handed over as they come.

        Whatever `on_message` raises ends the task.
        """
        try:
            ended = _followed(self._running(), task, on_message, limit, cancel)
        except BaseException:
            self.kill()
            raise
        if ended.end is not TaskEnd.DONE:
            self.kill()
        return ended


def _followed(
    process: _Process,
    task: Task,
    on_message: Callable[[object], None],
    limit: float | None,
    cancel: CancelSignal | None,
) -> EndedTask:
    if not process.tell(pickle.dumps(task)):
        return EndedTask(TaskEnd.CRASHED)
    began = monotonic()
    cancelled_at: float | None = None
    while True:
        if cancelled_at is None and cancel is not None and cancel.is_set():
            cancelled_at = monotonic()
            process.tell(_STOP)
        if cancelled_at is not None and monotonic() > cancelled_at + CANCEL_GRACE:
            return EndedTask(TaskEnd.CANCELLED)
        if not process.is_ready and monotonic() > process.started_at + START:
            return EndedTask(TaskEnd.CRASHED)
        if process.is_ready and limit is not None and monotonic() > began + limit + LIMIT_GRACE:
            return EndedTask(TaskEnd.OVERRAN)
        try:
            message = process.said.get(timeout=POLL)
        except Empty:
            continue
        if isinstance(message, _Gone):
            return EndedTask(TaskEnd.CRASHED)
        if isinstance(message, _Ready):
            process.is_ready, began = True, monotonic()
        elif isinstance(message, _Result):
            return EndedTask(TaskEnd.DONE, message.value)
        else:
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


@atexit.register
def _end_idle_workers() -> None:
    """Before the interpreter shuts down, so that the threads that read from them end as well."""
    while _idle:
        _idle.pop().kill()


# In the process


def serve() -> None:
    """What the process does: run tasks until the process it works for is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tasks: SimpleQueue[tuple[bytes, threading.Event]] = SimpleQueue()
    heard, told = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else is printed must not get between the pickles
    threading.Thread(target=_listen, args=(heard, tasks), daemon=True).start()

    def send(message: object) -> None:
        try:
            pickle.dump(message, told)
            told.flush()
        except OSError:
            os._exit(1)

    send(_Ready())
    while True:
        data, stop = tasks.get()
        task: Task = pickle.loads(data)
        send(_Result(task(send, stop)))


def _listen(heard: IO[bytes], tasks: SimpleQueue[tuple[bytes, threading.Event]]) -> None:
    """Receives tasks, requests to stop and the end of input while the solver runs."""
    stop = threading.Event()
    with suppress(EOFError, OSError, pickle.UnpicklingError):
        while True:
            data = pickle.load(heard)
            if data == _STOP:
                stop.set()
            else:
                stop = threading.Event()
                tasks.put((data, stop))
    os._exit(1)
