"""How the demo's rows are written down: by column name, with initiatives told by title instead of by key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from roadwright.sheets.values import CellValue


@dataclass(frozen=True)
class Titles:
    """A cell that holds initiative keys, told by title: the keys exist only once the backlog has been synced.

    Whoever types the row puts the keys of these initiatives in its place, separated by commas.
    """

    names: tuple[str, ...]


def initiatives(*names: str) -> Titles:
    """A cell that names these initiatives."""
    return Titles(names)


Cell = CellValue | Titles
Row = Mapping[str, Cell]
"""What a person types in one row, by column name. A column that is not there stays blank."""
