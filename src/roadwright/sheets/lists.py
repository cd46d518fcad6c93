"""The hidden tab ``_Lists`` of templates: what exists, one list a column, for dropdowns that offer it.

The template makes the tab with its headers; whoever knows what exists keeps the columns up to date, by their headers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlsxwriter.workbook import Workbook

from roadwright.domain.text import in_words, normalised
from roadwright.sheets.backend import Grid, TabEdit
from roadwright.sheets.spec import TYPED, TabSpec
from roadwright.sheets.values import CellValue, column_letters

TAB = "_Lists"
LONGEST = 2000
"""Entries of one list that dropdowns reach."""


def lists_of(specs: Sequence[TabSpec]) -> tuple[str, ...]:
    """The lists that columns of these tabs offer, in the order of their columns on the tab of lists."""
    columns = [column for spec in specs for column in spec.owned(*TYPED) if column.offers]
    return tuple(dict.fromkeys(column.offers for column in columns))


def entries_formula(lists: Sequence[str], name: str) -> str:
    """The formula of the cells that hold the entries of a list, as many as there are."""
    letters = column_letters(lists.index(name) + 1)
    first, room = f"{TAB}!${letters}$2", f"{TAB}!${letters}$2:${letters}${LONGEST + 1}"
    return f"=OFFSET({first},0,0,MAX(1,COUNTA({room})),1)"


def add_lists(book: Workbook, lists: Sequence[str], entries: Mapping[str, Sequence[str]]) -> None:
    """Put the hidden tab behind the others, its lists empty but for those whose entries are given."""
    sheet = book.add_worksheet(TAB)
    text = book.add_format({"num_format": "@"})
    for position, name in enumerate(lists):
        sheet.set_column(position, position, 30, text)
        sheet.write_string(0, position, in_words(name))
        for row, entry in enumerate(entries.get(name, ()), start=1):
            sheet.write_string(row, position, entry)
    sheet.hide()


def lists_edit(grid: Grid, entries: Mapping[str, Sequence[str]]) -> TabEdit | None:
    """What to write so that the lists on the tab hold these entries; None where they do. Other columns are left."""
    known = {normalised(name): list(values)[:LONGEST] for name, values in entries.items()}
    cells: dict[tuple[int, int], CellValue | None] = {}
    for position, header in grid.rows.get(1, {}).items():
        wanted = known.get(normalised(str(header)))
        if wanted is None:
            continue
        held = {number: row[position] for number, row in grid.rows.items() if number > 1 and position in row}
        numbers = {*held, *range(2, len(wanted) + 2)}
        for number in sorted(numbers):
            entry = wanted[number - 2] if number - 2 < len(wanted) else None
            if held.get(number) != entry:
                cells[number, position] = entry
    return TabEdit(TAB, 1, cells) if cells else None
