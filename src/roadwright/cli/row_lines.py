"""Rows of tabs and their statuses, as the terminal shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

NARROW = 100
"""Columns of a terminal below which a table has no room for a column of sentences."""
_INDENT = "    "


class RowLine(NamedTuple):
    """A row by its tab, number (0: none) and key, and what is said of it."""

    tab: str
    row: int
    key: str
    run_status: str


def print_rows(console: Console, rows: Sequence[RowLine]) -> None:
    """A table; in a narrow terminal a line each, and a long status below it over the whole width."""
    if not rows:
        return
    if console.width < NARROW:
        for row in rows:
            place = f"{row.tab} row {row.row}" if row.row else row.tab
            name, status = Text.assemble((place, "dim"), "  ", row.key), Text(row.run_status)
            if "\n" not in status.plain and name.cell_len + 2 + status.cell_len <= console.width:
                console.print(Text.assemble(name, "  ", status))
            else:
                console.print(name)
                for line in status.wrap(console, console.width - len(_INDENT)):
                    line.rstrip()
                    console.print(_INDENT, line, sep="")
        return
    table = Table("tab", "row", "key", "run_status", box=None, pad_edge=False, header_style="dim")
    for row in rows:
        table.add_row(Text(row.tab), str(row.row or ""), Text(row.key), Text(row.run_status))
    console.print(table)
