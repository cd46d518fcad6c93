"""One .xlsx or .xlsm file as a workbook of the sheet engine."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from roadwright.domain.messages import Message
from roadwright.domain.text import same_text
from roadwright.sheets.backend import Grid, TabEdit, TabReceipt, WriteReceipt, no_tab, refused_rows
from roadwright.sheets.backends.xlsx.appending import plan_rows
from roadwright.sheets.backends.xlsx.book import Sheet, read_book
from roadwright.sheets.backends.xlsx.container import Package, load_package
from roadwright.sheets.backends.xlsx.patching import TabWork, changed_parts
from roadwright.sheets.backends.xlsx.protection import Protection
from roadwright.sheets.backends.xlsx.reader import CellFormats, SheetContent, read_sheet
from roadwright.sheets.backends.xlsx.shared_strings import read_shared_strings
from roadwright.sheets.backends.xlsx.styles import Styles
from roadwright.sheets.backends.xlsx.swap import replace_workbook
from roadwright.sheets.backends.xlsx.tables import ExcelTable, read_tables
from roadwright.sheets.backends.xlsx.zip_copy import checked, packed
from roadwright.sheets.values import says_the_same


class XlsxWorkbook:
    """A workbook file as it was when it was read; see ``roadwright.sheets.backend.Workbook``.

    Nothing of the file is held open. A tab is parsed once and its grid kept, so grids must not be changed by callers.
    """

    def __init__(self, path: Path, scratch: Path | None = None) -> None:
        self._path = path
        self._scratch = scratch
        self._take(load_package(path))

    def _take(self, package: Package) -> None:
        self._package = package
        self._book = read_book(package)
        self._formats: CellFormats | None = None
        self._contents: dict[str, SheetContent] = {}
        self._tables: dict[str, list[ExcelTable]] = {}
        self._protections: dict[str, Protection] = {}

    @property
    def name(self) -> str:
        return self._path.name

    def tabs(self) -> list[str]:
        return [sheet.name for sheet in self._book.sheets]

    def read(self, tab: str) -> Grid:
        return self._content(self._sheet(tab)).grid

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
            refused = refused_rows(edit, self.protected_cells(edit))
            work = self._work(edit, refused)
            works.append(work)
            receipts.append(TabReceipt(tuple(work.plan.rows), refused))
        if len({work.sheet.part for work in works}) < len(works):
            raise ValueError("two edits of one write name the same tab")
        changed = changed_parts(self._package, self._book, works)
        if changed:
            new = packed(self._package, changed)
            package = checked(self._package, changed, new)
            replace_workbook(self._path, new, self._package.sha256, self._scratch)
            self._take(package)
        return WriteReceipt(bool(changed), tuple(receipts))

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
            content = read_sheet(package.read(sheet.part), where, sheet.name, self._cell_formats())
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
            self._formats = CellFormats(strings, styles.shows, book.date1904)
        return self._formats

    def _tables_of(self, sheet: Sheet) -> list[ExcelTable]:
        if sheet.part not in self._tables:
            self._tables[sheet.part] = read_tables(self._package, sheet)
        return self._tables[sheet.part]


def open_workbook(path: Path, scratch: Path | None = None) -> XlsxWorkbook:
    """Read a workbook file. ``scratch`` is the folder for temporary files (else the workbook's own).

    Raises WorkbookUnreadable when the file is missing, damaged, password-protected or no .xlsx or .xlsm workbook.
    """
    return XlsxWorkbook(path, scratch)
