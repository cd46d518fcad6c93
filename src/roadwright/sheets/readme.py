"""The README tab of a template workbook: what it is for, how to work with it, and how to read it, in one screen."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.workbook import Workbook

from roadwright.sheets.spec import Guide, Layout, Owner, TabSpec
from roadwright.sheets.styles import FONT, STATUS_COLOURS, TAB_OF_HELP, header_format

TAB = "README"

_STATUS_WORDS = {
    "OK": "done, nothing to say",
    "SKIPPED": "left out, with the reason",
    "WARNING": "done, but look at this",
    "CONFLICT": "changed here and elsewhere; both values are shown, nothing was overwritten",
    "FAILED": "not saved: the message names the column, the value and what is accepted",
}
_HEADERS: tuple[tuple[str, Owner, bool, str], ...] = (
    ("you type this", Owner.INPUT, False, "saved when you run an action on the tab"),
    ("needed", Owner.INPUT, True, "every row must have it"),
    ("computed", Owner.DERIVED, False, "written anew; what you type here is lost"),
    ("computed, or yours", Owner.SHARED, False, "type over it to override; clear it to go back"),
    ("your own words", Owner.SHEET_ONLY, False, "kept with the row, used by nothing else"),
)
"""What the headers' colours mean: a name, whose column it is, whether it is required, and the meaning."""
_RULES = (
    "Point at a header to read what the column is for and what it accepts.",
    "The cell that run_status names is coloured. A + above the headers opens columns that are folded away.",
    "Columns, tabs, charts and notes that you add stay as they are. Rows may be sorted, moved and filtered.",
    "Save and close the workbook before you run an action on it.",
)


_ROW_HEIGHT = 16  # points


def _who_writes(spec: TabSpec) -> str:
    return "Roadwright, anew each time" if spec.layout is Layout.MIRROR else "you; Roadwright the grey columns"


def add_readme(book: Workbook, title: str, guide: Guide, specs: Sequence[TabSpec]) -> None:
    """Put the README tab behind the others."""
    sheet = book.add_worksheet(TAB)
    sheet.hide_gridlines(2)
    sheet.set_tab_color(TAB_OF_HELP)
    middle = {**FONT, "valign": "vcenter"}
    plain = book.add_format({**middle, "text_wrap": True, "indent": 1})
    line = book.add_format(middle)
    strong = book.add_format({**middle, "bold": True})
    heading = book.add_format({**middle, "bold": True, "font_size": 11, "font_color": "#1F3864", "bottom": 1})
    sheet.set_default_row(_ROW_HEIGHT)
    for column, (width, style) in enumerate(((3, plain), (24, strong), (84, plain), (26, plain), (46, plain))):
        sheet.set_column(column, column, width, style)
    sheet.write_string(0, 1, title.replace("_", " "), book.add_format({**FONT, "bold": True, "font_size": 16}))
    sheet.set_row(0, 28)
    sheet.write_string(1, 1, guide.about, line)
    row = 3

    def section(name: str, right: str = "") -> None:
        nonlocal row
        for column in range(1, 5):
            sheet.write_string(row, column, {1: name, 3: right}.get(column, ""), heading)
        row += 1

    section("How it goes")
    for number, step in enumerate(guide.steps, start=1):
        sheet.write_string(row, 1, f"Step {number}", strong)
        sheet.write_string(row, 2, step, plain)
        row += 1
    row += 1
    section("The tabs", "Who writes there")
    for spec in specs:
        sheet.write_url(row, 1, f"internal:'{spec.name}'!A1", strong, spec.name)
        sheet.write_string(row, 2, spec.help, plain)
        sheet.write_string(row, 3, _who_writes(spec), line)
        row += 1
    row += 1
    section("What run_status says", "What a header's colour says")
    for (word, meaning), (name, owner, required, use) in zip(_STATUS_WORDS.items(), _HEADERS, strict=True):
        fill, ink = STATUS_COLOURS[word]
        sheet.write_string(row, 1, word, book.add_format({**middle, "bg_color": fill, "font_color": ink, "indent": 1}))
        sheet.write_string(row, 2, meaning, plain)
        sheet.write_string(row, 3, name, book.add_format(header_format(owner, required=required)))
        sheet.write_string(row, 4, use, plain)
        row += 1
    row += 1
    section("Good to know")
    for rule in _RULES:
        sheet.write_string(row, 1, rule, line)
        row += 1
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
