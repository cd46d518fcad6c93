"""How far an action is: told to its door at once, and to the ledger about once a second."""

from __future__ import annotations

from time import monotonic

from roadwright.actions import ledger
from roadwright.actions.cancelling import Cancel
from roadwright.actions.contract import Figures, Report
from roadwright.store.session import Store

LEDGER_SECONDS = 1.0


class Progress:
    """The report of one running action. A new step is written down at once, counts and figures when there is time.

    Raises Cancelled where the action is asked to end.
    """

    def __init__(self, store: Store, number: int, door: Report, cancel: Cancel) -> None:
        self._store = store
        self._number = number
        self._door = door
        self._cancel = cancel
        self._written_at = 0.0

    def __call__(
        self, message: str, done: int | None = None, total: int | None = None, *, figures: Figures | None = None
    ) -> None:
        self._door(message, done, total)
        is_step = done is None and figures is None
        if is_step or monotonic() - self._written_at >= LEDGER_SECONDS:
            self._written_at = monotonic()
            counted = f" {done:,} of {total:,}" if done is not None and total is not None else ""
            ledger.note_progress(self._store, self._number, message + counted, figures)
        self._cancel.check()
