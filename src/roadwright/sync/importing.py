"""Bringing a file that others made into a workspace: what it means, where its rows go, and what the settings say of it.

A workbook is used where it is. A file of another format becomes an intake workbook of the workspace, which a newer
export of the same brings up to date: each row that it has keeps its key and its place.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from roadwright.domain.errors import InputError
from roadwright.domain.messages import Message
from roadwright.domain.text import folded, normalised
from roadwright.services.imports.known import Preset
from roadwright.services.imports.propose import ForeignTable, Proposal, propose
from roadwright.services.imports.words import letters_of
from roadwright.sheets.backend import Grid, SheetError, TabEdit, WriteReceipt
from roadwright.sheets.files import place_file
from roadwright.sheets.foreign import ForeignSheet, is_workbook_of_ours, read_sheets, workbook_of
from roadwright.sheets.foreign.files import with_numbered_header
from roadwright.sheets.foreign.writing import fitting
from roadwright.sheets.habits import numbered
from roadwright.sheets.kinds import is_blank
from roadwright.sheets.mapping import look_through
from roadwright.sheets.read import HeaderProblem, Row, Table, header_cells, read_table
from roadwright.sheets.values import CellValue
from roadwright.sync.written import file_digest, note_written
from roadwright.tabs.peoples_intake import EXTERNAL_ID, INTAKE_HABITS, PEOPLES_INTAKE
from roadwright.workspace.intake_entry import IntakeEntry, with_intake, with_words
from roadwright.workspace.intake_settings import IntakeBook
from roadwright.workspace.settings import FILE, load_settings, workbook_ref
from roadwright.workspace.workspace import TabPlace, Workspace

_UNSAFE = re.compile(r"[^\w\-]+")
_PREFIX = "Intake_"
_LONGEST_TAB = 31
_SAMPLES = 3


class ImportRefused(InputError):
    """The file can't be brought in; the message says why and what would help."""


@dataclass(frozen=True)
class Plan:
    """What an import is going to do."""

    sheet: ForeignSheet
    proposal: Proposal
    entry: IntakeEntry
    is_in_place: bool
    is_known: bool
    """The settings have this tab with a mapping already, which stays as it is; words that it lacks are added."""
    adds_only: bool = False
    """The file has another name than the export that it goes on from: rows that it lacks are not gone."""

    @property
    def samples(self) -> list[dict[str, object]]:
        """The first rows as they would be read."""
        return [_as_read(row) for row in self._table().rows[:_SAMPLES]]

    def _table(self) -> Table:
        return _preview(self.sheet, self.proposal)


def _as_read(row: Row) -> dict[str, object]:
    values = {name: value for name, value in row.plain.items() if name in row.raw and value is not None}
    return {**values, **{name: f"? {row.raw[name]}" for name in row.problems if name in row.raw}}


def _preview(sheet: ForeignSheet, proposal: Proposal) -> Table:
    rows = {n: cells for n, cells in sheet.rows.items() if n >= proposal.header_row}
    first = dict(list(rows.items())[:40])
    return read_table(
        Grid(rows=first),
        PEOPLES_INTAKE,
        tab=sheet.name,
        header_row=proposal.header_row,
        through=lambda grid, row: look_through(grid, PEOPLES_INTAKE, row, proposal.mapping, INTAKE_HABITS),
    )


