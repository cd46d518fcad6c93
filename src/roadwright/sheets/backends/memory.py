"""Workbooks in the memory of this process, at addresses ``memory://…``: for tests, and as the model of a backend.

A `MemoryBook` is the workbook itself, which others may change at any time, as people change a shared spreadsheet. What
`open_book` returns is the workbook as it was when it was read, and refuses to write over what changed since then.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Collection, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace

from roadwright.domain.messages import Message
from roadwright.domain.text import same_text
from roadwright.sheets.backend import (
    Area,
    Grid,
    SheetError,
    TabEdit,
    TabReceipt,
    Workbook,
    WorkbookBusy,
    WorkbookUnreadable,
    WriteReceipt,
    new_row_numbers,
    no_tab,
    refused_rows,
)
from roadwright.sheets.values import (
    LONGEST_TEXT,
    CellValue,
    NotCalculated,
    Percent,
    PercentPoints,
    cell_name,
    says_the_same,
)


@dataclass
class MemoryTab:
    """The cells of one tab; empty ones are absent. ``formulas`` are the cells whose value comes from a formula."""

    rows: dict[int, dict[int, CellValue]] = field(default_factory=dict)
    formulas: set[tuple[int, int]] = field(default_factory=set)
    merged: list[Area] = field(default_factory=list)
    protected: list[Area] = field(default_factory=list)
    """Cells that only their owner may write."""

    def put(self, row: int, column: int, value: CellValue | None) -> None:
        """Type into a cell; None or an empty text empties it, whatever stands there."""
        cells = self.rows.setdefault(row, {})
        self.formulas.discard((row, column))
        if value is None or value == "":
            cells.pop(column, None)
        else:
            cells[column] = value
        if not cells:
            del self.rows[row]

    def type_rows(self, rows: Sequence[Sequence[CellValue | None]], *, first_row: int = 1) -> None:
        """Type whole rows, from column A on."""
        for number, values in enumerate(rows, first_row):
            for column, value in enumerate(values, 1):
                self.put(number, column, value)


@dataclass
class MemoryBook:
    """A workbook: its tabs by name, and who holds it open so that nobody else can write."""

    name: str
    tabs: dict[str, MemoryTab] = field(default_factory=dict)
    held_by: str | None = None

    def digest(self, tab: str | None = None) -> str:
        """A text that changes with the content of a tab, or of all of them."""
        tabs = [(name, content) for name, content in self.tabs.items() if tab in (None, name)]
        said = [
            (
                name,
                sorted((number, sorted(cells.items())) for number, cells in one.rows.items()),
                sorted(one.formulas),
                one.merged,
            )
            for name, one in tabs
        ]
        return hashlib.sha256(repr(said).encode("utf-8", "surrogatepass")).hexdigest()


_BOOKS: dict[str, MemoryBook] = {}


def put_book(address: str, book: MemoryBook) -> MemoryBook:
    """Let this workbook be found at an address, in the place of another one that was there."""
    _BOOKS[address] = book
    return book


def book_at(address: str) -> MemoryBook:
    """The workbook at an address. Raises KeyError."""
    return _BOOKS[address]


def remove_book(address: str) -> None:
    """Forget the workbook at an address, if there is one."""
    _BOOKS.pop(address, None)


def open_book(address: str) -> Workbook:
    """Read the workbook at an address. Raises WorkbookUnreadable where there is none."""
    if address not in _BOOKS:
        raise WorkbookUnreadable("no_book", address=address)
    return _OpenBook(address)


class _OpenBook:
    """A workbook in memory as it was when it was read; see ``roadwright.sheets.backend.Workbook``."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._take()

    def _take(self) -> None:
        self._seen = deepcopy(_BOOKS[self._address])
        self._digest = self._seen.digest()
        self._grids: dict[str, Grid] = {}

    @property
    def name(self) -> str:
        return self._seen.name

    def tabs(self) -> list[str]:
        return list(self._seen.tabs)

    def will_read(self, tabs: Collection[str]) -> None:
        """All tabs are at hand."""

    def read(self, tab: str) -> Grid:
        name = self._named(tab)
        if name not in self._grids:
            content = self._seen.tabs[name]
            rows = {number: dict(sorted(cells.items())) for number, cells in sorted(content.rows.items())}
            self._grids[name] = Grid(rows, set(content.formulas), list(content.merged))
        return self._grids[name]

    @property
    def origin(self) -> str:
        return ""

    def fingerprint(self, tab: str) -> str:
        return self._seen.digest(self._named(tab))

    def plan_append(self, edit: TabEdit) -> list[int]:
        content = self._seen.tabs[self._named(edit.tab)]

        def obstacle(row: int, column: int) -> str | None:
            if column in content.rows.get(row, {}):
                return "holds_something"
            if any(area.covers(row, column) for area in content.merged):
                return "in_merged_cells"
            return "is_protected" if any(area.covers(row, column) for area in content.protected) else None

        return new_row_numbers(edit, obstacle)

    def protected_cells(self, edit: TabEdit) -> dict[tuple[int, int], Message]:
        return _protected(self._seen.tabs[self._named(edit.tab)], edit)

    def write(self, edits: Sequence[TabEdit]) -> WriteReceipt:
        book = _BOOKS.get(self._address)
        names = [self._named(edit.tab) for edit in edits]
        if len(set(names)) < len(names):
            raise ValueError("two edits of one write name the same tab")
        plans = [self._plan(edit, book) for edit in edits]
        changed = any(cells for cells, _ in plans)
        if changed:
            if book is None or book.digest() != self._digest:
                raise WorkbookBusy("workbook_changed", workbook=self.name)
            if book.held_by is not None:
                raise WorkbookBusy("workbook_held", workbook=self.name, owner=book.held_by)
            for name, (cells, _) in zip(names, plans, strict=True):
                for (row, column), value in cells.items():
                    book.tabs[name].put(row, column, value)
            self._take()
        return WriteReceipt(changed, tuple(receipt for _, receipt in plans))

    def _plan(
        self, edit: TabEdit, book: MemoryBook | None
    ) -> tuple[dict[tuple[int, int], CellValue | None], TabReceipt]:
        """The cells that differ from what stands there, as they will be read, and what becomes of the edit."""
        name = self._named(edit.tab)
        now = book.tabs[name] if book is not None and name in book.tabs else self._seen.tabs[name]
        # Who may write what can change at any time, without a change to the cells.
        refused = refused_rows(edit, _protected(replace(self._seen.tabs[name], protected=now.protected), edit))
        numbers = self.plan_append(edit)
        wanted = {place: value for place, value in edit.cells.items() if place[0] not in refused}
        for number, values in zip(numbers, edit.appended, strict=True):
            wanted.update({(number, column): value for column, value in values.items() if value is not None})
        rows = self._seen.tabs[name].rows
        cells = {
            (row, column): _stored(edit.tab, row, column, _as_shown(rows.get(row, {}).get(column), value))
            for (row, column), value in wanted.items()
            if not says_the_same(rows.get(row, {}).get(column), value)
        }
        return cells, TabReceipt(tuple(numbers), refused)

    def _named(self, tab: str) -> str:
        alike = [name for name in self._seen.tabs if same_text(name, tab)]
        if not alike:
            raise no_tab(self.name, tab, self.tabs())
        return tab if tab in alike else alike[0]


