"""Fewer garbage collections while an action works: what it builds of a large tab lives to its end anyway."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_NEW_OBJECTS = 1_000_000
"""So many objects more before the collector looks again; Python's own 700 have it look thousands of times in a sync."""


@contextmanager
def rare_collections() -> Iterator[None]:
    """Let the collector look seldom until the end."""
    before = gc.get_threshold()
    gc.set_threshold(_NEW_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