def plan_import(
    root: Path, file: Path, *, tab: str | None = None, into: str | None = None, named: Preset | None = None
) -> Plan:
    """What to do with a file. Raises ImportRefused, SheetError or SettingsError."""
    settings = load_settings(root)
    sheets = read_sheets(file)
    sheet, proposal = _chosen(sheets, tab, named, file)
    in_place = is_workbook_of_ours(file) and into is None
    if in_place:
        workbook, name = _named(root, file), sheet.name
    else:
        stem = _stem(into or file.stem)
        workbook, name = f"{_PREFIX}{stem}.xlsx", stem[:_LONGEST_TAB]
    earlier = None
    is_new = not (root / workbook).exists() if not in_place else not _is_intake(root, settings.intake, workbook, name)
    if into is None and is_new:
        earlier = _earlier_export(root, settings.intake, sheet, proposal)
    if earlier is not None:
        workbook, name, in_place = earlier.workbook, earlier.tabs[0], False
    known = False
    values = proposal.values
    for book in settings.intake:
        same = workbook_ref(root, book.workbook).identity == workbook_ref(root, workbook).identity
        if same and any(folded(one) == folded(name) for one in book.tabs):
            known = bool(book.columns) or (not in_place and (root / workbook).exists())
            workbook = book.workbook
            values = _new_words(book, proposal) if known else values
    entry = IntakeEntry(
        workbook,
        name,
        proposal.header_row if in_place else 1,
        proposal.preset,
        {ours: [theirs] for ours, theirs in proposal.columns.items()},
        values,
        proposal.units,
        {},
        proposal.skip,
        proposal.fill_down,
    )
    return Plan(sheet, proposal, entry, in_place, known, earlier is not None)


def _new_words(book: IntakeBook, proposal: Proposal) -> dict[str, dict[str, str]]:
    """The words of choices that the mapping of an earlier import lacks, of the columns that it has."""
    found: dict[str, dict[str, str]] = {}
    for ours, words in proposal.values.items():
        if [*map(normalised, book.columns.get(ours, []))] != [normalised(proposal.columns[ours])]:
            continue
        have = {letters_of(word) for word in book.values.get(ours, {})}
        new = {word: meant for word, meant in words.items() if letters_of(word) not in have}
        if new:
            found[ours] = new
    return found


def _is_intake(root: Path, books: Iterable[IntakeBook], workbook: str, tab: str) -> bool:
    wanted = workbook_ref(root, workbook).identity
    return any(
        workbook_ref(root, book.workbook).identity == wanted and folded(tab) in map(folded, book.tabs) for book in books
    )


def _earlier_export(
    root: Path, books: Iterable[IntakeBook], sheet: ForeignSheet, proposal: Proposal
) -> IntakeBook | None:
    """The intake workbook that holds an earlier export of the same, under another name: it has the same rows.

    The same are rows with the same id of the same tracker; without a known tracker the header has to be the same, too,
    and half of the ids. Ids that are plain numbers are given by every installation of a tracker: a third of the rows
    that share one have to share its title, too.
    """
    theirs = proposal.columns.get(EXTERNAL_ID.name)
    if theirs is None:
        return None
    said = _titles_by_id(sheet, proposal.header_row, theirs, proposal.columns["title"])
    for book in books:
        path = workbook_ref(root, book.workbook).file
        id_names, title_names = book.columns.get(EXTERNAL_ID.name, []), book.columns.get("title", [])
        if len(book.tabs) != 1 or book.source != proposal.preset or len(id_names) != 1 or not title_names:
            continue
        if path is None or not path.exists():
            continue
        for there in read_sheets(path):
            header_row = _row_with(there, id_names[0])
            if folded(there.name) != folded(book.tabs[0]) or header_row is None:
                continue
            known = _titles_by_id(there, header_row, id_names[0], title_names[0])
            common = said.keys() & known.keys()
            if not common or not _are_the_same(common, said, known):
                continue
            names = {normalised(str(value)) for value in sheet.rows[proposal.header_row].values()}
            have = {normalised(str(value)) for value in there.rows[header_row].values()}
            if proposal.preset or (names <= have and 2 * len(common) >= len(said)):
                return book
    return None


def _are_the_same(common: set[str], said: Mapping[str, str], known: Mapping[str, str]) -> bool:
    """Whether rows that share an id are the same rows."""
    if not all(said_id.isdecimal() for said_id in common):
        return True
    return 3 * sum(said[each] == known[each] for each in common) >= len(common)


def _row_with(sheet: ForeignSheet, header: str) -> int | None:
    """The first row in which this header stands."""
    wanted = normalised(header)
    return next(
        (n for n, row in sorted(sheet.rows.items()) if any(normalised(str(v)) == wanted for v in row.values())), None
    )


