"""Merge typed rows with what is stored, and save what people changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import eq

from roadwright.domain.messages import Level, notice
from roadwright.services.rows.binding import Binding, Edit, Refused, Values
from roadwright.services.rows.context import RowsContext
from roadwright.services.rows.identity import Identity
from roadwright.services.rows.notes import Notes
from roadwright.services.rows.results import RowResult
from roadwright.sheets.merge import NOBODY, Winners, merge_row, plain
from roadwright.sheets.spec import Owner, TabSpec


@dataclass(frozen=True)
class MergeRules:
    """How a pass treats the rows: who it acts for, and who wins where both sides changed a field."""

    source: str
    on_conflict: Winners = NOBODY
    only: frozenset[str] | None = None
    """The columns that are saved, where not all of them are."""
    show_only: bool = False
    """Show what is stored and save nothing; what was typed and not saved stays in its cell."""
    settled: frozenset[Identity] | None = None
    """The rows that ``on_conflict`` is said of, where these are not all; on the others nobody wins."""

    def columns(self, spec: TabSpec) -> frozenset[str]:
        """The columns that this pass saves."""
        if self.show_only:
            return frozenset()
        return frozenset(c.name for c in spec.saved if self.only is None or c.name in self.only)

    def settles(self, identity: Identity) -> Winners:
        """Who wins on this row."""
        return self.on_conflict if self.settled is None or identity in self.settled else NOBODY

    def judges(self, column: str) -> bool:
        """Whether a cell of this column that can't be read fails its row."""
        return self.only is None or column in self.only


def prose_of(spec: TabSpec) -> frozenset[str]:
    """The columns of a tab that hold sentences, not names."""
    return frozenset(column.name for column in spec.saved if column.kind.wrap)


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
    prose: frozenset[str]
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
            prose_of(spec),
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
        on_conflict=saving.rules.settles(result.identity),
        yielding={name for name in saving.shared if binding.yields(name, before)},
        prose=saving.prose,
    )
    result.unsaved = set(merge.edited - saving.allowed if result.is_selected else merge.edited)
    result.kept = {*result.row.problems, *merge.conflicts, *result.unsaved}


def _judge_cells(saving: _Saving, binding: Binding, result: RowResult) -> None:
    """Say what can't be read, what is in conflict, and what was typed and is not saved."""
    rules, notes, conflicts = saving.rules, result.notes, result.merge.conflicts
    result.only_shown = rules.show_only
    if result.unchanged_as is None and not binding.is_lenient:
        notes.add(*(problem for name, problem in result.row.problems.items() if rules.judges(name)))
    if conflicts:
        for name, (said, kept) in conflicts.items():
            if rules.judges(name):
                notes.say(Level.CONFLICT, binding.conflict, name, said=said, kept=kept, tab=saving.spec.name)


def _say_what_gave_way(result: RowResult) -> None:
    """Tell what was typed and gives way to what is stored: its cell is written over."""
    gave_way = {name: both for name, both in result.merge.gave_way.items() if name not in result.kept}
    for name, (said, kept) in gave_way.items():
        result.notes.notice("gave_way", name, said=said, kept=kept)
    result.gave_way = {name: said for name, (said, _) in gave_way.items()}


def _say_what_waits(saving: _Saving, binding: Binding, result: RowResult, stored: Values | None) -> None:
    """On a row of which nothing is saved now, say what was typed and waits."""
    if waiting := result.unsaved - result.merge.conflicts.keys():
        result.notes.notice("typed_not_saved", columns=sorted(waiting))
    if result.notes.has_failed and result.unchanged_as is None:
        _say_of_the_rest(saving, result, result.row.problems, list(_unread_holding(saving, binding, result, stored)))


@dataclass
class _Examined:
    """A row as it will stand: its values, what changes in them, which cells failed, and which hold back the row."""

    values: dict[str, object]
    changes: dict[str, object]
    failed: set[str]
    holding: dict[str | None, None]


def _unread_holding(saving: _Saving, binding: Binding, result: RowResult, stored: Values | None) -> Iterator[str]:
    """The cells, among those that can't be read, without which the row can't be saved."""
    spec, changes = saving.spec, result.merge.changes
    for name, problem in result.row.problems.items() if not binding.is_lenient else ():
        if not saving.rules.judges(name):
            continue
        is_missing = spec.by_name[name].required and (stored is None or problem.code == "empty")
        if name in spec.identity or is_missing or binding.holds_back(name, stored, changes):
            yield name


