"""From the edits of one write to the parts of the workbook that change with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from roadwright.domain.progress import TellProgress
from roadwright.sheets.backend import Area, TabEdit
from roadwright.sheets.backends.xlsx.addresses import parse_area
from roadwright.sheets.backends.xlsx.appending import (
    AppendPlan,
    Growth,
    data_columns,
    formula_for,
    grown_filter,
    grown_ranges,
    widened_dimension,
)
from roadwright.sheets.backends.xlsx.book import (
    Book,
    Sheet,
    ask_for_recalculation,
    may_have_formulas,
    move_filter_name,
    without_calc_chain,
)
from roadwright.sheets.backends.xlsx.cells import Content
from roadwright.sheets.backends.xlsx.markup import Splice, apply_splices, set_attribute
from roadwright.sheets.backends.xlsx.package import Package
from roadwright.sheets.backends.xlsx.reader import SheetContent
from roadwright.sheets.backends.xlsx.references import following_parts
from roadwright.sheets.backends.xlsx.sheet_part import RangePlace, SheetPart, Surroundings
from roadwright.sheets.backends.xlsx.styles import Styles
from roadwright.sheets.backends.xlsx.tab_writer import TabChange, TabWriter, assembled
from roadwright.sheets.backends.xlsx.tables import ExcelTable, columns_to_join, resized
from roadwright.sheets.values import says_the_same


@dataclass(frozen=True)
class TabWork:
    """One tab of a write: the edit, and what the tab holds now."""

    sheet: Sheet
    edit: TabEdit
    content: SheetContent
    tables: list[ExcelTable]
    plan: AppendPlan
    """Where its new rows go."""


def changed_parts(
    package: Package, book: Book, works: Iterable[TabWork], tell: TellProgress
) -> dict[str, bytes | None]:
    """The parts that the edits change, in the file's spelling; None for one that goes. Empty: nothing differs.

    Raises SheetError when an edit can't be made.
    """
    patch = _Patch(package, book, tell)
    for work in works:
        patch.change_tab(work)
    if patch.parts:
        patch.finish()
    return patch.parts


class _Patch:
    """The parts that one write has changed so far, and what has to be changed with them in the end."""

    def __init__(self, package: Package, book: Book, tell: TellProgress) -> None:
        self._package = package
        self._book = book
        self._tell = tell
        self._styles = Styles(
            package.read(book.styles) if book.styles else None, package.where(book.styles or "styles.xml")
        )
        self._moved_filters: list[tuple[Sheet, Area, Area]] = []
        self._growths: dict[str, Growth] = {}
        self._formulas_changed = False
        self.parts: dict[str, bytes | None] = {}

    def change_tab(self, work: TabWork) -> None:
        edit, plan = work.edit, work.plan
        change = TabChange(
            edit.tab,
            edit.header_row,
            _differing(work),
            work.content.grid.rows,
            work.content.usual,
            edit.own_columns,
            edit.most_lines,
        )
        if not change.cells:
            return
        part = SheetPart(
            self._package.read(work.sheet.part),
            self._package.where(work.sheet.part),
            is_plain=work.content.is_plain,
        )
        if plan.rows:
            change.first_new_row = plan.rows[0]
            change.model_row = plan.old_last_row if plan.old_last_row > edit.header_row else None
            _fill_calculated_columns(part, plan, change)
        around = Surroundings(part)
        writer = TabWriter(part, around, self._styles, self._book.date1904, change)
        splices = writer.row_splices(self._tell)
        header = change.cells.get(edit.header_row, {})
        splices += writer.column_splices({c: width for c, width in edit.own_columns.items() if header.get(c)})
        growth = _growth(work, plan, change.cells)
        if plan.rows:
            self._growths[work.sheet.name.casefold()] = growth
        for place in around.ranges:
            new = _changed_range(place, growth, change.cells)
            if new == place.text:
                continue
            splices.append(_replaced(part.raw, place, new))
            if place.element == "autoFilter":
                self._moved_filters.append((work.sheet, parse_area(place.text), parse_area(new)))
        raw = assembled(part, splices)
        if raw == part.raw:
            return
        self.parts[self._package.entry_name(work.sheet.part)] = raw
        self._formulas_changed |= writer.formulas_changed
        for table in work.tables:
            self._resize(table, work, plan, header)

    def _resize(self, table: ExcelTable, work: TabWork, plan: AppendPlan, header: Mapping[int, Content]) -> None:
        """Let a table take in appended rows, and new columns of its header row."""
        area = replace(table.area, last_row=plan.rows[-1]) if table in plan.growing else table.area
        names: list[str] = []
        if table.area.first_row == work.edit.header_row:
            obstacles = [other.area for other in work.tables if other is not table] + work.content.grid.merged
            names = columns_to_join(replace(table, area=area), header, obstacles)
            area = replace(area, last_column=area.last_column + len(names))
        if area != table.area:
            raw = self._package.read(table.part)
            splices = resized(raw, self._package.where(table.part), table, area, names)
            self.parts[self._package.entry_name(table.part)] = apply_splices(raw, splices)

    def finish(self) -> None:
        """Change what belongs to the workbook as a whole: formats, calculation, names, and references to grown tabs."""
        package, book = self._package, self._book
        if book.styles and (styles := self._styles.changed()) is not None:
            self.parts[package.entry_name(book.styles)] = styles
        if self._formulas_changed:
            self.parts |= without_calc_chain(package, book)
        raw = package.read(book.part)
        splices: list[Splice] = []
        for sheet, old, new in self._moved_filters:
            splices += move_filter_name(raw, package.where(book.part), sheet, old, new)
        if not book.recalculates and (self._formulas_changed or may_have_formulas(package, book)):
            splices += ask_for_recalculation(raw, package.where(book.part))
        if splices:
            self.parts[package.entry_name(book.part)] = apply_splices(raw, splices)
        if self._growths:
            self.parts |= following_parts(package, book, self._growths, self.parts)


def _differing(work: TabWork) -> dict[int, dict[int, Content]]:
    """The cells to write, row by row, without those that hold their value already."""
    rows = work.content.grid.rows
    cells: dict[int, dict[int, Content]] = {}
    for (row, column), value in work.edit.cells.items():
        if not says_the_same(rows.get(row, {}).get(column), value):
            cells.setdefault(row, {})[column] = value
    for row, values in zip(work.plan.rows, work.edit.appended, strict=True):
        for column, value in values.items():
            if value is not None and value != "":
                cells.setdefault(row, {})[column] = value
    return cells


def _fill_calculated_columns(part: SheetPart, plan: AppendPlan, change: TabChange) -> None:
    for row, column, table in plan.calculated:
        if (formula := formula_for(part, table, row, column)) is not None:
            change.cells.setdefault(row, {})[column] = formula


def _growth(work: TabWork, plan: AppendPlan, cells: Mapping[int, Mapping[int, Content]]) -> Growth:
    header_row = work.edit.header_row
    named = [column for column, content in cells.get(header_row, {}).items() if content is not None]
    new_last_row = plan.rows[-1] if plan.rows else plan.old_last_row
    written = {column for row in plan.rows for column in cells.get(row, ())}
    columns = data_columns({*work.content.grid.rows.get(header_row, {}), *named}, written)
    return Growth(header_row, plan.old_last_row, new_last_row, named, *columns)


def _changed_range(place: RangePlace, growth: Growth, cells: Mapping[int, Mapping[int, Content]]) -> str:
    if place.element == "dimension":
        return widened_dimension(place.text, [(r, c) for r, row in cells.items() for c in (min(row), max(row))])
    if place.element == "autoFilter":
        return grown_filter(place.text, growth)
    return grown_ranges(place.text, growth)


def _replaced(raw: bytes, place: RangePlace, new: str) -> Splice:
    if place.attribute is None:
        return Splice(place.start, place.end, new.encode())
    return Splice(place.start, place.end, set_attribute(raw[place.start : place.end], place.attribute, new))
