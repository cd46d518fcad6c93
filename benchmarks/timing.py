"""Processor seconds of a task: they hold on a machine that is busy with other things, where the clock doesn't."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def timed(task: Callable[[], Result]) -> tuple[Result, float]:
    """What a task gives, and its processor seconds."""
    began = time.process_time()
    result = task()
    return result, time.process_time() - began


def alternating(tasks: list[Callable[[], object]], *, seconds: float = 3.0, least: int = 5) -> list[float]:
    """The median processor seconds of each task: by turns, so that what slows the machine slows all of them.

    As many rounds as fit into `seconds`, at least `least`, at most 25.
    """
    rounds: list[list[float]] = []
    while len(rounds) < least or (len(rounds) < 25 and sum(map(sum, rounds)) < seconds):
        rounds.append([timed(task)[1] for task in tasks])
    return [statistics.median(values) for values in zip(*rounds, strict=True)]
