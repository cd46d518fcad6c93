"""One spreadsheet of Google Sheets as a workbook of the sheet engine."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from roadwright.domain.messages import Message
from roadwright.domain.progress import TellProgress, tell_nobody
from roadwright.sheets.backend import (
    Grid,
    SheetError,
    TabEdit,
    TabReceipt,
    WorkbookBusy,
    WorkbookMoved,
    WorkbookRef,
    WorkbookUnreadable,
    WriteReceipt,
    new_row_numbers,
    no_tab,
    refused_rows,
    spelled,
    spreadsheet_id,
)
from roadwright.sheets.backends.google.client import SheetsFault
from roadwright.sheets.backends.google.content import Cells, TabContent
from roadwright.sheets.backends.google.credentials import client_for
from roadwright.sheets.backends.google.faults import in_words, is_no_such_range, is_protected
from roadwright.sheets.backends.google.landing import Plan
from roadwright.sheets.backends.google.reading import list_tabs, read_tabs
from roadwright.sheets.backends.google.writing import TabWork, Writer
from roadwright.sheets.files import place_file
from roadwright.sheets.values import CellValue, Unwritable, cell_name, says_the_same

TABS_FILE = "google-tabs.json"
"""In the private folder of a workspace: which tabs each spreadsheet had when they were listed last. It only says what
can be read in one call; a tab that is not there after all is found out."""
_TABS_SECONDS = 900
"""After so long, people may have added tabs that somebody waits for."""
_PROTECTED_MEANWHILE = 3


class GoogleWorkbook:
    """A spreadsheet as it was when it was read; see ``roadwright.sheets.backend.Workbook``.

    Tabs are read when they are asked for, and those that are announced (`will_read`) with the first one. People go on
    working in it: rows that they move meanwhile are found again, and what they type stays.
    """

    def __init__(
        self, ref: WorkbookRef, scratch: Path | None, tell: TellProgress = tell_nobody, key_file: Path | None = None
    ) -> None:
        found = spreadsheet_id(ref.address)
        if found is None:
            raise WorkbookUnreadable("google_no_id", address=ref.address)
        self._id, self._ref, self._scratch, self._tell = found, ref, scratch, tell
        self._client, self._account = client_for(key_file, scratch)
        self._title = ""
        self._contents: dict[str, TabContent] = {}
        self._grids: dict[str, Grid] = {}
        self._announced: list[str] = []
        self._outdated: set[str] = set()
        """Tabs that are not as they were when they were read: they are read again when somebody asks."""
        self._tabs = _known_tabs(scratch).get(self._id)
        if self._tabs is None:
            self._list()

    @property
    def name(self) -> str:
        return self._ref.name if self._ref.name != self._id or not self._title else self._title

    def tabs(self) -> list[str]:
        assert self._tabs is not None
        return list(self._tabs)

    def will_read(self, tabs: Collection[str]) -> None:
        self._announced = [tab for tab in tabs if tab not in self._contents]

    def read(self, tab: str) -> Grid:
        content = self._content(tab)
        if content.title in self._outdated:
            self._outdated.discard(content.title)
            del self._contents[content.title]
            content = self._content(tab)
        if content.title not in self._grids:
            self._grids[content.title] = content.grid()
        return self._grids[content.title]

    @property
    def origin(self) -> str:
        return self._id

    def fingerprint(self, tab: str) -> str:
        content = self._content(tab)
        # What is to be read again equals nothing that anybody remembers, nor itself the next time.
        return f"outdated {uuid.uuid4().hex}" if content.title in self._outdated else content.digest()

    def plan_append(self, edit: TabEdit) -> list[int]:
        content = self._content(edit.tab)

        def obstacle(row: int, column: int) -> str | None:
            if content.value(row, column) not in (None, "", False):
                return "holds_something"
            if any(area.covers(row, column) for area in content.merged):
                return "in_merged_cells"
            return "is_protected" if content.is_locked(row, column) else None

        return new_row_numbers(edit, obstacle)

    def protected_cells(self, edit: TabEdit) -> dict[tuple[int, int], Message]:
        return self._content(edit.tab).protected_cells(edit)

    def write(self, edits: Sequence[TabEdit]) -> WriteReceipt:
        contents = [self._content(edit.tab) for edit in edits]
        if len({content.title for content in contents}) < len(contents):
            raise ValueError("two edits of one write name the same tab")
        refused = [dict(refused_rows(edit, self.protected_cells(edit))) for edit in edits]
        works = [
            _work(edit, content, rows, self.plan_append(edit))
            for edit, content, rows in zip(edits, contents, refused, strict=True)
        ]
        busy = [work for work in works if work.appended or any(line.wanted for line in work.plan.lines.values())]
        if not busy:
            return WriteReceipt(False, tuple(TabReceipt((), rows) for rows in refused))
        intended = {work.tab: {n: dict(line.wanted) for n, line in work.plan.lines.items()} for work in busy}
        for attempt in range(_PROTECTED_MEANWHILE):
            try:
                with in_words(self._ref, self._account, writes=True):
                    self._put(busy, refused_by={work.tab: rows for work, rows in zip(works, refused, strict=True)})
                break
            except _ProtectedMeanwhile:
                if attempt == _PROTECTED_MEANWHILE - 1:
                    raise WorkbookBusy("google_keeps_moving", spreadsheet=self.name, tabs=self._tabs) from None
        for work in busy:
            self._take(work, intended[work.tab])
        gone = [(work.tab, line.origin) for work in busy for line in work.plan.gone if line.origin]
        if gone:
            named = tuple(f"{tab}!{number}" for tab, number in sorted(gone))
            raise WorkbookMoved("google_rows_gone", spreadsheet=self.name, rows=named)
        for work, rows in zip(works, refused, strict=True):
            for number, column in work.plan.blind:
                if column in work.own_columns:  # where people type nothing
                    continue
                cell = cell_name(number, work.plan.place(column) or column)
                rows.setdefault(number, Message("google_cell_lost", params={"tab": work.tab, "cell": cell}))
        for work in works:
            if not work.appended and work.plan.has_moved:
                numbers = {line.origin: number for number, line in work.plan.lines.items()}
                work.new_rows = [numbers.get(number, number) for number in work.new_rows]
        receipts = [TabReceipt(tuple(work.new_rows), rows) for work, rows in zip(works, refused, strict=True)]
        return WriteReceipt(True, tuple(receipts))

    def _put(self, works: Sequence[TabWork], refused_by: dict[str, dict[int, Message]]) -> None:
        writer = Writer(self._client, self._id, self.name, self._read_again, self._tell)
        try:
            writer.make_room(works)
            writer.put(works)
            for work in works:
                if work.appended and not work.new_rows:
                    writer.append(work)
            writer.give_formats(works)
        except SheetsFault as fault:
            if not is_protected(fault) or not self._refuse_more(works, refused_by):
                raise
            raise _ProtectedMeanwhile from fault

    def _refuse_more(self, works: Sequence[TabWork], refused_by: dict[str, dict[int, Message]]) -> bool:
        """Take out rows with cells that were protected after they were read. Nothing of the last call was written."""
        found = False
        for work, content in zip(works, self._read_again([work.tab for work in works]), strict=True):
            work.now, work.plan.sent = content, {}
            if not work.plan.see(content.rows, header_was_seen=True):
                raise WorkbookBusy("google_header_gone", tab=work.tab)
            for number, line in work.plan.lines.items():
                locked = [c for c in line.to_send() if content.is_locked(number, work.plan.place(c))]
                if locked:
                    cell = cell_name(number, work.plan.place(locked[0]))
                    refused_by[work.tab][line.origin or number] = Message("cell_protected", params={"cell": cell})
                    line.wanted, line.spoiled, found = {}, {}, True
        return found

    def _read_again(self, tabs: Sequence[str]) -> list[TabContent]:
        return read_tabs(self._client, self._id, tabs, self._account, self._tell)[1]

    def _take(self, work: TabWork, wanted: dict[int, Cells]) -> None:
        """Let the tab be what it was with what was written; where people moved rows meanwhile, it is read again."""
        content, tab = work.content, work.tab
        self._grids.pop(tab, None)
        landed_below = work.new_rows == list(range(work.below + 1, work.below + 1 + len(work.new_rows)))
        if work.plan.has_moved or not landed_below:
            self._outdated.add(tab)
            return
        formats = {(line.origin, column): chosen for line, column, chosen in work.asked}
        for number, cells in wanted.items():
            for column, value in cells.items():
                content.put(number, column, value, formats.get((number, column)))
        new = {(index, column): chosen for index, column, chosen in work.new_formats}
        if work.appended:
            content.row_count += len(work.new_rows)
            for index, (number, cells) in enumerate(zip(work.new_rows, work.appended, strict=True)):
                for column, value in cells.items():
                    content.put(number, column, value, new.get((index, column)))
        if content.calculated:  # which may come out otherwise now
            self._outdated.add(tab)

    # ---- what is read

    def _content(self, tab: str) -> TabContent:
        name = spelled(tab, self._contents)
        if name is None:
            self._fetch(tab)
            name = spelled(tab, self._contents)
            assert name is not None
        return self._contents[name]

    def _fetch(self, tab: str) -> None:
        with in_words(self._ref, self._account):
            for is_certain in (False, True):
                if is_certain:
                    self._list()
                tabs = self._to_fetch(tab)
                try:
                    self._title, contents = read_tabs(self._client, self._id, tabs, self._account, self._tell)
                    break
                except SheetsFault as fault:
                    if is_certain or not is_no_such_range(fault):
                        raise
        self._announced = []
        self._contents.update((content.title, content) for content in contents)

    def _to_fetch(self, tab: str) -> list[str]:
        """The tab as the spreadsheet spells it, and those that were announced and are there."""
        there = self.tabs()
        name = spelled(tab, there)
        if name is None:
            self._list()
            there = self.tabs()
            name = spelled(tab, there)
        if name is None:
            raise no_tab(self.name, tab, there)
        more = [found for one in self._announced if (found := spelled(one, there)) is not None]
        return list(dict.fromkeys([name, *(one for one in more if one not in self._contents)]))

    def _list(self) -> None:
        with in_words(self._ref, self._account):
            listing = list_tabs(self._client, self._id, self._tell)
        self._title = listing.title
        self._tabs = listing.tabs
        note_tabs(self._scratch, self._id, self._tabs)


class _ProtectedMeanwhile(Exception):
    """Some rows were taken out of what is to be written."""


def _work(edit: TabEdit, content: TabContent, refused: dict[int, Message], numbers: Sequence[int]) -> TabWork:
    """What is to be sent for an edit: cells that hold something else now. Raises SheetError."""
    wanted: dict[int, Cells] = {}
    asked: list[tuple[int, int, CellValue | None]] = []
    formats: list[tuple[int, int, Mapping[str, str]]] = []
    for (row, column), value in edit.cells.items():
        if row in refused or says_the_same(content.value(row, column), value):
            continue
        scalar, number_format = _to_write(edit.tab, content, row, column, value)
        wanted.setdefault(row, {})[column] = scalar
        asked.append((row, column, value))
        if number_format is not None:
            formats.append((row, column, number_format))
    appended: list[Cells] = []
    new_formats: list[tuple[int, int, Mapping[str, str]]] = []
    is_free = not any(number in content.rows for number in numbers)
    for index, (number, values) in enumerate(zip(numbers, edit.appended, strict=True)):
        cells: Cells = {}
        for column, value in values.items():
            if value is None or value == "":
                continue
            where = 0 if is_free else number  # rows that are inserted have no formats yet
            cells[column], number_format = _to_write(edit.tab, content, where, column, value)
            asked.append((number, column, value))
            if number_format is not None:
                new_formats.append((index, column, number_format))
        appended.append(cells)
    below = max(edit.last_data_row, edit.header_row)
    if not is_free:  # something of people's stands beside them already, such as formulas
        wanted.update(zip(numbers, appended, strict=True))
        formats += [(numbers[index], column, chosen) for index, column, chosen in new_formats]
        appended, new_formats = [], []
    plan = Plan(content.rows, wanted, edit.keys, edit.header_row)
    work = TabWork(content, plan, appended, below, frozenset(edit.own_columns), [] if is_free else list(numbers))
    work.new_formats = new_formats
    work.formats = [(plan.lines[row], column, chosen) for row, column, chosen in formats]
    work.asked = list(work.formats)
    work.shown = [
        (plan.lines[row], column, value)
        for row, column, value in asked
        if row in plan.lines and not isinstance(value, str | bool | None)
    ]
    return work


def _to_write(
    tab: str, content: TabContent, row: int, column: int, value: CellValue | None
) -> tuple[str | float | bool | None, dict[str, str] | None]:
    try:
        return content.to_write(row, column, value)
    except Unwritable as error:
        raise SheetError("unwritable_value", tab=tab, cell=cell_name(row, column), why=error.message) from error


def _known_tabs(scratch: Path | None) -> dict[str, list[str]]:
    if scratch is None:
        return {}
    try:
        path = scratch / TABS_FILE
        if not 0 <= time.time() - path.stat().st_mtime < _TABS_SECONDS:
            return {}
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(content, dict):
        return {}
    return {str(name): [str(tab) for tab in tabs] for name, tabs in content.items() if isinstance(tabs, list)}


def note_tabs(scratch: Path | None, spreadsheet: str, tabs: Sequence[str]) -> None:
    """Remember which tabs a spreadsheet has. Where that can't be written, they are listed again next time."""
    known = _known_tabs(scratch)
    if scratch is None or known.get(spreadsheet) == list(tabs):
        return
    with suppress(SheetError):
        place_file(scratch / TABS_FILE, json.dumps({**known, spreadsheet: list(tabs)}).encode())