def _protected(tab: MemoryTab, edit: TabEdit) -> dict[tuple[int, int], Message]:
    found: dict[tuple[int, int], Message] = {}
    for row, column in edit.cells:
        cell = cell_name(row, column)
        over = next((area for area in tab.merged if area.swallows(row, column)), None)
        if (row, column) in tab.formulas:
            found[row, column] = Message("cell_with_formula", params={"cell": cell})
        elif over is not None:
            first, last = cell_name(over.first_row, over.first_column), cell_name(over.last_row, over.last_column)
            found[row, column] = Message(
                "cell_merged", params={"cell": cell, "master": first, "area": f"{first}:{last}"}
            )
        elif any(area.covers(row, column) for area in tab.protected):
            found[row, column] = Message("cell_protected", params={"cell": cell})
    return found


def _as_shown(held: CellValue | None, value: CellValue | None) -> CellValue | None:
    """What is written so that a cell that shows percentages says so many percent."""
    if isinstance(value, PercentPoints):
        return Percent(value.as_share()) if isinstance(held, Percent) else float(value)
    return value


def _stored(tab: str, row: int, column: int, value: CellValue | None) -> CellValue | None:
    """A value as it is read afterwards. Raises SheetError for one that no cell can hold."""
    why: Message | None = None
    if isinstance(value, NotCalculated):
        why = Message("formula_without_value", params={"formula": str(value)})
    elif isinstance(value, str) and (length := len(value.encode("utf-16-le", "surrogatepass")) // 2) > LONGEST_TEXT:
        why = Message("cell_text_too_long", params={"length": length, "most": LONGEST_TEXT})
    elif isinstance(value, float) and not math.isfinite(value):
        why = Message("no_cell_number", params={"number": value})
    elif isinstance(value, dt.datetime) and value.tzinfo is not None:
        why = Message("cell_time_zone", params={"moment": value.isoformat()})
    if why is not None:
        raise SheetError("unwritable_value", tab=tab, cell=cell_name(row, column), why=why)
    if isinstance(value, float) and value.is_integer() and not isinstance(value, Percent):
        return int(value)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    return value