def _titles_by_id(sheet: ForeignSheet, header_row: int, id_header: str, title_header: str) -> dict[str, str]:
    places = {normalised(str(value)): column for column, value in sheet.rows[header_row].items()}
    id_column, title_column = places.get(normalised(id_header), 0), places.get(normalised(title_header), 0)
    return {
        folded(str(value)): folded(str(cells.get(title_column, "")))
        for number, cells in sheet.rows.items()
        if number > header_row and not is_blank(value := cells.get(id_column))
    }


def _stem(name: str) -> str:
    plain = _UNSAFE.sub("_", name).strip("_")
    return plain[len(_PREFIX) :] if plain.startswith(_PREFIX) and len(plain) > len(_PREFIX) else plain or "file"


def _named(root: Path, file: Path) -> str:
    """The workbook as the settings name it: within the folder without it, elsewhere in full."""
    folder = Path(os.path.realpath(root))
    real = Path(os.path.realpath(file.parent)) / file.name
    return (real.relative_to(folder) if real.is_relative_to(folder) else real).as_posix()


def _chosen(
    sheets: list[ForeignSheet], tab: str | None, named: Preset | None, file: Path
) -> tuple[ForeignSheet, Proposal]:
    """The sheet that is named, or the one that says most; a list of options or a cover says little."""
    there = tuple(sheet.name for sheet in sheets)
    if tab is not None:
        sheets = [sheet for sheet in sheets if folded(sheet.name) == folded(tab)]
        if not sheets:
            raise ImportRefused("import_no_tab", file=file.name, tab=tab, tabs=there)
    found: list[tuple[tuple[int, int, int], ForeignSheet, Proposal]] = []
    for sheet in sheets:
        proposal = propose(ForeignTable(sheet.rows, sheet.merged_down), named=named)
        if proposal is not None and proposal.is_usable:
            rows = sum(number > proposal.header_row for number in sheet.rows)
            merit = (rows > 0, len(proposal.guesses), min(rows, 1000))
            found.append((merit, with_numbered_header(sheet, proposal.header_row), proposal))
    if not found:
        raise ImportRefused("import_no_titles", file=file.name, tabs=there)
    _, sheet, proposal = max(found, key=lambda item: item[0])
    if all(number <= proposal.header_row for number in sheet.rows):
        raise ImportRefused("import_no_rows", file=file.name, row=proposal.header_row)
    return sheet, proposal


def take_import(workspace: Workspace, plan: Plan, *, is_synced: bool = False) -> None:
    """Do what is planned: the intake workbook, then the settings. Raises SheetError, SettingsChange, SettingsError.

    ``is_synced`` where the backlog is synced right after. Else the workbook waits to be read, as one that a person
    saved, and whoever watches it may do so.
    """
    root = workspace.root
    file = root / plan.entry.workbook
    if not plan.is_in_place:
        ref, replaced = workbook_ref(root, plan.entry.workbook), ""
        if file.exists():
            receipt = _update(workspace, plan)
            digest, replaced = receipt.digest, receipt.replaced
        else:
            place_file(file, workbook_of(plan.sheet, plan.proposal.header_row, plan.entry.tab))
            digest = file_digest(file) or ""
        if is_synced:
            note_written(workspace.store, {ref: digest}, {ref: replaced})
    if not plan.is_known or plan.entry.values:
        settings = root / FILE
        text = settings.read_text(encoding="utf-8-sig")
        changed = with_words(text, plan.entry) if plan.is_known else with_intake(text, plan.entry)
        place_file(settings, changed.encode())
        try:
            load_settings(root)
        except Exception:
            place_file(settings, text.encode())
            raise


def _place_of(workspace: Workspace, plan: Plan) -> TabPlace:
    """The tab as the settings have it, or will."""
    wanted = workbook_ref(workspace.root, plan.entry.workbook)
    for place in workspace.intake():
        if place.workbook.identity == wanted.identity and folded(place.tab) == folded(plan.entry.tab):
            return place
    raise ImportRefused("import_file_there", file=plan.entry.workbook)


