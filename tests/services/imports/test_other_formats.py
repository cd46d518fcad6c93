"""Workbooks of other formats are read as they stand: dates are dates, texts are texts."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest

from roadwright.sheets.backend import WorkbookUnreadable
from roadwright.sheets.backends.xlsx import open_workbook
from roadwright.sheets.foreign import read_sheets, workbook_of

_MIME = "application/vnd.oasis.opendocument.spreadsheet"
_CONTENT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body><office:spreadsheet>
<table:table table:name="Wishes">
<table:table-row><table:table-cell office:value-type="string"><text:p>Title</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>Due date</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>=1+1</text:p></table:table-cell>
<table:table-cell office:value-type="date" office:date-value="2026-05-31"><text:p>31 May</text:p></table:table-cell>
</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"""
_MANIFEST = f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">
<manifest:file-entry manifest:full-path="/" manifest:media-type="{_MIME}"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>"""


def ods(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("mimetype", _MIME)
        file.writestr("content.xml", _CONTENT.replace("\n", ""))  # as programs write it
        file.writestr("META-INF/manifest.xml", _MANIFEST)
    return path


def test_an_opendocument_sheet_becomes_a_workbook(tmp_path: Path) -> None:
    [sheet] = read_sheets(ods(tmp_path / "w.ods"))
    assert sheet.name == "Wishes"
    assert sheet.rows == {1: {1: "Title", 2: "Due date"}, 2: {1: "=1+1", 2: dt.date(2026, 5, 31)}}
    made = tmp_path / "Intake_w.xlsx"
    made.write_bytes(workbook_of(sheet, 1, "Wishes"))
    grid = open_workbook(made).read("Wishes")
    assert grid.rows[2][1] == "=1+1"
    assert not grid.formulas
    assert str(grid.rows[2][2]).startswith("2026-05-31")


@pytest.mark.parametrize(("name", "code"), [("w.pdf", "unknown_format"), ("w.xls", "file_unreadable")])
def test_what_cannot_be_read_is_refused(tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / name).write_bytes(io.BytesIO(b"nothing").getvalue())
    with pytest.raises(WorkbookUnreadable) as found:
        read_sheets(tmp_path / name)
    assert found.value.message.code == code
