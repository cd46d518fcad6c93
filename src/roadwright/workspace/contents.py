"""What the workbooks of a workspace hold that only a database can have given: keys, row versions, runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.keys import INITIATIVE, canonical_key, parse_key
from roadwright.domain.messages import Message
from roadwright.domain.provenance import is_row_version
from roadwright.sheets.backend import SheetError
from roadwright.sheets.read import Row, Table, read_table
from roadwright.store.identity import known_numbers, known_row_versions, known_runs

if TYPE_CHECKING:
    from roadwright.workspace.workspace import Workspace

_FEW = 3
LARGEST_NUMBER = 999_999_999
"""A larger number in a key is nonsense that somebody typed."""


@dataclass
class WorkbookContents:
    """What the tabs hold, and on which of them each thing was seen first."""

    keys: dict[str, str] = field(default_factory=dict)
    row_versions: dict[str, str] = field(default_factory=dict)
    runs: dict[str, str] = field(default_factory=dict)

    def unknown_to(self, session: Session) -> list[Message]:
        """What the database does not know; empty where it knows everything."""
        numbers = {number: key for key in self.keys if (number := parse_key(INITIATIVE, key)) is not None}
        known = known_numbers(session, set(numbers))
        lost = {
            "unknown_keys": {key: self.keys[key] for number, key in numbers.items() if number not in known},
            "unknown_runs": _without(self.runs, known_runs(session, set(self.runs))),
            "unknown_rows": _without(self.row_versions, known_row_versions(session, set(self.row_versions))),
        }
        return [
            Message(code, params={"count": len(found), "some": _some(found)}) for code, found in lost.items() if found
        ]

    def shares_history(self, session: Session) -> bool:
        """Whether the database gave any of the rows their row version."""
        return bool(known_row_versions(session, set(self.row_versions)))


def _without(found: Mapping[str, str], known: set[str]) -> dict[str, str]:
    return {what: where for what, where in found.items() if what not in known}


def _some(found: Mapping[str, str]) -> Message:
    """``INIT-000061 on Backlog, INIT-000062 on Backlog and 7 more``."""
    named = tuple(f"{what} on {where}" for what, where in sorted(found.items()))
    if len(named) <= _FEW:
        return Message("all_named", params={"named": named})
    return Message("some_named", params={"named": named[:_FEW], "more": len(named) - _FEW})


def given_key(row: Row) -> str | None:
    """The row's key, unless an action has already said that it was never given."""
    key = canonical_key(row.text("initiative_key"))
    number = None if key is None else parse_key(INITIATIVE, key)
    if number is None or not 0 < number <= LARGEST_NUMBER:
        return None
    was_refused = row.text("run_status").startswith("FAILED") and not is_row_version(row.text("updated_at"))
    return None if was_refused else key


def held_by(workspace: Workspace) -> WorkbookContents:
    """Read all tabs of the workspace; those that can't be read hold nothing for now."""
    held = WorkbookContents()
    for place in workspace.places():
        if place.workbook.is_missing:
            continue
        try:
            grid = workspace.open(place).read(place.tab)
            table = read_table(grid, place.spec, tab=place.tab, header_row=place.header_row, through=place.through)
        except SheetError:
            continue
        look_at(held, table, place.name)
    return held


def look_at(held: WorkbookContents, table: Table, name: str) -> None:
    """Note what a tab holds."""
    for row in table.rows:
        if "initiative_key" in table.columns and (key := given_key(row)) is not None:
            held.keys.setdefault(key, name)
        if is_row_version(row_version := row.text("updated_at")):
            held.row_versions.setdefault(row_version, name)
        if table.spec is tabs.RUNS and (run_id := row.text("run_id")):
            held.runs.setdefault(run_id, name)


def newest_row_version_on(rows: Iterable[Row]) -> str | None:
    """The newest row version that stands on a tab."""
    return max((row_version for row in rows if is_row_version(row_version := row.text("updated_at"))), default=None)
