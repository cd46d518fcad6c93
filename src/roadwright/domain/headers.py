"""The names of columns and fields as people type them: which spellings are one name."""

from __future__ import annotations

import re


def normalised(header: str) -> str:
    """A header without case, spaces, hyphens and underscores: ``KPI Key`` and ``kpi_key`` are equal."""
    return re.sub(r"[\s\u200b\ufeff_\-\u2010-\u2015]+", "", header).casefold()
