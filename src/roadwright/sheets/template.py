"""Template workbooks: empty tabs, ready to type into, made from their declarations with XlsxWriter.

A template helps: dropdowns offer what exists but let other texts through, except the words of a choice, and typing into
a column that the backend writes asks first instead of being locked, because a protected sheet can be neither sorted nor
extended. Plain ranges only, no tables and no merged cells. The same declarations give the same bytes.
"""

from __future__ import annotations

import io
import os
import textwrap
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from roadwright.domain.machine import os_fault
from roadwright.sheets.backend import ORIGIN, SheetError
from roadwright.sheets.charts import add_charts
from roadwright.sheets.lists import add_lists, lists_of
from roadwright.sheets.readme import add_readme
from roadwright.sheets.rules import BACKEND_OWNED, LAST_ROW, add_rules, rejects_others
from roadwright.sheets.spec import STATUS_COLUMN, Column, Guide, Layout, Owner, TabSpec
from roadwright.sheets.styles import (
    CREATED,
    FONT,
    QUIET_FILL,
    QUIET_INK,
    TAB_OF_ANSWERS,
    TAB_OF_PEOPLE,
    header_format,
    width_of,
)
from roadwright.sheets.values import LAST_ROW as LAST_SHEET_ROW
from roadwright.sheets.values import column_letters

_EDGE = "#D0D0D0"

_OWNER_WORDS = {
    Owner.INPUT: "You type this.",
    Owner.DERIVED: "Computed: what you type here is overwritten.",
    Owner.SYSTEM: "Written by Roadwright: leave it as it is.",
    Owner.SHARED: "Computed, until you type something else here; clear it to go back.",
    Owner.SHEET_ONLY: "Yours alone: kept with the row, used by nothing else.",
}

_FROZEN_WIDTH = 90  # characters; more would leave a small screen no room to scroll
_NOTE_COLUMNS = 46  # characters in a line of a note
_LONG_NOTE = 600  # characters; a longer note is twice as wide
_HEADER_HEIGHT = 31  # points: two lines


def _cell_format(column: Column, spec: TabSpec) -> dict[str, Any]:
    style: dict[str, Any] = {**FONT, "valign": "top"}
    if not spec.charts:  # beside which empty cells are no table
        style |= {"border": 1, "border_color": _EDGE}
    if column.kind.number_format:
        style["num_format"] = column.kind.number_format
    if column.kind.wrap or column.name == STATUS_COLUMN:
        style["text_wrap"] = True
    if column.kind.align:
        style["align"] = column.kind.align
        if column.kind.align == "right":
            style["indent"] = 1  # a number would touch the text in the next column
    if column.owner in BACKEND_OWNED:
        style["font_color"] = QUIET_INK
        if not spec.charts:
            style["bg_color"] = QUIET_FILL
    else:
        style["locked"] = False  # whoever protects the sheet by hand can still type here
    return style


def hue_of(column: Column, spec: TabSpec) -> int | None:
    """The number of the column's group; groups that begin with the same word are one."""
    words = list(dict.fromkeys(other.group.split()[0] for other in spec.columns if other.group))
    return words.index(column.group.split()[0]) if column.group else None


def _shown(value: object, column: Column) -> str:
    shown = column.kind.show(value)
    return str(shown).upper() if isinstance(shown, bool) else str(shown)


def header_note(column: Column) -> str:
    """What a person should know of a column: what it is for, who writes it, what it accepts, whether it is needed."""
    lines = [column.help, "", _OWNER_WORDS[column.owner]]
    if column.owner not in BACKEND_OWNED:
        lines.append(f"Accepts {column.kind.expects}.")
        if rejects_others(column):
            lines.append("Case, blanks and hyphens do not matter in what is pasted.")
        if column.required:
            lines.append("Required.")
        elif column.blank_means is not None:
            lines.append(f"Optional; blank counts as {_shown(column.blank_means, column)}.")
        else:
            lines.append("Optional.")
    elif column.required:
        lines.append("Every row needs it.")
    if column.aliases:
        lines.append(f"The header may also be {', '.join(column.aliases)}.")
    if column.examples:
        lines += ["", *column.examples.split("\n")]
    return "\n".join(lines)


def _note_options(text: str) -> dict[str, Any]:
    columns = _NOTE_COLUMNS if len(text) <= _LONG_NOTE else _NOTE_COLUMNS * 2
    lines = sum(max(1, len(textwrap.wrap(line, columns))) for line in text.split("\n"))
    size = {"width": 6.5 * columns, "height": 16 * lines + 14}
    return {**size, "font_name": "Calibri", "font_size": 9, "color": "#FFFFE8"}


