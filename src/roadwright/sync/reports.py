"""What an action answers of the rows of a sheet, and of one tab."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from roadwright.domain.messages import Level
from roadwright.services.rows.results import RowResult
from roadwright.sheets.read import Row
from roadwright.workspace.workspace import TabPlace


@dataclass
class SheetRow(RowResult):
    """What becomes of a row of a sheet."""

    row: Row


@dataclass
class RowReport:
    """A row's line in an action's answer."""

    tab: str
    row: int
    key: str
    run_status: str
    level: Level
    notices: tuple[str, ...] = ()
    waits: bool = False
    """It failed only because its workbook could not be written just then."""
    changes: Mapping[str, Sequence[object]] = field(default_factory=dict)
    """By column that was changed, the value before and after."""
    gave_way: Mapping[str, object] = field(default_factory=dict)
    """By column what was typed and gave way to what is stored: whole, as its cell is written over."""

    def to_json(self) -> dict[str, object]:
        """The row as the ledger and ``--json`` tell it."""
        body: dict[str, object] = {"tab": self.tab, "row": self.row, "key": self.key, "run_status": self.run_status}
        if self.changes:
            body["changes"] = {name: list(pair) for name, pair in self.changes.items()}
        if self.gave_way:
            body["gave_way"] = dict(self.gave_way)
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


def report_rows(place: TabPlace, results: list[SheetRow]) -> list[RowReport]:
    """The lines of the rows that were looked at."""
    return [
        RowReport(place.name, o.row.number, o.key, *o.status, tuple(o.notes.notices), _waits(o), o.changed, o.gave_way)
        for o in results
        if o.is_selected
    ]


def _waits(result: SheetRow) -> bool:
    return {message.code for message in result.notes.of(Level.FAILED)} == {"key_waits_for_workbook"}
