"""Bring a tab up to date: the cells that the backend owns, merged values, statuses, provenance. Computes edits only.

A cell is written only where its meaning differs from what should stand there. A cell in which something typed waits
(unreadable, in conflict, not saved) is never touched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from operator import eq

from sqlalchemy.orm import Session

from roadwright.domain.provenance import is_row_version
from roadwright.services.rows.baselines import Baseline, save_baselines
from roadwright.services.rows.identity import Identity, display_key, identity_text
from roadwright.sheets.backend import TabEdit
from roadwright.sheets.merge import plain
from roadwright.sheets.read import BACKEND_COLUMNS, Row
from roadwright.sheets.scope import Scope
from roadwright.sheets.spec import CellProblem, Column, Owner, TabSpec, meaning
from roadwright.sheets.styles import most_lines, width_on_one_line
from roadwright.sheets.values import CellValue, PercentPoints
from roadwright.sync.annotations import annotations_to_show
from roadwright.sync.bases import DOUBTFUL, keep_saved
from roadwright.sync.context import ANNOTATIONS, COMPUTED, SET_VERSION, OpenTab, SyncContext
from roadwright.sync.replaced import (
    LONGEST,
    computed,
    computed_columns,
    say_computed,
    say_written,
    shown,
    typed_over,
    writable,
)
from roadwright.sync.reports import SheetRow
from roadwright.sync.tab_cache import fingerprint_of

Values = Mapping[str, object]


def column_places(tab: OpenTab) -> dict[str, int]:
    """Where each column stands; missing system columns are added."""
    table = tab.table
    for name, place in table.new_columns.items():
        tab.pending.cells[table.header_row, place] = name
    return {**table.columns, **table.new_columns}


def differs(column: Column, row: Row, value: object) -> bool:
    """Whether the row's cell means something else than this value."""
    if column.name in row.problems or column.name in row.overtyped:
        return True
    said = row.values.get(column.name)
    cell = shown(column, value)
    if cell is None:
        return row.raw.get(column.name) is not None and said is not None
    if isinstance(cell, str) and len(cell) == LONGEST:  # it may have been cut
        return row.raw.get(column.name) != cell
    return plain(said) != plain(value)


def _writable(spec: TabSpec, places: Mapping[str, int], inputs: bool) -> Iterable[Column]:
    owners = {Owner.DERIVED, Owner.SYSTEM} | ({Owner.INPUT, Owner.SHARED} if inputs else set())
    return (c for c in spec.columns if c.name in places and c.owner in owners and c.name not in BACKEND_COLUMNS)


def _drop_protected(
    tab: OpenTab, result: SheetRow, cells: dict[tuple[int, int], CellValue | None], names: Mapping[int, str]
) -> set[str]:
    """Take out the cells that can't be written, saying so on the row. Returns their columns."""
    if not cells:
        return set()
    refused = tab.workbook.protected_cells(TabEdit(tab.place.tab, tab.table.header_row, cells))
    dropped = set()
    for (number, place), why in refused.items():
        del cells[number, place]
        name = names.get(place, "")
        dropped.add(name)
        if name != "run_status":
            result.notes.warn("not_brought_up_to_date", name, place=tab.table.place(number, name), why=why)
    return dropped


