"""Template workbooks: empty tabs, ready to type into, made from their declarations with XlsxWriter.

A template helps and never forbids: dropdowns offer words but let ``✓`` or ``80 %`` through, and typing into a column
that the backend writes asks first instead of being locked, because a protected sheet can be neither sorted nor
extended. Plain ranges only, no tables and no merged cells. The same declarations give the same bytes.
"""

from __future__ import annotations

import io
import math
import os
import textwrap
import uuid
from collections.abc import Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from roadwright.domain.disk import os_fault
from roadwright.sheets.backend import SheetError
from roadwright.sheets.charts import add_charts
from roadwright.sheets.readme import add_readme
from roadwright.sheets.spec import Column, Guide, Layout, Owner, TabSpec
from roadwright.sheets.styles import (
    CREATED,
    FONT,
    QUIET_FILL,
    QUIET_INK,
    STATUS_COLOURS,
    STATUS_COLUMN,
    TAB_OF_ANSWERS,
    TAB_OF_PEOPLE,
    TONES,
    header_format,
    width_of,
)
from roadwright.sheets.values import TEMPLATE_MARK, column_letters

LAST_ROW = 5000
"""Dropdowns, colours and the filter reach down to this row; the appending writer grows them from there."""

_FIRST, _LAST = 1, LAST_ROW - 1  # XlsxWriter counts rows from 0

_BACKEND_OWNED = (Owner.DERIVED, Owner.SYSTEM)
_EDGE = "#D0D0D0"

_OWNER_WORDS = {
    Owner.INPUT: "You type this.",
    Owner.DERIVED: "Computed: what you type here is overwritten.",
    Owner.SYSTEM: "Written by Roadwright: leave it as it is.",
    Owner.SHARED: "Computed, until you type something else here; clear it to go back.",
    Owner.SHEET_ONLY: "Yours alone: kept with the row, used by nothing else.",
}

_FROZEN_WIDTH = 72  # characters; more would leave a small screen no room to scroll
_PAGE_WIDTH = 200  # characters that a landscape page still shows legibly
_NOTE_COLUMNS = 46  # characters in a line of a note
_LONGEST_DROPDOWN = 255  # characters; the file format's limit for words listed in place


def _cell_format(column: Column) -> dict[str, Any]:
    style: dict[str, Any] = {**FONT, "valign": "top", "border": 1, "border_color": _EDGE}
    if column.kind.number_format:
        style["num_format"] = column.kind.number_format
    if column.kind.wrap or column.name == STATUS_COLUMN:
        style["text_wrap"] = True
    if column.kind.align:
        style["align"] = column.kind.align
        if column.kind.align == "right":
            style["indent"] = 1  # a number would touch the text in the next column
    if column.owner in _BACKEND_OWNED:
        style |= {"bg_color": QUIET_FILL, "font_color": QUIET_INK}
    else:
        style["locked"] = False  # whoever protects the sheet by hand can still type here
    return style


def _hue(column: Column, spec: TabSpec) -> int | None:
    """The number of the column's group; groups that begin with the same word are one."""
    words = list(dict.fromkeys(other.group.split()[0] for other in spec.columns if other.group))
    return words.index(column.group.split()[0]) if column.group else None


def _shown(value: object, column: Column) -> str:
    shown = column.kind.show(value)
    return str(shown).upper() if isinstance(shown, bool) else str(shown)


def header_note(column: Column) -> str:
    """What a person should know of a column: what it is for, who writes it, what it accepts, whether it is needed."""
    lines = [column.help, "", _OWNER_WORDS[column.owner]]
    if column.owner not in _BACKEND_OWNED:
        lines.append(f"Accepts {column.kind.expects}.")
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
    return "\n".join(lines)


def _note_options(text: str) -> dict[str, Any]:
    lines = sum(max(1, len(textwrap.wrap(line, _NOTE_COLUMNS))) for line in text.split("\n"))
    return {"width": 300, "height": 16 * lines + 14, "font_name": "Calibri", "font_size": 9, "color": "#FFFFE8"}


def _frozen_columns(spec: TabSpec) -> int:
    """How many columns stay in sight: up to the last one that tells a row, as far as there is room."""
    telling = {*spec.identity, "title"}
    frozen, width = 0, 0.0
    for number, column in enumerate(spec.columns, start=1):
        width += width_of(column)
        if width > _FROZEN_WIDTH:
            break
        if column.name in telling:
            frozen = number
    return frozen


def _offer_words(sheet: Worksheet, spec: TabSpec) -> None:
    for position, column in enumerate(spec.columns):
        if not column.kind.choices or column.owner in _BACKEND_OWNED:
            continue
        if len(",".join(column.kind.choices)) > _LONGEST_DROPDOWN:
            raise ValueError(f"{spec.name}.{column.name} has too many words for a dropdown")
        sheet.data_validation(
            _FIRST,
            position,
            _LAST,
            position,
            {"validate": "list", "source": list(column.kind.choices), "show_error": False},
        )


