"""Typing into workbooks as a person would: whole new intake sheets, and rows and cells of tabs that are there."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import xlsxwriter

from roadwright.sample.company import IntakeSheet, Row
from roadwright.sheets.backend import TabEdit
from roadwright.sheets.read import Table, read_table
from roadwright.sheets.values import CellValue
from roadwright.workspace.workspace import TabPlace, Workspace

NAMED_TITLE = re.compile(r"\[\[(.+?)\]\]")
"""How a cell names an initiative by title."""


class Keys:
    """The keys that the backend gave to initiatives, by title."""

    def __init__(self, by_title: Mapping[str, str]) -> None:
        self.by_title = by_title

    def in_cell(self, cell: CellValue) -> CellValue:
        """What is typed for a cell: the keys in place of the titles."""
        return NAMED_TITLE.sub(lambda found: self.by_title[found[1]], cell) if isinstance(cell, str) else cell


NO_KEYS = Keys({})


def make_intake_workbook(path: Path, sheet: IntakeSheet) -> None:
    """A team's own intake workbook, with the headers it likes and no column of the backend's."""
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": dt.datetime(2026, 1, 5, tzinfo=dt.UTC).replace(tzinfo=None)})
        heading = book.add_format({"bold": True, "bottom": 1})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        date = book.add_format({"num_format": "d mmm yyyy", "valign": "top", "align": "left"})
        tab = book.add_worksheet(sheet.tab)
        tab.freeze_panes(1, 0)
        for column, header in enumerate(sheet.headers):
            texts = [len(str(row.get(header, ""))) for row in sheet.rows]
            tab.set_column(column, column, min(44, max(len(header) + 2, *texts)), wrapped)
            tab.write(0, column, header, heading)
        for number, row in enumerate(sheet.rows, start=1):
            for column, header in enumerate(sheet.headers):
                cell = row.get(header)
                if isinstance(cell, dt.date):
                    tab.write_datetime(number, column, cell, date)
                elif cell is not None:
                    tab.write(number, column, cell, wrapped)


def _table(workspace: Workspace, place: TabPlace) -> Table:
    workbook = workspace.open(place)
    return read_table(workbook.read(place.tab), place.spec, tab=place.tab, header_row=place.header_row)


def type_new_rows(workspace: Workspace, place: TabPlace, rows: Iterable[Row], keys: Keys = NO_KEYS) -> None:
    """Type rows below those that are there."""
    workbook = workspace.open(place)
    table = read_table(workbook.read(place.tab), place.spec, tab=place.tab, header_row=place.header_row)
    appended = [{table.columns[name]: keys.in_cell(cell) for name, cell in row.items()} for row in rows]
    workbook.write([TabEdit(place.tab, place.header_row, {}, appended, table.last_data_row)])


def type_into_rows(workspace: Workspace, place: TabPlace, by_title: Mapping[str, Row], keys: Keys) -> None:
    """Type cells into the rows that have these titles."""
    workbook = workspace.open(place)
    table = read_table(workbook.read(place.tab), place.spec, tab=place.tab, header_row=place.header_row)
    cells: dict[tuple[int, int], CellValue | None] = {}
    for row in table.rows:
        for name, cell in by_title.get(row.text("title"), {}).items():
            cells[row.number, table.columns[name]] = keys.in_cell(cell)
    workbook.write([TabEdit(place.tab, place.header_row, cells)])


def keys_on(workspace: Workspace, place: TabPlace) -> Keys:
    """The keys that stand on a tab, by title."""
    table = _table(workspace, place)
    return Keys({row.text("title"): row.text("initiative_key") for row in table.rows})
