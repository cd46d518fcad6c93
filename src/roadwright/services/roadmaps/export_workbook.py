"""A published version as a workbook for people: a tab Roadmap to read or print, and a tab Left out.

Nothing in it is a formula: texts are written as texts, whatever they begin with. Equal editions give equal bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from roadwright.services.roadmaps.content import (
    Content,
    Edition,
    Entry,
    LeftOut,
    reading_kpis,
    reading_order,
    scores_are_mixed,
)
from roadwright.services.roadmaps.export_words import (
    chosen_line,
    gates_line,
    kpi_label,
    order_line,
    policy_line,
    published_line,
    source_line,
    synergies_line,
    tokens_note,
)
from roadwright.sheets.styles import FONT, STATUS_COLOURS
from roadwright.sheets.values import LONGEST_TEXT

ROADMAP_TAB, LEFT_OUT_TAB = "Roadmap", "Left out"

_INK, _QUIET, _EDGE = "#1F3864", "#6B6B6B", "#D0D0D0"
_LINE = 13.0
"""Points that one line of text needs. Not every program finds the height of a wrapped row by itself."""
_LABEL_COLUMNS = 2
_LABEL_WIDTH = 18
_NOISE = 1e-9
"""The share of a number by which a sum of floats may miss a whole one."""
_LETTERS = 1.1
"""Letters of ordinary text in the width of one figure."""

Value = str | float | dt.date | None


@dataclass(frozen=True)
class _Column:
    """One column of a table: its header, width in characters, and the cell of a row.

    An optional column is left out where no row has a value for it.
    """

    name: str
    width: float
    value: Callable[[Any], Value]
    is_number: bool = False
    is_optional: bool = False


class Styles:
    """Formats by their properties, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}

    def get(self, **properties: object) -> Any:
        key = tuple(sorted({**FONT, "valign": "top", **properties}.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(dict(key))
        return self._made[key]


def workbook_bytes(edition: Edition) -> bytes:
    """The edition as the bytes of an xlsx file."""
    buffer = io.BytesIO()
    content = edition.content
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        moment = dt.datetime.fromisoformat(edition.published_at).replace(tzinfo=None)
        title = f"{edition.name}, version {edition.number}" if edition.number else edition.name
        book.set_properties({"title": title[:255], "author": edition.published_by[:255], "created": moment})
        styles = Styles(book)
        _add_roadmap(book.add_worksheet(ROADMAP_TAB), edition, styles)
        if content.left_out:
            _add_left_out(book.add_worksheet(LEFT_OUT_TAB), edition, styles)
    return buffer.getvalue()


def _add_roadmap(sheet: Worksheet, edition: Edition, styles: Styles) -> None:
    content = edition.content
    chosen = {entry.initiative_key for entry in content.chosen}
    columns = _entry_columns(content, chosen)
    row = _head(sheet, edition, styles, columns)
    row = _facts(sheet, content, styles, row)
    entries = reading_order(content)
    if not entries:
        sheet.write_string(row, 0, "Nothing is on it.", styles.get(italic=True, font_color=_QUIET))
    _table(sheet, styles, columns, entries, row, quiet=lambda entry: entry.initiative_key not in chosen)
    _set_up_page(sheet, row)


def _entry_columns(content: Content, chosen: set[str]) -> list[_Column]:
    kpis = [
        _Column(
            f"{kpi.kpi_key} ({kpi.unit})" if kpi.unit else kpi.kpi_key,
            max(13, min(len(kpi.kpi_key) + 2, 24)),
            _contribution(kpi.kpi_key),
            is_number=True,
        )
        for kpi in reading_kpis(content)
    ]
    columns = [
        _first_column(content),
        _Column("Initiative", 14, lambda entry: entry.initiative_key),
        _Column("Title", 36, lambda entry: entry.title),
        _Column("In one line", 40, lambda entry: entry.brief_description, is_optional=True),
        _Column("Department", 15, lambda entry: entry.department, is_optional=True),
        _Column("Country", 10, lambda entry: entry.country, is_optional=True),
        _Column("Planned", 11, lambda entry: entry.planned_period, is_optional=True),
        _Column("Deadline", 12, lambda entry: entry.deadline_date, is_optional=True),
        _Column("Tokens", 10, lambda entry: entry.tokens, is_number=True),
        _Column("Score", 9, lambda entry: entry.overall_score, is_number=True, is_optional=True),
        *([_percentile()] if scores_are_mixed(content) else []),
        *kpis,
        _Column("Chosen", 10, lambda entry: "yes" if entry.initiative_key in chosen else "no"),
        _Column("Gates and waivers", 36, gates_line, is_optional=True),
    ]
    return [
        column
        for column in columns
        if not column.is_optional or any(column.value(entry) not in (None, "") for entry in content.entries)
    ]


def _percentile() -> _Column:
    return _Column("Percentile", 11, lambda entry: entry.score_percentile, is_number=True, is_optional=True)


def _first_column(content: Content) -> _Column:
    """The ranks that people gave; a running number where they gave none."""
    if any(entry.priority_rank is not None for entry in content.entries):
        return _Column("Rank", 7, lambda entry: entry.priority_rank, is_number=True)
    numbers = {entry.initiative_key: number for number, entry in enumerate(reading_order(content), start=1)}
    return _Column("#", 7, lambda entry: float(numbers[entry.initiative_key]), is_number=True)


def _contribution(kpi_key: str) -> Callable[[Entry], float | None]:
    return lambda entry: entry.kpi_contributions.get(kpi_key)


def _add_left_out(sheet: Worksheet, edition: Edition, styles: Styles) -> None:
    columns = [
        _Column("Initiative", 14, lambda one: one.initiative_key),
        _Column("Title", 40, lambda one: one.title),
        _Column("Department", 18, lambda one: one.department),
        _Column("Country", 12, lambda one: one.country),
        _Column("Tokens", 11, lambda one: one.tokens, is_number=True),
        _Column("Why", 80, lambda one: "\n".join(one.reasons)),
    ]
    heading = f"Left out of {edition.name}" + (f", version {edition.number}" if edition.number else "")
    sheet.write_string(0, 0, fitting(heading), styles.get(bold=True, font_size=14, font_color=_INK))
    sheet.set_row(0, 22)
    rows: Sequence[LeftOut] = edition.content.left_out
    _table(sheet, styles, columns, rows, 2, quiet=lambda _: False)
    sheet.freeze_panes(3, 0)
    _set_up_page(sheet, 2)


def _head(sheet: Worksheet, edition: Edition, styles: Styles, columns: Sequence[_Column]) -> int:
    """Name, version and description. Returns the next free row."""
    sheet.hide_gridlines(2)
    name = styles.get(bold=True, font_size=18, font_color=_INK, valign="vcenter")
    sheet.write_string(0, 0, fitting(edition.name), name)
    sheet.set_row(0, 30)
    sheet.write_string(1, 0, fitting(published_line(edition)), styles.get(font_size=11, font_color=_QUIET))
    description = edition.content.roadmap.description
    if not description:
        return 3
    last = next(position for position, column in enumerate(columns) if column.name == "Tokens")
    style = styles.get(text_wrap=True)
    sheet.merge_range(2, 0, 2, last, "", style)
    sheet.write_string(2, 0, fitting(description), style)
    width = sum(column.width for column in columns[: last + 1])
    sheet.set_row(2, _LINE * lines_of(description, width) + 4)
    return 4


def _facts(sheet: Worksheet, content: Content, styles: Styles, row: int) -> int:
    """The totals, the source and the gates, one a row. Returns the row of the table's header."""
    label = styles.get(bold=True, font_color=_INK, text_wrap=True)
    totals = content.totals
    note = tokens_note(content)
    said: list[tuple[str, str | float, str | None]] = [("Chosen", chosen_line(content), None)]
    said.append(("Tokens" if note is None else f"Tokens, {note}", totals.tokens, None))
    said += [(kpi_label(kpi), kpi.total, kpi.unit) for kpi in reading_kpis(content)]
    said += [("Synergies", synergies, None)] if (synergies := synergies_line(content)) else []
    said += [("Source", source_line(content), None), ("Gates", policy_line(content), None)]
    if (order := order_line(content)) is not None:
        said.append(("Order", order, None))
    for name, value, unit in said:
        sheet.merge_range(row, 0, row, _LABEL_COLUMNS - 1, "", label)
        sheet.write_string(row, 0, fitting(name), label)
        sheet.set_row(row, _LINE * lines_of(name, _LABEL_WIDTH) + 2)
        if isinstance(value, str):
            sheet.write_string(row, _LABEL_COLUMNS, fitting(value), styles.get(align="left", indent=1))
        else:
            shown = styles.get(align="left", indent=1, bold=True, num_format=number_format(value, unit))
            sheet.write_number(row, _LABEL_COLUMNS, value, shown)
        row += 1
    return row + 1


def _table(
    sheet: Worksheet,
    styles: Styles,
    columns: Sequence[_Column],
    rows: Sequence[Entry] | Sequence[LeftOut],
    header: int,
    *,
    quiet: Callable[[Any], bool],
) -> None:
    """A header and one row each; ``quiet`` rows are shown in grey."""
    for position, column in enumerate(columns):
        sheet.set_column(position, position, column.width)
        side = {"align": "right"} if column.is_number else {"align": "left", "indent": 1}
        heading = styles.get(bold=True, font_color="#FFFFFF", bg_color=_INK, text_wrap=True, valign="vcenter", **side)
        sheet.write_string(header, position, fitting(column.name), heading)
    sheet.set_row(header, _LINE * max(lines_of(column.name, column.width - 5) for column in columns) + 8)
    for row, one in enumerate(rows, start=header + 1):
        height = 1
        line: dict[str, object] = {"bottom": 1, "bottom_color": _EDGE}
        if quiet(one):
            line["font_color"] = _QUIET
        for position, column in enumerate(columns):
            look = dict(line)
            if isinstance(one, Entry) and one.waiver is not None and column.value is gates_line:
                look["bg_color"], look["font_color"] = STATUS_COLOURS["WARNING"]
            value = column.value(one)
            _write(sheet, (row, position), value, styles, look)
            if isinstance(value, str):
                height = max(height, lines_of(value, column.width - 2))
        sheet.set_row(row, _LINE * height + 3)
    if rows:
        sheet.autofilter(header, 0, header + len(rows), len(columns) - 1)


def _write(sheet: Worksheet, place: tuple[int, int], value: Value, styles: Styles, look: dict[str, object]) -> None:
    """Write one cell."""
    if value is None or value == "":
        sheet.write_blank(*place, None, styles.get(**look))
    elif isinstance(value, str):
        sheet.write_string(*place, fitting(value), styles.get(**look, text_wrap=True, align="left", indent=1))
    elif isinstance(value, dt.date):
        moment = dt.datetime.combine(value, dt.time())
        shown = styles.get(**look, num_format="yyyy-mm-dd", align="left", indent=1)
        sheet.write_datetime(*place, moment, shown)
    else:
        sheet.write_number(*place, value, styles.get(**look, num_format=number_format(value)))


def number_format(value: float, unit: str | None = None) -> str:
    """As on the templates: thousands parted, no more decimals than help, with the unit behind it."""
    is_whole = abs(value - round(value)) <= _NOISE * max(1.0, abs(value))
    shown = "#,##0" if is_whole else _decimals(abs(value))
    return shown + (f' "{unit.replace(chr(34), chr(39))[:60]}"' if unit else "")


def _decimals(size: float) -> str:
    return "#,##0.0#" if size >= 1000 else "0.0###" if size >= 0.001 else "General"


def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a column of this many characters; a cell higher than a page helps nobody."""
    lines = sum(max(1, len(textwrap.wrap(line, max(1, math.floor(width * _LETTERS))))) for line in text.split("\n"))
    return min(lines, 28)


def fitting(text: str) -> str:
    """As much of a text as one cell holds."""
    return text if len(text) <= LONGEST_TEXT // 2 else text[: LONGEST_TEXT // 2 - 1] + "…"


def _set_up_page(sheet: Worksheet, header: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(header)
    sheet.set_footer("&L&F&C&A&RPage &P of &N")