def bring_up_to_date(
    context: SyncContext,
    tab: OpenTab,
    results: Sequence[SheetRow],
    stored: Mapping[Identity, Values],
    *,
    inputs: bool = True,
) -> None:
    """Plan the cells of existing rows.

    ``stored`` is what the database says now. ``inputs`` False leaves typed columns as people typed them (intake).
    Rows that are not looked at are left alone.
    """
    spec, pending = tab.spec, tab.pending
    places = column_places(tab)
    names = {place: name for name, place in places.items()}
    saved_columns = [c.name for c in spec.saved if c.name in places]
    taken_out = [c.name for c in spec.saved if c.name not in places]
    owned = {column.name: column for column in _writable(spec, places, inputs)}
    typed = {name for name, column in owned.items() if column.owner in (Owner.INPUT, Owner.SHARED)}
    mine = [column for column in computed_columns(spec) if column.name in owned]
    blanks = {column.name: plain(column.blank_means) for column in spec.saved}
    for result in context.counted(f"bringing {tab.place.name} up to date", results):
        if not result.is_selected:
            continue
        row = result.row
        if result.unchanged_as is not None:
            _say_status(tab, result, places, names)
            continue
        tab.settled.pop(row.number, None)
        now = None if result.is_duplicate else stored.get(result.identity)
        if now is None:
            _say_status(tab, result, places, names)
            continue
        unlike = _unlike(owned, row, now, len(tab.table.columns))
        if row.read_as:
            _write_as_read(tab, result, now, inputs=inputs)
        needs_row_version = result.identity in tab.needs_row_version
        is_written = not unlike and not needs_row_version and _was_written_so(tab, result, taken_out)
        if is_written and not _lacks_row_version(tab, row, places):
            if not row.remarks:  # it has to be read again to be told again
                tab.settled[row.number] = fingerprint_of(now)
            _say_status(tab, result, places, names)
            continue
        cells: dict[tuple[int, int], CellValue | None] = {
            (row.number, places[name]): _cell_of(owned[name], now, tab.table.scope)
            for name in unlike
            if name not in result.kept and differs(owned[name], row, now[name])
        }
        dropped = _drop_protected(tab, result, cells, names)
        _say_what_is_replaced(tab, result, cells)
        base = {**_new_base(result, now, saved_columns, dropped, inputs), **_more_shown(tab, result)}
        if (
            any(not owned[names[place]].moves for _, place in cells)
            or result.row_version
            or result.base is None
            or needs_row_version
            or not _shows_the_same(result.base, base, blanks)
            or _lacks_row_version(tab, row, places)
        ):
            row_version = result.row_version or context.row_versions.next()
            pending.copies.append((row_version, result.identity, base | computed(mine, now, _copy_of(tab, result))))
            cells[row.number, places["updated_source"]] = context.source
            cells[row.number, places["updated_at"]] = row_version
            dropped |= _drop_protected(tab, result, cells, names)
            if "updated_at" in dropped:
                pending.unversioned.add(result.identity)
            marked = [name for name in ("updated_source", "updated_at") if (row.number, places[name]) in cells]
            result.notes.add(*say_written(spec, row, marked))
        pending.cells.update(cells)
        result.is_written |= any(names[place] in typed for _, place in cells)
        if not (result.kept or dropped or row.remarks) and _reads_back(tab, row.number, unlike, now):
            tab.settled[row.number] = fingerprint_of(now)
        _say_status(tab, result, places, names)


def _cell_of(column: Column, values: Values, scope: Scope) -> CellValue | None:
    """What a cell holds for a row's value; a number in percent says so many percent whatever the cell's format."""
    cell = shown(column, values.get(column.name), scope)
    unit_of = column.kind.unit_of
    if unit_of is not None and isinstance(cell, int | float) and unit_of(values, scope).is_percent:
        return PercentPoints(cell)
    return cell


def _write_as_read(tab: OpenTab, result: SheetRow, now: Values, *, inputs: bool) -> None:
    """Give cells that were typed in another form the value's own, and say how each was read.

    A formula that gives such a text stays, and so do cells of which nothing is saved.
    """
    row, places, spec = result.row, tab.table.columns, tab.spec
    cells: dict[tuple[int, int], CellValue | None] = {}
    for name, found in row.read_as.items():
        column = spec.by_name[name]
        is_saved = not inputs or (name in now and plain(now[name]) == plain(found.value))
        if name in result.kept or name not in row.values or column.owner is Owner.SHEET_ONLY or not is_saved:
            continue
        result.notes.understand(name, found.said)
        if found.rewrites:
            cells[row.number, places[name]] = _cell_of(column, row.values, tab.table.scope)
    refused = tab.workbook.protected_cells(TabEdit(tab.place.tab, tab.table.header_row, cells)) if cells else {}
    tab.pending.cells.update((at, cell) for at, cell in cells.items() if at not in refused)


