"""When Python looks for circular garbage: seldom, or not at all, while very much is made and none of it is garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_NEW_OBJECTS = 1_000_000
"""So many objects more before the collector looks again; Python's own 700 have it look thousands of times in a sync."""
_kept = False
"""Whether `keep_loaded` was called. `gc.get_freeze_count` would tell, too, and takes 40 ms to count."""


@contextmanager
def rare_collections() -> Iterator[None]:
    """Let the collector look seldom until the end: what an action builds of a large tab lives as long as it."""
    before = gc.get_threshold()
    gc.set_threshold(_NEW_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def paused_collections() -> Iterator[None]:
    """No search for garbage in here: it would look through the growing data again and again, for half of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            if not _kept:
                gc.freeze()  # and back at once: what was made is old now, and not looked through as soon as that is on
                gc.unfreeze()
            gc.enable()


def keep_loaded() -> None:
    """Leave all that stands now out of collections to come, for good.

    The modules of a server are half a million objects: each full collection among them holds up every call for 150 ms.
    """
    global _kept  # noqa: PLW0603 - it is of the whole process, as the collector is
    gc.collect()
    gc.freeze()
    _kept = True
