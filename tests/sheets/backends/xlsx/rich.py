"""A workbook as teams grow them, made with XlsxWriter: nearly everything that a program could lose."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zlib
from pathlib import Path

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from tests.sheets.backends.xlsx.workbooks import MAIN, OFFICE, parts_of, rezipped


def _picture() -> io.BytesIO:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x20\x80\xc0" * 4 for _ in range(4)))
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b""))


HEADER = ["initiative_key", "title", "engineering_tokens", "deadline_date", "is_optimization_candidate", "my score"]
ROWS = 12
"""Rows of data on the rich workbook's tab Backlog, below the header in row 1."""


def rich_workbook(path: Path) -> Path:
    """Make the workbook.

    Tab Backlog: data in A2:F13; F (``my score``) is a foreign column of formulas, H2:H13 holds sparklines. Tab Ideas: a
    table ``Ideas`` in B3:F8 with a calculated column, its header in row 3. Tab Filtered: a filter over A1:C5.
    """
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Backlog")
        _fill_backlog(book, sheet)
        _decorate_backlog(book, sheet)
        _fill_ideas(book, book.add_worksheet("Ideas"))
        filtered = book.add_worksheet("Filtered")
        for row in range(5):
            filtered.write_row(row, 0, ["title", "reach", "effort"] if row == 0 else [f"t{row}", row, row / 2])
        filtered.autofilter(0, 0, 4, 2)
        hidden = book.add_worksheet("Lists")
        hidden.write_column(0, 0, ["UK", "DE"])
        hidden.hide()
        book.add_worksheet("Very hidden").very_hidden()
        pie = book.add_chart({"type": "pie"})
        pie.add_series({"values": "=Backlog!$C$2:$C$13"})
        book.add_chartsheet("Picture").set_chart(pie)
        book.define_name("Countries", "=Lists!$A$1:$A$2")
        book.set_custom_property("Owner", "Ann")
    _add_what_xlsxwriter_cannot(path)
    return path


def _fill_backlog(book: Workbook, sheet: Worksheet) -> None:
    bold = book.add_format({"bold": True, "bg_color": "#FFCC00", "border": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    money = book.add_format({"num_format": "#,##0.00", "italic": True})
    red = book.add_format({"font_color": "#FF0000"})
    sheet.write_row(0, 0, HEADER, bold)
    for row in range(1, ROWS + 1):
        sheet.write_string(row, 0, f"INIT-{row:06d}")
        sheet.write_rich_string(row, 1, "Faster ", red, "checkout ", money, f"no. {row}")
        sheet.write_number(row, 2, row * 12.5, money)
        sheet.write_datetime(row, 3, dt.datetime(2026, 1 + row % 12, row), day)
        sheet.write_boolean(row, 4, row % 2 == 0)
        sheet.write_formula(row, 5, f"=C{row + 1}*2", money, row * 25)
    sheet.write_dynamic_array_formula("J2:J4", "=SEQUENCE(3)", None, 1)
    sheet.write_array_formula("K2:K3", "{=C2:C3*2}", None, 25)
    sheet.merge_range("L8:M9", "merged", bold)
    sheet.set_column("B:B", 40, red)


def _decorate_backlog(book: Workbook, sheet: Worksheet) -> None:
    red = book.add_format({"font_color": "#FF0000"})
    sheet.conditional_format("C2:C13", {"type": "data_bar", "data_bar_2010": True, "bar_solid": True})
    sheet.conditional_format("B2:B13", {"type": "text", "criteria": "containing", "value": "x", "format": red})
    sheet.conditional_format("D2:D5000", {"type": "icon_set", "icon_style": "3_traffic_lights"})
    sheet.data_validation("E2:E5000", {"validate": "list", "source": ["TRUE", "FALSE"]})
    sheet.data_validation("C2:C13", {"validate": "decimal", "criteria": ">", "value": 0})
    for row in range(1, ROWS + 1):
        sheet.add_sparkline(row, 7, {"range": f"Backlog!C{row + 1}:F{row + 1}"})
    sheet.write_comment("B3", "Ask Ann\nfirst", {"author": "Ben"})
    sheet.write_url("L2", "https://example.org/?a=1&b=2", string="the page")
    sheet.insert_textbox("M5", "Do not touch", {"width": 200})
    sheet.insert_image("M12", "picture.png", {"image_data": _picture()})
    sheet.insert_checkbox("L5", True)
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=Backlog!$C$2:$C$13"})
    sheet.insert_chart("M20", chart)
    sheet.autofilter(0, 0, ROWS, 5)
    sheet.filter_column(2, "x > 50")
    sheet.set_row(3, None, None, {"hidden": True})
    sheet.freeze_panes(1, 1)
    sheet.protect("", {"sort": True})


def _fill_ideas(book: Workbook, sheet: Worksheet) -> None:
    sheet.write("A1", "Ideas of the team")
    sheet.add_table(
        "B3:F8",
        {
            "name": "Ideas",
            "data": [[f"idea {number}", number, dt.date(2026, 5, number)] for number in range(1, 6)],
            "columns": [
                {"header": "title"},
                {"header": "reach"},
                {"header": "deadline_date", "format": book.add_format({"num_format": "yyyy-mm-dd"})},
                {"header": "double", "formula": "=Ideas[@reach]*2"},
                {"header": "notes"},
            ],
        },
    )


def _add_what_xlsxwriter_cannot(path: Path) -> None:
    parts = parts_of(path)
    types = parts["[Content_Types].xml"].replace(
        b"</Types>",
        b'<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        b'spreadsheetml.calcChain+xml"/></Types>',
    )
    links = parts["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        f'<Relationship Id="rId990" Type="{OFFICE}/calcChain" Target="calcChain.xml"/>'
        f'<Relationship Id="rId991" Type="{OFFICE}/customXml" Target="../customXml/item1.xml"/>'
        "</Relationships>".encode(),
    )
    chain = f'<calcChain xmlns="{MAIN}">' + "".join(f'<c r="F{row}" i="1"/>' for row in range(2, ROWS + 2))
    rezipped(
        path,
        {
            "[Content_Types].xml": types,
            "xl/_rels/workbook.xml.rels": links,
            "xl/calcChain.xml": (chain + "</calcChain>").encode(),
            "customXml/item1.xml": b"<memo>kept</memo>",
            # XlsxWriter asks for recalculation; a workbook that Excel has saved does not.
            "xl/workbook.xml": parts["xl/workbook.xml"].replace(b' fullCalcOnLoad="1"', b""),
        },
    )
