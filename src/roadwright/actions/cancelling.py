"""Ending an action early: asked for at the door that it came through (Ctrl-C), or by anyone through the ledger.

Nothing is raised into an action from outside. A request sets what the action looks at where it can end without harm;
the end of its process that a person insists on is written into the ledger by another thread before it comes.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from sqlalchemy.exc import SQLAlchemyError

from roadwright.actions import ledger
from roadwright.store.models import ActionRun
from roadwright.store.session import Store

POLL_SECONDS = 0.5
"""How often the ledger is asked while an action runs."""
_END_SECONDS = 5.0
"""How long the end of a process waits for its action to write down its own end, if that is what it is doing."""


class Cancelled(Exception):
    """The action was asked to end, and had nothing yet that is worth keeping."""


class CancelSwitch:
    """A door's way to end its action.

    A solve ends by itself and keeps what it has, anything else at the next safe point.
    """

    def __init__(self) -> None:
        self.is_on = False
        self.is_winding_up = False
        """A solve is to end with what it has found; anything else may end by itself."""
        self.is_done = False
        """The action has done what it could: there is nothing left to end."""
        self._ending = threading.Lock()
        self._is_over = False
        self._store: Store | None = None
        self.run: ActionRun | None = None
        """The run that it is for, once that is in the ledger."""

    def turn_on(self) -> bool:
        """Ask for the end, from a signal handler if need be. False where there is nothing left to end."""
        if self.is_done:
            return False
        self.is_on = True
        return True

    def wind_up(self) -> None:
        """Ask for an early end that loses nothing: of a solve, which keeps what it has found."""
        self.is_winding_up = True

    def watch(self, store: Store, run: ActionRun) -> None:
        """This is the run that the switch is for."""
        self._store, self.run = store, run

    @contextmanager
    def last_word(self) -> Iterator[None]:
        """In here the action writes down its end, which counts if nothing is raised."""
        with self._ending:
            yield
            self._is_over = True

    def break_off(self, error: str) -> bool:
        """Write into the ledger that the process ends now, which it then has to. False where the action has ended."""
        is_mine = self._ending.acquire(timeout=_END_SECONDS)
        if self._is_over:
            if is_mine:
                self._ending.release()
            return False
        # Not released any more: the action writes nothing down after this.
        if self._store is not None and self.run is not None:
            ledger.break_off(self._store, self.run, error)
        return True


class SeriesSwitch:
    """A door's way to end a series of actions: the one that runs, and those that would follow."""

    def __init__(self) -> None:
        self.is_done = False
        """All actions have ended: there is nothing left to end."""
        self._is_on = False
        self._current = CancelSwitch()

    def turn_on(self) -> bool:
        """Ask for the end, from a signal handler if need be. False where there is nothing left to end."""
        if self.is_done:
            return False
        self._is_on = True
        self._current.turn_on()
        return True

    def check(self) -> None:
        """Raises Cancelled where the series is to end."""
        if self._is_on:
            raise Cancelled

    def next(self) -> CancelSwitch:
        """The switch of the next action. Raises Cancelled where there is to be none."""
        self._current = CancelSwitch()
        self.check()
        return self._current

    def break_off(self, error: str) -> None:
        """Write into the ledger that the process ends now, which it then has to."""
        self._current.break_off(error)


class Cancel:
    """The action's side: whether it is asked to end, by its door or by a request in the ledger."""

    def __init__(self, store: Store, number: int, switch: CancelSwitch) -> None:
        self._store = store
        self._number = number
        self._switch = switch
        self._asked_at = 0.0
        self._is_used = False
        self._keeps = False

    def is_set(self) -> bool:
        if self._keeps and self._switch.is_winding_up:
            return True
        if not self._switch.is_on and monotonic() - self._asked_at >= POLL_SECONDS:
            self._asked_at = monotonic()
            if self._is_requested():  # never set to False: the door may turn it on while the ledger is asked
                self._switch.is_on = True
        return self._switch.is_on

    def _is_requested(self) -> bool:
        try:
            return ledger.is_cancel_requested(self._store, self._number)
        except SQLAlchemyError:
            return False  # asked again in a moment; a database that is gone is told by whatever needs it next

    @contextmanager
    def keeping_what_is_found(self) -> Iterator[None]:
        """In here the action looks itself whether it is to end. Where it was, it goes on to keep what it has found."""
        self._is_used = self._keeps = True
        yield
        self._is_used = self.is_set()
        self._keeps = False

    def check(self) -> None:
        """Raises Cancelled where the action is to end, unless it has been told already and keeps what it found."""
        if not self._is_used and self.is_set():
            raise Cancelled
