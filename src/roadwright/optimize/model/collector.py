"""Python's collector of circular garbage, paused while very many objects are made and none of them is garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused_collector() -> Iterator[None]:
    """No search for garbage in here: it would look through the growing data again and again, for half of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            if not gc.get_freeze_count():
                gc.freeze()  # and back at once: what was made is old now, and not looked through as soon as that is on
                gc.unfreeze()
            gc.enable()
