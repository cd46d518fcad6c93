"""An intake workbook made of a file that is none: text stays text, and nothing is calculated."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from roadwright.sheets.foreign.files import ForeignSheet
from roadwright.sheets.styles import CREATED, FONT
from roadwright.sheets.values import LONGEST_TEXT, CellValue

_WIDEST = 48
_NARROWEST = 10


def fitting(value: CellValue) -> CellValue:
    """The value as a cell can hold it: a longer text is cut, with ``…`` at its end."""
    if isinstance(value, str) and len(value.encode("utf-16-le")) // 2 > LONGEST_TEXT:
        return value[: LONGEST_TEXT // 2] + "…"
    return value


def workbook_of(sheet: ForeignSheet, header_row: int, tab: str) -> bytes:
    """A workbook with this sheet as its one tab, its header in the first row. Rows keep their order."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(
        buffer, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"created": CREATED})
        looks = {
            "heading": book.add_format({**FONT, "bold": True, "bottom": 1}),
            "date": book.add_format({**FONT, "num_format": "yyyy-mm-dd", "align": "left"}),
            "moment": book.add_format({**FONT, "num_format": "yyyy-mm-dd hh:mm", "align": "left"}),
        }
        target = book.add_worksheet(tab)
        target.freeze_panes(1, 0)
        widths = _widths(sheet, header_row)
        for column, width in widths.items():
            target.set_column(column - 1, column - 1, width)
        place = 0
        for number, cells in sheet.rows.items():
            if number < header_row:
                continue
            for column, value in sorted(cells.items()):
                _write(target, (place, column - 1), fitting(value), looks)
            place += 1
        if place > 1 and widths:
            target.ignore_errors({"number_stored_as_text": f"A2:XFD{place}"})
    return buffer.getvalue()


def _write(sheet: Worksheet, place: tuple[int, int], value: CellValue, looks: Mapping[str, Format]) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(*place, value)
    elif isinstance(value, int | float):
        sheet.write_number(*place, value)
    elif isinstance(value, dt.datetime):
        sheet.write_datetime(*place, value.replace(tzinfo=None), looks["moment"])
    elif isinstance(value, dt.date):
        sheet.write_datetime(*place, value, looks["date"])
    else:
        sheet.write_string(*place, str(value), None if place[0] else looks["heading"])


def _widths(sheet: ForeignSheet, header_row: int) -> Mapping[int, float]:
    widths: dict[int, float] = {}
    for place, (number, cells) in enumerate(sheet.rows.items()):
        if number < header_row:
            continue
        if place > 200:
            break
        for column, value in cells.items():
            widths[column] = max(widths.get(column, _NARROWEST), min(_WIDEST, len(str(value)) + 2))
    return widths
