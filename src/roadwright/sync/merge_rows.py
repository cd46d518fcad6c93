"""Merge the rows of one tab with what is stored, and save what people changed. Nothing is written to the sheet here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import eq

from sqlalchemy.orm import Session

from roadwright.domain.provenance import is_mark
from roadwright.sheets.kinds import quoted
from roadwright.sheets.merge import OnConflict, merge_row
from roadwright.sheets.plain import plain
from roadwright.sheets.read import Row
from roadwright.sheets.spec import Owner, TabSpec
from roadwright.sync.binding import Binding, Edit, Refused, Values
from roadwright.sync.identity import Identity, display_key, identity_of, identity_text
from roadwright.sync.memory import Copy, content_of, copies_of, load_copies
from roadwright.sync.outcome import Outcome
from roadwright.sync.settled import fingerprint_of
from roadwright.sync.work import OpenTab, Pass

_DELETED = (
    "this row was deleted from its set in another copy of the workbook; change a cell to bring it back, or delete it "
    "here too"
)


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


def load_bases(session: Session, tab: OpenTab, rows: Iterable[Row] | None = None) -> dict[int, Copy]:
    """For each row that the backend once wrote, what this copy of it showed then: of all rows, or at least of these.

    Loaded once for an open tab.
    """
    asked = tab.table.rows if rows is None else rows
    marks = {row.number: row.text("updated_at") for row in asked if row.number not in tab.bases}
    copies = load_copies(session, tab.spec.name, filter(None, marks.values())) if marks else {}
    tab.bases.update((number, copies.get(mark)) for number, mark in marks.items())
    return {number: copy for number, copy in tab.bases.items() if copy is not None}


def give_bases(session: Session, tab: OpenTab, outcomes: Sequence[Outcome]) -> None:
    """Give rows the base of their merge. A mark that was written for another row leads to none."""
    bases = load_bases(session, tab, [outcome.row for outcome in outcomes])
    for outcome in outcomes:
        copy = bases.get(outcome.row.number)
        if copy is not None and copy.identity == identity_text(outcome.identity):
            outcome.base = copy.values


def find_lost_bases(session: Session, spec: TabSpec, known: Iterable[Outcome]) -> None:
    """Find the base of stored rows that have no mark but say word for word what they said once: nobody edited them.

    Such rows come from a run that was killed before it wrote them, from a copy of the workbook that is older still, or
    lost their system columns or were typed over there.
    """
    lost = [o for o in known if o.base is None and not is_mark(o.row.text("updated_at")) and not o.doubled]
    copies = copies_of(session, spec.name, {outcome.identity for outcome in lost}) if lost else {}
    for outcome in lost:
        said = content_of(spec, outcome.row.values)
        shown = copies.get(outcome.identity, ())
        outcome.base = next((copy for copy in shown if content_of(spec, copy) == said), None)


def outcomes_of(tab: OpenTab, picked: Collection[int]) -> list[Outcome]:
    """One outcome per row, with its identity; a row whose identity stands above already fails."""
    table, spec = tab.table, tab.spec
    seen: dict[tuple[str, ...], Row] = {}
    outcomes = []
    for row in table.rows:
        identity = identity_of(spec.identity, row.brief)
        outcome = Outcome(row, identity, display_key(spec, row.brief), looked_at=row.number in picked)
        unread = () if row.number in tab.settled else [column for column in spec.identity if column in row.problems]
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


def settle(tab: OpenTab, outcomes: Iterable[Outcome], stored: Mapping[Identity, Values]) -> None:
    """Find the rows that are as the last pass left them, and for which the same is stored as then."""
    recalled = tab.recalled or {}
    for outcome in outcomes if recalled else ():
        left = recalled.get(outcome.row.number)
        now = stored.get(outcome.identity)
        if left is not None and now is not None and not outcome.doubled and fingerprint_of(now) == left:
            outcome.settled_as, outcome.as_shown = now, True


def unsettle(session: Session, tab: OpenTab, outcomes: Iterable[Outcome], stored: Mapping[Identity, Values]) -> None:
    """Take settled rows for which something else is stored by now as rows to bring up to date."""
    changed = []
    for outcome in outcomes:
        before, now = outcome.settled_as, stored.get(outcome.identity)
        if before is None or now is before:
            continue
        if now is not None and fingerprint_of(now) == tab.settled[outcome.row.number]:
            continue
        outcome.settled_as = None
        changed.append(outcome)
    give_bases(session, tab, changed)


def conflict_messages(conflicts: Mapping[str, tuple[object, object]], tab: str) -> list[str]:
    """Both values of each field in conflict, and the way out."""
    way_out = (
        f"settle it with pm.save_selected --tab {tab} --option on_conflict=sheet (this cell) or on_conflict=database"
    )
    return [
        f"{column}: the sheet has {quoted(said)}, the database has {quoted(kept)}; {way_out}"
        for column, (said, kept) in conflicts.items()
    ]


@dataclass(frozen=True)
class _Saving:
    """What is the same for all rows of one tab: the columns that are saved, and who may save what."""

    spec: TabSpec
    rules: MergeRules
    names: Sequence[str]
    allowed: frozenset[str]
    shared: Sequence[str]
    blanks: Mapping[str, object]
    new: Mapping[str, object]
    """What a row that is not stored yet counts as."""
    others: Sequence[str]
    """The columns that are not saved."""

    @classmethod
    def of(cls, spec: TabSpec, rules: MergeRules) -> _Saving:
        columns = spec.saved
        return cls(
            spec,
            rules,
            [column.name for column in columns],
            rules.columns(spec),
            [column.name for column in columns if column.owner is Owner.SHARED],
            {c.name: plain(c.blank_means) for c in columns if c.blank_means is not None},
            {column.name: column.blank_means for column in columns},
            [column.name for column in spec.columns if column not in columns],
        )


def _is_as_shown(outcome: Outcome, columns: Sequence[str]) -> bool:
    """Whether every column that can be read says what this copy of the row once showed: there is nothing to merge."""
    base, said = outcome.base, outcome.row.plain
    if base is None:
        return False
    # Nearly all rows can be read as a whole, and nobody touched them: that is found out without a loop in Python.
    if all(map(eq, map(said.get, columns), map(base.get, columns))):
        return True
    return all(said[name] == base.get(name) for name in columns if name in said)


def _merge_cells(saving: _Saving, binding: Binding, outcome: Outcome, stored: Values | None) -> None:
    """Merge one row's cells: what was edited, what may be saved of it, and which cells keep what was typed."""
    if outcome.settled_as is not None:
        return
    outcome.as_shown = _is_as_shown(outcome, saving.names)
    if outcome.as_shown and stored is not None:
        outcome.kept = set(outcome.row.problems)
        return
    before = saving.new if stored is None else stored
    merge = outcome.merge = merge_row(
        saving.names,
        base=outcome.base if stored is not None else None,
        sheet=outcome.row.plain,
        stored=before,
        blanks=saving.blanks,
        on_conflict=saving.rules.on_conflict,
        yielding={name for name in saving.shared if binding.yields(name, before)},
    )
    outcome.unsaved = set(merge.edited - saving.allowed if outcome.looked_at else merge.edited)
    outcome.kept = {*outcome.row.problems, *merge.conflicts, *outcome.unsaved}


