"""What becomes of a typed row: its messages, what was merged, and what was saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from roadwright.domain.messages import Level, Message
from roadwright.services.rows.identity import Identity
from roadwright.services.rows.notes import Notes, level_of, says_before, with_readings_of
from roadwright.sheets.merge import NO_EDITS, RowMerge


class TypedRow(Protocol):
    """A row as its columns' kinds read it. A column that could not be read is among the problems, not the values."""

    @property
    def values(self) -> Mapping[str, object]: ...

    @property
    def plain(self) -> Mapping[str, object]:
        """The values as JSON values."""

    @property
    def problems(self) -> Mapping[str, Message]:
        """By column, why it can't be read."""

    def text(self, name: str) -> str:
        """The value of a column as a text, empty where there is none."""


@dataclass
class RowResult:
    """One row on its way through a merge.

    ``kept`` are the columns whose typed cell stays as it is, because it could not be read, conflicts, or was not
    saved. ``base`` is what this copy of the row once showed (plain values), None where it never was written.
    ``row_version`` is set where the row was saved.
    """

    row: TypedRow
    identity: Identity
    key: str
    notes: Notes = field(default_factory=Notes)
    is_selected: bool = True
    base: Mapping[str, object] | None = None
    merge: RowMerge = NO_EDITS
    saved: Mapping[str, object] = field(default_factory=dict)
    """What was typed and is stored now, by column, in plain values."""
    changed: Mapping[str, tuple[object, object]] = field(default_factory=dict)
    """Of a row that was stored before and is saved, by column what it said and what it says now, in plain values."""
    gave_way: Mapping[str, object] = field(default_factory=dict)
    """What was typed and gives way to what is stored, by column, in plain values: its cell is written over."""
    unconfirmed: Mapping[str, object] = field(default_factory=dict)
    """What was saved or gave way in an earlier pass whose write is not known to have worked."""
    kept: set[str] = field(default_factory=set)
    unsaved: set[str] = field(default_factory=set)
    """Columns that were edited and are not for this pass to save."""
    as_shown: bool = False
    """Every cell that is saved and can be read says what this copy of the row once showed."""
    row_version: str | None = None
    unchanged_as: Mapping[str, object] | None = None
    """What is stored for the row, where both are as the last pass left them: there is nothing to read or to merge,
    and no base was loaded."""
    is_duplicate: bool = False
    """Its identity belongs to another row: nothing but its status is written."""
    only_shown: bool = False
    """Nothing was judged: where there is nothing to say, the row keeps the status that it has."""

    is_written: bool = False
    """Cells that people type in get other values in this pass."""

    def take_back(self) -> None:
        """What was to be saved is not, for what the rows of the tab say together: it stays as it was typed."""
        self.kept |= self.merge.edited
        self.row_version, self.saved, self.changed, self.notes.rest = None, {}, {}, None
        self.gave_way = {}
        self.notes.take_back("gave_way")

    @property
    def status(self) -> tuple[str, Level]:
        """The run_status that the row has from now on, and its level."""
        standing = self.row.text("run_status")
        if self.only_shown and standing and self.notes.level is Level.OK:
            return standing, level_of(standing)
        text = self.notes.text
        if self.row_version is None and not self.is_written:  # how its cells were read is said until they change
            if says_before(standing, text):
                return standing, level_of(standing)
            if not (self.merge.edited or self.notes.readings):
                text = with_readings_of(standing, text)
        return text, self.notes.level
