"""Tabs whose rows the backend replaces, in its own order: candidates, runs, results, alerts.

What people typed there that waits to be settled travels with its row, and so do their own words (sheet-only cells),
which are remembered by the row's identity and come back when the row comes back. What they typed into computed cells is
replaced, and the row says so; of a row that leaves the tab, the answer says it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count

from roadwright.domain.messages import Message
from roadwright.domain.provenance import is_row_version
from roadwright.domain.shown import quoted
from roadwright.services.rows.baselines import Baseline, load_annotations
from roadwright.services.rows.identity import Identity, display_key, identity_of, identity_text
from roadwright.services.rows.notes import Notes, says_before
from roadwright.sheets.backend import TabEdit
from roadwright.sheets.merge import plain
from roadwright.sheets.read import BACKEND_COLUMNS, Row
from roadwright.sheets.spec import Owner, TabSpec
from roadwright.sheets.values import CellValue
from roadwright.sync.annotations import Words, annotations_of, annotations_shown
from roadwright.sync.bases import DOUBTFUL, load_bases
from roadwright.sync.context import ANNOTATIONS, OpenTab, SyncContext
from roadwright.sync.replaced import computed, computed_columns, say_computed, say_written, shown, typed_over, writable
from roadwright.sync.reports import RowReport, SheetRow
from roadwright.sync.write_back import column_places, differs

_MARKED = ("updated_source", "updated_at")


@dataclass(frozen=True)
class MirrorRow:
    """A row as it should stand: the name by which people know it, its values by column, and what there is to say."""

    key: str
    values: Mapping[str, object]
    notes: Notes = field(default_factory=Notes)


@dataclass
class _Standing:
    """What stood on the tab for one identity before it is rewritten."""

    row: Row
    words: Words
    """What its sheet-only cells showed when the backend last wrote it."""
    copy: Baseline | None
    """What the row showed then, as its version tells; None where this database did not write it."""
    outcome: SheetRow | None = None
    waiting: dict[str, CellValue] = field(default_factory=dict)


def _standing(context: SyncContext, tab: OpenTab, results: Sequence[SheetRow]) -> dict[Identity, _Standing]:
    table, spec = tab.table, tab.spec
    bases = load_bases(context.session, tab)
    by_number = {outcome.row.number: outcome for outcome in results}
    result: dict[Identity, _Standing] = {}
    for row in table.rows:
        identity = identity_of(spec.identity, row.values)
        outcome = by_number.get(row.number)
        kept = outcome.kept if outcome else {name for name in spec.sheet_only if name in row.problems}
        waiting = {name: row.raw[name] for name in kept if name in row.raw}
        base = bases.get(row.number)
        standing = _Standing(row, annotations_shown(base, identity), base, outcome, waiting)
        result.setdefault(identity, standing)
    return result


def _words_now(spec: TabSpec, places: Mapping[str, int], own: dict[str, object], before: _Standing | None) -> Words:
    """What the row's sheet-only cells will show; one that can't be read counts as showing what it did before."""
    words = {name: value for name, value in annotations_of(spec, own).items() if name in places}
    for name in before.row.problems if before is not None else ():
        words.pop(name, None)
        if before is not None and name in before.words:
            words[name] = before.words[name]
    return words


def _same_as_before(spec: TabSpec, standing: _Standing, values: Mapping[str, object], words: Words) -> bool:
    """Whether the row's values are what stands there already, and its own words what it was last written with.

    A row of which something was saved gets a new version, under which it shows that.
    """
    was_saved = standing.outcome is not None and bool(standing.outcome.saved or standing.outcome.unconfirmed)
    return (
        not was_saved
        and not standing.row.overtyped
        and standing.words == words
        and all(
            not differs(c, standing.row, values.get(c.name))
            for c in spec.columns
            if c.name not in BACKEND_COLUMNS and c.owner is not Owner.SHEET_ONLY and c.name not in standing.waiting
        )
    )


def _unread(spec: TabSpec, standing: _Standing) -> list[Message]:
    """What the row says of sheet-only cells that can't be read; where it was merged, it says so already."""
    problems = standing.row.problems if standing.outcome is None else {}
    return [problems[name] for name in spec.sheet_only if name in problems]


def _say_readings(spec: TabSpec, standing: _Standing, notes: Notes) -> None:
    """Say how cells were read that were typed in another form, and are saved."""
    for column in spec.saved:
        found = standing.row.read_as.get(column.name)
        if found is not None and column.name not in standing.waiting:
            notes.understand(column.name, found.said)


def _replaced(
    tab: OpenTab, places: Mapping[str, int], standing: _Standing, values: Mapping[str, object], *, is_same: bool
) -> list[Message]:
    """What the row says of text that a person typed where the backend writes."""
    row, spec = standing.row, tab.spec
    names: list[str] = []
    if not is_same and (standing.copy is not None or not is_row_version(row.text("updated_at"))):
        unlike = [c for c in computed_columns(spec) if c.name in places and differs(c, row, values.get(c.name))]
        names = typed_over((c for c in unlike if c.name not in spec.identity), row, standing.copy)
    written = ["run_status"] if is_same else list(BACKEND_COLUMNS)
    written = [name for name in written if say_written(spec, row, [name])]
    can_be_written = writable(tab, row.number, places, [*names, *written])
    return [
        *say_computed(row, (name for name in names if name in can_be_written)),
        *say_written(spec, row, (name for name in written if name in can_be_written)),
    ]


