"""A published version as CSV: data for other programs, one entry a row.

UTF-8, comma separated, header row, numbers with a point, dates in ISO. Texts stand as they were typed, except that one
that begins like a formula has ``'`` before it.
"""

from __future__ import annotations

import csv
import io

from roadwright.domain.shown import harmless
from roadwright.services.roadmaps.content import Edition, Entry, reading_order

_FIELDS = (
    "initiative_key",
    "title",
    "brief_description",
    "department",
    "country",
    "product_area",
    "category",
    "program_key",
    "lifecycle_status",
    "scope_mode",
    "tokens",
    "deadline_date",
    "planned_period",
    "priority_rank",
    "is_locked",
    "selected",
    "active_scoring_framework",
    "value_score",
    "effort_score",
    "overall_score",
    "score_percentile",
    "gate_status",
)


def csv_text(edition: Edition) -> str:
    """The admitted and waived entries in reading order, with a column ``contribution:KPI`` for each KPI."""
    content = edition.content
    kpis = sorted({key for entry in content.entries for key in entry.kpi_contributions})
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(
        [
            "roadmap_name",
            "version",
            "period_key",
            *_FIELDS,
            "gate_failures",
            "waived_by",
            "waiver_reason",
            "waived_at",
            *(f"contribution:{kpi}" for kpi in kpis),
        ]
    )
    for entry in reading_order(content):
        writer.writerow(
            [
                _cell(edition.name),
                edition.number or "",
                _cell(content.roadmap.period_key),
                *(_cell(value) for value in _values(entry)),
                *(_cell(entry.kpi_contributions.get(kpi)) for kpi in kpis),
            ]
        )
    return buffer.getvalue()


def _values(entry: Entry) -> list[object]:
    waiver = entry.waiver
    waived = (None, None, None) if waiver is None else (waiver.waived_by, waiver.reason, waiver.waived_at)
    return [*(getattr(entry, name) for name in _FIELDS), "; ".join(entry.gate_failures), *waived]


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, str):
        return harmless(value)
    return "" if value is None else value
