"""Exporting what a person names, in the format that they ask for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from roadwright.services.roadmaps.content import Edition
from roadwright.services.roadmaps.editions import find_edition
from roadwright.services.roadmaps.export_calendar import ics_bytes
from roadwright.services.roadmaps.export_csv import csv_text
from roadwright.services.roadmaps.export_issues import Elsewhere, jira_csv
from roadwright.services.roadmaps.export_markdown import markdown_text
from roadwright.services.roadmaps.export_workbook import workbook_bytes
from roadwright.store.queries import initiatives_by_key

_Places = Mapping[str, Elsewhere]

_FORMATS: Mapping[str, Callable[[Edition, _Places], bytes]] = {
    "jira-csv": lambda edition, places: jira_csv(edition, places).encode(),
    "csv": lambda edition, _: csv_text(edition).encode(),
    "json": lambda edition, _: _json(edition).encode(),
    "ics": lambda edition, _: ics_bytes(edition),
    "md": lambda edition, _: markdown_text(edition).encode(),
    "xlsx": lambda edition, _: workbook_bytes(edition),
}
FORMATS = tuple(_FORMATS)


def export_named(session: Session, name: str, form: str) -> bytes:
    """The file of a roadmap, a version or a run, in one of `FORMATS`. Raises UnknownName."""
    edition = find_edition(session, name)
    keys = [entry.initiative_key for entry in edition.content.entries]
    places = {
        key: Elsewhere(initiative.external_source, initiative.external_id, initiative.external_url)
        for key, initiative in initiatives_by_key(session, keys).items()
    }
    return _FORMATS[form](edition, places)


def _json(edition: Edition) -> str:
    facts = {"version": edition.number or None, "published_by": edition.published_by or None}
    content = edition.content.model_dump(mode="json")
    return json.dumps({**facts, "published_at": edition.published_at, **content}, ensure_ascii=False, indent=2) + "\n"
