"""Sheets of a report that look alike: heading, table, total, on a page of A4."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from roadwright.services.roadmaps.export_workbook import Styles, fitting, lines_of, number_format

INK, QUIET, EDGE, BLUE, PALE = "#1F3864", "#6B6B6B", "#D9D9D9", "#2F6DAB", "#EEF3F8"
LINE = 13.5
"""Points of one line of text."""
_DENSE = 1.1
"""By how much more letters a line of a table takes than a line of mixed text."""


@dataclass(frozen=True)
class Column:
    """One column of a table: header, width in characters, the cell of a row, its number format (None: by number)."""

    name: str
    width: float
    value: Callable[[Any], str | float | None]
    is_number: bool = False
    form: str | None = None


class Canvas:
    """A workbook in the making, whose sheets say in their second row what they are about."""

    def __init__(self, book: Workbook, subtitle: str) -> None:
        self.book, self.subtitle, self.styles = book, subtitle, Styles(book)

    def page(self, name: str, heading: str, widths: Sequence[float]) -> Worksheet:
        sheet = self.book.add_worksheet(name)
        sheet.hide_gridlines(2)
        for position, width in enumerate(widths):
            sheet.set_column(position, position, width)
        sheet.write_string(
            0, 0, fitting(heading), self.styles.get(bold=True, font_size=16, font_color=INK, valign="vcenter")
        )
        sheet.set_row(0, 28)
        sheet.write_string(1, 0, fitting(self.subtitle), self.styles.get(font_color=QUIET))
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        sheet.set_footer("&L&8&K6B6B6B&A&R&8&K6B6B6BPage &P of &N")
        sheet.fit_to_pages(1, 1)
        return sheet

    def table(
        self,
        sheet: Worksheet,
        top: int,
        columns: Sequence[Column],
        rows: Sequence[Any],
        *,
        look: Callable[[Any], dict[str, object]] = lambda _: {},
    ) -> int:
        """A header and a row each. Returns the row behind the last one."""
        for position, column in enumerate(columns):
            side: dict[str, object] = {"align": "right"} if column.is_number else {"align": "left"}
            heading = self.styles.get(
                bold=True, font_color="#FFFFFF", bg_color=INK, text_wrap=True, valign="vcenter", indent=1, **side
            )
            sheet.write_string(top, position, fitting(column.name), heading)
        sheet.set_row(top, LINE * max(lines_of(column.name, column.width - 3) for column in columns) + 8)
        for number, one in enumerate(rows, start=top + 1):
            height = 1
            for position, column in enumerate(columns):
                style: dict[str, object] = {"bottom": 1, "bottom_color": EDGE, "valign": "vcenter", **look(one)}
                value = column.value(one)
                if isinstance(value, str) and value:
                    edge = "right" if column.is_number else "left"
                    shown = self.styles.get(**style, text_wrap=True, align=edge, indent=1)
                    sheet.write_string(number, position, fitting(value), shown)
                    height = max(height, lines_of(value, (column.width - 2) * _DENSE))
                elif isinstance(value, int | float):
                    form = column.form or number_format(value)
                    shown = self.styles.get(**style, num_format=form, align="right", indent=1)
                    sheet.write_number(number, position, value, shown)
                else:
                    sheet.write_blank(number, position, None, self.styles.get(**style))
            sheet.set_row(number, LINE * height + 4)
        return top + 1 + len(rows)

    def heading(self, sheet: Worksheet, row: int, text: str) -> None:
        sheet.write_string(row, 0, text, self.styles.get(bold=True, font_size=12, font_color=INK, valign="vcenter"))
        sheet.set_row(row, 22)

    def total(self, sheet: Worksheet, row: int, columns: Sequence[Column], total: Any) -> None:
        for position, column in enumerate(columns):
            value = column.value(total)
            style: dict[str, object] = {"bold": True, "top": 1, "top_color": INK, "indent": 1, "valign": "vcenter"}
            if isinstance(value, str):
                sheet.write_string(row, position, value, self.styles.get(**style))
            elif value is not None:
                form = column.form or number_format(value)
                sheet.write_number(row, position, value, self.styles.get(**style, num_format=form, align="right"))
        sheet.set_row(row, LINE + 5)
