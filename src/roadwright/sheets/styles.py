"""The look that all template tabs share."""

from __future__ import annotations

import datetime as dt

CREATED = dt.datetime(2026, 1, 1)
"""A fixed date in every template, so that equal declarations give equal bytes."""

FONT = {"font_name": "Calibri", "font_size": 10}

STATUS_COLOURS = {
    "OK": ("#E2F0D9", "#2E6B1F"),
    "WARNING": ("#FFF2CC", "#7F5A00"),
    "SKIPPED": ("#FFF2CC", "#7F5A00"),
    "CONFLICT": ("#F8D7DA", "#8A1C25"),
    "FAILED": ("#F8D7DA", "#8A1C25"),
}
"""Fill and ink of a run_status that begins with the word."""
