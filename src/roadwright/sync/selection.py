"""What an action is told to work on: everything, or the rows that a person names by key, name or row number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from roadwright.domain.errors import InputError
from roadwright.domain.text import folded
from roadwright.services.rows.identity import display_key
from roadwright.sheets.read import Row
from roadwright.sheets.spec import TabSpec

_PARTS = re.compile(r'\s*"((?:[^"]|"")*)"\s*(?=[,;\n]|$)|([^,;\n]+)')
_ROWS = re.compile(r"(\d+)(?:-(\d+))?", re.ASCII)


class SelectionError(InputError):
    """The selection can't be read, or names something that is not there."""


@dataclass(frozen=True)
class Selection:
    """Row numbers and names (without case) that a person selected. An empty one with ``everything`` selects all."""

    everything: bool
    rows: frozenset[int] = frozenset()
    names: tuple[str, ...] = ()

    def picks(self, spec: TabSpec, rows: Iterable[Row]) -> set[int]:
        """The numbers of the selected rows; blank rows in a range are passed over.

        Raises SelectionError for a name that no row has, and for row numbers of which none holds data.
        """
        all_rows = list(rows)
        if self.everything:
            return {row.number for row in all_rows}
        by_name: dict[str, set[int]] = {}
        for row in all_rows:
            for name in (display_key(spec, row.brief), *map(row.text, spec.identity)):
                by_name.setdefault(folded(name), set()).add(row.number)
        there = {row.number for row in all_rows}
        missing = [name for name in self.names if folded(name) not in by_name]
        if missing:
            raise SelectionError("selected_names_missing", tab=spec.name, names=missing)
        picked = set(self.rows & there)
        if self.rows and not picked:
            raise SelectionError("selected_rows_empty", tab=spec.name, rows=sorted(self.rows)[:5])
        for name in self.names:
            picked |= by_name[folded(name)]
        return picked


ALL = Selection(everything=True)


def parse_selection(text: str | None) -> Selection:
    """``INIT-000001, INIT-000004`` or ``7,9-12`` or names, separated by commas. None selects everything.

    A row is named by any column of its identity, or by all of them as run_status and ledger name it: ``INIT-000004 /
    growth``. A name in double quotes may hold commas, and is never a row number.
    """
    if text is None:
        return ALL
    rows: set[int] = set()
    names: list[str] = []
    for quoted, plain in _PARTS.findall(text):
        if quoted:
            names.append(quoted.replace('""', '"'))
            continue
        word = plain.strip()
        match = _ROWS.fullmatch(word)
        if match:
            first, last = int(match[1]), int(match[2] or match[1])
            if not 1 <= first <= last <= 1_048_576:
                raise SelectionError("no_range_of_rows", text=word)
            rows.update(range(first, last + 1))
        elif word:
            names.append(word)
    if not rows and not names:
        raise SelectionError("selection_empty")
    return Selection(everything=False, rows=frozenset(rows), names=tuple(names))
