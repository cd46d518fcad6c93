"""Merge the rows of one tab with what is stored, and save what people changed. Nothing is written to the sheet here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from roadwright.sheets.kinds import quoted
from roadwright.sheets.merge import OnConflict, merge_row
from roadwright.sheets.plain import plain, plain_values
from roadwright.sheets.read import Row, Table
from roadwright.sheets.spec import Owner, TabSpec
from roadwright.sync.binding import Binding, Edit, Refused
from roadwright.sync.identity import display_key, identity_of, identity_text
from roadwright.sync.memory import Copy, content_of, copies_of, load_copies
from roadwright.sync.outcome import Outcome
from roadwright.sync.work import Pass


@dataclass(frozen=True)
class MergeRules:
    """How a pass treats the rows: who it acts for, and who wins where both sides changed a field."""

    source: str
    on_conflict: OnConflict = OnConflict.ASK
    only: frozenset[str] | None = None
    """The columns that are saved, where not all of them are."""
    show_only: bool = False
    """Show what is stored and save nothing; what was typed and not saved stays in its cell."""

    def columns(self, spec: TabSpec) -> frozenset[str]:
        """The columns that this pass saves."""
        if self.show_only:
            return frozenset()
        return frozenset(c.name for c in spec.saved if self.only is None or c.name in self.only)

    def judges(self, column: str) -> bool:
        """Whether a cell of this column that can't be read fails its row."""
        return self.only is None or column in self.only


def load_bases(session: Session, table: Table, spec: TabSpec) -> dict[int, Copy]:
    """For each row that the backend once wrote, what this copy of it showed then."""
    marks = {row.number: row.text("updated_at") for row in table.rows if row.text("updated_at")}
    copies = load_copies(session, spec.name, marks.values())
    return {number: copies[mark] for number, mark in marks.items() if mark in copies}


def find_lost_bases(session: Session, spec: TabSpec, known: Iterable[Outcome]) -> None:
    """Find the base of stored rows that have no mark but say word for word what they said once: nobody edited them.

    Such rows come from a run that was killed before it wrote them, from a copy of the workbook that is older still, or
    lost their system columns.
    """
    lost = [o for o in known if o.base is None and "updated_at" not in o.row.raw and not o.doubled]
    copies = copies_of(session, spec.name, {outcome.identity for outcome in lost}) if lost else {}
    for outcome in lost:
        said = content_of(spec, outcome.row.values)
        shown = copies.get(outcome.identity, ())
        outcome.base = next((copy for copy in shown if content_of(spec, copy) == said), None)


def outcomes_of(session: Session, table: Table, spec: TabSpec, picked: Collection[int]) -> list[Outcome]:
    """One outcome per row, with its identity and base; a row whose identity stands above already fails."""
    bases = load_bases(session, table, spec)
    seen: dict[tuple[str, ...], Row] = {}
    outcomes = []
    for row in table.rows:
        identity = identity_of(spec.identity, row.values)
        outcome = Outcome(row, identity, display_key(spec, row.values), looked_at=row.number in picked)
        copy = bases.get(row.number)
        if copy is not None and copy.identity == identity_text(identity):
            outcome.base = copy.values
        unread = [column for column in spec.identity if column in row.problems]
        if not unread and any(identity):
            first = seen.setdefault(identity, row)
            if first is not row:
                outcome.doubled = True
                outcome.notes.failed.append(
                    f"{' / '.join(spec.identity)}: {outcome.key} stands already in {table.place(first.number)}; "
                    "remove one of the two rows or change it"
                )
        outcomes.append(outcome)
    return outcomes


def conflict_messages(conflicts: Mapping[str, tuple[object, object]], tab: str) -> list[str]:
    """Both values of each field in conflict, and the way out."""
    way_out = (
        f"settle it with pm.save_selected --tab {tab} --option on_conflict=sheet (this cell) or on_conflict=database"
    )
    return [
        f"{column}: the sheet has {quoted(said)}, the database has {quoted(kept)}; {way_out}"
        for column, (said, kept) in conflicts.items()
    ]


def _is_as_shown(outcome: Outcome, said: Mapping[str, object], columns: Collection[str]) -> bool:
    """Whether the row says what the backend once wrote there, and nothing else."""
    base = outcome.base
    return base is not None and all(said[name] == base.get(name) for name in columns if name in said)


def merge_outcomes(work: Pass, binding: Binding, outcomes: list[Outcome], rules: MergeRules) -> tuple[int, int]:
    """Merge and save the rows that are looked at. Returns how many rows were saved, and how many of them are new."""
    spec, session = binding.spec, work.session
    columns = spec.saved
    saveable = {column.name for column in columns}
    blanks = {c.name: plain(c.blank_means) for c in columns if c.blank_means is not None}
    stored_rows = binding.load(session, {o.identity for o in outcomes})
    find_lost_bases(session, spec, (o for o in outcomes if o.identity in stored_rows))
    saved = created = 0
    for outcome in outcomes:
        if outcome.doubled:
            continue
        row = outcome.row
        stored = stored_rows.get(outcome.identity)
        before = stored if stored is not None else {column.name: column.blank_means for column in columns}
        yielding = {c.name for c in columns if c.owner is Owner.SHARED and binding.yields(c.name, before)}
        said = plain_values(row.values)
        was_deleted = bool(spec.set_identity) and stored is None and _is_as_shown(outcome, said, saveable)
        merge = outcome.merge = merge_row(
            [column.name for column in columns],
            base=outcome.base if stored is not None else None,
            sheet=said,
            stored=plain_values(before),
            blanks=blanks,
            on_conflict=rules.on_conflict,
            yielding=yielding,
        )
        allowed = rules.columns(spec) if outcome.looked_at else frozenset()
        unsaved = {name for name in merge.edited if name not in allowed}
        changes = {name: value for name, value in merge.changes.items() if name in allowed}
        outcome.kept = set(row.problems) | set(merge.conflicts) | unsaved
        if not outcome.looked_at:
            continue
        outcome.only_shown = rules.show_only
        outcome.notes.failed.extend(text for name, text in row.problems.items() if rules.judges(name))
        conflicts = {name: both for name, both in merge.conflicts.items() if rules.judges(name)}
        outcome.notes.conflicts.extend(conflict_messages(conflicts, spec.name))
        if rules.show_only and (unsaved - set(merge.conflicts)):
            outcome.notes.notices.append(f"{', '.join(sorted(unsaved))}: typed here, not saved yet")
        values = {**before, **{n: v for n, v in row.values.items() if n in changes or n not in saveable}}
        if was_deleted and not rules.show_only:
            outcome.notes.skipped.append(
                "this row was deleted from its set in another copy of the workbook; change a cell to bring it back, or "
                "delete it here too"
            )
            continue
        if not outcome.notes.failed and not rules.show_only:
            binding.examine(session, values, outcome.notes)
        if not outcome.notes.failed and not rules.show_only and (changes or stored is None):
            mark = work.marks.next()
            edit = Edit(outcome.identity, values, set(changes), stored is None, mark, rules.source, row.number)
            try:
                binding.save(session, edit)
            except Refused as refusal:
                outcome.notes.failed.extend(refusal.messages)
            else:
                outcome.mark = mark
                saved += 1
                created += stored is None
        if outcome.notes.failed:
            outcome.kept |= merge.edited
    return saved, created
