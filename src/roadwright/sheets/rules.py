"""What the cells of a template do by themselves: offer words, ask before they are overwritten, take colours, format
numbers. All of it reaches down to the last row that is ready to type into, and grows with the data from there."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from roadwright.sheets.kinds import BOOLEAN
from roadwright.sheets.lists import entries_formula
from roadwright.sheets.spec import STATUS_COLUMN, TYPED, Column, Owner, TabSpec, Tone
from roadwright.sheets.styles import STATUS_COLOURS, TONES
from roadwright.sheets.values import TEMPLATE_MARK, column_letters

LAST_ROW = 5000
"""Dropdowns, colours and the filter reach down to this row; the appending writer grows them from there."""

BACKEND_OWNED = (Owner.DERIVED, Owner.SYSTEM)
"""The owners of the columns that people are to leave as they are."""

_FIRST, _LAST = 1, LAST_ROW - 1  # XlsxWriter counts rows from 0
_LONGEST_DROPDOWN = 255  # characters; the file format's limit for words listed in place
_LONGEST_ERROR = 225  # characters; Excel allows 255


def add_rules(book: Workbook, sheet: Worksheet, spec: TabSpec, lists: Sequence[str]) -> None:
    """All rules of a tab; ``lists`` are those on the workbook's tab of lists."""
    for position, column in enumerate(spec.columns):
        if column.owner in TYPED:
            _offer(sheet, spec, position, column, lists)
    _ask_before_typing(sheet, spec)
    # The first rule that is true decides: a cell at fault shows that, whatever it holds.
    _colour_cells_at_fault(book, sheet, spec)
    _colour_words(book, sheet, spec)
    _format_numbers(book, sheet, spec)


def rejects_others(column: Column) -> bool:
    """Whether the column's dropdown takes only what it offers, when someone types: the words of a choice."""
    return bool(column.kind.choices) and column.kind.name != BOOLEAN.name


def _offer(sheet: Worksheet, spec: TabSpec, position: int, column: Column, lists: Sequence[str]) -> None:
    """A dropdown of the words of a choice, or of what exists; only the former takes nothing else."""
    options: dict[str, object] = {"validate": "list", "show_error": False}
    if column.kind.choices:
        words = ", ".join(column.kind.choices)
        if len(",".join(column.kind.choices)) > _LONGEST_DROPDOWN:
            raise ValueError(f"{spec.name}.{column.name} has too many words for a dropdown")
        options["source"] = list(column.kind.choices)
        if rejects_others(column):
            accepted = f"{column.header} takes one of: {words}."
            message = accepted if len(accepted) <= _LONGEST_ERROR else "Choose one of the words in the list."
            options |= {"show_error": True, "error_type": "stop", "error_title": "Not one of the choices"}
            options["error_message"] = message
    elif column.offers:
        options["source"] = entries_formula(lists, column.offers)
    else:
        return
    sheet.data_validation(_FIRST, position, _LAST, position, options)


def _ask_before_typing(sheet: Worksheet, spec: TabSpec) -> None:
    """A question, which can be answered with yes, when someone types into a column that the backend writes.

    A required key is left out: it may be typed on a tab that is about existing things.
    """
    positions = enumerate(spec.columns)
    for asked, run in groupby(positions, key=lambda p: p[1].owner in BACKEND_OWNED and not p[1].required):
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


def _colour_cells_at_fault(book: Workbook, sheet: Worksheet, spec: TabSpec) -> None:
    """The cells that the row's status names, where it says more than OK.

    The blank before the name keeps ``sub_title:`` from being taken for ``title:``.
    """
    if STATUS_COLUMN not in spec.by_name:
        return
    status = f"${column_letters(spec.columns.index(spec.by_name[STATUS_COLUMN]) + 1)}{_FIRST + 1}"
    fill, ink = TONES[Tone.BAD]
    look = book.add_format({"bg_color": fill, "font_color": ink})
    for position, column in enumerate(spec.columns):
        if column.owner in TYPED:
            named = f'=AND(LEFT({status},2)<>"OK",ISNUMBER(FIND(" {column.name}:",{status})))'
            rule = {"type": "formula", "criteria": named, "format": look}
            sheet.conditional_format(_FIRST, position, _LAST, position, rule)


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


def _format_numbers(book: Workbook, sheet: Worksheet, spec: TabSpec) -> None:
    """Formats that depend on the number: one rule for all columns that share it.

    Numbers that people type are left as they are below 10: a percentage is such a number, and its own format tells it.
    """
    columns: dict[tuple[bool, tuple[tuple[str, str], ...]], list[str]] = {}
    for position, column in enumerate(spec.columns, start=1):
        if column.kind.large_formats:
            key = column.owner in TYPED, column.kind.large_formats
            columns.setdefault(key, []).append(column_letters(position))
    for (is_typed, formats), letters in columns.items():
        ranges = [f"{letter}{_FIRST + 1}:{letter}{_LAST + 1}" for letter in letters]
        cell = f"{letters[0]}{_FIRST + 1}"
        for condition, number_format in formats:
            criteria = condition.format(cell=cell)
            rule = {
                "type": "formula",
                "criteria": f"=AND(ABS({cell})>=10,{criteria})" if is_typed else f"={criteria}",
                "format": book.add_format({"num_format": number_format}),
                "stop_if_true": True,
                "multi_range": " ".join(ranges),
            }
            sheet.conditional_format(ranges[0], rule)
