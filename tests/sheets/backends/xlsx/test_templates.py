"""The template workbooks are filled through the same door as everything else."""

from __future__ import annotations

import datetime as dt
import warnings
from pathlib import Path

import openpyxl
from openpyxl.utils import range_boundaries

from roadwright.sheets.backend import TabEdit
from roadwright.sheets.backends.xlsx import open_workbook
from roadwright.sheets.read import read_table
from roadwright.sheets.rules import LAST_ROW
from roadwright.sheets.template import write_template
from roadwright.sheets.values import CellValue
from roadwright.tabs.intake import INTAKE


def test_rows_fill_a_template_and_its_rules_follow_beyond_its_end(tmp_path: Path) -> None:
    path = tmp_path / "Intake.xlsx"
    write_template(path, [INTAKE])
    workbook = open_workbook(path)
    table = read_table(workbook.read(INTAKE.name), INTAKE, tab=INTAKE.name)
    assert (table.rows, table.last_data_row, table.missing_system) == ([], 1, ())
    columns = table.columns
    row: dict[int, CellValue | None] = {
        columns["title"]: "Faster checkout",
        columns["deadline_date"]: dt.date(2026, 5, 1),
    }
    assert workbook.write([TabEdit(INTAKE.name, 1, {}, [row] * (LAST_ROW - 1), 1)]).changed
    before = opened(path)
    table = read_table(workbook.read(INTAKE.name), INTAKE, tab=INTAKE.name)
    assert (len(table.rows), table.last_data_row) == (LAST_ROW - 1, LAST_ROW)
    assert table.rows[-1].values["deadline_date"] == dt.date(2026, 5, 1)
    assert workbook.write([TabEdit(INTAKE.name, 1, {}, [row] * 10, LAST_ROW)]).changed
    after = opened(path)
    assert before["ends"] == {LAST_ROW}
    assert after["ends"] == {LAST_ROW + 10}
    assert after["formats"] == before["formats"]
    assert len(open_workbook(path).read(INTAKE.name).rows) == LAST_ROW + 10


def opened(path: Path) -> dict[str, object]:
    """Where filter, dropdowns and colours end, and how the last row looks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sheet = openpyxl.load_workbook(path)[INTAKE.name]
    ranges = [sheet.auto_filter.ref]
    ranges += [str(rule.sqref) for rule in sheet.data_validations.dataValidation]
    ranges += [str(rule.sqref) for rule in sheet.conditional_formatting]
    last = sheet[sheet.max_row]
    return {
        "ends": {range_boundaries(reference)[3] for reference in ranges},
        "formats": [(cell.number_format, cell.border.left.style, cell.protection.locked) for cell in last],
    }
