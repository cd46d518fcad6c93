"""A person at a spreadsheet program (openpyxl stands in for one): sorting, moving, deleting, inserting whole rows."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet


@contextmanager
def opened(path: Path, tab: str) -> Iterator[Worksheet]:
    """The tab of a workbook, saved again afterwards."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what the program does not know and drops
        book = openpyxl.load_workbook(path)
        sheet = book[tab]
        assert isinstance(sheet, Worksheet)
        yield sheet
        book.save(path)


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


def rearrange(path: Path, tab: str, order: Callable[[Rows], Rows], *, header_row: int = 1) -> None:
    """Give the rows below the header another order; an empty list leaves a blank row."""
    with opened(path, tab) as sheet:
        width = sheet.max_column
        rows = [list(values) for values in sheet.iter_rows(min_row=header_row + 1, values_only=True)]
        while rows and not any(value is not None for value in rows[-1]):
            rows.pop()
        new = order(rows)
        for number in range(max(len(rows), len(new))):
            values = new[number] if number < len(new) else []
            for column in range(width):
                sheet.cell(header_row + 1 + number, column + 1).value = values[column] if column < len(values) else None


def lock_by_libreoffice(path: Path, owner: str) -> Path:
    """The lock file that LibreOffice puts beside a workbook that someone has open."""
    lock = path.with_name(f".~lock.{path.name}#")
    lock.write_text(f",{owner},pc7,01.04.2026 09:30,file:///home/x;", encoding="utf-8")
    return lock


def lock_by_excel(path: Path, owner: str) -> Path:
    """The lock file that Excel puts beside a workbook that someone has open."""
    lock = path.with_name(f"~${path.name}")
    short = owner.encode("cp1252")
    wide = owner.encode("utf-16-le")
    head = bytes([len(short)]) + short.ljust(54, b" ")
    lock.write_bytes(head + len(owner).to_bytes(2, "little") + wide.ljust(108, b" "))
    return lock