def _ask_before_typing(sheet: Worksheet, spec: TabSpec) -> None:
    """A question, which can be answered with yes, when someone types into a column that the backend writes.

    A required key is left out: it may be typed on a tab that is about existing things.
    """
    positions = enumerate(spec.columns)
    for asked, run in groupby(positions, key=lambda p: p[1].owner in _BACKEND_OWNED and not p[1].required):
        if not asked:
            continue
        numbers = [position for position, _ in run]
        sheet.data_validation(
            _FIRST,
            numbers[0],
            _LAST,
            numbers[-1],
            {
                "validate": "custom",
                "value": "=FALSE",
                "error_type": "warning",
                "error_title": TEMPLATE_MARK,
                "error_message": "This column is computed: the next action writes over what you type here.",
            },
        )


def _colour_words(book: Workbook, sheet: Worksheet, spec: TabSpec) -> None:
    """Statuses by their first word, other words where they say something."""
    for position, column in enumerate(spec.columns):
        begins = column.name == STATUS_COLUMN
        words = {word: TONES[tone] for word, tone in column.kind.tones.items()}
        for word, (fill, ink) in (STATUS_COLOURS if begins else words).items():
            if begins:
                rule = {"type": "text", "criteria": "begins with", "value": word}
            else:
                value = word if word in ("TRUE", "FALSE") else f'"{word}"'
                rule = {"type": "cell", "criteria": "==", "value": value}
            look = book.add_format({"bg_color": fill, "font_color": ink})
            sheet.conditional_format(_FIRST, position, _LAST, position, {**rule, "format": look})


def _format_large_numbers(book: Workbook, sheet: Worksheet, spec: TabSpec) -> None:
    """Formats that depend on the number: one rule for all columns that share it."""
    columns: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for position, column in enumerate(spec.columns, start=1):
        if column.kind.large_formats:
            columns.setdefault(column.kind.large_formats, []).append(column_letters(position))
    for formats, letters in columns.items():
        ranges = [f"{letter}{_FIRST + 1}:{letter}{_LAST + 1}" for letter in letters]
        for condition, number_format in formats:
            rule = {
                "type": "formula",
                "criteria": "=" + condition.format(cell=f"{letters[0]}{_FIRST + 1}"),
                "format": book.add_format({"num_format": number_format}),
                "stop_if_true": True,
                "multi_range": " ".join(ranges),
            }
            sheet.conditional_format(ranges[0], rule)


def _set_up_printing(sheet: Worksheet, spec: TabSpec, frozen: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    # A wide tab goes over several pages across: on one it would be too small to read.
    if spec.charts:
        sheet.fit_to_pages(1, 1)
    else:
        sheet.fit_to_pages(math.ceil(sum(map(width_of, spec.columns)) / _PAGE_WIDTH), 0)
    sheet.repeat_rows(0)
    if frozen:
        sheet.repeat_columns(0, frozen - 1)
    sheet.set_header("&L&A")
    sheet.set_footer("&L&F&RPage &P of &N")


def _add_tab(book: Workbook, spec: TabSpec) -> None:
    sheet = book.add_worksheet(spec.name)
    for position, column in enumerate(spec.columns):
        folds = {"level": 1} if column.minor else {}
        sheet.set_column(position, position, width_of(column), book.add_format(_cell_format(column)), folds)
        look = header_format(column.owner, required=column.required, hue=_hue(column, spec))
        sheet.write_string(0, position, column.name, book.add_format(look))
        note = header_note(column)
        sheet.write_comment(0, position, note, _note_options(note))
        if column.kind.number_format == "@":
            # a period such as 2026 is text on purpose; no green triangle about it
            letters = column_letters(position + 1)
            sheet.ignore_errors({"number_stored_as_text": f"{letters}2:{letters}{LAST_ROW}"})
    sheet.set_row(0, 24)
    frozen = _frozen_columns(spec)
    sheet.freeze_panes(1, frozen)
    sheet.autofilter(0, 0, _LAST, len(spec.columns) - 1)
    sheet.set_tab_color(TAB_OF_ANSWERS if spec.layout is Layout.MIRROR else TAB_OF_PEOPLE)
    _offer_words(sheet, spec)
    _ask_before_typing(sheet, spec)
    _colour_words(book, sheet, spec)
    _format_large_numbers(book, sheet, spec)
    _set_up_printing(sheet, spec, frozen)
    add_charts(book, sheet, spec)


def template_bytes(specs: Sequence[TabSpec], *, title: str = "", guide: Guide | None = None) -> bytes:
    """An empty workbook with these tabs, and a README tab with the guide, as the bytes of an xlsx file."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": title, "created": CREATED})
        for spec in specs:
            _add_tab(book, spec)
        if guide is not None:
            add_readme(book, title, guide, specs)
    return buffer.getvalue()


def write_template(path: Path, specs: Sequence[TabSpec], guide: Guide | None = None) -> None:
    """Write an empty workbook with these tabs to ``path``, whole or not at all.

    Raises SheetError when something is already there (it is never overwritten) or the folder can't be written.
    """
    content = template_bytes(specs, title=path.stem, guide=guide)
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
