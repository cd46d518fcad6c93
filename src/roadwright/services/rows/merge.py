"""Merge typed rows with what is stored, and save what people changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import eq

from roadwright.domain.messages import Level
from roadwright.services.rows.binding import Binding, Edit, Refused, Values
from roadwright.services.rows.context import RowsContext
from roadwright.services.rows.identity import Identity
from roadwright.services.rows.results import RowResult
from roadwright.sheets.merge import OnConflict, merge_row
from roadwright.sheets.plain import plain
from roadwright.sheets.spec import Owner, TabSpec


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


def _save(context: RowsContext, saving: _Saving, binding: Binding, result: RowResult, stored: Values | None) -> bool:
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
        context.folder,
    )
    try:
        binding.save(context.session, edit)
    except Refused as refusal:
        notes.add(*refusal.messages)
        return False
    result.row_version = row_version
    taken = changes if stored is not None else saving.names
    result.saved = {name: row.plain[name] for name in taken if name in row.plain}
    return True


def merge_and_save(
    context: RowsContext,
    binding: Binding,
    results: Sequence[RowResult],
    stored_rows: Mapping[Identity, Values],
    rules: MergeRules,
) -> tuple[int, int]:
    """Merge rows that have their base with what is stored for them, and save those that are selected.

    Returns how many rows were saved, and how many of them are new.
    """
    saving = _Saving.of(binding.spec, rules)
    saved = created = 0
    for result in context.counted(f"merging {binding.spec.name}", results):
        context.safe_point()
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