def _gone(context: SyncContext, tab: OpenTab, places: Mapping[str, int], stays: set[int]) -> Iterator[RowReport]:
    """What the answer says of rows that leave the tab with text of a person in them that is kept nowhere."""
    spec = tab.spec
    gone = [row for row in (*tab.table.rows, *tab.table.leftovers) if row.number not in stays]
    copies = load_bases(context.session, tab, gone)
    first: dict[Identity, int] = {}
    for row in tab.table.rows:
        first.setdefault(identity_of(spec.identity, row.values), row.number)
    for row in gone:
        copy = copies.get(row.number)
        if copy is None and is_row_version(row.text("updated_at")):
            continue  # another database wrote it
        names = typed_over(computed_columns(spec), row, copy)
        identity = identity_of(spec.identity, row.values)
        if first.get(identity) != row.number:  # else what was typed there is saved, or remembered with the row
            before = {} if copy is None else {**copy.values, **annotations_shown(copy, identity)}
            said = {**row.plain, **annotations_of(spec, row.values)}
            names += [name for name in spec.typed if name in row.raw and said.get(name) != before.get(name)]
        else:
            names += [name for name in spec.sheet_only if name in row.problems]
        names += [name for name in BACKEND_COLUMNS if say_written(spec, row, [name])]
        if names := writable(tab, row.number, places, names):
            notes = Notes()
            notes.warn("row_left_the_tab", texts=[f"{name} {quoted(row.raw[name])}" for name in names])
            yield RowReport(tab.place.name, 0, display_key(spec, row.values), notes.text, notes.level)


def replace_rows(
    context: SyncContext, tab: OpenTab, rows: Sequence[MirrorRow], results: Sequence[SheetRow] = ()
) -> list[RowReport]:
    """Plan the tab to show exactly these rows, in this order, from the first data row on. Returns their lines.

    ``results`` are the tab's rows after their inputs were saved, where it has inputs.
    """
    spec, table, pending = tab.spec, tab.table, tab.pending
    places = column_places(tab)
    standing = _standing(context, tab, results)
    words = load_annotations(context.session, spec.name)
    saved = [c.name for c in spec.saved]
    mine = [c for c in computed_columns(spec) if c.name in places]
    existing = {row.number: row for row in (*table.rows, *table.leftovers)}
    numbers = sorted(existing)
    wanted: list[dict[str, CellValue | None]] = []
    stays: set[int] = set()
    for mirror in rows:
        identity = identity_of(spec.identity, mirror.values)
        before = standing.get(identity)
        own = {name: words.get(identity_text(identity), {}).get(name) for name in spec.sheet_only}
        full: dict[str, object] = {**mirror.values, **own}
        words_now = _words_now(spec, places, own, before)
        is_same = before is not None and before.copy is not None and _same_as_before(spec, before, full, words_now)
        if before is not None:
            stays.add(before.row.number)
            mirror.notes.add(*_unread(spec, before))
            mirror.notes.add(*_replaced(tab, places, before, full, is_same=is_same))
            _say_readings(spec, before, mirror.notes)
        full["run_status"] = mirror.notes.text
        if (
            before is not None
            and is_same
            and says_before(standing_status := before.row.text("run_status"), mirror.notes.text)
        ):
            full["run_status"] = standing_status
        if before is not None and is_same:
            full.update({name: before.row.values.get(name) for name in _MARKED})
        else:
            row_version = context.row_versions.next()
            full.update(updated_source=context.source, updated_at=row_version)
            kept = before.waiting if before is not None else {}
            base = before.outcome.base if before is not None and before.outcome is not None else None
            copy = {name: plain(full.get(name)) for name in saved if name not in kept}
            copy.update({name: base[name] for name in kept if base and base.get(name, DOUBTFUL) != DOUBTFUL})
            copy.update({ANNOTATIONS: words_now} if own else {})
            pending.copies.append((row_version, identity, {**copy, **computed(mine, mirror.values)}))
        cells = {c.name: shown(c, full.get(c.name), table.scope) for c in spec.columns if c.name in places}
        if before is not None:
            cells.update({name: value for name, value in before.waiting.items() if name in places})
        wanted.append(cells)
    gone = list(_gone(context, tab, places, stays))
    for number, cells in zip(numbers, wanted, strict=False):
        row = existing[number]
        for name, value in cells.items():
            if plain(row.raw.get(name)) != plain(value):
                pending.cells[number, places[name]] = value
    for number in numbers[len(wanted) :]:
        for name in existing[number].raw:
            pending.cells[number, places[name]] = None
    for cells in wanted[len(numbers) :]:
        pending.appended.append({places[name]: value for name, value in cells.items() if value is not None})
    _leave_protected(tab)
    lines = zip(rows, chain(numbers, count(table.last_data_row + 1)), strict=False)
    return [
        RowReport(tab.place.name, number, m.key, m.notes.text, m.notes.level, tuple(m.notes.notices))
        for m, number in lines
    ] + gone


def _leave_protected(tab: OpenTab) -> None:
    """A person's own formula in a cell of a mirrored tab stays where it is."""
    cells = tab.pending.cells
    if cells:
        for place in tab.workbook.protected_cells(TabEdit(tab.place.tab, tab.table.header_row, cells)):
            del cells[place]
