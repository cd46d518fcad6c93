"""Roadmaps, Gates and Roadmap_Entries: what people type about roadmaps."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.keys import canonical_key
from roadwright.domain.roadmaps import RoadmapStatus
from roadwright.portfolios.candidates import tokens_of
from roadwright.sheets.kinds import quoted
from roadwright.sheets.spec import Owner
from roadwright.store.clock import now
from roadwright.store.models import GatePolicy, Initiative, Roadmap, RoadmapEntry
from roadwright.sync.binding import Defaults, Edit, Refused, Values
from roadwright.sync.identity import Identity
from roadwright.sync.initiatives import load_initiatives
from roadwright.sync.product_ops import known_initiative
from roadwright.sync.statuses import Notes

_ROADMAP_FIELDS = tuple(column.name for column in tabs.ROADMAPS.owned(Owner.INPUT))
_GATE_FIELDS = tuple(column.name for column in tabs.GATES.owned(Owner.INPUT))
_ENTRY_FIELDS = tuple(
    c.name for c in tabs.ROADMAP_ENTRIES.owned(Owner.INPUT) if c.name not in ("roadmap_name", "initiative_key")
)


class RoadmapsBinding(Defaults):
    """Roadmaps by name."""

    spec = tabs.ROADMAPS

    def _rows(self, session: Session) -> dict[Identity, Roadmap]:
        return {(r.roadmap_name.casefold(),): r for r in session.scalars(select(Roadmap).order_by(Roadmap.id))}

    def load(self, session: Session, identities: Collection[Identity]) -> dict[Identity, dict[str, object]]:
        rows = self._rows(session)
        return {identity: _roadmap_values(session, rows[identity]) for identity in identities if identity in rows}

    def listed(self, session: Session) -> Sequence[Identity]:
        return list(self._rows(session))

    def save(self, session: Session, edit: Edit) -> None:
        row = self._rows(session).get(edit.identity)
        if row is None:
            row = Roadmap(created_at=now(), status=str(RoadmapStatus.DRAFT))
            session.add(row)
        for name in _ROADMAP_FIELDS if edit.is_new else edit.changes:
            setattr(row, name, edit.values.get(name))
        row.updated_at, row.updated_source = edit.mark, edit.source
        session.flush()


def _roadmap_values(session: Session, row: Roadmap) -> dict[str, object]:
    entries = list(row.entry_rows)
    initiatives = load_initiatives(session, (entry.initiative_key for entry in entries))
    tokens = [tokens_of(initiative) for initiative in initiatives.values()]
    return {
        **{name: getattr(row, name) for name in _ROADMAP_FIELDS},
        "status": row.status,
        "version": row.version,
        "entries": len(entries),
        "tokens": sum(number for number in tokens if number is not None),
    }


class GatesBinding(Defaults):
    """Gates of a policy; saved policy by policy."""

    spec = tabs.GATES

    def _rows(self, session: Session) -> dict[Identity, GatePolicy]:
        rows = session.scalars(select(GatePolicy).order_by(GatePolicy.id))
        return {(row.gate_policy.casefold(), row.gate.casefold()): row for row in rows}

    def load(self, session: Session, identities: Collection[Identity]) -> dict[Identity, dict[str, object]]:
        rows = self._rows(session)
        return {i: {name: getattr(rows[i], name) for name in _GATE_FIELDS} for i in identities if i in rows}

    def listed(self, session: Session) -> Sequence[Identity]:
        return list(self._rows(session))

    def save(self, session: Session, edit: Edit) -> None:
        row = self._rows(session).get(edit.identity)
        if row is None:
            row = GatePolicy(created_at=now())
            session.add(row)
        for name in _GATE_FIELDS:
            setattr(row, name, edit.values.get(name))
        row.updated_at, row.updated_source = edit.mark, edit.source
        session.flush()

    def sets(self, session: Session) -> set[Identity]:
        return {identity[:1] for identity in self._rows(session)}

    def rows_of(self, session: Session, set_identity: Identity) -> set[Identity]:
        return {identity for identity in self._rows(session) if identity[:1] == set_identity}

    def remove(self, session: Session, identity: Identity) -> None:
        session.delete(self._rows(session)[identity])
        session.flush()


class RoadmapEntriesBinding(Defaults):
    """The initiatives on each roadmap; saved roadmap by roadmap."""

    spec = tabs.ROADMAP_ENTRIES

    def _rows(self, session: Session) -> dict[Identity, tuple[Roadmap, RoadmapEntry]]:
        pairs = session.execute(
            select(Roadmap, RoadmapEntry)
            .join(RoadmapEntry, RoadmapEntry.roadmap_id == Roadmap.id)
            .order_by(RoadmapEntry.id)
        )
        return {(r.roadmap_name.casefold(), e.initiative_key.casefold()): (r, e) for r, e in pairs}

    def load(self, session: Session, identities: Collection[Identity]) -> dict[Identity, dict[str, object]]:
        rows = self._rows(session)
        wanted = [identity for identity in identities if identity in rows]
        initiatives = load_initiatives(session, (rows[identity][1].initiative_key for identity in wanted))
        return {i: _entry_values(*rows[i], initiatives[rows[i][1].initiative_key]) for i in wanted}

    def listed(self, session: Session) -> Sequence[Identity]:
        return list(self._rows(session))

    def _roadmap(self, session: Session, name: object) -> Roadmap:
        wanted = str(name or "").casefold()
        found = next((r for r in session.scalars(select(Roadmap)) if r.roadmap_name.casefold() == wanted), None)
        if found is None:
            raise Refused(f"roadmap_name: there is no roadmap {quoted(name)}; save it on the Roadmaps tab first")
        return found

    def examine(self, session: Session, values: Values, notes: Notes) -> None:
        try:
            self._roadmap(session, values.get("roadmap_name"))
            known_initiative(session, values.get("initiative_key"))
        except Refused as refusal:
            notes.failed.extend(refusal.messages)
        if bool(values.get("waived_by")) != bool(values.get("waiver_reason")):
            notes.warnings.append("waived_by, waiver_reason: a waiver counts only when both are filled in")

    def save(self, session: Session, edit: Edit) -> None:
        roadmap = self._roadmap(session, edit.values.get("roadmap_name"))
        initiative = known_initiative(session, edit.values.get("initiative_key"))
        _, row = self._rows(session).get(edit.identity, (roadmap, None))
        if row is None:
            row = RoadmapEntry(initiative_key=initiative.initiative_key, created_at=now())
            roadmap.entry_rows.append(row)
        for name in _ENTRY_FIELDS:
            setattr(row, name, edit.values.get(name))
        row.updated_at, row.updated_source = edit.mark, edit.source
        session.flush()

    def sets(self, session: Session) -> set[Identity]:
        return {identity[:1] for identity in self._rows(session)}

    def rows_of(self, session: Session, set_identity: Identity) -> set[Identity]:
        return {identity for identity in self._rows(session) if identity[:1] == set_identity}

    def remove(self, session: Session, identity: Identity) -> None:
        roadmap, entry = self._rows(session)[identity]
        roadmap.entry_rows.remove(entry)
        session.flush()


def _entry_values(roadmap: Roadmap, entry: RoadmapEntry, initiative: Initiative) -> dict[str, object]:
    return {
        "roadmap_name": roadmap.roadmap_name,
        "initiative_key": canonical_key(entry.initiative_key) or entry.initiative_key,
        "title": initiative.title,
        "brief_description": initiative.brief_description,
        "gate_status": entry.gate_status,
        "gate_failures": entry.gate_failures,
        "selected": entry.selected,
        "tokens": tokens_of(initiative),
        **{name: getattr(entry, name) for name in _ENTRY_FIELDS},
    }
