"""Tabs whose rows the backend replaces, in its own order: candidates, runs, results, alerts.

What people typed there that waits to be settled travels with its row, and so do their own words (sheet-only cells),
which are remembered by the row's identity and come back when the row comes back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from roadwright.sheets.backend import TabEdit
from roadwright.sheets.plain import plain
from roadwright.sheets.read import Row
from roadwright.sheets.spec import Owner, TabSpec
from roadwright.sheets.values import CellValue
from roadwright.sync.annotations import Words, annotations_of, annotations_shown
from roadwright.sync.baselines import load_annotations
from roadwright.sync.context import ANNOTATIONS, OpenTab, SyncContext
from roadwright.sync.identity import Identity, identity_of, identity_text
from roadwright.sync.merge_rows import load_bases
from roadwright.sync.row_results import RowResult
from roadwright.sync.write_back import column_places, differs, keep_unconfirmed, shown

_PROVENANCE = ("updated_source", "updated_at")


@dataclass(frozen=True)
class MirrorRow:
    """A row as it should stand: its identity, values by column, and status."""

    values: Mapping[str, object]
    run_status: str = "OK"


@dataclass
class _Standing:
    """What stood on the tab for one identity before it is rewritten."""

    row: Row
    words: Words
    """What its sheet-only cells showed when the backend last wrote it."""
    is_ours: bool
    """This database wrote the row, as its row version says."""
    outcome: RowResult | None = None
    waiting: dict[str, CellValue] = field(default_factory=dict)


def _standing(context: SyncContext, tab: OpenTab, results: Sequence[RowResult]) -> dict[Identity, _Standing]:
    table, spec = tab.table, tab.spec
    bases = load_bases(context.session, tab)
    by_number = {outcome.row.number: outcome for outcome in results}
    result: dict[Identity, _Standing] = {}
    for row in table.rows:
        identity = identity_of(spec.identity, row.values)
        outcome = by_number.get(row.number)
        waiting = {name: row.raw[name] for name in outcome.kept if name in row.raw} if outcome else {}
        base = bases.get(row.number)
        standing = _Standing(row, annotations_shown(base, identity), base is not None, outcome, waiting)
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
    """Whether the row's values are what stands there already, and its own words what it was last written with."""
    return (
        not standing.row.overtyped
        and standing.words == words
        and all(
            not differs(c, standing.row, values.get(c.name))
            for c in spec.columns
            if c.name not in (*_PROVENANCE, "run_status")
            and c.owner is not Owner.SHEET_ONLY
            and c.name not in standing.waiting
        )
    )


def replace_rows(
    context: SyncContext, tab: OpenTab, rows: Sequence[MirrorRow], results: Sequence[RowResult] = ()
) -> None:
    """Plan the tab to show exactly these rows, in this order, from the first data row on.

    ``outcomes`` are the tab's rows after their inputs were saved, where it has inputs.
    """
    spec, table, pending = tab.spec, tab.table, tab.pending
    places = column_places(tab)
    standing = _standing(context, tab, results)
    words = load_annotations(context.session, spec.name)
    saved = [c.name for c in spec.saved]
    existing = {row.number: row for row in (*table.rows, *table.leftovers)}
    numbers = sorted(existing)
    wanted: list[tuple[Identity, dict[str, CellValue | None]]] = []
    for mirror in rows:
        identity = identity_of(spec.identity, mirror.values)
        before = standing.get(identity)
        own = {name: words.get(identity_text(identity), {}).get(name) for name in spec.sheet_only}
        full: dict[str, object] = {**mirror.values, **own, "run_status": mirror.run_status}
        words_now = _words_now(spec, places, own, before)
        if before is not None and before.is_ours and _same_as_before(spec, before, full, words_now):
            full.update({name: before.row.values.get(name) for name in _PROVENANCE})
        else:
            row_version = context.row_versions.next()
            full.update(updated_source=context.source, updated_at=row_version)
            kept = before.waiting if before is not None else {}
            base = before.outcome.base if before is not None and before.outcome is not None else None
            copy = {name: plain(full.get(name)) for name in saved if name not in kept}
            copy.update({name: base[name] for name in kept if base is not None and name in base})
            copy.update({ANNOTATIONS: words_now} if own else {})
            pending.copies.append((row_version, identity, copy))
            if before is not None and before.outcome is not None:
                keep_unconfirmed(tab, before.outcome, row_version)
        cells = {c.name: shown(c, full.get(c.name)) for c in spec.columns if c.name in places}
        if before is not None:
            cells.update({name: value for name, value in before.waiting.items() if name in places})
        wanted.append((identity, cells))
    for number, (_, cells) in zip(numbers, wanted, strict=False):
        row = existing[number]
        for name, value in cells.items():
            if plain(row.raw.get(name)) != plain(value):
                pending.cells[number, places[name]] = value
    for number in numbers[len(wanted) :]:
        for name in existing[number].raw:
            pending.cells[number, places[name]] = None
    for _, cells in wanted[len(numbers) :]:
        pending.appended.append({places[name]: value for name, value in cells.items() if value is not None})
    _leave_protected(tab)


def _leave_protected(tab: OpenTab) -> None:
    """A person's own formula in a cell of a mirrored tab stays where it is."""
    cells = tab.pending.cells
    if cells:
        for place in tab.workbook.protected_cells(TabEdit(tab.place.tab, tab.table.header_row, cells)):
            del cells[place]