def _judge_cells(saving: _Saving, outcome: Outcome) -> None:
    """Say what can't be read, what is in conflict, and what was typed and is not saved."""
    rules, notes, conflicts = saving.rules, outcome.notes, outcome.merge.conflicts
    outcome.only_shown = rules.show_only
    if outcome.settled_as is None:
        notes.failed.extend(text for name, text in outcome.row.problems.items() if rules.judges(name))
    if conflicts:
        judged = {name: both for name, both in conflicts.items() if rules.judges(name)}
        notes.conflicts.extend(conflict_messages(judged, saving.spec.name))
    if rules.show_only and (waiting := outcome.unsaved - conflicts.keys()):
        notes.notices.append(f"{', '.join(sorted(waiting))}: typed here, not saved yet")


def _save(work: Pass, saving: _Saving, binding: Binding, outcome: Outcome, stored: Values | None) -> bool:
    """Examine one row as it will stand, and store it where something changed. Returns whether it was stored."""
    row, notes = outcome.row, outcome.notes
    if stored is None and saving.spec.set_identity and outcome.as_shown:
        notes.skipped.append(_DELETED)
        return False
    if notes.failed:
        return False
    changes = {name: value for name, value in outcome.merge.changes.items() if name not in outcome.unsaved}
    before = saving.new if stored is None else stored
    values = dict(before)
    if outcome.settled_as is None:
        values.update((name, row.values[name]) for name in saving.others if name in row.values)
    values.update((name, row.values[name]) for name in changes)
    binding.examine(work.session, values, notes)
    if notes.failed or not (changes or stored is None):
        return False
    mark = work.marks.next()
    edit = Edit(
        outcome.identity, values, set(changes), stored is None, mark, saving.rules.source, row.number, work.folder
    )
    try:
        binding.save(work.session, edit)
    except Refused as refusal:
        notes.failed.extend(refusal.messages)
        return False
    outcome.mark = mark
    return True


def merge_outcomes(
    work: Pass, tab: OpenTab, binding: Binding, outcomes: list[Outcome], rules: MergeRules
) -> tuple[int, int]:
    """Merge and save the rows that are looked at. Returns how many rows were saved, and how many of them are new."""
    spec, session = binding.spec, work.session
    saving = _Saving.of(spec, rules)
    stored_rows = work.load(binding, {o.identity for o in outcomes})
    settle(tab, outcomes, stored_rows)
    unsettled = [outcome for outcome in outcomes if outcome.settled_as is None]
    give_bases(session, tab, unsettled)
    find_lost_bases(session, spec, (o for o in unsettled if o.identity in stored_rows))
    saved = created = 0
    for outcome in work.counted(f"merging {tab.place.name}", outcomes):
        work.workspace.safe_point()
        if outcome.doubled:
            continue
        stored = stored_rows.get(outcome.identity)
        _merge_cells(saving, binding, outcome, stored)
        if not outcome.looked_at:
            continue
        _judge_cells(saving, outcome)
        was_saved = not rules.show_only and _save(work, saving, binding, outcome, stored)
        saved += was_saved
        created += was_saved and stored is None
        if outcome.notes.failed:
            outcome.kept |= outcome.merge.edited
    return saved, created
