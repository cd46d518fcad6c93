"""What the backend remembers of sheets: the base of each row's merge, and people's own words on mirrored tabs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from roadwright.services.rows.identity import Identity, identity_text
from roadwright.sheets.merge import plain
from roadwright.sheets.spec import TabSpec
from roadwright.store.models import CachedTab, RowAnnotation, RowBaseline, SetBaseline, UnconfirmedWrite
from roadwright.store.queries import chunks

_COPIES_A_TIME = 5_000
"""So many copies are kept with one statement: all of a large tab at once would stand in memory twice more."""


@dataclass(frozen=True)
class Baseline:
    """What a copy of a row showed when the backend last wrote it, in plain values."""

    identity: str
    values: Mapping[str, object]


def load_baselines(session: Session, tab: str, row_versions: Iterable[str]) -> dict[str, Baseline]:
    """The remembered copies behind these row versions (the rows' ``updated_at``); unknown row versions are left out."""
    found: dict[str, Baseline] = {}
    for part in chunks(row_versions):
        rows = session.execute(
            select(RowBaseline.row_version, RowBaseline.identity, RowBaseline.values).where(
                RowBaseline.tab == tab, RowBaseline.row_version.in_(part)
            )
        )
        found.update((row_version, Baseline(identity, values)) for row_version, identity, values in rows)
    return found


def baselines_of(
    session: Session, tab: str, identities: Iterable[Identity]
) -> dict[Identity, list[Mapping[str, object]]]:
    """All that copies of these rows ever showed, the newest first. For rows that lost their version; it is slow."""
    texts = {identity_text(identity): identity for identity in identities}
    found: dict[Identity, list[Mapping[str, object]]] = {}
    for part in chunks(texts):
        rows = session.execute(
            select(RowBaseline.identity, RowBaseline.values)
            .where(RowBaseline.tab == tab, RowBaseline.identity.in_(part))
            .order_by(RowBaseline.row_version.desc())
        )
        for text, values in rows:
            found.setdefault(texts[text], []).append(values)
    return found


def versions_since(session: Session, tab: str, row_version: str) -> dict[str, str]:
    """By identity (as text) the newest version of each row of the tab that got one after this one."""
    rows = session.execute(
        select(RowBaseline.identity, func.max(RowBaseline.row_version))
        .where(RowBaseline.tab == tab, RowBaseline.row_version > row_version)
        .group_by(RowBaseline.identity)
    )
    return dict(rows.all())


def content_of(spec: TabSpec, values: Mapping[str, object]) -> frozenset[tuple[str, str]]:
    """What people typed in a row, comparable: two rows with the same say the same, wherever their columns stand."""
    return frozenset(
        (column.name, json.dumps(said, ensure_ascii=False, sort_keys=True))
        for column in spec.saved
        if (said := plain(values.get(column.name))) not in (None, "", [], {}, plain(column.blank_means))
    )


def save_baselines(
    session: Session, spec: TabSpec, copies: Iterable[tuple[str, Identity, Mapping[str, object]]]
) -> None:
    """Keep what rows show now, as (row version, identity, plain values). A column that is left out was blank."""
    telling = {column.name for column in spec.columns if column.blank_means is not None}
    rows = (
        {
            "row_version": row_version,
            "tab": spec.name,
            "identity": identity_text(identity),
            "values": {name: value for name, value in values.items() if value is not None or name in telling},
        }
        for row_version, identity, values in copies
    )
    while part := list(islice(rows, _COPIES_A_TIME)):
        session.execute(insert(RowBaseline), part)


def move_copies(session: Session, spec: TabSpec, moved: Mapping[Identity, Identity]) -> None:
    """Let what copies of renamed rows showed stand for what they are called now: {before: after}.

    What copies showed of another row that once had the new name stays that row's. The tab is read as a whole once more:
    a row that is settled under one of these names may be another one now.
    """
    if not moved:
        return
    texts = {identity_text(before): identity_text(after) for before, after in moved.items()}
    _move_unconfirmed(session, spec, texts)
    for text, new_text in texts.items():
        copies = update(RowBaseline).where(RowBaseline.tab == spec.name, RowBaseline.identity == text)
        session.execute(copies.values(identity=new_text))
    width = len(spec.set_identity)
    sets = {before[:width]: after[:width] for before, after in moved.items() if width}
    for name, new_name in sets.items():
        of_tab = SetBaseline.tab == spec.name
        session.execute(delete(SetBaseline).where(of_tab, SetBaseline.set_identity == identity_text(new_name)))
        of_set = select(SetBaseline).where(of_tab, SetBaseline.set_identity == identity_text(name))
        for shown in session.scalars(of_set):
            shown.set_identity = identity_text(new_name)
            shown.members = [texts.get(member, member) for member in shown.members]
    session.execute(delete(CachedTab).where(CachedTab.content["spec"].as_string() == spec.name))
    session.flush()


def _move_unconfirmed(session: Session, spec: TabSpec, texts: Mapping[str, str]) -> None:
    """Let renamed rows that were saved, and may not have been written, be known by their new names: {before: after}."""
    moved = _unconfirmed_of(session, spec, texts)
    for one in _unconfirmed_of(session, spec, set(texts.values()) - texts.keys()):
        session.delete(one)  # of a row that once had the new name, and is gone
    session.flush()
    for one in moved:
        one.identity = texts[one.identity]
    session.flush()


def _unconfirmed_of(session: Session, spec: TabSpec, identities: Iterable[str]) -> list[UnconfirmedWrite]:
    """What is kept of rows of this tab with these identities, in whatever folder.

    A place doesn't tell which tab it is in another folder. The version tells that the row had; one that had none was
    saved with all of its columns.
    """
    found: list[UnconfirmedWrite] = []
    saved = {column.name for column in spec.saved}
    for part in chunks(identities):
        found += session.scalars(select(UnconfirmedWrite).where(UnconfirmedWrite.identity.in_(part)))
    versions = load_baselines(session, spec.name, {one.seen_version for one in found if one.seen_version})
    return [one for one in found if one.seen_version in versions or (set(spec.identity) <= one.said.keys() <= saved)]


@dataclass(frozen=True)
class Unconfirmed:
    """A saved row whose workbook is not known to show it (see `UnconfirmedWrite`)."""

    identity: str
    seen_version: str
    said: Mapping[str, object]
    """What the sheet said in the columns that were saved, in plain values."""


def load_unconfirmed(session: Session, folder: str, place: str) -> dict[str, Unconfirmed]:
    """By identity the rows of a tab that were saved and may not have been written."""
    rows = session.scalars(
        select(UnconfirmedWrite).where(UnconfirmedWrite.folder == folder, UnconfirmedWrite.place == place)
    )
    return {r.identity: Unconfirmed(r.identity, r.seen_version, r.said) for r in rows}


def save_unconfirmed(session: Session, folder: str, place: str, saved: Iterable[Unconfirmed]) -> None:
    """Keep which rows are to be written, before they are."""
    rows = [
        {
            "folder": folder,
            "place": place,
            "identity": one.identity,
            "seen_version": one.seen_version,
            "said": dict(one.said),
        }
        for one in saved
    ]
    confirm(session, folder, place, [str(row["identity"]) for row in rows])
    if rows:
        session.execute(insert(UnconfirmedWrite), rows)


def confirm(session: Session, folder: str, place: str, identities: Iterable[str]) -> None:
    """These rows were written: they show their new version."""
    for part in chunks(identities):
        session.execute(
            delete(UnconfirmedWrite).where(
                UnconfirmedWrite.folder == folder,
                UnconfirmedWrite.place == place,
                UnconfirmedWrite.identity.in_(part),
            )
        )


def load_annotations(session: Session, tab: str) -> dict[str, dict[str, object]]:
    """People's own words on a mirrored tab: {identity text: {column: plain value}}."""
    rows = session.execute(select(RowAnnotation.identity, RowAnnotation.values).where(RowAnnotation.tab == tab))
    return {row.identity: row.values for row in rows}


def save_annotations(session: Session, tab: str, edits: Mapping[Identity, Mapping[str, object]]) -> None:
    """Keep what people wrote, by row and column; None for what they cleared. Everything else stays remembered."""
    known = {row.identity: row for row in session.scalars(select(RowAnnotation).where(RowAnnotation.tab == tab))}
    for identity, values in edits.items():
        if not values:
            continue
        text = identity_text(identity)
        row = known.get(text)
        if row is None:
            row = known[text] = RowAnnotation(tab=tab, identity=text, values={})
            session.add(row)
        row.values = {column: value for column, value in {**row.values, **values}.items() if value is not None}
