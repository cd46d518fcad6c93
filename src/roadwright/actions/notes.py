"""What is carried from the pass that saved rows to the pass that shows them, found again by the row's identity."""

from __future__ import annotations

from collections.abc import Iterable

from roadwright.domain.messages import Level
from roadwright.services.rows.notes import Notes
from roadwright.sync.reports import SheetRow

RowKey = tuple[object, ...]


def row_key(result: SheetRow) -> RowKey:
    """The row's identity; its content where it has no identity of its own (blank or a duplicate)."""
    if result.is_duplicate or not any(result.identity):
        return ("row", result.row.number, *result.identity)
    return result.identity


class RowNotes:
    """What there is to say of the rows of one tab."""

    def __init__(self, results: Iterable[SheetRow]) -> None:
        self._notes = {row_key(result): result.notes for result in results if result.is_selected}

    def say(self, result: SheetRow) -> Notes | None:
        """The notes of a row as it stands now; None for any other row."""
        return self._notes.get(row_key(result))

    def by_identity(self, identity: tuple[str, ...]) -> Notes | None:
        return self._notes.get(identity)

    def usable(self) -> set[tuple[str, ...]]:
        """The identities of the rows that were looked at and neither failed nor conflict."""
        return {
            tuple(map(str, key))
            for key, notes in self._notes.items()
            if key[0] != "row" and notes.level not in (Level.FAILED, Level.CONFLICT)
        }
