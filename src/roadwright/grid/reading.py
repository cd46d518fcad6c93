"""Rows as callers send them, read by the tab's declaration: exactly as the cells of a sheet are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from roadwright.domain.messages import Message
from roadwright.sheets.backend import Grid
from roadwright.sheets.read import Row, read_table
from roadwright.sheets.scope import Scope
from roadwright.sheets.spec import Column, TabSpec
from roadwright.sheets.values import LONGEST_TEXT, CellValue

_HEADER_ROW = 1


def cell_of(column: Column, value: object) -> CellValue | None:
    """What would stand in the cell: text as it is typed, lists with an entry a line, anything else as JSON."""
    if value is None or value == "":
        return None
    if isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, list) and all(isinstance(part, str | int | float) for part in value) and _is_list(column):
        return "\n".join(map(str, value)) or None
    return json.dumps(value, ensure_ascii=False)


def _is_list(column: Column) -> bool:
    return column.kind.name == "list"


def read_rows(spec: TabSpec, rows: Sequence[Mapping[str, object]], scope: Scope) -> list[Row]:
    """Each row read in this scope, in this order; a column that a row does not have is blank in it."""
    required = [column.name for column in spec.columns if column.required]
    names = list(dict.fromkeys([*spec.identity, *required, *(name for row in rows for name in row)]))
    places = {name: place for place, name in enumerate(names, start=1)}
    grid = Grid({_HEADER_ROW: dict(enumerate(names, start=1))})
    too_long: dict[int, dict[str, Message]] = {}
    for number, row in enumerate(rows, start=_HEADER_ROW + 1):
        cells = {name: cell_of(spec.by_name[name], value) for name, value in row.items()}
        too_long[number] = {name: said for name, value in cells.items() if (said := _too_long(name, value)) is not None}
        fitting = {places[name]: value for name, value in cells.items() if name not in too_long[number]}
        grid.rows[number] = {place: value for place, value in fitting.items() if value is not None}
    table = read_table(grid, spec, tab=spec.name, scope=scope)
    read = {row.number: row for row in (*table.rows, *table.leftovers)}
    found = [read.get(number) or _blank(number, required) for number in too_long]
    for one in found:
        for name, said in too_long[one.number].items():
            one.values.pop(name, None)
            one.problems[name] = said
    return found


def _too_long(name: str, value: CellValue | None) -> Message | None:
    """What is said of a text that no cell holds: once stored, it would keep its workbook from being written."""
    length = len(value.encode("utf-16-le", "surrogatepass")) // 2 if isinstance(value, str) else 0
    if length <= LONGEST_TEXT:
        return None
    return Message("text_too_long", column=name, params={"length": length, "most": LONGEST_TEXT})


def _blank(number: int, required: Sequence[str]) -> Row:
    """A row in which nothing stands."""
    problems = {name: Message("empty", column=name) for name in required}
    return Row(number, {}, {}, problems)
