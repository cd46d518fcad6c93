"""What is written is what is read, and nothing is written twice."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter

from roadwright.sheets.backend import TabEdit
from roadwright.sheets.backends.xlsx import open_workbook


def test_cells_are_written_and_a_second_write_leaves_the_bytes_alone(tmp_path: Path) -> None:
    path = tmp_path / "Intake.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Intake")
        sheet.write_row(0, 0, ["key", "title"])
        sheet.write_row(1, 0, ["", "Faster checkout"])
    workbook = open_workbook(path)
    edit = TabEdit("Intake", 1, {(2, 1): "INIT-000001", (1, 3): "run_status", (2, 3): "OK"})
    assert workbook.write([edit]).changed
    before = path.read_bytes()
    assert workbook.read("Intake").rows == {
        1: {1: "key", 2: "title", 3: "run_status"},
        2: {1: "INIT-000001", 2: "Faster checkout", 3: "OK"},
    }
    assert not workbook.write([edit]).changed
    assert not open_workbook(path).write([edit]).changed
    assert path.read_bytes() == before
