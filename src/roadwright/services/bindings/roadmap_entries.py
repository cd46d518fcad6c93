"""Roadmap_Entries: the initiatives on each roadmap, what people decide of them, and how the gates judged them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.roadmaps import GateStatus
from roadwright.domain.text import folded
from roadwright.services.bindings.initiatives import load_initiatives
from roadwright.services.bindings.periods import PeriodsInUse, periods_in_use
from roadwright.services.bindings.product_ops import known_initiative
from roadwright.services.people.accounts import has_users
from roadwright.services.portfolios.candidates import tokens_of
from roadwright.services.roadmaps.judge import is_waived, settle_waiver
from roadwright.services.rows.binding import Defaults, Edit, Refused, Values
from roadwright.services.rows.identity import Identity
from roadwright.services.rows.notes import Notes
from roadwright.services.rows.results import RowResult
from roadwright.sheets.spec import Owner
from roadwright.store.clock import now
from roadwright.store.models import Initiative, Roadmap, RoadmapEntry
from roadwright.store.roadmaps import keeper_of_entries

_FIELDS = tuple(
    c.name for c in tabs.ROADMAP_ENTRIES.owned(Owner.INPUT) if c.name not in ("roadmap_name", "initiative_key")
)


class RoadmapEntriesBinding(Defaults):
    """The initiatives on each roadmap; saved roadmap by roadmap."""

    spec = tabs.ROADMAP_ENTRIES

    def __init__(self) -> None:
        self.comes_from_approvers = False
        """Whether waivers among what is saved are given by who may, and not typed by whoever has the sheet."""
        self._roadmaps: dict[str, Roadmap] = {}
        self._index: dict[Identity, tuple[Roadmap, RoadmapEntry]] | None = None
        self._periods: PeriodsInUse | None = None

    def rows(self, session: Session) -> dict[Identity, tuple[Roadmap, RoadmapEntry]]:
        """All stored rows by identity, each with its roadmap."""
        if self._index is None:
            pairs = session.execute(
                select(Roadmap, RoadmapEntry)
                .join(RoadmapEntry, RoadmapEntry.roadmap_id == Roadmap.id)
                .order_by(RoadmapEntry.id)
            )
            self._index = {(folded(r.roadmap_name), folded(e.initiative_key)): (r, e) for r, e in pairs}
        return self._index

    def load(self, session: Session, identities: Collection[Identity]) -> dict[Identity, dict[str, object]]:
        rows = self.rows(session)
        wanted = [identity for identity in identities if identity in rows]
        # Those of new rows, too: one by one they would be asked for between the rows that are saved.
        new = (identity[1] for identity in identities if identity not in rows)
        initiatives = load_initiatives(session, (*(rows[identity][1].initiative_key for identity in wanted), *new))
        return {i: _values(*rows[i], initiatives[rows[i][1].initiative_key]) for i in wanted}

    def listed(self, session: Session) -> Sequence[Identity]:
        return list(self.rows(session))

    def _roadmap(self, session: Session, typed: str, source: str) -> Roadmap:
        name = folded(typed)
        if name not in self._roadmaps:
            self._roadmaps[name] = keeper_of_entries(session, typed, source)
        return self._roadmaps[name]

    def validate(self, session: Session, values: Values, notes: Notes) -> None:
        typed = values.get("initiative_key")
        try:
            key = known_initiative(session, typed).initiative_key
        except Refused as refusal:
            notes.add(*refusal.messages)
        else:
            if folded(str(typed)) != folded(key):  # else one entry could stand in two rows
                notes.fail("key_is_short", "initiative_key", value=typed, key=key)
        if (period := values.get("planned_period")) is not None:
            self._periods = self._periods or periods_in_use(session)
            self._periods.warn(period, "planned_period", notes)
        if bool(values.get("waived_by")) != bool(values.get("waiver_reason")):
            notes.warn("waiver_incomplete")

    def save(self, session: Session, edit: Edit) -> None:
        roadmap = self._roadmap(session, str(edit.values["roadmap_name"]), edit.source)
        initiative = known_initiative(session, edit.values.get("initiative_key"))
        _, row = self.rows(session).get(edit.identity, (roadmap, None))
        if row is None:
            row = RoadmapEntry(initiative_key=initiative.initiative_key, created_at=now())
            roadmap.entry_rows.append(row)
            self.rows(session)[edit.identity] = roadmap, row
        before = row.waived_by, row.waiver_reason
        for name in _FIELDS:
            setattr(row, name, edit.values.get(name))
        row.updated_at, row.updated_source = edit.row_version, edit.source
        if (row.waived_by, row.waiver_reason) != before:  # once the row is whole: asking for users writes it
            is_given = bool(row.waived_by and row.waiver_reason)
            row.waiver_waits = is_given and not self.comes_from_approvers and has_users(session)
        settle_waiver(row)

    def remove(self, session: Session, identity: Identity) -> None:
        roadmap, entry = self.rows(session).pop(identity)
        roadmap.entry_rows.remove(entry)
        if not roadmap.is_declared and not roadmap.entry_rows:
            self._roadmaps.pop(folded(roadmap.roadmap_name), None)
            session.delete(roadmap)  # it was no more than a name on these rows


def remember_rows(rows: Mapping[Identity, tuple[Roadmap, RoadmapEntry]], places: Mapping[Identity, int]) -> None:
    """Keep in which row of the sheet each entry stands now: a run names its lock by that."""
    for identity in places.keys() & rows.keys():
        _, entry = rows[identity]
        if entry.sheet_row != places[identity]:
            entry.sheet_row = places[identity]


def say_entries(rows: Mapping[Identity, tuple[Roadmap, RoadmapEntry]], results: Iterable[RowResult]) -> None:
    """Put on the rows that were looked at what is to be said of their entries as they are judged."""
    for result in results:
        if result.is_selected and not result.is_duplicate and result.identity in rows:
            result.notes.add(*entry_notes(*rows[result.identity]).messages)


UNDECLARED = "entry_of_undeclared_roadmap"
"""The code of what is said of an entry whose roadmap is a mere name so far."""


def entry_notes(roadmap: Roadmap, entry: RoadmapEntry) -> Notes:
    """What there is to say of an entry, whoever looks at it."""
    notes = Notes()
    if not roadmap.is_declared:
        notes.notice(UNDECLARED, "roadmap_name")
    if entry.matches_source is False:
        notes.warn("not_in_source", "initiative_key", source=roadmap.source or "source")
    if entry.is_locked and entry.gate_status == GateStatus.BLOCKED:
        notes.warn("lock_without_effect", "is_locked")
    if entry.waiver_waits:
        notes.warn("waiver_waits", "waived_by")
    if is_waived(entry) and entry.gate_status == GateStatus.ADMITTED:
        notes.notice("waiver_not_needed")
    return notes


def _values(roadmap: Roadmap, entry: RoadmapEntry, initiative: Initiative) -> dict[str, object]:
    return {
        "roadmap_name": roadmap.roadmap_name,
        "initiative_key": entry.initiative_key,
        "title": initiative.title,
        "brief_description": initiative.brief_description,
        "gate_status": entry.gate_status,
        "gate_failures": "; ".join(entry.gate_failures or ()) or None,
        "selected": entry.selected,
        "tokens": tokens_of(initiative),
        **{name: getattr(entry, name) for name in _FIELDS},
    }