def _update(workspace: Workspace, plan: Plan) -> WriteReceipt:
    """Bring the intake workbook of an earlier export up to date with this one."""
    place = _place_of(workspace, plan)
    workbook = workspace.open(place)
    grid = workbook.read(place.tab)
    table = read_table(grid, place.spec, tab=place.tab, header_row=place.header_row, through=place.through)
    header_row = table.header_row
    there = {c: str(v) for c, v in sorted(header_cells(grid, header_row).items()) if not is_blank(v)}
    columns = {normalised(name): c for c, name in zip(there, numbered(there.values()), strict=True)}
    cells: dict[tuple[int, int], CellValue | None] = {}
    free = max(there, default=0)
    places: dict[int, int] = {}
    header = plan.sheet.rows[plan.proposal.header_row]
    for column, name in sorted(header.items()):
        key = normalised(str(name))
        if key not in columns:
            free += 1
            columns[key] = free
            cells[header_row, free] = str(name)
        places[column] = columns[key]
    exported = {n: row for n, row in plan.sheet.rows.items() if n > plan.proposal.header_row}
    pairs = _paired(grid, table, places, exported)
    appended: list[Mapping[int, CellValue | None]] = []
    for number, row in exported.items():
        said = {places[column]: fitting(value) for column, value in row.items() if column in places}
        old = pairs.get(number)
        if old is None:
            appended.append(said)
            continue
        have = grid.rows[old]
        cells.update({(old, c): said.get(c) for c in places.values() if have.get(c) != said.get(c)})
    kept = set(pairs.values())
    ours = [table.columns[c.name] for c in table.spec.columns if c.name in table.columns and c.owner == "system"]
    for old, have in grid.rows.items():
        if old > header_row and old not in kept and not plan.adds_only:
            cells.update({(old, c): None for c in (*places.values(), *ours) if c in have})
    edit = TabEdit(place.tab, header_row, cells, appended, max([table.last_data_row, *grid.rows], default=header_row))
    for cell in workbook.protected_cells(edit):
        cells.pop(cell, None)
    return workbook.write([edit])


def _paired(
    grid: Grid, table: Table, places: Mapping[int, int], exported: Mapping[int, Mapping[int, CellValue]]
) -> dict[int, int]:
    """By row of the export the row that it has here: the one with its id, else the one with its title."""
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for name in (EXTERNAL_ID.name, "title"):
        column = table.columns.get(name)
        theirs = next((c for c, place in places.items() if place == column), None)
        if theirs is None:
            continue
        here: dict[str, deque[int]] = defaultdict(deque)
        for number, cells in grid.rows.items():
            if number > table.header_row and number not in taken and not is_blank(cells.get(column or 0)):
                here[folded(str(cells[column or 0]))].append(number)
        for number, row in exported.items():
            said = row.get(theirs)
            if number in pairs or is_blank(said):
                continue
            rows = here.get(folded(str(said)))
            if rows:
                pairs[number] = rows.popleft()
                taken.add(pairs[number])
        if name == EXTERNAL_ID.name and len(pairs) >= len(exported):
            break
        if name == EXTERNAL_ID.name and here:
            # Where rows have ids, those without a known one are new, whatever their title.
            exported = {n: row for n, row in exported.items() if is_blank(row.get(theirs))}
    return pairs


def proposal_for(workspace: Workspace, place: TabPlace) -> Message | None:
    """What to paste into the settings for an intake tab whose header can't be matched, where that can be told."""
    try:
        grid = workspace.open(place).read(place.tab)
    except SheetError:
        return None
    merged = [
        (area.first_column, area.first_row, area.last_row)
        for area in grid.merged
        if area.first_column == area.last_column
    ]
    proposal = propose(ForeignTable(grid.rows, merged))
    if proposal is None or not proposal.is_usable:
        return None
    entry = IntakeEntry(
        place.book if place.workbook.file is not None else place.workbook.address,
        place.tab,
        proposal.header_row,
        proposal.preset,
        {ours: [theirs] for ours, theirs in proposal.columns.items()},
        proposal.values,
        proposal.units,
        {},
        proposal.skip,
        proposal.fill_down,
    )
    reasons = tuple(str(guess) for guess in proposal.guesses)
    return Message("mapping_proposed", params={"place": place.full_name, "toml": entry.to_toml(), "reasons": reasons})


def cannot_be_matched(fault: SheetError) -> bool:
    """Whether a tab can't be read because of its header alone."""
    return isinstance(fault, HeaderProblem)
