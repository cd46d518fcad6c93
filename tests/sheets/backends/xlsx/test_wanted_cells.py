"""Writing looks no further than for the cells that change, where that is enough; the workbook comes out the same."""

from __future__ import annotations

import datetime as dt
import random
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from roadwright.sheets.backend import Grid, TabEdit
from roadwright.sheets.backends.xlsx import open_workbook
from roadwright.sheets.backends.xlsx.rows import locate_wanted
from roadwright.sheets.values import CellValue

ROWS, COLUMNS = 25, 8
VALUES: list[CellValue | None] = [None, 5, 2.5, True, "x", "two\nlines", "word " * 40, dt.date(2026, 5, 1), "é ✓ & <b>"]


def make(path: Path, pick: random.Random) -> None:
    """A tab as people have them: some cells missing, wrapped and formatted ones, set heights, hidden rows, formulas."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "in_memory": True}) as book:
        formats = [None, book.add_format({"text_wrap": True}), book.add_format({"num_format": "yyyy-mm-dd"}),
                   book.add_format({"bold": True, "text_wrap": True, "font_size": 20})]  # fmt: skip
        sheet = book.add_worksheet("Tab")
        sheet.write_row(0, 0, [f"column {place}" for place in range(COLUMNS)])
        for row in range(1, ROWS):
            if pick.random() < 0.3:
                sheet.set_row(row, pick.choice([None, 40]), pick.choice(formats), {"hidden": pick.random() < 0.3})
            for column in range(COLUMNS):
                if pick.random() < 0.8:
                    value, style = pick.choice(VALUES), pick.choice(formats)
                    if isinstance(value, dt.date):
                        sheet.write_datetime(row, column, dt.datetime(2026, 5, 1), formats[2])
                    elif pick.random() < 0.05:
                        sheet.write_formula(row, column, "=1+1", style, 2)
                    else:
                        sheet.write(row, column, value, style)


def edit(pick: random.Random, grid: Grid) -> TabEdit:
    columns = pick.sample(range(1, COLUMNS + 2), pick.randint(1, 4))
    places = {(row, column) for row in pick.sample(range(2, ROWS + 1), 15) for column in columns} - grid.formulas
    cells = {place: pick.choice(VALUES) for place in sorted(places)}
    appended = [{column: pick.choice(VALUES) for column in columns} for _ in range(pick.randint(0, 2))]
    return TabEdit("Tab", 1, cells, appended, max(grid.rows))


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_the_workbook_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quick_rows = 0

    def counted(*arguments: Any) -> Any:
        nonlocal quick_rows
        found = locate_wanted(*arguments)
        quick_rows += found is not None
        return found

    for seed in range(40):
        paths = tmp_path / f"quick {seed}.xlsx", tmp_path / f"whole {seed}.xlsx"
        make(paths[0], random.Random(seed))
        shutil.copy(*paths)
        for path, locate in zip(paths, (counted, lambda *_: None), strict=True):
            pick = random.Random(seed)
            monkeypatch.setattr("roadwright.sheets.backends.xlsx.tab_writer.locate_wanted", locate)
            for _ in range(2):
                workbook = open_workbook(path)
                workbook.write([edit(pick, workbook.read("Tab"))])
        assert parts(paths[0]) == parts(paths[1]), seed
    assert quick_rows > 100
