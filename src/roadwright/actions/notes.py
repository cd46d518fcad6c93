"""What is carried from the pass that saved rows to the pass that shows them, found again by the row's identity."""

from __future__ import annotations

from collections.abc import Iterable

from roadwright.sheets.plain import plain
from roadwright.sync.outcome import Outcome
from roadwright.sync.statuses import Level, Notes

RowKey = tuple[object, ...]


def row_key(outcome: Outcome) -> RowKey:
    """The row's identity; its content where it has no identity of its own (blank or doubled)."""
    if outcome.doubled or not any(outcome.identity):
        return ("row", outcome.row.number, *outcome.identity)
    return outcome.identity


def _settled(outcome: Outcome) -> dict[str, object]:
    """The cells whose edit gave way to what is stored (on_conflict=database): they wait no longer."""
    gave_way = outcome.merge.edited - set(outcome.merge.changes) - outcome.kept
    return {name: plain(outcome.row.values.get(name)) for name in gave_way}


class RowNotes:
    """What there is to say of the rows of one tab, and which of their cells were settled."""

    def __init__(self, outcomes: Iterable[Outcome]) -> None:
        looked_at = [outcome for outcome in outcomes if outcome.looked_at]
        self._notes = {row_key(outcome): outcome.notes for outcome in looked_at}
        self._settled = {row_key(outcome): _settled(outcome) for outcome in looked_at}

    def say(self, outcome: Outcome) -> Notes | None:
        """The notes of a row as it stands now, its settled cells free to be overwritten; None for any other row."""
        key = row_key(outcome)
        for name, value in self._settled.get(key, {}).items():
            if plain(outcome.row.values.get(name)) == value:  # else someone has typed there since
                outcome.kept.discard(name)
        return self._notes.get(key)

    def by_identity(self, identity: tuple[str, ...]) -> Notes | None:
        return self._notes.get(identity)

    def usable(self) -> set[tuple[str, ...]]:
        """The identities of the rows that were looked at and neither failed nor conflict."""
        return {
            tuple(map(str, key))
            for key, notes in self._notes.items()
            if key[0] != "row" and notes.level not in (Level.FAILED, Level.CONFLICT)
        }
