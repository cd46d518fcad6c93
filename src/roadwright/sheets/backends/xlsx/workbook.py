"""One .xlsx or .xlsm file as a workbook of the sheet engine, and which of its cells must not be written into."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from roadwright.domain.messages import Message
from roadwright.domain.progress import TellProgress, tell_nobody
from roadwright.domain.text import same_text
from roadwright.sheets.backend import ORIGIN, Grid, TabEdit, TabReceipt, WriteReceipt, no_tab, refused_rows
from roadwright.sheets.backends.xlsx.addresses import AreaIndex, area_text
from roadwright.sheets.backends.xlsx.appending import plan_rows
from roadwright.sheets.backends.xlsx.book import Sheet, read_book
from roadwright.sheets.backends.xlsx.package import Package, checked, custom_property, load_package, packed
from roadwright.sheets.backends.xlsx.patching import TabWork, changed_parts
from roadwright.sheets.backends.xlsx.reader import CellFormats, SheetContent, read_shared_strings, read_sheet
from roadwright.sheets.backends.xlsx.styles import Styles
from roadwright.sheets.backends.xlsx.swap import replace_workbook
from roadwright.sheets.backends.xlsx.tables import ExcelTable, read_tables
from roadwright.sheets.values import cell_name, says_the_same


class Protection:
    """Answers for the cells of a tab whether they can be written."""

    def __init__(self, tab: str, content: SheetContent, tables: Iterable[ExcelTable]) -> None:
        self._formulas = content.grid.formulas
        self._arrays = AreaIndex(content.grid.arrays, tab)
        self._merged = AreaIndex(content.grid.merged, tab)
        self._tables = list(tables)

    def reason(self, row: int, column: int, *, same: bool) -> Message | None:
        """Why this cell can't be written; None when it can.

        ``same`` says that the cell shows the value already; a table's header may be given its own name again.
        """
        for area in self._arrays.over(row):
            if area.covers(row, column):
                return _of_cell("cell_in_array_formula", row, column, area=area_text(area))
        if (row, column) in self._formulas:
            return _of_cell("cell_with_formula", row, column)
        for area in self._merged.over(row):
            if area.swallows(row, column):
                master = cell_name(area.first_row, area.first_column)
                return _of_cell("cell_merged", row, column, master=master, area=area_text(area))
        for table in self._tables:
            if not table.area.covers(row, column):
                continue
            if row < table.area.first_row + table.header_rows and not same:
                return _of_cell("cell_is_table_header", row, column, table=table.name)
            if row > table.last_body_row:
                return _of_cell("cell_in_totals_row", row, column, table=table.name)
        return None


def _of_cell(code: str, row: int, column: int, **more: str) -> Message:
    return Message(code, params={"cell": cell_name(row, column), **more})


class XlsxWorkbook:
    """A workbook file as it was when it was read; see ``roadwright.sheets.backend.Workbook``.

    Nothing of the file is held open. A tab is parsed once and its grid kept, so grids must not be changed by callers.
    """

    def __init__(self, path: Path, scratch: Path | None = None, tell: TellProgress = tell_nobody) -> None:
        self._path = path
        self._scratch = scratch
        self._tell = tell
        self._take(load_package(path))

    def _take(self, package: Package) -> None:
        self._package = package
        self._book = read_book(package)
        self._formats: CellFormats | None = None
        self._contents: dict[str, SheetContent] = {}
        self._tables: dict[str, list[ExcelTable]] = {}
        self._protections: dict[str, Protection] = {}
        self._origin: str | None = None

    @property
    def name(self) -> str:
        return self._path.name

    def tabs(self) -> list[str]:
        return [sheet.name for sheet in self._book.sheets]

    def will_read(self, tabs: Collection[str]) -> None:
        """Each tab is parsed when it is asked for."""

    def read(self, tab: str) -> Grid:
        return self._content(self._sheet(tab)).grid

    @property
    def origin(self) -> str:
        if self._origin is None:
            self._origin = custom_property(self._package, ORIGIN)
        return self._origin

    def fingerprint(self, tab: str) -> str:
        mine = self._package.entry(self._sheet(tab).part)
        others = {self._package.entry(sheet.part).filename for sheet in self._book.sheets} - {mine.filename}
        digest = hashlib.sha256(mine.filename.encode())
        for entry in self._package.entries:
            if entry.filename not in others:
                digest.update(f"\0{entry.filename}\0{entry.compress_size}\0".encode())
                digest.update(self._package.compressed(entry))
        return digest.hexdigest()

    def plan_append(self, edit: TabEdit) -> list[int]:
        sheet = self._sheet(edit.tab)
        return plan_rows(edit, self._content(sheet).grid, self._tables_of(sheet)).rows

    def protected_cells(self, edit: TabEdit) -> dict[tuple[int, int], Message]:
        sheet = self._sheet(edit.tab)
        content, tables = self._content(sheet), self._tables_of(sheet)
        if not (content.grid.formulas or content.grid.merged or content.grid.arrays or tables):
            return {}
        if sheet.part not in self._protections:
            # Kept, because a pass asks row by row.
            self._protections[sheet.part] = Protection(edit.tab, content, tables)
        protection = self._protections[sheet.part]
        found: dict[tuple[int, int], Message] = {}
        for (row, column), value in edit.cells.items():
            held = content.grid.rows.get(row, {}).get(column)
            same = says_the_same(held, value)
            if (reason := protection.reason(row, column, same=same)) is not None:
                found[row, column] = reason
        return found

    def write(self, edits: Sequence[TabEdit]) -> WriteReceipt:
        works, receipts = [], []
        for edit in edits:
            if not edit.cells and not edit.appended:  # the tab, which may not even be parsed yet, is right as it is
                receipts.append(TabReceipt())
                continue
            refused = refused_rows(edit, self.protected_cells(edit))
            work = self._work(edit, refused)
            works.append(work)
            receipts.append(TabReceipt(tuple(work.plan.rows), refused))
        if len({work.sheet.part for work in works}) < len(works):
            raise ValueError("two edits of one write name the same tab")
        changed = changed_parts(self._package, self._book, works, self._tell)
        if not changed:
            return WriteReceipt(False, tuple(receipts))
        before = self._package.sha256
        new = packed(self._package, changed)
        package = checked(self._package, changed, new)
        replace_workbook(self._path, new, before, self._scratch)
        self._take(package)
        return WriteReceipt(True, tuple(receipts), package.sha256, before)

    def _work(self, edit: TabEdit, refused: Collection[int]) -> TabWork:
        if refused:
            edit = replace(edit, cells={place: value for place, value in edit.cells.items() if place[0] not in refused})
        sheet = self._sheet(edit.tab)
        content, tables = self._content(sheet), self._tables_of(sheet)
        return TabWork(sheet, edit, content, tables, plan_rows(edit, content.grid, tables))

    def _sheet(self, tab: str) -> Sheet:
        # Spreadsheet programs ignore the case of tab names, but tell apart two forms of one accented letter.
        alike = [sheet for sheet in self._book.sheets if same_text(sheet.name, tab)]
        if alike:
            return next((sheet for sheet in alike if sheet.name == tab), alike[0])
        raise no_tab(self.name, tab, self.tabs())

    def _content(self, sheet: Sheet) -> SheetContent:
        if sheet.part not in self._contents:
            package = self._package
            where = package.where(sheet.part)
            content = read_sheet(package.read(sheet.part), where, sheet.name, self._cell_formats(), self._tell)
            grid = content.grid
            for table in self._tables_of(sheet):
                grid.tables.append(table.area)
                grid.totals_rows.update(range(table.last_body_row + 1, table.area.last_row + 1))
                grid.fills_down = grid.fills_down or bool(table.calculated)
            # Without formulas on the tab there is nothing that could be out of date.
            grid.stale = self._book.recalculates and bool(grid.formulas)
            self._contents[sheet.part] = content
        return self._contents[sheet.part]

    def _cell_formats(self) -> CellFormats:
        if self._formats is None:
            package, book = self._package, self._book
            styles = Styles(package.read(book.styles) if book.styles else None, package.where(book.styles or "styles"))
            strings: list[str] = []
            if book.shared_strings:
                strings = read_shared_strings(package.read(book.shared_strings), package.where(book.shared_strings))
            self._formats = CellFormats(strings, styles.shows, styles.percent, book.date1904)
        return self._formats

    def _tables_of(self, sheet: Sheet) -> list[ExcelTable]:
        if sheet.part not in self._tables:
            self._tables[sheet.part] = read_tables(self._package, sheet)
        return self._tables[sheet.part]


def open_workbook(path: Path, scratch: Path | None = None, tell: TellProgress = tell_nobody) -> XlsxWorkbook:
    """Read a workbook file. ``scratch`` is the folder for temporary files (else the workbook's own).

    ``tell`` hears how far the reading and writing of its tabs is.

    Raises WorkbookUnreadable when the file is missing, damaged, password-protected or no .xlsx or .xlsm workbook.
    """
    return XlsxWorkbook(path, scratch, tell)
