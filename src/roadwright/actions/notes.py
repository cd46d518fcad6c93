"""Statuses carried from the pass that saved rows to the pass that shows them, found again by the row's identity."""

from __future__ import annotations

from collections.abc import Iterable

from roadwright.sync.outcome import Outcome
from roadwright.sync.statuses import Level, Notes

RowKey = tuple[object, ...]


def row_key(outcome: Outcome) -> RowKey:
    """The row's identity; its content where it has no identity of its own (blank or doubled)."""
    if outcome.doubled or not any(outcome.identity):
        return ("row", outcome.row.number, *outcome.identity)
    return outcome.identity


class RowNotes:
    """What there is to say of the rows of one tab."""

    def __init__(self, outcomes: Iterable[Outcome]) -> None:
        self._notes = {row_key(o): o.notes for o in outcomes if o.looked_at}

    def of(self, outcome: Outcome) -> Notes | None:
        """The notes of a row as it stands now; None where it was not looked at."""
        return self._notes.get(row_key(outcome))

    def by_identity(self, identity: tuple[str, ...]) -> Notes | None:
        return self._notes.get(identity)

    def usable(self) -> set[tuple[str, ...]]:
        """The identities of the rows that were looked at and neither failed nor conflict."""
        return {
            tuple(map(str, key))
            for key, notes in self._notes.items()
            if key[0] != "row" and notes.level not in (Level.FAILED, Level.CONFLICT)
        }
