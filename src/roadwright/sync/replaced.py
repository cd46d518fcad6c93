"""People's text in cells that the backend writes: it is replaced, and the row says so.

A row's copy remembers what its computed cells showed. A cell that says something else was typed over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping

from roadwright.domain.messages import Level, Message
from roadwright.services.rows.baselines import Baseline
from roadwright.sheets.backend import TabEdit
from roadwright.sheets.kinds import is_blank
from roadwright.sheets.merge import plain
from roadwright.sheets.read import BACKEND_COLUMNS, Row
from roadwright.sheets.scope import NOTHING_KNOWN, Scope
from roadwright.sheets.spec import CellProblem, Column, Owner, TabSpec, meaning
from roadwright.sheets.values import LONGEST_TEXT, CellError, CellValue, NotCalculated
from roadwright.sync.context import COMPUTED, OpenTab

_SHORT = 24
"""Characters of a computed value that is remembered as it is."""
LONGEST = LONGEST_TEXT // 2
"""Characters that fit a cell whatever they are: the format counts some of them twice."""


def shown(column: Column, value: object, scope: Scope = NOTHING_KNOWN) -> CellValue | None:
    """What a cell of this column holds for a value; an empty list or object shows as a blank.

    What is computed from many things and longer than a cell's text can be is cut.
    """
    if value is None or value == "" or (isinstance(value, list | tuple | dict) and not value):
        return None
    cell = column.kind.shown(value, scope)
    if isinstance(cell, str) and len(cell) > LONGEST and column.owner in (Owner.DERIVED, Owner.SYSTEM):
        return cell[: LONGEST - 1] + "…"
    return cell


def computed_columns(spec: TabSpec) -> list[Column]:
    """The columns that no person fills, but for those that say what the backend did."""
    return [c for c in spec.owned(Owner.DERIVED, Owner.SYSTEM) if c.name not in BACKEND_COLUMNS]


def computed(
    columns: Iterable[Column], values: Mapping[str, object], before: Baseline | None = None
) -> dict[str, object]:
    """What a row's copy is to remember of its computed cells, as an entry of the copy; of long ones, a digest.

    A cell of which ``values`` say nothing is not written, and shows what the row's copy ``before`` says.
    """
    columns = [column for column in columns if not column.moves]
    kept: dict[str, object] = {}
    others = [column.name for column in columns if column.name not in values]
    if before is not None and others:
        earlier = before.values.get(COMPUTED)
        if not isinstance(earlier, Mapping):
            return {}  # it was written before that was remembered
        kept = {name: earlier[name] for name in others if name in earlier}
    found = {
        column.name: in_short(column, value)
        for column in columns
        if (value := values.get(column.name)) not in (None, "", [], {})
    }
    return {COMPUTED: {**kept, **found}}


def in_short(column: Column, value: object) -> object:
    """What is remembered of a computed value: itself where it is short, else a digest."""
    said = plain(value)
    text = repr(_in_order(said))
    if len(text) > LONGEST:
        text = repr(_in_order(_as_read(column, value)))
    return said if len(text) <= _SHORT else hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _in_order(said: object) -> object:
    """The same with the keys of objects in the order in which a cell shows them."""
    if isinstance(said, Mapping):
        return {key: _in_order(said[key]) for key in sorted(said)}
    return [_in_order(one) for one in said] if isinstance(said, list) else said


def _as_read(column: Column, value: object) -> object:
    """What the cell is read as, which may show only part of the value."""
    try:
        return plain(meaning(column, shown(column, value)))
    except CellProblem:
        return plain(value)


def typed_over(columns: Iterable[Column], row: Row, copy: Baseline | None) -> list[str]:
    """The columns, among these computed ones, whose cell says what this copy of the row never showed.

    What one that moves showed is not remembered, so there it is what can't be read that counts.
    """
    remembered = {} if copy is None else copy.values.get(COMPUTED)
    if not isinstance(remembered, Mapping):
        return []  # it was written before that was remembered
    return [
        column.name
        for column in columns
        if column.name in row.raw
        and not (column.moves and column.name in row.values)
        and not (column.name in row.values and in_short(column, row.values[column.name]) == remembered.get(column.name))
    ]


def is_persons(column: Column, cell: CellValue | None) -> bool:
    """Whether a person put this into a cell of a column in which the backend says what it did."""
    if is_blank(cell) or isinstance(cell, bool | CellError | NotCalculated) or str(cell).lstrip().startswith("#"):
        return False
    return column.written is not None and not column.written(str(cell).strip())


def say_computed(row: Row, names: Iterable[str]) -> list[Message]:
    """What a row says of computed cells whose text is replaced."""
    return [_warning("computed_replaced", row, name) for name in names]


def say_written(spec: TabSpec, row: Row, names: Iterable[str]) -> list[Message]:
    """What a row says, among these columns in which the backend says what it did, of those that hold a person's."""
    return [_warning("text_replaced", row, n) for n in names if is_persons(spec.by_name[n], row.raw.get(n))]


def _warning(code: str, row: Row, name: str) -> Message:
    return Message(code, Level.WARNING, params={"column_name": name, "value": row.raw[name]})


def writable(tab: OpenTab, number: int, places: Mapping[str, int], names: Collection[str]) -> list[str]:
    """Those of a row's cells that can be written: no formula stands there, and no merged area covers them."""
    if not names:
        return []
    cells: dict[tuple[int, int], CellValue | None] = {(number, places[name]): "text" for name in names}
    refused = tab.workbook.protected_cells(TabEdit(tab.place.tab, tab.table.header_row, cells))
    return [name for name in names if (number, places[name]) not in refused]
