"""Long lists of values, in parts that fit into one SQL statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

Value = TypeVar("Value", int, str)

_SIZE = 500


def chunks(values: Iterable[Value]) -> Iterator[list[Value]]:
    """The values, sorted and each once, in parts that fit into one statement."""
    ordered = sorted(set(values))
    for start in range(0, len(ordered), _SIZE):
        yield ordered[start : start + _SIZE]
