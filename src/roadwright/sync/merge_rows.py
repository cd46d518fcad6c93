"""Merge the rows of one tab with what is stored, and save what people changed. Nothing is written to the sheet here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import eq

from sqlalchemy.orm import Session

from roadwright.domain.messages import Level
from roadwright.domain.provenance import is_row_version
from roadwright.sheets.merge import OnConflict, merge_row
from roadwright.sheets.plain import plain
from roadwright.sheets.read import Row
from roadwright.sheets.spec import Owner, TabSpec
from roadwright.sync.baselines import (
    Baseline,
    baselines_of,
    confirm,
    content_of,
    load_baselines,
    load_unconfirmed,
)
from roadwright.sync.binding import Binding, Edit, Refused, Values
from roadwright.sync.context import OpenTab, SyncContext
from roadwright.sync.identity import Identity, display_key, identity_of, identity_text
from roadwright.sync.row_results import RowResult
from roadwright.sync.tab_cache import fingerprint_of


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


def load_bases(session: Session, tab: OpenTab, rows: Iterable[Row] | None = None) -> dict[int, Baseline]:
    """For each row that the backend once wrote, what this copy of it showed then: of all rows, or at least of these.

    Loaded once for an open tab.
    """
    asked = tab.table.rows if rows is None else rows
    row_versions = {row.number: row.text("updated_at") for row in asked if row.number not in tab.bases}
    copies = load_baselines(session, tab.spec.name, filter(None, row_versions.values())) if row_versions else {}
    tab.bases.update((number, copies.get(row_version)) for number, row_version in row_versions.items())
    return {number: copy for number, copy in tab.bases.items() if copy is not None}


def give_bases(context: SyncContext, tab: OpenTab, results: Sequence[RowResult]) -> None:
    """Give rows the base of their merge. A row version that was written for another row leads to none.

    What a row said when it was saved is part of its base, also where the write that was to follow is not known to have
    worked: what a person types next is an edit of that.
    """
    bases = load_bases(context.session, tab, [result.row for result in results])
    for result in results:
        copy = bases.get(result.row.number)
        if copy is not None and copy.identity == identity_text(result.identity):
            result.base = copy.values
    _add_unconfirmed(context, tab, results)


def _add_unconfirmed(context: SyncContext, tab: OpenTab, results: Sequence[RowResult]) -> None:
    session, folder, place = context.session, context.workspace.folder_token, tab.place.full_name
    unconfirmed = load_unconfirmed(session, folder, place)
    if not unconfirmed:
        return
    saved = load_baselines(session, tab.spec.name, [one.row_version for one in unconfirmed.values()])
    written = []
    for result in results:
        one = unconfirmed.get(identity_text(result.identity))
        version = result.row.text("updated_at")
        if one is None or result.is_duplicate:
            continue
        if version == one.row_version:
            written.append(one.identity)
        elif version == one.seen_version and (baseline := saved.get(one.row_version)) is not None:
            said = {name: baseline.values.get(name) for name in one.columns}
            result.base = {**(result.base or {}), **said}
            result.saved = one.columns
            tab.needs_row_version.add(result.identity)
    confirm(session, folder, place, written)


def find_lost_bases(session: Session, spec: TabSpec, known: Iterable[RowResult]) -> None:
    """Find the base of stored rows without a version that say word for word what they said once: nobody edited them.

    Such rows come from a run that was killed before it wrote them, from a copy of the workbook that is older still, or
    lost their system columns or were typed over there.
    """
    lost = [o for o in known if o.base is None and not is_row_version(o.row.text("updated_at")) and not o.is_duplicate]
    copies = baselines_of(session, spec.name, {result.identity for result in lost}) if lost else {}
    for result in lost:
        said = content_of(spec, result.row.values)
        shown = copies.get(result.identity, ())
        result.base = next((copy for copy in shown if content_of(spec, copy) == said), None)


def results_of(tab: OpenTab, picked: Collection[int]) -> list[RowResult]:
    """One result per row, with its identity; a row whose identity stands above already fails."""
    table, spec = tab.table, tab.spec
    seen: dict[tuple[str, ...], Row] = {}
    results = []
    for row in table.rows:
        identity = identity_of(spec.identity, row.brief)
        result = RowResult(row, identity, display_key(spec, row.brief), is_selected=row.number in picked)
        unread = () if row.number in tab.settled else [column for column in spec.identity if column in row.problems]
        if not unread and any(identity):
            first = seen.setdefault(identity, row)
            if first is not row:
                result.is_duplicate = True
                result.notes.fail(
                    "identity_taken", " / ".join(spec.identity), key=result.key, place=table.place(first.number)
                )
        results.append(result)
    return results


def settle(tab: OpenTab, results: Iterable[RowResult], stored: Mapping[Identity, Values]) -> None:
    """Find the rows that are as the last pass left them, and for which the same is stored as then."""
    recalled = tab.recalled or {}
    for result in results if recalled else ():
        left = recalled.get(result.row.number)
        now = stored.get(result.identity)
        if left is not None and now is not None and not result.is_duplicate and fingerprint_of(now) == left:
            result.unchanged_as, result.as_shown = now, True


def unsettle(
    context: SyncContext, tab: OpenTab, results: Iterable[RowResult], stored: Mapping[Identity, Values]
) -> None:
    """Take settled rows for which something else is stored by now as rows to bring up to date."""
    changed = []
    for result in results:
        before, now = result.unchanged_as, stored.get(result.identity)
        if before is None or now is before:
            continue
        if now is not None and fingerprint_of(now) == tab.settled[result.row.number]:
            continue
        result.unchanged_as = None
        changed.append(result)
    give_bases(context, tab, changed)


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


def _is_as_shown(result: RowResult, columns: Sequence[str]) -> bool:
    """Whether every column that can be read says what this copy of the row once showed: there is nothing to merge."""
    base, said = result.base, result.row.plain
    if base is None:
        return False
    # Nearly all rows can be read as a whole, and nobody touched them: that is found out without a loop in Python.
    if all(map(eq, map(said.get, columns), map(base.get, columns))):
        return True
    return all(said[name] == base.get(name) for name in columns if name in said)


def _merge_cells(saving: _Saving, binding: Binding, result: RowResult, stored: Values | None) -> None:
    """Merge one row's cells: what was edited, what may be saved of it, and which cells keep what was typed."""
    if result.unchanged_as is not None:
        return
    result.as_shown = _is_as_shown(result, saving.names)
    if result.as_shown and stored is not None:
        result.kept = set(result.row.problems)
        return
    before = saving.new if stored is None else stored
    merge = result.merge = merge_row(
        saving.names,
        base=result.base if stored is not None else None,
        sheet=result.row.plain,
        stored=before,
        blanks=saving.blanks,
        on_conflict=saving.rules.on_conflict,
        yielding={name for name in saving.shared if binding.yields(name, before)},
    )
    result.unsaved = set(merge.edited - saving.allowed if result.is_selected else merge.edited)
    result.kept = {*result.row.problems, *merge.conflicts, *result.unsaved}


