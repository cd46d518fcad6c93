"""How an action ended, as the terminal says it: the worst thing first; and rows of tabs with their statuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from roadwright.domain.optimization import RunStatus


class Ending(NamedTuple):
    """One word for the end of an action, what there is to say of its rows, and the colour of both."""

    word: str
    rows: str
    colour: str

    @property
    def text(self) -> str:
        return f"{self.word}: {self.rows}" if self.rows else self.word


_COLOURS = {
    "success": "green",
    "partial": "yellow",
    "conflict": "yellow",
    "infeasible": "yellow",
    "cancelled": "yellow",
}


def ending(status: str, summary: Mapping[str, object]) -> Ending:
    """The end of a run with this status and summary.

    An infeasible run is a success in the ledger, because its question is answered; a reader is told the answer.
    """
    word, rows = status, ""
    selected, failed, conflicts = (_count(summary, name) for name in ("selected", "failed", "conflicts"))
    solved = summary.get("optimization_status")
    if status == "success" and solved == RunStatus.INFEASIBLE:
        word = str(RunStatus.INFEASIBLE)
    elif status == "failed" and solved is not None:
        pass  # it failed because of what is said in its error, not because rows could not be saved
    elif status in ("success", "partial", "failed") and (failed or conflicts):
        rows = _rows(selected, failed, conflicts)
        if failed and not any(_count(summary, name) for name in ("saved", "created", "added", "removed")):
            rows += ", nothing was saved"
        word = "conflict" if status == "success" else status
    return Ending(word, rows, _COLOURS.get(word, "red" if word == "failed" else "white"))


def _rows(selected: int, failed: int, conflicts: int) -> str:
    of_all = f" of {selected:,} row{'' if selected == 1 else 's'}"
    if not failed:
        return f"{conflicts:,}{of_all} in CONFLICT"
    return f"{failed:,}{of_all} FAILED" + (f", {conflicts:,} in CONFLICT" if conflicts else "")


def _count(summary: Mapping[str, object], name: str) -> int:
    value = summary.get(name)
    return value if isinstance(value, int) else 0


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
