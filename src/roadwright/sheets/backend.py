"""What the sheet engine asks of a place that holds workbooks: files today, an online service later.

A backend reads one tab as a grid of values and writes cells that the engine names. It knows nothing of tab
declarations. All edits of one ``Workbook.write`` arrive together or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from roadwright.domain.errors import OperationError
from roadwright.sheets.values import CellValue


class SheetError(OperationError):
    """A refusal in words for the person who owns the workbook. Nothing was written."""


class WorkbookUnreadable(SheetError):
    """The workbook is missing, damaged, password-protected, or not a workbook at all."""


class WorkbookBusy(SheetError):
    """Someone has the workbook open, or it changed since it was read. Trying again later can succeed."""


@dataclass(frozen=True)
class Area:
    """A rectangle of cells, 1-based, both corners included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    def covers(self, row: int, column: int) -> bool:
        return self.first_row <= row <= self.last_row and self.first_column <= column <= self.last_column


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
    land is returned by ``Workbook.write``.

    ``own_columns`` are columns of the backend's own with the width that they get when their header is written. On tabs
    that a person made their new cells do not break text into lines, so that no row gets higher.
    """

    tab: str
    header_row: int
    cells: Mapping[tuple[int, int], CellValue | None] = field(default_factory=dict)
    appended: Sequence[Mapping[int, CellValue | None]] = ()
    last_data_row: int = 0
    own_columns: Mapping[int, float] = field(default_factory=dict)


class Workbook(Protocol):
    """One open workbook, as it was when it was read."""

    @property
    def name(self) -> str:
        """The workbook as people know it: its file name or title."""

    def tabs(self) -> list[str]:
        """The names of its tabs, hidden ones included."""

    def read(self, tab: str) -> Grid:
        """The tab's cells. Raises SheetError when there is no such tab or it can't be read."""

    def fingerprint(self, tab: str) -> str:
        """A text that changes with anything in the workbook that could change what the tab holds, and is cheap to get.

        Raises SheetError when there is no such tab.
        """

    def plan_append(self, edit: TabEdit) -> list[int]:
        """The row numbers that the edit's appended rows will get. Raises SheetError when there is no room for them."""

    def protected_cells(self, edit: TabEdit) -> dict[tuple[int, int], str]:
        """Cells of the edit that can't be written (a formula stands there, a merged area covers it), with the reason.

        The caller leaves these out and says so on the rows; a write that still names one is refused whole.
        """

    def write(self, edits: Sequence[TabEdit]) -> bool:
        """Write all edits at once. False when the file already says all this and its bytes were left alone.

        Raises WorkbookBusy when the workbook is open elsewhere or has changed since it was read, SheetError when
        an edit can't be made. After a write the object stands for the workbook as it is now.
        """
