"""Rows that another copy of the database wrote: what to take as their base, so that all they say counts as an edit.

A merge asks what a row once showed, and finds it by its row version. Of one that an older database does not know, what
is stored takes the place: the sheet is newer, so wherever it says something else, also nothing, it was edited.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.keys import canonical_key
from roadwright.domain.provenance import is_row_version
from roadwright.services.rows.baselines import save_baselines, versions_since
from roadwright.services.rows.binding import Binding
from roadwright.services.rows.identity import Identity, identity_of, identity_text
from roadwright.sheets.merge import NOBODY, OnConflict, Winners, plain
from roadwright.store.identity import known_row_versions
from roadwright.store.models import SetBaseline
from roadwright.store.queries import initiatives_by_key
from roadwright.sync.context import SET_VERSION, OpenTab
from roadwright.tabs.peoples_intake import PEOPLES_INTAKE


def _unknown_row_versions(session: Session, tab: OpenTab) -> dict[int, str]:
    """By row the row version that stands there and is unknown; an empty text where there is none."""
    row_versions = {row.number: row.text("updated_at") for row in tab.table.rows}
    known = known_row_versions(session, {row_version for row_version in row_versions.values() if row_version})
    return {number: row_version for number, row_version in row_versions.items() if row_version not in known}


@dataclass(frozen=True)
class Trust:
    """How far the rows of a tab are believed: what to do where they and the database say different things."""

    rows: set[int]
    """The rows whose computed values are taken as they stand."""
    on_conflict: Winners


def trust_sheet(session: Session, tab: OpenTab, binding: Binding) -> Trust:
    """Let what is stored count as what the rows of a tab once showed that another copy of the database wrote.

    Of what is not stored a row showed nothing. So its version is known from now on, also where the row can't be saved.
    A row is not believed so where the database knows a later version of it, from another folder that was taken over
    before: what it says else is a conflict.
    """
    spec, unknown = tab.spec, _unknown_row_versions(session, tab)
    rows = {row_version: row for row in tab.table.rows if is_row_version(row_version := unknown.get(row.number, ""))}
    identities = {row_version: identity_of(spec.identity, row.brief) for row_version, row in rows.items()}
    stored = binding.load(session, set(identities.values())) if rows else {}
    shown = _sets_shown(session, tab) if spec.set_identity else {}
    later = versions_since(session, spec.name, min(identities)) if identities else {}
    behind = {version for version, identity in identities.items() if version < later.get(identity_text(identity), "")}
    copies: list[tuple[str, Identity, dict[str, object]]] = []
    for row_version, identity in identities.items():
        values: dict[str, object] = {}
        if row_version not in behind:
            now = stored.get(identity, {})
            values = {c.name: plain(now[c.name]) for c in spec.saved if c.name in now}
            if (name := identity_text(identity[: len(spec.set_identity)])) in shown:
                values[SET_VERSION] = shown[name]
        copies.append((row_version, identity, values))
    save_baselines(session, spec, copies)
    if not behind:
        return Trust(set(unknown), Winners(OnConflict.SHEET))
    return Trust({row.number for row_version, row in rows.items() if row_version not in behind}, NOBODY)


def _sets_shown(session: Session, tab: OpenTab) -> dict[str, str]:
    """The row version of what any copy of the tab last showed of each set: what is gone since then was deleted."""
    query = select(SetBaseline.set_identity, func.max(SetBaseline.row_version)).where(
        SetBaseline.tab == tab.spec.name, SetBaseline.is_written.is_(True)
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(SetBaseline.set_identity))}


def yield_to_backlog(session: Session, intake: OpenTab, backlog: OpenTab) -> None:
    """Let intake rows count as unedited in all columns that the Backlog has, too: what that says, stands.

    An initiative of which the Backlog does not say where it came from belongs to the intake row with its key.
    """
    unknown = _unknown_row_versions(session, intake)
    by_key = {key: row for row in intake.table.rows if (key := canonical_key(row.text("initiative_key"))) is not None}
    initiatives = initiatives_by_key(session, by_key)
    knows_source = "intake_source" in backlog.table.columns
    columns = [c.name for c in PEOPLES_INTAKE.saved if c.name in backlog.table.columns]
    copies: dict[str, tuple[str, Identity, dict[str, object]]] = {}
    for row in intake.table.rows:
        if not is_row_version(row_version := unknown.get(row.number, "")):
            continue
        key = canonical_key(row.text("initiative_key"))
        is_known = key in initiatives and by_key[key] is row
        values = {name: row.plain[name] for name in columns if is_known and name in row.plain}
        if is_known or row_version not in copies:
            copies[row_version] = row_version, identity_of(tabs.INTAKE.identity, row.values), values
    save_baselines(session, PEOPLES_INTAKE, copies.values())
    for initiative in initiatives.values():
        if initiative.intake_workbook is None and not knows_source:
            initiative.intake_workbook = intake.place.book