def _say_what_is_replaced(tab: OpenTab, result: SheetRow, cells: Collection[tuple[int, int]]) -> None:
    """Say which text of a person a computed cell takes the place of: one that this copy of the row never showed."""
    row, places = result.row, tab.table.columns
    replaced = [
        column
        for column in computed_columns(tab.spec)
        if column.name not in tab.spec.identity and (row.number, places.get(column.name, 0)) in cells
    ]
    typed = typed_over(replaced, row, _copy_of(tab, result)) if replaced else ()
    result.notes.add(*say_computed(row, typed))


def _copy_of(tab: OpenTab, result: SheetRow) -> Baseline | None:
    """What this copy of the row showed: as its version tells, or where that is lost, as its content does."""
    copy = tab.bases.get(result.row.number)
    if copy is None and result.base is not None and COMPUTED in result.base:
        return Baseline(identity_text(result.identity), result.base)
    return copy


def _reads_back(tab: OpenTab, number: int, unlike: Iterable[str], now: Values) -> bool:
    """Whether the row's cells, once they are written, will be read as what is stored."""
    cells, columns = tab.pending.cells, tab.spec.by_name
    places = {**tab.table.columns, **tab.table.new_columns}
    scope = replace(tab.table.scope, row=now)
    return all(
        (at := (number, places[name])) in cells and _is_read_as(columns[name], cells[at], now[name], scope)
        for name in unlike
    )


def _is_read_as(column: Column, cell: CellValue | None, value: object, scope: Scope) -> bool:
    try:
        return plain(meaning(column, cell, scope)) == plain(value)
    except CellProblem:
        return False


def _unlike(columns: Collection[str], row: Row, now: Values, width: int) -> list[str]:
    """The columns whose cell does not mean what is stored, or can't be read. ``width`` columns stand on the tab."""
    said = row.values
    # Most rows can be read as a whole and are as stored: that is found out without a loop in Python.
    if len(said) == width and all(map(eq, map(said.get, columns), map(now.get, columns))):
        return []
    return [
        name
        for name in columns
        if name in now and not (name in said and (said[name] == now[name] or plain(said[name]) == plain(now[name])))
    ]


def _was_written_so(tab: OpenTab, result: SheetRow, taken_out: Iterable[str]) -> bool:
    """Whether the row's copy already remembers what the row shows: nothing, in columns that someone took out."""
    if not result.as_shown or result.row_version or result.kept:
        return False
    base = result.base or {}
    if any(name in base for name in taken_out):
        return False
    return _more_shown(tab, result) == {name: base[name] for name in (SET_VERSION, ANNOTATIONS) if name in base}


def _lacks_row_version(tab: OpenTab, row: Row, places: Mapping[str, int]) -> bool:
    """Whether an unchanged row is to get its version: its last pass was killed before the write.

    Or a person typed something else in its place.
    """
    if is_row_version(row.text("updated_at")):
        return False
    cell: dict[tuple[int, int], CellValue | None] = {(row.number, places["updated_at"]): "row_version"}
    return not tab.workbook.protected_cells(TabEdit(tab.place.tab, tab.table.header_row, cell))


def _say_status(tab: OpenTab, result: SheetRow, places: Mapping[str, int], names: Mapping[int, str]) -> None:
    """Plan the row's status, where it is not what stands there."""
    status, _ = result.status
    if result.row.status != status:
        typed = say_written(tab.spec, result.row, ["run_status"])
        if typed and writable(tab, result.row.number, places, ["run_status"]):
            result.notes.add(*typed)
            status, _ = result.status
    if result.row.status != status:
        cells: dict[tuple[int, int], CellValue | None] = {(result.row.number, places["run_status"]): status}
        if _drop_protected(tab, result, cells, names):
            tab.settled.pop(result.row.number, None)
        tab.pending.cells.update(cells)


def _more_shown(tab: OpenTab, result: SheetRow) -> dict[str, object]:
    """What a row's copy remembers beside its columns."""
    return {**_set_row_version(tab, result.identity), **_own_words(tab.spec, result)}


