"""What the solver says while it works, for whoever wants to keep it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import highspy

_writer: ContextVar[Callable[[str], None] | None] = ContextVar("solver_log_writer", default=None)


@contextmanager
def written_to(write: Callable[[str], None]) -> Iterator[None]:
    """Everything that solvers say which are made in this context goes to `write`, line by line."""
    token = _writer.set(write)
    try:
        yield
    finally:
        _writer.reset(token)


def say(text: str) -> None:
    """Give the writer of this context some words, where there is one."""
    write = _writer.get()
    if write is not None:
        write(text)


def attach(highs: highspy.Highs) -> None:
    """Keep a new solver off the console, and let the writer of this context have its words, where there is one."""
    highs.silent()
    write = _writer.get()
    if write is None:
        return
    highs.setOptionValue("log_to_console", False)
    highs.setOptionValue("output_flag", True)

    def hear(event: highspy.HighsCallbackEvent) -> None:
        write(event.message)

    highs.cbLogging += hear
