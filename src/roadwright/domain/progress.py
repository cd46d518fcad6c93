"""How far long work is, told to whoever wants to hear it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

ROWS_A_TIME = 1_000
"""After so many rows more it is told how far the work is."""

Item = TypeVar("Item")


class TellProgress(Protocol):
    """Hears how far the work is: in words, and in rows done of all. It may raise something to end the work."""

    def __call__(self, message: str, done: int, total: int) -> None: ...


def tell_nobody(message: str, done: int, total: int) -> None:
    """Nobody asked how far the work is."""


def counted(tell: TellProgress, message: str, items: Sequence[Item]) -> Iterator[Item]:
    """The items one by one, telling how far it is where there are many."""
    for done, item in enumerate(items):
        if done and done % ROWS_A_TIME == 0:
            tell(message, done, len(items))
        yield item
