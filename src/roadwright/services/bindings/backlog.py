"""The Backlog tab and the initiatives behind it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.keys import INITIATIVE, canonical_key, parse_key
from roadwright.domain.messages import Level, Message
from roadwright.domain.text import folded
from roadwright.services.backlog.backlog import backlog_values, cell_values
from roadwright.services.bindings.initiatives import (
    all_keys,
    by_identity,
    issued_numbers,
    load_initiatives,
    new_initiative,
    set_attribute,
    stamp,
)
from roadwright.services.bindings.periods import PeriodsInUse, periods_in_use
from roadwright.services.rows.binding import Defaults, Edit, Refused, Values
from roadwright.services.rows.identity import Identity
from roadwright.services.rows.notes import Notes
from roadwright.services.rows.results import RowResult
from roadwright.sheets.kinds import LIST
from roadwright.sheets.plain import plain
from roadwright.store.models import Initiative

FROM_BACKLOG = "backlog"
"""intake_source of an initiative that was typed on the Backlog tab."""


class BacklogBinding(Defaults):
    """Backlog rows are initiatives, one to one."""

    spec = tabs.BACKLOG

    def __init__(self) -> None:
        self._initiatives: dict[str, Initiative] = {}
        self._unused_keys: set[int] = set()
        self._periods: PeriodsInUse | None = None

    def load(self, session: Session, identities: Collection[Identity]) -> dict[Identity, dict[str, object]]:
        found = by_identity(session, identities)
        self._initiatives.update((initiative.initiative_key, initiative) for initiative in found.values())
        self._unused_keys |= issued_numbers(session, (i[0] for i in identities if i not in found))
        values = backlog_values(session, found.values())
        for row in values:
            del row["updated_at"]  # a row of the tab has its own
            row["roadmaps"] = _as_read(row["roadmaps"])
        return {identity: cell_values(row) for identity, row in zip(found, values, strict=True)}

    def validate(self, session: Session, values: Values, notes: Notes) -> None:
        start, deadline = values.get("earliest_start_date"), values.get("deadline_date")
        if start is not None and deadline is not None and str(start) > str(deadline):
            notes.warn("after_deadline", "earliest_start_date", start=start, deadline=deadline)
        if (period := values.get("candidate_period_key")) is not None:
            self._periods = self._periods or periods_in_use(session)
            self._periods.warn(period, "candidate_period_key", notes)
        wanted = values.get("dependencies_initiatives")
        if isinstance(wanted, list):
            unseen = [str(key) for key in wanted if canonical_key(str(key)) not in self._initiatives]
            if unseen:
                self._initiatives.update(load_initiatives(session, unseen))
            for key in unseen:
                if canonical_key(key) not in self._initiatives:
                    notes.warn("no_known_initiative", "dependencies_initiatives", value=key)

    def save(self, session: Session, edit: Edit) -> None:
        key = canonical_key(str(edit.values.get("initiative_key") or ""))
        if key is None:
            if edit.values.get("initiative_key"):
                raise Refused(unknown_key(edit.values["initiative_key"]))
            raise Refused(Message("keyless", column="initiative_key"))
        if edit.is_new:
            if parse_key(INITIATIVE, key) not in self._unused_keys:
                raise Refused(unknown_key(key))
            initiative = new_initiative(
                key, str(edit.values["title"]), row_version=edit.row_version, source=edit.source
            )
            initiative.intake_source, initiative.folder = FROM_BACKLOG, edit.folder
            session.add(initiative)
            self._initiatives[key] = initiative
        else:
            initiative = self._initiatives[key]
        for name in edit.changes:
            set_attribute(initiative, name, edit.values.get(name))
        stamp(initiative, edit.row_version, edit.source)

    def listed(self, session: Session) -> Sequence[Identity]:
        return [(folded(key),) for key in all_keys(session)]


def _as_read(names: object) -> object:
    """Names as they will be read in a cell, where one that holds a comma is two: so the cell is written once only."""
    return LIST.read(LIST.show(names)) if names else None


def unknown_key(key: object) -> Message:
    """What is said of a key that was never given."""
    return Message("key_not_given", column="initiative_key", params={"key": key})


def missing_from_tab(session: Session, present: set[Identity]) -> list[Identity]:
    """The initiatives that do not stand on a tab yet, in the order of their keys."""
    have = {canonical_key(identity[0]) for identity in present if identity and identity[0]}
    return [(folded(key),) for key in all_keys(session) if key not in have]


def settle_equal(initiative: Initiative) -> None:
    """Forget conflicts with intake in which both sides say the same by now."""
    if initiative.intake_conflicts:
        left = {n: v for n, v in initiative.intake_conflicts.items() if plain(getattr(initiative, n)) != plain(v)}
        initiative.intake_conflicts = left or None


def add_intake_notes(initiative: Initiative, notes: Notes) -> None:
    """What a backlog row has to say of its intake row: conflicts with it, or that it is gone."""
    for name, value in (initiative.intake_conflicts or {}).items():
        place = f"{initiative.intake_source} row {initiative.intake_row}"
        ours = plain(getattr(initiative, name))
        notes.say(Level.CONFLICT, "conflict_with_intake", name, place=place, said=value, kept=ours)
    if initiative.intake_missing:
        notes.warn("intake_row_gone", "source_missing", place=initiative.intake_source)


def say_intake(session: Session, results: Iterable[RowResult]) -> None:
    """Put the intake notes on the rows that were looked at."""
    rows = [o for o in results if o.is_selected and not o.is_duplicate]
    found = by_identity(session, {o.identity for o in rows})
    for result in rows:
        initiative = found.get(result.identity)
        if initiative is not None:
            settle_equal(initiative)
            add_intake_notes(initiative, result.notes)


def intake_notes(session: Session, identity: Identity) -> Notes:
    """The intake notes of a row that is put on the tab."""
    return intake_notes_of(session, [identity]).get(identity, Notes())


def intake_notes_of(session: Session, identities: Collection[Identity]) -> dict[Identity, Notes]:
    """The intake notes of rows that are put on the tab; unknown ones are left out."""
    found: dict[Identity, Notes] = {}
    for identity, initiative in by_identity(session, identities).items():
        add_intake_notes(initiative, found.setdefault(identity, Notes()))
    return found


def from_intake(session: Session) -> list[Initiative]:
    """All initiatives that came from an intake tab."""
    return list(session.scalars(select(Initiative).where(Initiative.intake_workbook.is_not(None))))