def _examine(
    context: RowsContext, saving: _Saving, binding: Binding, result: RowResult, stored: Values | None
) -> _Examined:
    """Let the binding judge the row as it will stand. What is stored of a failed cell stays as it is."""
    row, notes, spec = result.row, result.notes, saving.spec
    changes = {name: value for name, value in result.merge.changes.items() if name not in result.unsaved}
    before = dict(saving.new if stored is None else stored)
    failed: set[str] = set()
    holding: dict[str | None, None] = {}
    if result.unchanged_as is None:
        failed |= {name for name in row.problems if saving.rules.judges(name)}
        holding = dict.fromkeys(_unread_holding(saving, binding, result, stored))
        before.update((name, row.values[name]) for name in saving.others if name in row.values)
    while True:
        values = {**before, **{name: row.values[name] for name in changes}} if changes else before
        if holding:
            return _Examined(values, changes, failed, holding)
        found = Notes()
        binding.validate(context.session, values, found)
        new = {
            column: message
            for message in found.of_cells
            if (column := message.column) is not None
            and column not in failed
            and column not in spec.identity
            and not spec.by_name[column].required
        }
        if not new:
            break
        failed |= new.keys()
        notes.add(*(message for message in found.of_cells if message.column in new))
        holding = {name: None for name in new if binding.holds_back(name, stored, changes)}
        changes = {name: value for name, value in changes.items() if name not in new}
    for message in found.messages:
        is_told = message.column in failed
        if message.severity is Level.FAILED and not (is_told and message in found.of_cells):
            holding[message.column] = None
        if message.severity is not Level.FAILED or not is_told:
            notes.add(message)
    return _Examined(values, changes, failed, holding)


def _say_of_the_rest(
    saving: _Saving, result: RowResult, failed: Collection[str], holding: Collection[str | None]
) -> None:
    """Of a row with failed cells, say what becomes of the others; one without an identity of its own can't be saved."""
    if not result.notes.has_failed or not set(saving.spec.identity).isdisjoint(holding):
        return
    columns = [name for name in holding if name is not None]
    waiting = result.merge.edited - set(failed) - result.merge.conflicts.keys()
    if holding and waiting.difference(columns):
        result.notes.rest = notice("row_held_back", columns=columns) if columns else notice("rest_not_saved")
    elif failed and not holding and not result.merge.conflicts and not result.unsaved:
        result.notes.rest = notice("rest_is_saved")


def _save(context: RowsContext, saving: _Saving, binding: Binding, result: RowResult, stored: Values | None) -> bool:
    """Examine one row as it will stand, and store it where something changed. Returns whether it was stored."""
    row, notes = result.row, result.notes
    if stored is None and saving.spec.set_identity and result.as_shown:
        notes.skip("deleted_elsewhere")
        return False
    found = _examine(context, saving, binding, result, stored)
    is_saved = not found.holding and (bool(found.changes) or stored is None)
    row_version = context.row_versions.next() if is_saved else ""
    if is_saved:
        edit = Edit(
            result.identity,
            found.values,
            set(found.changes),
            stored is None,
            row_version,
            saving.rules.source,
            context.folder,
        )
        try:
            binding.save(context.session, edit)
        except Refused as refusal:
            notes.add(*refusal.messages)
            found.holding.update((message.column, None) for message in refusal.messages)
            is_saved = False
    _say_of_the_rest(saving, result, found.failed, found.holding)
    result.kept |= result.merge.edited if found.holding else found.failed & result.merge.edited
    if is_saved:
        result.row_version = row_version
        taken = found.changes if stored is not None else set(saving.names) - found.failed
        result.saved = {name: row.plain[name] for name in taken if name in row.plain}
        if stored is not None:
            result.changed = {name: (plain(stored.get(name)), row.plain[name]) for name in sorted(found.changes)}
    return is_saved


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
        _judge_cells(saving, binding, result)
        if rules.show_only:
            _say_what_waits(saving, binding, result, stored)
            continue
        was_saved = _save(context, saving, binding, result, stored)
        _say_what_gave_way(result)
        saved += was_saved
        created += was_saved and stored is None
    return saved, created
