"""From the edits of one write to the parts of the workbook that change with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from roadwright.sheets.backend import SheetError, TabEdit
from roadwright.sheets.values import CellValue, cell_name
from roadwright.sheets.xlsx.addresses import parse_area
from roadwright.sheets.xlsx.appending import AppendPlan, plan_rows
from roadwright.sheets.xlsx.book import Book, Sheet, ask_for_recalculation, grow_filter_name
from roadwright.sheets.xlsx.calculation import has_formulas, without_calc_chain
from roadwright.sheets.xlsx.cells import Content, Formula
from roadwright.sheets.xlsx.comparing import says_the_same
from roadwright.sheets.xlsx.container import Package
from roadwright.sheets.xlsx.fill_down import formula_for
from roadwright.sheets.xlsx.growth import Growth, grown_filter, grown_ranges, widened_dimension
from roadwright.sheets.xlsx.markup import Splice, apply_splices, set_attribute
from roadwright.sheets.xlsx.protection import protection
from roadwright.sheets.xlsx.reader import SheetContent
from roadwright.sheets.xlsx.sheet_part import RangePlace, SheetPart, Surroundings
from roadwright.sheets.xlsx.styles import Styles
from roadwright.sheets.xlsx.tab_writer import TabChange, TabWriter, assembled
from roadwright.sheets.xlsx.tables import Table, with_last_body_row


@dataclass(frozen=True)
class TabWork:
    """One tab of a write: the edit, and what the tab holds now."""

    sheet: Sheet
    edit: TabEdit
    content: SheetContent
    tables: list[Table]


@dataclass
class _Outcome:
    parts: dict[str, bytes | None] = field(default_factory=dict)
    filters: list[tuple[Sheet, int, int]] = field(default_factory=list)
    formulas_changed: bool = False


def changed_parts(package: Package, book: Book, works: Iterable[TabWork]) -> dict[str, bytes | None]:
    """The parts that the edits change, in the file's spelling; None for one that goes. Empty: nothing differs.

    Raises SheetError when an edit can't be made.
    """
    raw_styles = package.read(book.styles) if book.styles else None
    styles = Styles(raw_styles, package.where(book.styles or "styles"))
    outcome = _Outcome()
    for work in works:
        _patch_tab(package, book, work, styles, outcome)
    if not outcome.parts:
        return {}
    if book.styles and (new_styles := styles.changed()) is not None:
        outcome.parts[package.entry_name(book.styles)] = new_styles
    if outcome.formulas_changed:
        outcome.parts |= without_calc_chain(package, book)
    raw = package.read(book.part)
    splices: list[Splice] = []
    for sheet, old_last_row, new_last_row in outcome.filters:
        splices += grow_filter_name(raw, sheet, old_last_row, new_last_row)
    if not book.recalculates and (outcome.formulas_changed or has_formulas(package, book)):
        splices += ask_for_recalculation(raw, package.where(book.part))
    if splices:
        outcome.parts[package.entry_name(book.part)] = apply_splices(raw, splices)
    return outcome.parts


def _patch_tab(package: Package, book: Book, work: TabWork, styles: Styles, outcome: _Outcome) -> None:
    plan = plan_rows(work.edit, work.content.grid, work.tables)
    change = TabChange(work.edit.tab, work.edit.header_row, _differing(work, plan, book.date1904))
    if not change.cells:
        return
    where = package.where(work.sheet.part)
    part = SheetPart(package.read(work.sheet.part), where)
    if plan.rows:
        change.first_new_row = plan.rows[0]
        change.model_row = plan.old_last_row if plan.old_last_row > work.edit.header_row else None
        for row, column, table in plan.calculated:
            formula = formula_for(part, table, row, column)
            if formula is not None:
                change.cells.setdefault(row, {})[column] = formula
    around = Surroundings(part)
    writer = TabWriter(part, around, styles, book.date1904, change)
    splices = writer.row_splices()
    places = _changed_ranges(work, plan, change.cells, around.ranges)
    splices += [_replaced(part.raw, place, new) for place, new in places]
    new = assembled(part, splices)
    if new == part.raw:
        return
    for place, grown in places:
        if place.element == "autoFilter":
            outcome.filters.append((work.sheet, parse_area(place.text).last_row, parse_area(grown).last_row))
    outcome.parts[package.entry_name(work.sheet.part)] = new
    outcome.formulas_changed |= writer.formulas_changed or _holds_formula(change.cells)
    for table in plan.growing:
        raw = package.read(table.part)
        taller = with_last_body_row(raw, package.where(table.part), table, plan.rows[-1])
        outcome.parts[package.entry_name(table.part)] = apply_splices(raw, taller)


def _differing(work: TabWork, plan: AppendPlan, date1904: bool) -> dict[int, dict[int, Content]]:
    """The cells to write, row by row, without those that hold their value already."""
    grid = work.content.grid
    cells: dict[int, dict[int, Content]] = {}

    def put(row: int, column: int, value: CellValue | None) -> None:
        if not says_the_same(grid.rows.get(row, {}).get(column), value, date1904):
            cells.setdefault(row, {})[column] = value

    for (row, column), value in work.edit.cells.items():
        if reason := protection(work.content, work.tables, row, column):
            raise SheetError(f"{work.edit.tab}!{cell_name(row, column)} {reason}.")
        put(row, column, value)
    for row, values in zip(plan.rows, work.edit.appended, strict=True):
        for column, value in values.items():
            put(row, column, value)
    return cells


def _holds_formula(cells: dict[int, dict[int, Content]]) -> bool:
    return any(isinstance(content, Formula) for row in cells.values() for content in row.values())


def _changed_ranges(
    work: TabWork, plan: AppendPlan, cells: dict[int, dict[int, Content]], ranges: list[RangePlace]
) -> list[tuple[RangePlace, str]]:
    """The ranges outside the rows that change: the used range, and those that grow with appended rows."""
    ends = {plan.old_last_row} | {table.last_body_row for table in plan.growing}
    growth = Growth(work.edit.header_row, ends, plan.rows[-1]) if plan.rows else None
    filled = [(row, column) for row, contents in cells.items() for column in (min(contents), max(contents))]
    changed: list[tuple[RangePlace, str]] = []
    for place in ranges:
        if place.element == "dimension":
            new = widened_dimension(place.text, filled)
        elif growth is None:
            continue
        elif place.element == "autoFilter":
            new = grown_filter(place.text, growth)
        else:
            new = grown_ranges(place.text, growth)
        if new != place.text:
            changed.append((place, new))
    return changed


def _replaced(raw: bytes, place: RangePlace, new: str) -> Splice:
    if place.attribute is None:
        return Splice(place.start, place.end, new.encode())
    return Splice(place.start, place.end, set_attribute(raw[place.start : place.end], place.attribute, new))
