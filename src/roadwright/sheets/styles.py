"""The look that all template tabs share."""

from __future__ import annotations

import datetime as dt
from typing import Any

from roadwright.sheets.spec import Column, Owner, Tone

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
    "OK": TONES[Tone.GOOD],
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


STATUS_COLUMN = "run_status"
_STATUS_WIDTH = 56


def width_of(column: Column) -> float:
    """Wide enough for the content, and for the header beside its filter button."""
    content = _STATUS_WIDTH if column.name == STATUS_COLUMN else column.kind.width
    return max(content, len(column.name) * (0.95 if column.owner in (Owner.DERIVED, Owner.SYSTEM) else 1.05) + 4)


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
        "border": 1,
        "border_color": "#A6A6A6",
        **({"bottom": 5, "bottom_color": _REQUIRED_LINE} if required else {}),
    }
