"""A published version as CSV: data for other programs, and issues that Jira imports.

UTF-8, comma separated, header row, numbers with a point, dates in ISO. Texts stand as they were typed, except that one
that begins like a formula has ``'`` before it. Of the chosen initiatives each is an issue of Jira's, or an update of it
where it came from there.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass

from roadwright.domain.periods import days_of
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


_PRIORITIES = ("Highest", "High", "Medium", "Low", "Lowest")
_NO_LABEL = re.compile(r"[^\w.\-]+")
JIRA = "jira"


@dataclass(frozen=True)
class Elsewhere:
    """The id and address of an initiative in the program that it came from."""

    source: str | None
    id: str | None
    url: str | None


def jira_csv(edition: Edition, elsewhere: Mapping[str, Elsewhere]) -> str:
    """One row for each chosen initiative, by rank. ``Issue key`` is filled where the initiative came from Jira."""
    chosen = {entry.initiative_key for entry in edition.content.chosen}
    entries = [entry for entry in reading_order(edition.content) if entry.initiative_key in chosen]
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["Summary", "Description", "Labels", "Due date", "Priority", "Issue key", "External ID"])
    for place, entry in enumerate(entries):
        known = elsewhere.get(entry.initiative_key)
        key = known.id or "" if known is not None and (known.source or "").casefold() == JIRA else ""
        cells = (
            entry.title,
            _description(entry, known),
            " ".join(_labels(edition, entry)),
            _due(entry),
            _PRIORITIES[place * len(_PRIORITIES) // len(entries)],
            key,
            entry.initiative_key,
        )
        writer.writerow([harmless(cell) for cell in cells])
    return buffer.getvalue()


def _description(entry: Entry, known: Elsewhere | None) -> str:
    parts = [entry.brief_description or "", f"Roadwright: {entry.initiative_key}"]
    return "\n\n".join(part for part in (*parts, known.url if known is not None else "") if part)


def _labels(edition: Edition, entry: Entry) -> list[str]:
    """Labels can't hold blanks."""
    said = (
        edition.name,
        entry.planned_period or edition.content.roadmap.period_key,
        entry.department,
        entry.product_area,
    )
    labels = (_NO_LABEL.sub("-", text).strip("-") for text in said if text)
    return list(dict.fromkeys(label for label in labels if label))


def _due(entry: Entry) -> str:
    if entry.deadline_date is not None:
        return entry.deadline_date.isoformat()
    days = days_of(entry.planned_period) if entry.planned_period else None
    return days[1].isoformat() if days is not None else ""
