"""What the sheet engine asks of a place that holds workbooks: files, and spreadsheets of an online service.

A workbook is named by a `WorkbookRef`; ``roadwright.sheets.backends.open_backend`` opens it. A backend reads one tab as
a grid of values and writes cells that the engine names. It knows nothing of tab declarations, and depends on nothing
but this module and the cell values. All edits of one ``Workbook.write`` arrive together or not at all, except for rows
that the `WriteReceipt` names as refused.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from roadwright.domain.errors import OperationError
from roadwright.domain.messages import Message
from roadwright.domain.text import same_text
from roadwright.sheets.values import LAST_ROW, CellValue, cell_name


class SheetError(OperationError):
    """A refusal in words for the person who owns the workbook. Nothing was written."""


class WorkbookUnreadable(SheetError):
    """The workbook is missing, damaged, password-protected, or not a workbook at all."""


class WorkbookBusy(SheetError):
    """Someone has the workbook open, or it changed since it was read. Trying again later can succeed."""


class WorkbookMoved(WorkbookBusy):
    """People moved or deleted rows while they were written. The others are written; reading again tells the rest."""


@dataclass(frozen=True)
class WorkbookRef:
    """Which workbook: a file, or the address of one that lies elsewhere (``scheme://…``).

    References to one workbook are equal. Nothing outside the backends opens a workbook by its path: a caller that has
    to do with files (to make, copy or check one) asks for ``file``, which is None where the workbook is none.
    """

    address: str
    """The absolute path of a file, or the address."""
    label: str = field(compare=False)
    """The workbook as the settings of a workspace name it, which tells two of one name apart: ``teams/Ideas.xlsx``."""

    @property
    def scheme(self) -> str:
        """How the address begins; empty for a file."""
        return scheme_of(self.address)

    @property
    def file(self) -> Path | None:
        return None if self.scheme else Path(self.address)

    @property
    def name(self) -> str:
        """What people call it: ``Ideas.xlsx``."""
        return self.label.rpartition("/")[2] if self.file is None else self.file.name

    @property
    def is_missing(self) -> bool:
        """Whether it is a file that is not there. Of other workbooks, opening them tells."""
        return self.file is not None and not os.path.lexists(self.file)

    @property
    def identity(self) -> str:
        """What two references have in common that lead to one workbook, by links, too."""
        # Unlike Path.resolve, this takes links that lead nowhere but to themselves; opening them says what they are.
        return self.address if self.file is None else os.path.realpath(self.file)


def scheme_of(named: str) -> str:
    """How the address of a workbook begins, before ``://``; empty where it names a file."""
    scheme, mark, _ = named.partition("://")
    return scheme if mark and scheme.isalnum() else ""


@dataclass(frozen=True)
class Area:
    """A rectangle of cells, 1-based, both corners included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    def covers(self, row: int, column: int) -> bool:
        return self.first_row <= row <= self.last_row and self.first_column <= column <= self.last_column

    def swallows(self, row: int, column: int) -> bool:
        """Whether the cell is one that these merged cells hide: all but their first."""
        return self.covers(row, column) and (row, column) != (self.first_row, self.first_column)


@dataclass
class Grid:
    """What a tab held when it was read. Rows and columns count from 1; empty cells are absent.

    ``rows`` keeps the sheet's own row numbers in ascending order, hidden and filtered rows included.
    ``formulas`` are the cells whose value comes from a formula (LibreOffice's ``=TRUE()`` is a plain boolean).
    ``arrays`` are the ranges of several cells that one formula fills, ``tables`` those of tables.
    ``totals_rows`` are totals rows of tables (no data). ``stale`` says that the tab has formulas and the workbook asks
    to be recalculated when opened, so that their values may be out of date. ``fills_down`` says that new rows get
    formulas of their own (calculated columns of tables).
    """

    rows: dict[int, dict[int, CellValue]] = field(default_factory=dict)
    formulas: set[tuple[int, int]] = field(default_factory=set)
    merged: list[Area] = field(default_factory=list)
    arrays: list[Area] = field(default_factory=list)
    tables: list[Area] = field(default_factory=list)
    totals_rows: set[int] = field(default_factory=set)
    date1904: bool = False
    stale: bool = False
    fills_down: bool = False


@dataclass(frozen=True)
class TabEdit:
    """Cells to write on one tab.

    ``cells`` maps (row, column) to a value, ``None`` to empty the cell; the cell's format stays. ``appended`` are
    new rows as {column: value}, put below the last row of data (``last_data_row``, which the engine found), in
    order; tables, filters, validations and conditional formats that end there grow with them. Where the rows
    land is told by the receipt.

    ``own_columns`` are columns of the backend's own with the width that they get when their header is written. On tabs
    that a person made their new cells do not break text into lines, so that no row gets higher. ``most_lines`` are
    columns whose texts make no row higher than so many lines, whatever they hold. ``keys`` are the columns by which a
    row is known where they are filled, and found again where people move rows while they are written.
    """

    tab: str
    header_row: int
    cells: Mapping[tuple[int, int], CellValue | None] = field(default_factory=dict)
    appended: Sequence[Mapping[int, CellValue | None]] = ()
    last_data_row: int = 0
    own_columns: Mapping[int, float] = field(default_factory=dict)
    most_lines: Mapping[int, int] = field(default_factory=dict)
    keys: Sequence[int] = ()


@dataclass(frozen=True)
class TabReceipt:
    """What became of the edit of one tab.

    ``appended`` are the numbers of its new rows, in order. ``refused`` are rows of which no cell was written, because
    one of the cells could not be, with the reason: it was protected after the tab was read.
    """

    appended: tuple[int, ...] = ()
    refused: Mapping[int, Message] = field(default_factory=dict)


@dataclass(frozen=True)
class WriteReceipt:
    """What became of a write: whether anything had to be written, and what of each tab, in the order of the edits."""

    changed: bool
    """False where the workbook said all this already and was left alone."""
    tabs: tuple[TabReceipt, ...]
    digest: str = ""
    """Of the workbook as it was written, by which the write is told from those of people; empty where that is told
    otherwise. For a file its SHA-256."""
    replaced: str = ""
    """The same of the workbook that it took the place of: the one that was read, as another is never written over."""


ORIGIN = "Roadwright origin"
"""The custom property of a workbook file that holds its origin: spreadsheet programs keep it."""


class Workbook(Protocol):
    """One open workbook, as it was when it was read."""

    @property
    def name(self) -> str:
        """The workbook as people know it: its file name or title."""

    def tabs(self) -> list[str]:
        """The names of its tabs, hidden ones included."""

    def will_read(self, tabs: Collection[str]) -> None:
        """Hear which tabs are going to be read, as far as they are there, so that they can be fetched at once."""

    def read(self, tab: str) -> Grid:
        """The tab's cells. Raises SheetError when there is no such tab or it can't be read."""

    @property
    def origin(self) -> str:
        """What tells it and its copies from one that was made anew for the same tabs; empty where nothing does."""

    def fingerprint(self, tab: str) -> str:
        """A text that changes with anything in the workbook that could change what the tab holds, and is cheap to get.

        Raises SheetError when there is no such tab.
        """

    def plan_append(self, edit: TabEdit) -> list[int]:
        """The rows where the appended rows would land now. Raises SheetError when there is no room for them.

        Where they did land, the receipt of the write tells.
        """

    def protected_cells(self, edit: TabEdit) -> dict[tuple[int, int], Message]:
        """Cells of the edit that can't be written (a formula stands there, a merged area covers it), with the reason.

        The caller leaves these out and says so on the rows.
        """

    def write(self, edits: Sequence[TabEdit]) -> WriteReceipt:
        """Write all edits at once; a row with a cell that is protected after all is left as it is and named.

        Raises WorkbookBusy when the workbook is open elsewhere or has changed since it was read, SheetError when
        an edit can't be made: no room for new rows, a header that can't be written, a value that no cell can hold.
        After a write the object stands for the workbook as it is now.
        """


def no_tab(workbook: str, tab: str, tabs: Sequence[str]) -> WorkbookUnreadable:
    """What is said where a workbook does not have a tab."""
    return WorkbookUnreadable("no_tab" if tabs else "no_tab_no_tabs", workbook=workbook, tab=tab, tabs=tuple(tabs))


def spelled(tab: str, tabs: Iterable[str]) -> str | None:
    """A tab's name as the workbook spells it; None where it has none of that name."""
    alike = [name for name in tabs if same_text(name, tab)]
    return tab if tab in alike else next(iter(alike), None)


def refused_rows(edit: TabEdit, protected: Mapping[tuple[int, int], Message]) -> dict[int, Message]:
    """The rows of an edit that can't be written because of these cells. Raises SheetError when it is the header."""
    refused: dict[int, Message] = {}
    for (row, _), why in protected.items():
        refused.setdefault(row, why)
    if edit.header_row in refused:
        raise SheetError("header_protected", tab=edit.tab, why=refused[edit.header_row])
    return refused


def numbers_below(edit: TabEdit) -> list[int]:
    """The numbers of the rows below the last one, as many as are new. Raises SheetError past the end of the tab."""
    last, count = max(edit.last_data_row, edit.header_row), len(edit.appended)
    if count and last + count > LAST_ROW:
        raise SheetError("no_rows_left", tab=edit.tab, count=count, last=last, most=LAST_ROW)
    return list(range(last + 1, last + 1 + count))


def new_row_numbers(edit: TabEdit, obstacle: Callable[[int, int], str | None]) -> list[int]:
    """Where the new rows of an edit go: directly below the last row.

    ``obstacle`` says of a cell (row, column) that is to be filled why it can't be, as the code of a message. Raises
    SheetError where there is no room.
    """
    numbers = numbers_below(edit)
    for number, values in zip(numbers, edit.appended, strict=True):
        for column, value in values.items():
            if value is not None and value != "" and (why := obstacle(number, column)) is not None:
                raise SheetError("new_rows_blocked", tab=edit.tab, cell=cell_name(number, column), why=Message(why))
    return numbers


GOOGLE_HOST = "docs.google.com"
_PATH = re.compile(r"/(?:a/[^/]+/)?spreadsheets/(?:u/\d+/)?d/(?P<id>[A-Za-z0-9_-]{10,200})(?:/.*)?")


# Addresses of spreadsheets are taken as people copy them out of their browser.
def is_of_google(address: str) -> bool:
    """Whether the address leads to Google's editors."""
    parts = urlsplit(address)
    return parts.scheme in ("https", "http") and parts.hostname == GOOGLE_HOST


def spreadsheet_id(address: str) -> str | None:
    """The id of the spreadsheet at an address; None where it is no address of one that can be edited.

    ``/d/e/…`` is a published copy, which has an id of another kind.
    """
    found = _PATH.fullmatch(urlsplit(address).path) if is_of_google(address) else None
    return None if found is None else found["id"]


def spreadsheet_address(spreadsheet: str) -> str:
    """The address of a spreadsheet by its id, the same whichever way people copied it."""
    return f"https://{GOOGLE_HOST}/spreadsheets/d/{spreadsheet}"
