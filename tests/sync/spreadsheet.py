"""A person at a spreadsheet program (openpyxl stands in for one): sorting, moving, deleting, inserting whole rows."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from roadwright.sheets.backend import WorkbookRef
from roadwright.sheets.backends.memory import book_at
from tests.google.access import server_of

Book = Path | WorkbookRef


def file_of(book: Book) -> Path:
    """The file of a workbook that is one."""
    file = book.file if isinstance(book, WorkbookRef) else book
    assert file is not None
    return file


@contextmanager
def opened(book: Book, tab: str) -> Iterator[Worksheet]:
    """The tab of a workbook file, saved again afterwards."""
    path = file_of(book)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what the program does not know and drops
        content = openpyxl.load_workbook(path)
        sheet = content[tab]
        assert isinstance(sheet, Worksheet)
        yield sheet
        content.save(path)


def make_book(path: Path, tabs: Mapping[str, Sequence[Sequence[Any]]]) -> Path:
    """A plain workbook with these rows on its tabs, from row 1 on."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.remove(book.active)
    for name, rows in tabs.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


Rows = list[list[Any]]


def rearrange(book: Book, tab: str, order: Callable[[Rows], Rows], *, header_row: int = 1) -> None:
    """Give the rows below the header another order; an empty list leaves a blank row."""
    if isinstance(book, WorkbookRef) and book.scheme == "https":
        _rearrange_spreadsheet(book, tab, order, header_row)
        return
    if isinstance(book, WorkbookRef) and book.file is None:
        cells = book_at(book.address).tabs[tab].rows
        width = max(max(row) for row in cells.values())
        typed: Rows = [
            [cells.get(n, {}).get(c) for c in range(1, width + 1)] for n in range(header_row + 1, max(cells) + 1)
        ]
        for number in range(header_row + 1, max(cells) + 1):
            cells.pop(number, None)
        book_at(book.address).tabs[tab].type_rows(order(typed), first_row=header_row + 1)
        return
    with opened(book, tab) as sheet:
        width = sheet.max_column
        rows = [list(values) for values in sheet.iter_rows(min_row=header_row + 1, values_only=True)]
        while rows and not any(value is not None for value in rows[-1]):
            rows.pop()
        new = order(rows)
        for number in range(max(len(rows), len(new))):
            values = new[number] if number < len(new) else []
            for column in range(width):
                sheet.cell(header_row + 1 + number, column + 1).value = values[column] if column < len(values) else None


def _rearrange_spreadsheet(book: WorkbookRef, tab: str, order: Callable[[Rows], Rows], header_row: int) -> None:
    server, spreadsheet = server_of(book.address)
    person = server.person(spreadsheet)
    rows = [[value if value != "" else None for value in row] for row in person.rows(tab)]
    width = max(map(len, rows))
    new = order([[*row, *[None] * (width - len(row))] for row in rows[header_row:]])
    with person.at(tab) as (content, found):
        for number in range(max(len(rows) - header_row, len(new))):
            values = new[number] if number < len(new) else []
            for column in range(width):
                value = values[column] if column < len(values) else None
                content.put(found, header_row + number, column, "" if value is None else value, as_typed=True)


def lock_by_libreoffice(book: Book, owner: str) -> Path:
    """The lock file that LibreOffice puts beside a workbook that someone has open."""
    path = file_of(book)
    lock = path.with_name(f".~lock.{path.name}#")
    lock.write_text(f",{owner},pc7,01.04.2026 09:30,file:///home/x;", encoding="utf-8")
    return lock


def lock_by_excel(book: Book, owner: str) -> Path:
    """The lock file that Excel puts beside a workbook that someone has open."""
    path = file_of(book)
    lock = path.with_name(f"~${path.name}")
    short = owner.encode("cp1252")
    wide = owner.encode("utf-16-le")
    head = bytes([len(short)]) + short.ljust(54, b" ")
    lock.write_bytes(head + len(owner).to_bytes(2, "little") + wide.ljust(108, b" "))
    return lock
