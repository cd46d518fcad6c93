"""Roadmaps for tests: what people type on the three tabs, and what they read there."""

from __future__ import annotations

from roadwright.sheets.values import CellValue
from roadwright.store.models import Roadmap, RoadmapEntry
from roadwright.store.roadmaps import find_roadmap
from tests.actions.company import Typed, add_initiatives, contribute
from tests.house import Cells, House

CREATE = "pm.roadmap_create"
CHECK = "pm.roadmap_check_gates"
SET_STATUS = "pm.roadmap_set_status"
PERIOD = "2026-Q3"


def add_ideas(house: House, *rows: Cells) -> list[str]:
    """Initiatives on the backlog, not flagged for anything; ``contributions`` of a row go to KPI_Contributions."""
    keys = add_initiatives(
        house, *({name: value for name, value in row.items() if name != "contributions"} for row in rows)
    )
    claimed = {key: str(row["contributions"]) for key, row in zip(keys, rows, strict=True) if "contributions" in row}
    if claimed:
        contribute(house, claimed)
    return keys


def type_roadmap(house: House, name: str, source: str | None = None, ref: str | None = None, **more: CellValue) -> None:
    """Type a row of Roadmaps. It is not saved; the roadmap actions do that."""
    row: Typed = {"roadmap_name": name, "period_key": PERIOD, "source": source, "source_ref": ref, **more}
    house.type_new("Roadmaps", {column: value for column, value in row.items() if value is not None})


def type_gates(house: House, policy: str, **gates: str | tuple[str, str]) -> None:
    """Type a policy on Gates: {gate: severity, or (severity, parameter)}."""
    rows: list[Cells] = []
    for gate, asked in gates.items():
        severity, parameter = asked if isinstance(asked, tuple) else (asked, None)
        row: Typed = {"gate_policy": policy, "gate": gate, "severity": severity}
        rows.append(row if parameter is None else {**row, "parameter": parameter})
    house.type_new("Gates", *rows)


def entry_row(house: House, roadmap: str, key: str) -> int:
    """The row of an entry on Roadmap_Entries."""
    [found] = [
        row.number
        for row in house.rows("Roadmap_Entries")
        if (row.text("roadmap_name"), row.text("initiative_key")) == (roadmap, key)
    ]
    return found


def type_entry(house: House, roadmap: str, key: str, **cells: CellValue | None) -> None:
    """Type into the row of an entry."""
    house.type_into("Roadmap_Entries", entry_row(house, roadmap, key), cells)


def shown(house: House, roadmap: str, column: str) -> dict[str, object]:
    """What a column of Roadmap_Entries shows of each entry of a roadmap, in the order of the rows."""
    return {
        row.text("initiative_key"): row.values.get(column)
        for row in house.rows("Roadmap_Entries")
        if row.text("roadmap_name") == roadmap
    }


def judged(house: House, roadmap: str) -> dict[str, object]:
    """How each entry of a roadmap is judged."""
    return shown(house, roadmap, "gate_status")


def stored_roadmap(house: House, name: str) -> Roadmap:
    """A roadmap as the database has it, with its entries and status changes."""
    with house.workspace.store.transaction() as session:
        found = find_roadmap(session, name)
        assert found is not None
        assert isinstance(found.entry_rows, list)
        assert isinstance(found.status_changes, list)
        session.expunge_all()
    return found


def stored_entry(house: House, roadmap: str, key: str) -> RoadmapEntry:
    """An entry as the database has it."""
    [found] = [entry for entry in stored_roadmap(house, roadmap).entry_rows if entry.initiative_key == key]
    return found
