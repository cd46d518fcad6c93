"""Reading a file of others into sheets of cells, whatever its format."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from roadwright.domain.machine import os_fault, special_kind
from roadwright.sheets.backend import WorkbookRef, WorkbookUnreadable
from roadwright.sheets.backends import open_backend
from roadwright.sheets.foreign.separated import cells_of
from roadwright.sheets.habits import numbered
from roadwright.sheets.values import CellValue

OURS = (".xlsx", ".xlsm")
"""Endings of the workbooks that are used in place."""
TEXTS = (".csv", ".tsv", ".tab", ".txt")
OTHERS = (".ods", ".xls", ".xlsb", ".fods")


@dataclass(frozen=True)
class ForeignSheet:
    """One sheet: its name, its cells by row and column, and the areas of one column that are merged downwards."""

    name: str
    rows: dict[int, dict[int, CellValue]]
    merged_down: list[tuple[int, int, int]] = field(default_factory=list)


def is_workbook_of_ours(path: Path) -> bool:
    """Whether the file is a workbook that can be used where it is."""
    return path.suffix.casefold() in OURS


def read_sheets(path: Path) -> list[ForeignSheet]:
    """The sheets of a file that hold something. Raises SheetError where it can't be read."""
    if not path.exists():
        raise WorkbookUnreadable("no_file", path=str(path))
    if (kind := special_kind(path)) is not None:
        raise WorkbookUnreadable("not_a_file", path=str(path), kind=kind)
    ending = path.suffix.casefold()
    if ending in OURS:
        return _own(path)
    if ending in OTHERS:
        return _others(path)
    if ending in TEXTS:
        return [ForeignSheet(path.stem, numbered_rows(cells_of(_content(path))))]
    raise WorkbookUnreadable("unknown_format", path=str(path), known=(*OURS, *OTHERS, *TEXTS))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise WorkbookUnreadable("file_unreadable", path=str(path), why=os_fault(error)) from error


def _own(path: Path) -> list[ForeignSheet]:
    workbook = open_backend(WorkbookRef(str(path.absolute()), path.name))
    found = []
    for tab in workbook.tabs():
        grid = workbook.read(tab)
        merged = [
            (area.first_column, area.first_row, area.last_row)
            for area in grid.merged
            if area.first_column == area.last_column and area.last_row > area.first_row
        ]
        if grid.rows:
            found.append(ForeignSheet(tab, grid.rows, merged))
    return found


def _others(path: Path) -> list[ForeignSheet]:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - other formats are rare

    try:
        workbook = CalamineWorkbook.from_path(str(path))
        sheets = [
            (name, workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in workbook.sheet_names
        ]
    except (CalamineError, OSError, ValueError) as error:
        raise WorkbookUnreadable("file_unreadable", path=str(path), why=str(error)) from error
    return [ForeignSheet(name, rows) for name, lines in sheets if (rows := numbered_rows(lines))]


def numbered_rows(lines: Iterable[Iterable[object]]) -> dict[int, dict[int, CellValue]]:
    """Lines of cells by row and column, both from 1, without blank ones."""
    rows: dict[int, dict[int, CellValue]] = {}
    for number, line in enumerate(lines, start=1):
        cells = {column: cell for column, value in enumerate(line, start=1) if (cell := _cell(value)) is not None}
        if cells:
            rows[number] = cells
    return rows


def _cell(value: object) -> CellValue | None:
    if value is None or value == "":
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    if isinstance(value, str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta):
        return value
    return str(value)


def with_numbered_header(sheet: ForeignSheet, header_row: int) -> ForeignSheet:
    """The sheet with each header that stands twice numbered."""
    header = dict(sorted(sheet.rows.get(header_row, {}).items()))
    names = numbered(str(value) for value in header.values())
    return ForeignSheet(
        sheet.name, {**sheet.rows, header_row: dict(zip(header, names, strict=True))}, sheet.merged_down
    )
