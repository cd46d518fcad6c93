"""How an action ended, as the terminal says it: the worst thing first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

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