def _judge_cells(saving: _Saving, result: RowResult) -> None:
    """Say what can't be read, what is in conflict, and what was typed and is not saved."""
    rules, notes, conflicts = saving.rules, result.notes, result.merge.conflicts
    result.only_shown = rules.show_only
    if result.unchanged_as is None:
        notes.add(*(problem for name, problem in result.row.problems.items() if rules.judges(name)))
    if conflicts:
        for name, (said, kept) in conflicts.items():
            if rules.judges(name):
                notes.say(Level.CONFLICT, "conflict_with_database", name, said=said, kept=kept, tab=saving.spec.name)
    if rules.show_only and (waiting := result.unsaved - conflicts.keys()):
        notes.notice("typed_not_saved", columns=sorted(waiting))


def _save(context: SyncContext, saving: _Saving, binding: Binding, result: RowResult, stored: Values | None) -> bool:
    """Examine one row as it will stand, and store it where something changed. Returns whether it was stored."""
    row, notes = result.row, result.notes
    if stored is None and saving.spec.set_identity and result.as_shown:
        notes.skip("deleted_elsewhere")
        return False
    if notes.has_failed:
        return False
    changes = {name: value for name, value in result.merge.changes.items() if name not in result.unsaved}
    before = saving.new if stored is None else stored
    values = dict(before)
    if result.unchanged_as is None:
        values.update((name, row.values[name]) for name in saving.others if name in row.values)
    values.update((name, row.values[name]) for name in changes)
    binding.validate(context.session, values, notes)
    if notes.has_failed or not (changes or stored is None):
        return False
    row_version = context.row_versions.next()
    edit = Edit(
        result.identity,
        values,
        set(changes),
        stored is None,
        row_version,
        saving.rules.source,
        row.number,
        context.folder,
    )
    try:
        binding.save(context.session, edit)
    except Refused as refusal:
        notes.add(*refusal.messages)
        return False
    result.row_version = row_version
    result.saved |= frozenset(changes) if stored is not None else frozenset(saving.names)
    return True


def merge_results(
    context: SyncContext, tab: OpenTab, binding: Binding, results: list[RowResult], rules: MergeRules
) -> tuple[int, int]:
    """Merge and save the rows that are looked at. Returns how many rows were saved, and how many of them are new."""
    spec, session = binding.spec, context.session
    saving = _Saving.of(spec, rules)
    stored_rows = context.load(binding, {o.identity for o in results})
    settle(tab, results, stored_rows)
    unsettled = [result for result in results if result.unchanged_as is None]
    give_bases(context, tab, unsettled)
    find_lost_bases(session, spec, (o for o in unsettled if o.identity in stored_rows))
    saved = created = 0
    for result in context.counted(f"merging {tab.place.name}", results):
        context.workspace.safe_point()
        if result.is_duplicate:
            continue
        stored = stored_rows.get(result.identity)
        _merge_cells(saving, binding, result, stored)
        if not result.is_selected:
            continue
        _judge_cells(saving, result)
        was_saved = not rules.show_only and _save(context, saving, binding, result, stored)
        saved += was_saved
        created += was_saved and stored is None
        if result.notes.has_failed:
            result.kept |= result.merge.edited
    return saved, created
