"""Why a run is infeasible and the cheapest way out, row by row of the sheet. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from roadwright.domain.messages import Level, Message, warning
from roadwright.optimize import Diagnosis


@dataclass(frozen=True)
class DiagnosedRow:
    """One row that takes part in the conflict, or that the cheapest repair changes (or both)."""

    id: str
    """The rule's id in the problem."""
    place: str
    """The row in the sheet."""
    clash: Message | None
    """What it demands, and with what that can't be met together."""
    way_out: Message | None
    """What the cheapest repair does to it."""

    @property
    def message(self) -> Message:
        """Both in a sentence, for the row's status."""
        if self.clash is not None and self.way_out is not None:
            params = {"clash": self.clash, "way_out": self.way_out}
            return Message("clash_and_way_out", Level.WARNING, params=params)
        one = self.clash or self.way_out
        assert one is not None
        return one


def diagnosed_rows(diagnosis: Diagnosis, place: Callable[[str], str]) -> list[DiagnosedRow]:
    """The rows of the conflict first, then those that only the repair touches. ``place`` names an id's row."""
    changes = {}
    if diagnosis.repair is not None:
        changes = {change.id: warning("repair_of_row", change=change.said) for change in diagnosis.repair.changes}
    rows = []
    for row in diagnosis.conflict:
        others = [place(other.id) for other in diagnosis.conflict if other.id != row.id]
        clash = warning("clash" if others else "clash_alone", demand=row.said, others=others)
        rows.append(DiagnosedRow(row.id, place(row.id), clash, changes.pop(row.id, None)))
    return rows + [DiagnosedRow(id, place(id), None, change) for id, change in changes.items()]


def way_out(diagnosis: Diagnosis) -> Message | None:
    """The whole repair in a sentence, with the portfolio that it gives; None where none is known."""
    repair = diagnosis.repair
    if repair is None:
        return None
    changes = [change.said for change in repair.changes]
    chosen = warning("would_choose", keys=list(repair.selected)) if repair.selected else ""
    return warning("way_out_cheapest" if repair.proved else "way_out", changes=changes, chosen=chosen)
