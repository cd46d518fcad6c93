"""Conflicts between sheets and database for a person to settle: both values of each field, and what settles them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from roadwright.actions.pm.backlog import BACKLOG_SYNC
from roadwright.actions.pm.saving import SAVE_SELECTED
from roadwright.domain.keys import canonical_key
from roadwright.services.rows.identity import Identity
from roadwright.services.rows.merge import prose_of
from roadwright.sheets.merge import OnConflict, plain, same_meaning
from roadwright.sheets.spec import TabSpec
from roadwright.store.models import ActionRun
from roadwright.store.queries import initiatives_by_key
from roadwright.sync.conflicts import SheetConflict, standing_conflicts
from roadwright.sync.saves import BINDINGS
from roadwright.tabs.peoples_intake import PEOPLES_INTAKE
from roadwright.workspace.workspace import Workspace

_RUNS = 20
"""So many runs that changed a row are looked through for who changed a field."""


@dataclass(frozen=True)
class Change:
    """Who gave a field the value that is stored, and when."""

    requested_by: str
    at: str


@dataclass(frozen=True)
class Clash:
    """One field: what the sheet says and what is stored."""

    id: str
    """Of this field with these two values; with another value it has another one."""
    column: str
    said: object
    kept: object


@dataclass(frozen=True)
class RowClash:
    """One row with its fields in conflict."""

    conflict: SheetConflict
    title: str
    """Of its initiative; else what the row is called."""
    initiative_key: str | None
    fields: Sequence[Clash]


@dataclass(frozen=True)
class Settlement:
    """What an action is asked for to settle fields of rows that are settled alike."""

    action: str
    tab: str
    select: str
    on_conflict: str


def row_clashes(session: Session, workspace: Workspace) -> list[RowClash]:
    """All that stand. What both sides say by now is in conflict no more; the next pass over the tab forgets it."""
    conflicts = standing_conflicts(session, workspace)
    titles = initiatives_by_key(session, {key for one in conflicts if (key := _initiative_of(one))})
    stored = _stored(session, conflicts)
    found = []
    for one in conflicts:
        now = stored.get((_spec_of(one).name, one.identity))
        if now is None:
            continue
        prose = prose_of(_spec_of(one))
        differing = {
            name: (said, plain(now.get(name)))
            for name, said in one.said.items()
            if not same_meaning(said, plain(now.get(name)), is_prose=name in prose)
        }
        if not differing:
            continue
        key = _initiative_of(one)
        initiative = titles.get(key) if key else None
        fields = [Clash(_id_of(one, name, *both), name, *both) for name, both in differing.items()]
        found.append(RowClash(one, initiative.title if initiative else one.key, key if initiative else None, fields))
    return found


def _spec_of(conflict: SheetConflict) -> TabSpec:
    return PEOPLES_INTAKE if conflict.place is None or conflict.is_intake else conflict.place.spec


def _initiative_of(conflict: SheetConflict) -> str | None:
    identity = dict(zip(_spec_of(conflict).identity, conflict.identity, strict=False))
    return canonical_key(identity.get("initiative_key", ""))


def _stored(session: Session, conflicts: Iterable[SheetConflict]) -> dict[tuple[str, Identity], Mapping[str, object]]:
    """What is stored for these rows, by tab and identity."""
    wanted: dict[str, list[SheetConflict]] = {}
    for one in conflicts:
        wanted.setdefault(_spec_of(one).name, []).append(one)
    found: dict[tuple[str, Identity], Mapping[str, object]] = {}
    for name, rows in wanted.items():
        if name == PEOPLES_INTAKE.name:
            known = initiatives_by_key(session, {one.key for one in rows})
            for one in rows:
                if (initiative := known.get(one.key)) is not None:
                    found[name, one.identity] = {column: getattr(initiative, column, None) for column in one.said}
        else:
            loaded = BINDINGS[name]().load(session, [one.identity for one in rows])
            found |= {(name, identity): values for identity, values in loaded.items()}
    return found


def _id_of(conflict: SheetConflict, column: str, said: object, kept: object) -> str:
    of_what = [conflict.tab, *conflict.identity, column, said, kept]
    return hashlib.blake2b(json.dumps(of_what, default=str).encode(), digest_size=9).hexdigest()


def last_changes(session: Session, key: str) -> dict[str, Change]:
    """By column the last change of the row of this key, as far as the ledger tells it."""
    if not key.isascii() or set(key) & set('"\\'):  # a database may keep it in another spelling
        return {}
    text = cast(ActionRun.rows_json, String)
    runs = select(ActionRun).where(text.contains(f'"{key}"', autoescape=True), text.contains('"changes"'))
    found: dict[str, Change] = {}
    for run in session.scalars(runs.order_by(ActionRun.id.desc()).limit(_RUNS)):
        for row in run.rows_json or ():
            if row.get("key") == key:
                change = Change(run.requested_by, run.finished_at or run.created_at)
                found = {**dict.fromkeys(row.get("changes") or (), change), **found}
    return found


def settlements(chosen: Iterable[tuple[SheetConflict, Mapping[str, OnConflict]]]) -> list[Settlement]:
    """What settles these rows, each with the winner by column: rows of a tab that are settled alike go together."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for conflict, winners in chosen:
        if conflict.place is None:
            continue
        action = BACKLOG_SYNC if conflict.is_intake else SAVE_SELECTED
        rule = ", ".join(f"{column}: {side}" for column, side in sorted(winners.items()))
        groups.setdefault((action.name, conflict.place.name, rule), []).append(_quoted(conflict.key))
    return [Settlement(action, tab, ", ".join(names), rule) for (action, tab, rule), names in groups.items()]


def _quoted(name: str) -> str:
    """The name as a selection takes it, whatever stands in it."""
    return '"' + name.replace('"', '""') + '"'
