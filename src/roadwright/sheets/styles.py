"""The look that all template tabs share."""

from __future__ import annotations

import datetime as dt
from typing import Any

from roadwright.sheets.spec import STATUS_COLUMN, Column, Owner, TabSpec, Tone

CREATED = dt.datetime(2026, 1, 1)
"""A fixed date in every template, so that equal declarations give equal bytes."""

FONT = {"font_name": "Calibri", "font_size": 10}

TONES = {
    Tone.GOOD: ("#E2F0D9", "#2E6B1F"),
    Tone.LOOK: ("#FFF2CC", "#7F5A00"),
    Tone.BAD: ("#F8D7DA", "#8A1C25"),
}
"""Fill and ink of the cells that say something."""

STATUS_COLOURS = {
    "OK": ("#F5F5F5", "#2E6B1F"),  # most rows: no fill that shouts
    "WARNING": TONES[Tone.LOOK],
    "SKIPPED": TONES[Tone.LOOK],
    "CONFLICT": TONES[Tone.BAD],
    "FAILED": TONES[Tone.BAD],
}
"""Fill and ink of a run_status that begins with the word."""

QUIET_FILL, QUIET_INK = "#F5F5F5", "#404040"
"""Cells of columns that the backend writes."""

_STRONG, _LIGHT = "#1F3864", "#E7E6E6"
_HUES = (("#2F6DAB", "#DAE6F3"), ("#38765A", "#DCEBE3"), ("#8A5A2B", "#F1E5D8"), ("#1F7380", "#D9ECEE"))
"""Header fills of grouped columns, as (typed, computed); groups that begin with the same word share one."""
_REQUIRED_LINE = "#E07B00"

TAB_OF_PEOPLE, TAB_OF_ANSWERS, TAB_OF_HELP = _STRONG, "#A6A6A6", "#38765A"
"""Colours of the tabs that people fill, that the backend writes, and that explain."""


_STATUS_LINES = 3
_STATUS_WIDTH, _QUIET_STATUS_WIDTH = 40, 24
"""Of a run_status: where nothing is typed it is nearly always OK."""
_STATUS_WIDTH_ON_ONE_LINE = 56
_FILTER_BUTTON = 3.5


def width_of(column: Column, spec: TabSpec) -> float:
    """Wide enough for the content, and for the header in two lines beside its filter button."""
    content = column.kind.width
    if column.name == STATUS_COLUMN:
        content = _STATUS_WIDTH if spec.saved else 0 if spec.charts else _QUIET_STATUS_WIDTH
    return max(content, _two_lines(column.header) * 1.05 + _FILTER_BUTTON)


def most_lines(column: Column) -> int:
    """How many lines of the column's texts make a row higher; 0 for all of them."""
    return _STATUS_LINES if column.name == STATUS_COLUMN else column.kind.most_lines


def width_on_one_line(column: Column) -> float:
    """The width in a person's own workbook, where no text is broken into lines."""
    content = _STATUS_WIDTH_ON_ONE_LINE if column.name == STATUS_COLUMN else column.kind.width
    return max(content, len(column.name) * 0.95 + 4)


def _two_lines(header: str) -> int:
    """The characters of the longer line where a header is broken into two, as well as can be."""
    words = header.split(" ")
    breaks = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words) + 1)]
    return min(max(len(first), len(second)) for first, second in breaks)


def header_format(owner: Owner, *, required: bool = False, hue: int | None = None) -> dict[str, Any]:
    """The look of a header, which tells who writes the column. ``hue`` numbers the groups of columns."""
    strong, quiet = (_STRONG, _LIGHT) if hue is None else _HUES[hue % len(_HUES)]
    fill, ink, bold = {
        Owner.INPUT: (strong, "#FFFFFF", True),
        Owner.SHARED: ("#5F4B8B", "#FFFFFF", True),
        Owner.SHEET_ONLY: ("#FFF2CC", "#5C4300", True),
        Owner.DERIVED: (quiet, "#404040", False),
        Owner.SYSTEM: (_LIGHT, "#595959", False),
    }[owner]
    return {
        **FONT,
        "bg_color": fill,
        "font_color": ink,
        "bold": bold,
        "italic": owner is Owner.SYSTEM,
        "align": "left",
        "valign": "vcenter",
        "text_wrap": True,
        "border": 1,
        "border_color": "#A6A6A6",
        **({"bottom": 5, "bottom_color": _REQUIRED_LINE} if required else {}),
    }
