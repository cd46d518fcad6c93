"""A real spreadsheet, where somebody names one: ``ROADWRIGHT_LIVE_SHEET=ID pytest tests/live -n 0``.

It is shared with the account of GOOGLE_APPLICATION_CREDENTIALS as an Editor. A tab is added to it, and stays.
"""

from __future__ import annotations

import datetime as dt
import os
import uuid
from pathlib import Path

import pytest

from roadwright.sheets.backend import TabEdit
from roadwright.sheets.values import CellValue

SPREADSHEET = os.environ.get("ROADWRIGHT_LIVE_SHEET", "")
pytestmark = pytest.mark.skipif(not SPREADSHEET, reason="ROADWRIGHT_LIVE_SHEET names no spreadsheet")
VALUES: list[CellValue] = ["text", "=1+1", "007", "3-4", 5, -1.5, True, dt.date(2026, 5, 31), "#N/A", "'quoted"]


def test_a_tab_is_made_written_moved_and_read(tmp_path: Path) -> None:
    from roadwright.sheets.backends.google import GoogleWorkbook
    from roadwright.sheets.backends.google.credentials import client_for
    from tests.google.access import ref_of

    client, _ = client_for(None, None)
    tab, number = f"Try {uuid.uuid4().hex[:8]}", uuid.uuid4().int % 2**31
    header = [{"userEnteredValue": {"stringValue": name}} for name in ("key", "value", "status")]
    start = {"sheetId": number, "rowIndex": 0, "columnIndex": 0}
    client.update(
        SPREADSHEET,
        [
            {"addSheet": {"properties": {"title": tab, "sheetId": number, "gridProperties": {"frozenRowCount": 1}}}},
            {"updateCells": {"start": start, "rows": [{"values": header}], "fields": "userEnteredValue"}},
        ],
    )
    workbook = GoogleWorkbook(ref_of(SPREADSHEET), tmp_path)
    rows = [{1: f"K{n}", 2: value} for n, value in enumerate(VALUES)]
    receipt = workbook.write([TabEdit(tab, 1, {}, rows, last_data_row=1, keys=(1,))])
    assert receipt.tabs[0].appended == tuple(range(2, 2 + len(VALUES)))
    seen = GoogleWorkbook(ref_of(SPREADSHEET), tmp_path)
    assert [seen.read(tab).rows[n][2] for n in receipt.tabs[0].appended] == VALUES
    area = {"sheetId": number, "startRowIndex": 1, "endRowIndex": 2 + len(VALUES)}
    order = [{"dimensionIndex": 0, "sortOrder": "DESCENDING"}]
    client.update(SPREADSHEET, [{"sortRange": {"range": area, "sortSpecs": order}}])
    edit = TabEdit(tab, 1, {(n, 3): f"status of K{n - 2}" for n in receipt.tabs[0].appended}, keys=(1,))
    assert seen.write([edit]).changed
    found = GoogleWorkbook(ref_of(SPREADSHEET), tmp_path).read(tab).rows
    assert {cells[1]: cells[3] for n, cells in found.items() if n > 1} == {
        f"K{n}": f"status of K{n}" for n in range(len(VALUES))
    }
