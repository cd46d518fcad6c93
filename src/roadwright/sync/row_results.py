"""What an action came to on one row, and on one tab."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from roadwright.domain.messages import Level
from roadwright.sheets.merge import NO_EDITS, RowMerge
from roadwright.sheets.read import Row
from roadwright.sync.identity import Identity
from roadwright.sync.statuses import Notes, level_of
from roadwright.workspace.workspace import TabPlace


@dataclass
class RowResult:
    """One row of a sheet on its way through a merge.

    ``kept`` are the columns whose typed cell stays as it is, because it could not be read, conflicts, or was not
    saved. ``base`` is what this copy of the row once showed (plain values), None where it never was written.
    ``row_version`` is set where the row was saved.
    """

    row: Row
    identity: Identity
    key: str
    notes: Notes = field(default_factory=Notes)
    is_selected: bool = True
    base: Mapping[str, object] | None = None
    merge: RowMerge = NO_EDITS
    saved: frozenset[str] = frozenset()
    """Columns whose typed value was stored, now or by an earlier pass whose write is not known to have worked."""
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

    @property
    def status(self) -> tuple[str, Level]:
        """The run_status that the row has from now on, and its level."""
        standing = self.row.text("run_status")
        if self.only_shown and standing and self.notes.level is Level.OK:
            return standing, level_of(standing)
        return self.notes.text, self.notes.level


@dataclass
class RowReport:
    """A row's line in an action's answer."""

    tab: str
    row: int
    key: str
    run_status: str
    level: Level
    notices: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """The row as the ledger and ``--json`` tell it."""
        body: dict[str, object] = {"tab": self.tab, "row": self.row, "key": self.key, "run_status": self.run_status}
        return body | {"notices": list(self.notices)} if self.notices else body


@dataclass
class TabReport:
    """What an action did on one tab. Counts add up over the attempts of one action."""

    place: TabPlace
    rows: list[RowReport] = field(default_factory=list)
    of_the_tab: list[RowReport] = field(default_factory=list)
    """Lines on the tab itself."""
    saved: int = 0
    created: int = 0
    removed: int = 0
    added: int = 0
    """Rows that the backend put on the tab."""
    written: bool = False

    def absorb(self, earlier: TabReport) -> None:
        """Count what an earlier attempt of the same pass did, whose sheet write failed."""
        self.saved += earlier.saved
        self.created += earlier.created
        self.removed += earlier.removed
        self.written = self.written or earlier.written


def report_rows(place: TabPlace, results: list[RowResult]) -> list[RowReport]:
    """The lines of the rows that were looked at."""
    return [
        RowReport(place.name, o.row.number, o.key, *o.status, tuple(o.notes.notices)) for o in results if o.is_selected
    ]