def _new_base(
    result: SheetRow, now: Values, columns: Iterable[str], dropped: set[str], inputs: bool
) -> dict[str, object]:
    """What this copy of the row shows after the write, in plain values; kept cells keep what they showed before."""
    base: dict[str, object] = {}
    for name in columns:
        if name in result.kept or name in dropped:
            if result.base is not None and result.base.get(name, DOUBTFUL) != DOUBTFUL:
                base[name] = result.base[name]
        elif inputs:
            base[name] = plain(now.get(name))
        elif name in result.row.values:
            base[name] = result.row.plain[name]
    return base


def _set_row_version(tab: OpenTab, identity: Identity) -> dict[str, object]:
    row_version = tab.set_row_versions.get(identity[: len(tab.spec.set_identity)]) if tab.spec.set_identity else None
    return {} if row_version is None else {SET_VERSION: row_version}


def _own_words(spec: TabSpec, result: SheetRow) -> dict[str, object]:
    shown = (result.base or {}).get(ANNOTATIONS)
    return annotations_to_show(spec, result.row, dict(shown) if isinstance(shown, dict) else {})


def _shows_the_same(one: Values, other: Values, blanks: Values) -> bool:
    """Whether two copies of a row are equal but for what is computed; a column that one lacks shows a blank there."""
    one = {name: value for name, value in one.items() if name != COMPUTED}
    return {**blanks, **one} == {**blanks, **other}


def append_rows(
    context: SyncContext, tab: OpenTab, rows: Sequence[tuple[Identity, Values]], statuses: Mapping[Identity, str]
) -> None:
    """Plan new rows below the data."""
    spec, pending = tab.spec, tab.pending
    places = column_places(tab)
    data = [column for column in spec.columns if column.name not in BACKEND_COLUMNS]
    mine = [column for column in computed_columns(spec) if column.name in places]
    scope = replace(tab.table.scope)
    for identity, values in context.counted(f"adding rows to {tab.place.name}", rows):
        row_version = context.row_versions.next()
        provenance = {
            "run_status": statuses.get(identity, "OK"),
            "updated_source": context.source,
            "updated_at": row_version,
        }
        full = {**values, **provenance}
        cells: dict[int, CellValue | None] = {
            places[c.name]: cell
            for c in spec.columns
            if c.name in places and (cell := _cell_of(c, full, tab.table.scope)) is not None
        }
        pending.appended.append(cells)
        pending.new_rows.append((display_key(spec, values), str(full["run_status"])))
        scope.row = values
        is_settled = all(
            _is_read_as(c, cells.get(places[c.name]), full.get(c.name), scope) for c in data if c.name in places
        )
        pending.new_fingerprints.append(fingerprint_of(values) if is_settled else None)
        copy = {c.name: plain(values.get(c.name)) for c in spec.saved if c.name in places}
        pending.copies.append(
            (row_version, identity, {**copy, **_set_row_version(tab, identity), **computed(mine, values)})
        )


def finish(session: Session, tab: OpenTab, folder: str) -> TabEdit:
    """The edit to write, with its memory stored in the session."""
    table, pending = tab.table, tab.pending
    versioned = {identity for _, identity, _ in pending.copies} - pending.unversioned
    pending.to_confirm = [identity_text(identity) for identity in keep_saved(session, tab, folder) & versioned]
    save_baselines(session, tab.spec, pending.copies)
    pending.copies.clear()  # they are stored, and a large workbook's write needs the room
    places = {**table.columns, **table.new_columns}
    own = {places[c.name]: width_on_one_line(c) for c in tab.spec.owned(Owner.SYSTEM) if c.name in places}
    return TabEdit(
        tab.place.tab,
        table.header_row,
        pending.cells,
        pending.appended,
        table.last_data_row,
        own,
        {places[c.name]: lines for c in tab.spec.columns if c.name in places and (lines := most_lines(c))},
        [places[name] for name in tab.spec.identity if name in places],
    )
