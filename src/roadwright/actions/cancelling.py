"""Ending an action early: asked for at the door that it came through (Ctrl-C), or by anyone through the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from sqlalchemy.exc import SQLAlchemyError

from roadwright.actions import ledger
from roadwright.store.session import Store

POLL_SECONDS = 0.5
"""How often the ledger is asked while an action runs."""


class Cancelled(Exception):
    """The action was asked to end, and had nothing yet that is worth keeping."""


class CancelSwitch:
    """A door's way to end its action. A solve ends by itself and keeps what it has; anything else is broken off."""

    def __init__(self) -> None:
        self.is_on = False
        self.is_heard = False
        self.is_over = False
        """The action has ended, and how is being written down: there is nothing left to end or to break off."""

    def turn_on(self) -> bool:
        """Ask for the end. False where that was asked before, or where what runs now can only be broken off."""
        if self.is_on or not self.is_heard:
            return False
        self.is_on = True
        return True


class Cancel:
    """The action's side: whether it is asked to end, by its door or by a request in the ledger."""

    def __init__(self, store: Store, number: int, switch: CancelSwitch) -> None:
        self._store = store
        self._number = number
        self._switch = switch
        self._asked_at = 0.0
        self._is_used = False

    def is_set(self) -> bool:
        if not self._switch.is_on and monotonic() - self._asked_at >= POLL_SECONDS:
            self._asked_at = monotonic()
            self._switch.is_on = self._is_requested()
        return self._switch.is_on

    def _is_requested(self) -> bool:
        try:
            return ledger.is_cancel_requested(self._store, self._number)
        except SQLAlchemyError:
            return False  # asked again in a moment; a database that is gone is told by whatever needs it next

    @contextmanager
    def keeping_what_is_found(self) -> Iterator[None]:
        """In here the action looks itself whether it is to end, and keeps what it has found by then."""
        self._is_used = self._switch.is_heard = True
        try:
            yield
        finally:
            self._switch.is_heard = False

    def check(self) -> None:
        """Raises Cancelled where the action is to end, unless it has been told already and keeps what it found."""
        if not self._is_used and self.is_set():
            raise Cancelled
