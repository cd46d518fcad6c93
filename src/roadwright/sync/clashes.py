"""Conflicts as they stand now: of each field what its sheet says beside what is stored.

What both say by now is in conflict no more, whichever door it came through; the next pass over the tab forgets it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from roadwright.domain.keys import canonical_key
from roadwright.services.rows.identity import Identity
from roadwright.services.rows.merge import prose_of
from roadwright.sheets.merge import plain, same_meaning
from roadwright.store.queries import initiatives_by_key
from roadwright.sync.conflicts import SheetConflict, standing_conflicts
from roadwright.sync.saves import BINDINGS
from roadwright.tabs.peoples_intake import PEOPLES_INTAKE
from roadwright.workspace.workspace import Workspace


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


def row_clashes(session: Session, workspace: Workspace) -> list[RowClash]:
    """All that stand, in the order of `standing_conflicts`."""
    conflicts = standing_conflicts(session, workspace)
    titles = initiatives_by_key(session, {key for one in conflicts if (key := _initiative_of(one))})
    stored = _stored(session, conflicts)
    found = []
    for one in conflicts:
        now = stored.get((one.spec.name, one.identity))
        if now is None:
            continue
        prose = prose_of(one.spec)
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


def _initiative_of(conflict: SheetConflict) -> str | None:
    identity = dict(zip(conflict.spec.identity, conflict.identity, strict=False))
    return canonical_key(identity.get("initiative_key", ""))


def _stored(session: Session, conflicts: Iterable[SheetConflict]) -> dict[tuple[str, Identity], Mapping[str, object]]:
    """What is stored for these rows, by tab and identity."""
    wanted: dict[str, list[SheetConflict]] = {}
    for one in conflicts:
        wanted.setdefault(one.spec.name, []).append(one)
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
