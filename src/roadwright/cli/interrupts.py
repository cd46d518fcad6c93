"""Ctrl-C: the first one asks for an end that keeps what was found, the next one ends the program.

A handler of signals runs between any two steps of whatever the program is doing, a library's innermost ones included.
So none of ours raises anything: it counts, and what is to be done is done where it can be.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from queue import SimpleQueue
from time import monotonic
from types import FrameType
from typing import Generic, NoReturn, TypeVar

GRACE = 1.0
"""Seconds that work gets to end by itself once it is asked to."""
_STUCK = 5.0
"""Seconds after which a Ctrl-C that ends the program, and hangs while it says so, gives way to another one."""
_POLL = 0.1
_WORDS = b"\nstopping with what was found; Ctrl-C again ends the program at once\n"

T = TypeVar("T")


@contextmanager
def _ctrl_c(heard: Callable[[int], None], *, afterwards_ignored: bool = False) -> Iterator[None]:
    """In here each Ctrl-C is counted; ``heard`` gets the number, and must do nothing but set something.

    Where it is ``afterwards_ignored``, there is no moment between this and `answered` in which it ends the program.
    """
    count = 0

    def handle(_signal: int, _frame: FrameType | None) -> None:
        nonlocal count
        count += 1
        heard(count)

    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        yield
        return
    before = signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        # A Python handler is that of someone who calls the commands, such as a test.
        is_our_program = before is signal.SIG_DFL
        signal.signal(signal.SIGINT, signal.SIG_IGN if afterwards_ignored and is_our_program else before)


def answered() -> None:
    """The answer is out, so Ctrl-C changes nothing any more in our own program: the exit code is the answer's."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _say_stopping() -> None:
    os.write(sys.stderr.fileno(), _WORDS)  # printing is not safe here: a print may be what was interrupted


@contextmanager
def interrupts_ask(ask: Callable[[], bool], break_off: Callable[[], None]) -> Iterator[None]:
    """In here Ctrl-C calls `ask`, which says whether there is something to end, and a further one `break_off`.

    That is called by another thread, whatever this one is in the middle of, and is to end the program. The answer is
    to be given in here, too: afterwards Ctrl-C is ignored.
    """
    further: SimpleQueue[bool] = SimpleQueue()
    second_at: float | None = None

    def heard(count: int) -> None:
        nonlocal second_at
        if count == 1:
            if ask():
                _say_stopping()
        elif second_at is None:
            second_at = monotonic()
            further.put(True)
        elif monotonic() > second_at + _STUCK:
            os._exit(1)

    def wait() -> None:
        while further.get():
            break_off()

    watching = threading.Thread(target=wait, daemon=True)
    watching.start()
    with _ctrl_c(heard, afterwards_ignored=True):
        try:
            yield
        finally:
            further.put(False)
    watching.join()


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
    presses = 0

    def run() -> None:
        try:
            done.append(work(stop))
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            failed.append(error)

    def heard(count: int) -> None:
        nonlocal presses
        presses = count
        if count == 1:
            _say_stopping()

    thread = threading.Thread(target=run, daemon=True)
    deadline: float | None = None
    with _ctrl_c(heard):
        thread.start()
        while thread.is_alive():
            thread.join(_POLL)
            if presses > 1:
                end_now(1)
            if presses:
                stop.set()
                deadline = deadline or monotonic() + GRACE
                if monotonic() > deadline:
                    return Finished(instead(), is_stuck=thread.is_alive())
    if failed:
        raise failed[0]
    return Finished(done[0])


def end_now(code: int) -> NoReturn:
    """End the program while a thread of it is in the middle of something, which no orderly end would wait for."""
    if sys.stderr.isatty():
        os.write(sys.stderr.fileno(), b"\x1b[?25h")  # the cursor, which a line of progress had hidden
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
