"""The Backlog tab and the initiatives behind it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.keys import INITIATIVE, canonical_key, parse_key
from roadwright.domain.messages import Level, Message, failure
from roadwright.domain.registry import nearest
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
from roadwright.services.rows.merge import prose_of
from roadwright.services.rows.notes import Notes
from roadwright.services.rows.results import RowResult
from roadwright.sheets.kinds import LIST
from roadwright.sheets.merge import plain, same_meaning
from roadwright.store.models import Initiative

FROM_BACKLOG = "backlog"
"""intake_source of an initiative that was typed on the Backlog tab."""
_PROSE = prose_of(tabs.INTAKE)


_DUPLICATE = "duplicate_of"


class BacklogBinding(Defaults):
    """Backlog rows are initiatives, one to one."""

    spec = tabs.BACKLOG

    def __init__(self) -> None:
        self._initiatives: dict[str, Initiative] = {}
        self._unused_keys: set[int] = set()
        self._periods: PeriodsInUse | None = None
        self._duplicates: dict[str, set[str]] | None = None

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
            notes.fail_cell(*(_unknown_dependency(key) for key in self._unknown(session, map(str, wanted))))
        self._judge_duplicate(session, values, notes)

    def _judge_duplicate(self, session: Session, values: Values, notes: Notes) -> None:
        """Whether a newly typed duplicate_of names another initiative that is no duplicate itself."""
        key = canonical_key(str(values.get("initiative_key") or ""))
        typed = values.get(_DUPLICATE)
        known = self._initiatives.get(key or "")
        other = canonical_key(str(typed or ""))
        if not typed or (other is not None and known is not None and known.duplicate_of == other):
            return
        if other is not None and other not in self._initiatives:
            self._initiatives.update(load_initiatives(session, [other]))
        original = self._initiatives.get(other or "")
        if other is not None and other == key:
            notes.fail_cell(failure("duplicate_of_itself", key=key).about(_DUPLICATE))
        elif other is None or (original is None and parse_key(INITIATIVE, other) not in self._unused_keys):
            notes.fail_cell(
                failure("duplicate_of_unknown", value=typed, hint=nearest(str(typed), all_keys(session))).about(
                    _DUPLICATE
                )
            )
        elif original is not None and original.duplicate_of:
            notes.fail_cell(
                failure("duplicate_of_duplicate", key=other, original=original.duplicate_of).about(_DUPLICATE)
            )
        elif key is not None and (marked := self._marked(session).get(key)):
            notes.fail_cell(
                failure("duplicate_has_duplicates", key=key, keys=sorted(marked), other=other).about(_DUPLICATE)
            )

    def _marked(self, session: Session) -> dict[str, set[str]]:
        """By initiative those that are marked as duplicates of it."""
        if self._duplicates is None:
            self._duplicates = {}
            pairs = select(Initiative.initiative_key, Initiative.duplicate_of)
            for key, original in session.execute(pairs.where(Initiative.duplicate_of.is_not(None))):
                self._duplicates.setdefault(str(original), set()).add(key)
        return self._duplicates

    def _mark(self, session: Session, initiative: Initiative, typed: object) -> None:
        marked, key = self._marked(session), initiative.initiative_key
        if initiative.duplicate_of:
            marked.get(initiative.duplicate_of, set()).discard(key)
        initiative.duplicate_of = canonical_key(str(typed)) if typed else None
        if initiative.duplicate_of:
            marked.setdefault(initiative.duplicate_of, set()).add(key)

    def _unknown(self, session: Session, keys: Iterable[str]) -> list[str]:
        """Those keys, among these, that were never given: an initiative may be stored later in the same pass."""
        unseen = [key for key in keys if canonical_key(key) not in self._initiatives]
        if unseen:
            self._initiatives.update(load_initiatives(session, unseen))
        unseen = [key for key in unseen if canonical_key(key) not in self._initiatives]
        issued = issued_numbers(session, unseen) if unseen else ()
        return [key for key in unseen if parse_key(INITIATIVE, key) not in issued]

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
            if name == _DUPLICATE:
                self._mark(session, initiative, edit.values.get(name))
            else:
                set_attribute(initiative, name, edit.values.get(name))
        stamp(initiative, edit.row_version, edit.source)

    def listed(self, session: Session) -> Sequence[Identity]:
        return [(folded(key),) for key in all_keys(session)]


def _as_read(names: object) -> object:
    """Names as they will be read in a cell, where one that holds a comma is two: so the cell is written once only."""
    return LIST.read(LIST.show(names)) if names else None


def _unknown_dependency(key: str) -> Message:
    return Message("no_known_initiative", column="dependencies_initiatives", params={"value": key})


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
        left = {
            name: said
            for name, said in initiative.intake_conflicts.items()
            if not same_meaning(plain(getattr(initiative, name)), plain(said), is_prose=name in _PROSE)
        }
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