def frozen_columns(spec: TabSpec) -> int:
    """How many columns stay in sight: the status, and up to the last one that tells a row, as far as there is room."""
    telling = {*spec.identity, "title", STATUS_COLUMN}
    frozen, width = 0, 0.0
    for number, column in enumerate(spec.columns, start=1):
        width += width_of(column, spec)
        if width > _FROZEN_WIDTH:
            break
        if column.name in telling:
            frozen = number
    return frozen


def _print_main_part(book: Workbook, sheet: Worksheet, spec: TabSpec) -> None:
    """Print the main columns on the width of a page."""
    # Whole columns: programs print them as far down as there is something. Written as cells, since openpyxl drops a
    # print area of columns when it saves.
    name, last = spec.name.replace("'", "''"), column_letters(spec.printed)
    if "!" not in name:  # where XlsxWriter takes what is before it for the tab
        book.define_name(f"{spec.name}!_xlnm.Print_Area", f"='{name}'!$A$1:${last}${LAST_SHEET_ROW}")
    sheet.fit_to_pages(1, 0)


def _set_up_printing(book: Workbook, sheet: Worksheet, spec: TabSpec) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    if spec.charts:  # which stand beside the columns
        sheet.fit_to_pages(1, 1)
    else:
        _print_main_part(book, sheet, spec)
    sheet.repeat_rows(0)
    sheet.set_header("&L&A")
    sheet.set_footer("&L&F&RPage &P of &N")


def _set_columns(book: Workbook, sheet: Worksheet, spec: TabSpec) -> None:
    """Widths and looks; minor columns can be folded away, technical ones are."""
    is_folded = False
    for position, column in enumerate(spec.columns):
        folds: dict[str, object] = {"level": 1} if column.minor or column.technical else {}
        if column.technical:
            folds["hidden"] = True
        elif is_folded:
            folds["collapsed"] = True
        is_folded = column.technical
        sheet.set_column(position, position, width_of(column, spec), book.add_format(_cell_format(column, spec)), folds)
    if is_folded:
        sheet.set_column(len(spec.columns), len(spec.columns), None, None, {"collapsed": True})


def _add_tab(book: Workbook, spec: TabSpec, lists: Sequence[str]) -> None:
    sheet = book.add_worksheet(spec.name)
    _set_columns(book, sheet, spec)
    for position, column in enumerate(spec.columns):
        look = header_format(column.owner, required=column.required, hue=hue_of(column, spec))
        sheet.write_string(0, position, column.header, book.add_format(look))
        note = header_note(column)
        sheet.write_comment(0, position, note, _note_options(note))
        if column.kind.number_format == "@":
            # a period such as 2026 is text on purpose; no green triangle about it
            letters = column_letters(position + 1)
            sheet.ignore_errors({"number_stored_as_text": f"{letters}2:{letters}{LAST_ROW}"})
    sheet.set_row(0, _HEADER_HEIGHT)
    sheet.freeze_panes(1, frozen_columns(spec))
    sheet.autofilter(0, 0, LAST_ROW - 1, len(spec.columns) - 1)
    sheet.set_tab_color(TAB_OF_ANSWERS if spec.layout is Layout.MIRROR else TAB_OF_PEOPLE)
    add_rules(book, sheet, spec, lists)
    _set_up_printing(book, sheet, spec)
    add_charts(book, sheet, spec)


Entries = Mapping[str, Sequence[str]]
NO_ENTRIES: Entries = MappingProxyType({})


def template_bytes(
    specs: Sequence[TabSpec],
    *,
    title: str = "",
    guide: Guide | None = None,
    entries: Entries = NO_ENTRIES,
    origin: str = "",
) -> bytes:
    """An empty workbook with these tabs, and a README tab with the guide, as the bytes of an xlsx file.

    ``origin`` tells it from others of the same declarations.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": title, "created": CREATED})
        if origin:
            book.set_custom_property(ORIGIN, origin, "text")
        lists = lists_of(specs)
        for spec in specs:
            _add_tab(book, spec, lists)
        if guide is not None:
            add_readme(book, title, guide, specs)
        if lists:
            add_lists(book, lists, entries)
    return buffer.getvalue()


def write_template(
    path: Path, specs: Sequence[TabSpec], guide: Guide | None = None, entries: Entries = NO_ENTRIES
) -> None:
    """Write an empty workbook with these tabs to ``path``, whole or not at all.

    Raises SheetError when something is already there (it is never overwritten) or the folder can't be written.
    """
    origin = uuid.uuid4().hex
    content = template_bytes(specs, title=path.stem, guide=guide, entries=entries, origin=origin)
    # Not named *.xlsx, so that nobody takes a half-written file for a workbook.
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if os.path.lexists(path):
            raise SheetError("file_exists", path=str(path))
        temporary.replace(path)
    except OSError as error:
        fault = os_fault(error, folder=path.parent, needed=len(content))
        raise SheetError("file_unwritable", path=str(path), why=fault) from error
    finally:
        with suppress(OSError):
            temporary.unlink()
