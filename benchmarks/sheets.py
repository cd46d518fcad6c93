"""Workbooks of 10,000 rows × 40 columns: our read and in-place write against calamine's read and XlsxWriter's write."""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

import python_calamine
import xlsxwriter

from roadwright.sheets.backend import TabEdit
from roadwright.sheets.backends.xlsx import open_workbook

ROWS, COLUMNS, TAB = 10_000, 40, "Data"


def _cell(row: int, column: int) -> str | float:
    return f"text {row} {column}" if column % 3 else row * column / 7


def _write(path: Path) -> float:
    began = time.process_time()
    with xlsxwriter.Workbook(path) as book:
        tab = book.add_worksheet(TAB)
        for column in range(COLUMNS):
            tab.write(0, column, f"column {column}")
        for row in range(1, ROWS + 1):
            for column in range(COLUMNS):
                tab.write(row, column, _cell(row, column))
    return time.process_time() - began


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "big.xlsx"
        written = _write(path)
        began = time.process_time()
        python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_name(TAB).to_python()
        read = time.process_time() - began
        peer = read + written

        began = time.process_time()
        workbook = open_workbook(path)
        grid = workbook.read(TAB)
        ours_read = time.process_time() - began
        assert len(grid.rows) == ROWS + 1
        edits = {(row, column): f"new {row}" for row in range(2, ROWS + 2) for column in range(1, 16)}
        began = time.process_time()
        workbook.write([TabEdit(TAB, 1, edits)])
        ours_write = time.process_time() - began
        began = time.process_time()
        workbook.write([TabEdit(TAB, 1, edits)])
        nothing = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"calamine read {read:.2f} s, XlsxWriter write {written:.2f} s: together {peer:.2f} s")
    print(f"our read {ours_read:.2f} s, our write of {len(edits):,} cells in place {ours_write:.2f} s, "
          f"the same write again {nothing:.2f} s; peak memory of this process {peak:.0f} MB")  # fmt: skip
    print(f"ratio {(ours_read + ours_write) / peer:.2f}")
