"""Why a run is infeasible and the cheapest way out, row by row of the sheet. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from roadwright.optimize import Diagnosis


@dataclass(frozen=True)
class DiagnosedRow:
    """One row that takes part in the conflict, or that the cheapest repair changes (or both)."""

    id: str
    """The rule's id in the problem."""
    place: str
    """The row in the sheet."""
    clash: str | None
    """What it demands, and with what that can't be met together."""
    way_out: str | None
    """What the cheapest repair does to it."""

    @property
    def text(self) -> str:
        """Both in a sentence, for the row's status."""
        return "; ".join(part for part in (self.clash, self.way_out) if part)


def diagnosed_rows(diagnosis: Diagnosis, place: Callable[[str], str]) -> list[DiagnosedRow]:
    """The rows of the conflict first, then those that only the repair touches. ``place`` names an id's row."""
    changes = {}
    if diagnosis.repair is not None:
        changes = {change.id: f"the cheapest way out: {change.message}" for change in diagnosis.repair.changes}
    rows = []
    for row in diagnosis.conflict:
        others = ", ".join(place(other.id) for other in diagnosis.conflict if other.id != row.id)
        clash = f"{row.message}: can't be met together with {others}" if others else f"{row.message}: can't be met"
        rows.append(DiagnosedRow(row.id, place(row.id), clash, changes.pop(row.id, None)))
    return rows + [DiagnosedRow(id, place(id), None, change) for id, change in changes.items()]


def way_out(diagnosis: Diagnosis) -> str | None:
    """The whole repair in a sentence, with the portfolio that it gives; None where none is known."""
    repair = diagnosis.repair
    if repair is None:
        return None
    changes = "; ".join(change.message for change in repair.changes)
    chosen = f"; it would choose {', '.join(repair.selected)}" if repair.selected else ""
    return f"{'cheapest' if repair.proved else 'a'} way out: {changes}{chosen}"
