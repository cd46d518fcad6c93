"""Ctrl-C: the first one asks for an end that keeps what was found, the next one breaks off."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from types import FrameType
from typing import Generic, TypeVar

GRACE = 1.0
"""Seconds that work gets to end by itself once it is asked to."""
_POLL = 0.1
_WORDS = b"\nstopping with what was found; Ctrl-C again breaks off\n"

T = TypeVar("T")


@contextmanager
def interrupts_ask(ask: Callable[[], bool], is_over: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """In here Ctrl-C calls `ask`; where that returns False, it raises KeyboardInterrupt as ever.

    Once it `is_over` Ctrl-C does nothing: it would only keep the end from being written down and told.
    """

    def handle(_signal: int, _frame: FrameType | None) -> None:
        if is_over():
            return
        if not ask():
            raise KeyboardInterrupt
        os.write(sys.stderr.fileno(), _WORDS)  # printing is not safe here: a print may be what was interrupted

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@dataclass(frozen=True)
class Finished(Generic[T]):
    """What work came to. Where it `is_stuck`, it did not end when it was asked to, and `value` was found instead."""

    value: T
    is_stuck: bool = False


def interruptible(work: Callable[[threading.Event], T], instead: Callable[[], T]) -> Finished[T]:
    """Do work that ends soon once the event is set, which Ctrl-C does; where it does not end, take `instead`.

    It is done in a thread, because the solver may keep the one it runs in from hearing of Ctrl-C. Ctrl-C once more ends
    the program.
    """
    stop = threading.Event()
    done: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work(stop))
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            failed.append(error)

    def ask() -> bool:
        if stop.is_set():
            return False
        stop.set()
        return True

    thread = threading.Thread(target=run, daemon=True)
    deadline: float | None = None
    with interrupts_ask(ask):
        thread.start()
        try:
            while thread.is_alive():
                thread.join(_POLL)
                if stop.is_set():
                    deadline = deadline or monotonic() + GRACE
                    if monotonic() > deadline:
                        return Finished(instead(), is_stuck=thread.is_alive())
        except KeyboardInterrupt:
            end_now(1)
    if failed:
        raise failed[0]
    return Finished(done[0])


def end_now(code: int) -> None:
    """End the program while a thread of it is stuck in the solver, which no orderly end would wait for."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
