"""Writing into a spreadsheet that people work in: write, see where it landed, repair, until all stands where it should.

Every write is one call that names its cells by row numbers, leaves all other cells of these rows alone, and asks back
what the rows hold now. Where that shows another row than the one that was meant, or no reply comes, the tab is read
again and a `Plan` says what is to be written next. Nothing is sent again before that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from roadwright.domain.progress import TellProgress, tell_nobody
from roadwright.sheets.backend import WorkbookBusy
from roadwright.sheets.backends.google.client import Json, OutcomeUnknown, SheetsClient, SheetsFault
from roadwright.sheets.backends.google.content import CALCULATED, Cells, Scalar, TabContent, content_of, from_echo
from roadwright.sheets.backends.google.faults import is_beyond_grid
from roadwright.sheets.backends.google.landing import Line, Plan, same
from roadwright.sheets.backends.google.reading import quoted, read_row
from roadwright.sheets.values import CellValue, cell_name, parse_cell

_ROUNDS = 12
_FORMAT_FIELD = "userEnteredFormat.numberFormat"

ReadAgain = Callable[[Sequence[str]], list[TabContent]]
FormatChange = tuple[Line, int, Mapping[str, str]]
"""A row, a column of the first reading, and the number format that the cell is to get; empty for none."""


@dataclass
class TabWork:
    """What is to be written on one tab."""

    content: TabContent
    plan: Plan
    appended: list[Cells] = field(default_factory=list)
    """New rows to insert; those beside which people have something already are written as cells of their rows."""
    below: int = 0
    """The row below which new rows go."""
    own_columns: frozenset[int] = frozenset()
    """Columns in which people have nothing to type."""
    new_rows: list[int] = field(default_factory=list)
    """Where they landed."""
    formats: list[FormatChange] = field(default_factory=list)
    """Cells whose number format has to change, for what they hold to be seen as what it is."""
    new_formats: list[tuple[int, int, Mapping[str, str]]] = field(default_factory=list)
    """The same of appended rows, by their place among these."""
    shown: list[tuple[Line, int, CellValue]] = field(default_factory=list)
    """Values that are seen as what they are by their cell's number format only."""
    asked: list[FormatChange] = field(default_factory=list)
    """All formats that were to change, whatever became of them."""
    is_settled: bool = True
    """False where rows were inserted, and it was not seen yet whether the columns stood where they did."""
    now: TabContent | None = None
    """The tab as it was read last, where it was read again."""

    @property
    def tab(self) -> str:
        return self.content.title


class Writer:
    """Writes the work on tabs of one spreadsheet. Raises SheetsFault, OutcomeUnknown, WorkbookBusy."""

    def __init__(
        self,
        client: SheetsClient,
        spreadsheet: str,
        name: str,
        read_again: ReadAgain,
        tell: TellProgress = tell_nobody,
    ) -> None:
        self._client, self._id, self._name, self._read_again, self._tell = client, spreadsheet, name, read_again, tell

    # ---- cells of rows that are there

    def put(self, works: Sequence[TabWork]) -> None:
        """Write what the plans want, and repair what landed elsewhere."""
        for _ in range(_ROUNDS):
            open_works = [work for work in works if work.plan.to_send()]
            if not open_works:
                return
            blocks = [block for work in open_works for block in _blocks(work)]
            try:
                echoes = self._client.write(self._id, [block.to_json() for block in blocks], self._tell)
            except OutcomeUnknown:
                self._find_again(open_works, [])
                continue
            except SheetsFault as fault:
                self._fit_again(open_works, fault)
                continue
            moved, headers = _look(blocks, echoes)
            for work in open_works:
                shown = [n for n in work.plan.sent if (work.tab, n) not in moved]
                has_moved = len(shown) < len(work.plan.sent) or work.tab not in headers
                work.plan.arrived(work.plan.certain(shown, moved=has_moved))
            unclear = [work for work in open_works if work.plan.sent or work.tab not in headers]
            if unclear:
                self._find_again(unclear, headers)
        raise WorkbookBusy("google_keeps_moving", spreadsheet=self._name, tabs=tuple(work.tab for work in works))

    def _find_again(self, works: Sequence[TabWork], headers: Iterable[str]) -> None:
        """Read tabs again, and find their rows."""
        contents = self._read_again([work.tab for work in works])
        for work, content in zip(works, contents, strict=True):
            work.now = content
            if not work.plan.see(content.rows, header_was_seen=work.tab in headers):
                raise WorkbookBusy("google_header_gone", tab=work.tab)

    def _fit_again(self, works: Sequence[TabWork], fault: SheetsFault) -> None:
        """Where people deleted rows or columns that a call names, find what is left, and make room for the rest.

        Nothing of the call was applied. Raises any other fault.
        """
        if not is_beyond_grid(fault):
            raise fault
        for work in works:
            work.plan.sent = {}
        self._find_again(works, [work.tab for work in works])
        self.make_room(works)

    def make_room(self, works: Sequence[TabWork]) -> None:
        """Let grids be as large as what is to be written needs."""
        requests: list[Json] = []
        for work in works:
            content, place = work.now or work.content, work.plan.place
            lines = {n: line.to_send() for n, line in work.plan.lines.items()}
            sides = (
                ("COLUMNS", content.column_count, [place(c) for cells in lines.values() for c in cells]),
                ("COLUMNS", content.column_count, [place(c) for cells in work.appended for c in cells]),
                ("ROWS", content.row_count, [n for n, cells in lines.items() if cells]),
            )
            missing: dict[str, int] = {}
            for side, room, needed in sides:
                missing[side] = max(missing.get(side, 0), max(needed, default=0) - room)
            for side, length in missing.items():
                if length > 0:
                    requests.append({"sheetId": content.sheet_id, "dimension": side, "length": length})
            content.row_count += max(missing["ROWS"], 0)
            content.column_count += max(missing["COLUMNS"], 0)
        if requests:
            with suppress(OutcomeUnknown):  # a call that finds no room tells
                self._client.update(self._id, [{"appendDimension": one} for one in requests], tell=self._tell)

    # ---- new rows

    def append(self, work: TabWork) -> None:
        """Insert the new rows below the data."""
        for _ in range(_ROUNDS):
            header = _as_it_stands(work.plan, _header(work.plan))
            placed = [_as_it_stands(work.plan, cells) for cells in work.appended]
            columns = [column for cells in placed for column in cells]
            if not columns:
                raise WorkbookBusy("google_header_gone", tab=work.tab)
            first, last = min([*columns, *header]), max(columns)
            rows = [[cells.get(column) for column in range(first, last + 1)] for cells in placed]
            below = work.below if not work.plan.has_moved else max(work.plan.lines, default=work.below)
            where = f"{quoted(work.tab)}!{cell_name(below, first)}:{cell_name(below, last)}"
            try:
                updates = self._client.append(self._id, where, rows, self._tell)
            except OutcomeUnknown:
                updates = {}
            except SheetsFault as fault:
                self._fit_again([work], fault)
                continue
            if updates and (work.new_formats or self._stands(work, header)):
                work.is_settled = not work.new_formats  # else the answer to the formats shows the header
                top, left = parse_cell(updates["updatedRange"].rpartition("!")[2].partition(":")[0])
                values = updates.get("updatedData", {}).get("values", [])
                work.new_rows = list(range(top, top + len(rows)))
                self._correct(work, {n: _row(values, n - top, left) for n in work.new_rows})
                return
            if self._settle(work):
                return
            if updates:
                raise WorkbookBusy("google_rows_changed", tab=work.tab, count=len(rows))
        raise WorkbookBusy("google_keeps_moving", spreadsheet=self._name, tabs=(work.tab,))

    def _settle(self, work: TabWork) -> bool:
        """Find inserted rows by another reading, and put them right; False where they are not there."""
        landed = self._were_appended(work)
        if landed:
            self._correct(work, landed)
        return bool(landed)

    def _stands(self, work: TabWork, header: Cells) -> bool:
        """Whether the header stands where it did: the answer to an insertion shows nothing of other rows."""
        if not header:
            return True
        return _equal(header, read_row(self._client, self._id, work.tab, work.plan.header_row, self._tell))

    def _correct(self, work: TabWork, landed: Mapping[int, Cells]) -> None:
        """See to it that new rows hold what they should, in the columns where they should as these stand now."""
        header = _as_it_stands(work.plan, _header(work.plan))
        placed = [_as_it_stands(work.plan, cells) for cells in work.appended]
        wanted = dict(zip(work.new_rows, placed, strict=True))
        extra = {n: dict.fromkeys(landed[n].keys() - cells.keys()) for n, cells in wanted.items()}
        if all(_holds(landed[n], cells) for n, cells in wanted.items()) and not any(extra.values()):
            return
        rows = dict(landed) | ({work.plan.header_row: header} if header else {})
        plan = Plan(rows, {n: {**extra[n], **cells} for n, cells in wanted.items()}, (), work.plan.header_row)
        lines = [plan.lines[n] for n in work.new_rows]
        self.put([TabWork(work.content, plan)])
        numbers = {id(line): n for n, line in plan.lines.items()}
        work.new_rows = [numbers.get(id(line), n) for line, n in zip(lines, work.new_rows, strict=True)]

    def _were_appended(self, work: TabWork) -> dict[int, Cells]:
        """After a lost reply: what the new rows hold of what was sent, where they are there at all.

        All or none of them were inserted, and maybe beside the columns that were meant: a table that begins elsewhere
        draws them to its own first column.
        """
        self._find_again([work], [])
        free = {n: line.held for n, line in work.plan.lines.items() if not line.origin}
        found: dict[int, Cells] = {}
        for cells in work.appended:
            there = [n for n, held in free.items() if _is_new_row(held, cells, work.plan.keys)]
            there = there or [n for n, held in free.items() if _is_beside(held, cells)]
            if there:
                number = min(there)
                held = _as_it_stands(work.plan, free.pop(number))
                found[number] = {c: v for c, v in held.items() if any(same(v, value) for value in cells.values())}
        if found and len(found) < len(work.appended):  # people deleted or changed some since
            raise WorkbookBusy("google_rows_changed", tab=work.tab, count=len(work.appended) - len(found))
        work.new_rows = list(found)
        return found

    # ---- number formats

    def give_formats(self, works: Sequence[TabWork]) -> None:
        """Let cells show what they hold, where their format shows something else."""
        for work in works:
            _format_new_rows(work)
            _see_formats(work)
        works = [work for work in works if work.formats]
        for _ in range(_ROUNDS):
            wanted = [one for work in works for one in _formats_of(work)]
            if not wanted:
                return
            rows = {(work.tab, row) for work, _, row, _ in wanted}
            rows |= {(work.tab, work.plan.header_row) for work in works if not work.is_settled}
            ranges = [f"{quoted(tab)}!{row}:{row}" for tab, row in sorted(rows)]
            try:
                reply = self._client.update(
                    self._id,
                    [_format(work, row, place, chosen) for work, (_, _, chosen), row, place in wanted],
                    tell=self._tell,
                    includeSpreadsheetInResponse=True,
                    responseIncludeGridData=True,
                    responseRanges=ranges,
                )
            except OutcomeUnknown:
                reply = {}
            except SheetsFault as fault:
                self._fit_again(works, fault)
                continue
            seen = _rows_of(reply)
            moved = [work for work in works if not (work.is_settled or _shows_header(work, seen))]
            for work in moved:
                if not self._settle(work):
                    raise WorkbookBusy("google_rows_changed", tab=work.tab, count=len(work.appended))
                _format_new_rows(work)
            if moved:
                continue
            for work, change, row, _ in wanted:
                if _is_line(work.plan, change[0], seen.get((work.tab, row), {})):
                    work.formats.remove(change)
            works = [work for work in works if work.formats]
            if works:
                self._find_again(works, [work.tab for work in works])
                for work in works:
                    _restore_formats(work)
        raise WorkbookBusy("google_keeps_moving", spreadsheet=self._name, tabs=tuple(work.tab for work in works))


def _equal(one: Cells, other: Cells) -> bool:
    return all(same(one.get(column), other.get(column)) for column in one.keys() | other.keys())


def _header(plan: Plan) -> Cells:
    line = plan.lines.get(plan.header_row)
    return {} if line is None else line.held


def _as_it_stands(plan: Plan, cells: Cells) -> Cells:
    """Cells in the columns where these stand now; without those whose column is gone."""
    return {place: value for column, value in cells.items() if (place := plan.place(column))}


def _shows_header(work: TabWork, seen: Mapping[tuple[str, int], Cells]) -> bool:
    """Whether rows that were inserted are where they are thought to be, as the header stands where it did."""
    header = _as_it_stands(work.plan, _header(work.plan))
    work.is_settled = _equal(header, seen.get((work.tab, work.plan.header_row), {}))
    return work.is_settled


def _format_new_rows(work: TabWork) -> None:
    """Ask for the formats of rows that were inserted."""
    new = {column for _, column, _ in work.new_formats}
    work.formats = [change for change in work.formats if change[0].origin or change[1] not in new]
    for index, column, number_format in work.new_formats:
        line = work.plan.lines.setdefault(work.new_rows[index], Line({}))
        line.held = dict(work.appended[index])
        work.formats.append((line, column, number_format))
    work.is_settled = work.is_settled or not work.new_formats


def _see_formats(work: TabWork) -> None:
    """Ask for the formats of rows that landed where others were meant to."""
    if work.now is None:
        return
    numbers = {id(line): n for n, line in work.plan.lines.items()}
    asked = {(id(line), column) for line, column, _ in work.formats}
    for line, column, value in work.shown:
        number, place = numbers.get(id(line)), work.plan.place(column)
        if number is not None and place and (id(line), column) not in asked:
            sent, number_format = work.now.to_write(number, place, value)
            if number_format is not None and same(line.held.get(column), sent):
                work.formats.append((line, column, number_format))


def _formats_of(work: TabWork) -> list[tuple[TabWork, FormatChange, int, int]]:
    """The changes of formats whose rows and columns are there, with where these stand now."""
    numbers = {id(line): n for n, line in work.plan.lines.items()}
    return [
        (work, (line, column, chosen), numbers[id(line)], place)
        for line, column, chosen in work.formats
        if id(line) in numbers and (place := work.plan.place(column))
    ]


def _is_line(plan: Plan, line: Line, seen: Cells) -> bool:
    now = {place: old for old, place in plan.columns.items() if place}
    cells = {now.get(column, column): value for column, value in seen.items()}
    key = plan.key(line.held) if plan.keys else None
    if key is not None:
        return key == plan.key(cells)
    return all(same(line.held.get(c), cells.get(c)) for c in line.held.keys() | cells.keys())


def _rows_of(reply: Json) -> dict[tuple[str, int], Cells]:
    """The rows that the answer to a change of the spreadsheet shows."""
    found: dict[tuple[str, int], Cells] = {}
    for sheet in reply.get("updatedSpreadsheet", {}).get("sheets", ()):
        content = content_of(sheet, "")
        for block in sheet.get("data", ()):
            content.take_rows(block)
        found.update({(content.title, number): cells for number, cells in content.rows.items()})
    return found


def _restore_formats(work: TabWork) -> None:
    """Give rows back the formats that were meant for others: they stand where those stood."""
    assert work.now is not None
    sent = {(column, tuple(sorted(chosen.items()))) for _, column, chosen in work.formats}
    meant = {(id(line), column) for line, column, _ in work.formats}
    for number, line in work.plan.lines.items():
        for column, told in sent:
            has = work.now.formats.get((number, work.plan.place(column)))
            had = work.content.formats.get((line.origin, column))
            chosen = dict(told)
            got = (chosen["type"], chosen["pattern"]) if chosen else None
            if line.origin and (id(line), column) not in meant and has != had and has == got:
                work.formats.append((line, column, {"type": had[0], "pattern": had[1]} if had else {}))


def _format(work: TabWork, row: int, column: int, number_format: Mapping[str, str]) -> Json:
    area = {
        "sheetId": work.content.sheet_id,
        "startRowIndex": row - 1,
        "endRowIndex": row,
        "startColumnIndex": column - 1,
        "endColumnIndex": column,
    }
    cell = {"userEnteredFormat": {"numberFormat": dict(number_format)}} if number_format else {}
    return {"repeatCell": {"range": area, "cell": cell, "fields": _FORMAT_FIELD}}


def _is_new_row(held: Cells, cells: Cells, keys: Sequence[int]) -> bool:
    """Whether a row that was not there before is this new one: by its key, else by all that was sent."""
    key = {c: cells[c] for c in keys if cells.get(c) is not None}
    return _holds(held, key or cells)


def _is_beside(held: Cells, cells: Cells) -> bool:
    """Whether a row that was not there before holds all that was sent in its order, in other columns."""
    there = [held[column] for column in sorted(held) if held[column] not in (None, False)]
    return bool(there) and there == [cells[column] for column in sorted(cells) if cells[column] not in (None, False)]


def _holds(held: Mapping[int, Scalar], cells: Mapping[int, Scalar]) -> bool:
    return all(held.get(column) == value for column, value in cells.items())


@dataclass(frozen=True)
class _Block:
    """Neighbouring rows of one tab that are written by one range, or the header, of which nothing is."""

    work: TabWork
    numbers: tuple[int, ...]
    first: int
    last: int
    rows: tuple[tuple[Any, ...], ...]
    is_header: bool = False

    def to_json(self) -> Json:
        top, bottom = cell_name(self.numbers[0], self.first), cell_name(self.numbers[-1], self.last)
        return {"range": f"{quoted(self.work.tab)}!{top}:{bottom}", "values": [list(row) for row in self.rows]}


def _blocks(work: TabWork) -> list[_Block]:
    """The ranges that write what is to be sent, each as wide as is needed to know its rows again."""
    plan = work.plan
    width = max([c for line in plan.lines.values() for c in line.held] or [1])
    spans: list[tuple[int, int, int, tuple[Any, ...]]] = []
    for number, cells in plan.sent.items():
        known = plan.key_of(number)
        places = [plan.place(c) for c in (*cells, *known)]
        places += [] if known else [plan.place(c) for c in plan.lines[number].held] + [width]
        places = [place for place in places if place]
        first, last = (min(places), max(places)) if known else (1, max(places))
        row: list[Any] = [None] * (last - first + 1)
        for column, value in cells.items():
            if place := plan.place(column):
                row[place - first] = "" if value is None else value
        spans.append((number, first, last, tuple(row)))
    blocks = []
    for _, run in groupby(enumerate(spans), key=lambda item: (item[1][0] - item[0], item[1][1], item[1][2])):
        rows = [span for _, span in run]
        numbers = tuple(number for number, *_ in rows)
        blocks.append(_Block(work, numbers, rows[0][1], rows[0][2], tuple(row for *_, row in rows)))
    header = plan.lines.get(plan.header_row)
    if header is not None and header.held and plan.header_row not in plan.sent:
        last = max(plan.place(c) for c in header.held)
        blocks.append(_Block(work, (plan.header_row,), 1, last, ((None,) * last,), is_header=True))
    return blocks


def _look(blocks: Sequence[_Block], echoes: Sequence[Sequence[Sequence[Any]]]) -> tuple[set[tuple[str, int]], set[str]]:
    """The rows that others stood in the place of, and the tabs whose header stood where it did."""
    moved: set[tuple[str, int]] = set()
    headers = {block.work.tab for block in blocks}
    answers = [*echoes, *[[] for _ in range(len(blocks) - len(echoes))]]
    for block, values in zip(blocks, answers, strict=True):
        plan, tab = block.work.plan, block.work.tab
        columns = {place: old for old, place in plan.columns.items() if place}
        for index, number in enumerate(block.numbers):
            seen = {columns.get(c, c): v for c, v in _row(values, index, block.first).items()}
            if block.is_header:
                held = plan.lines[number].held
                if any(seen.get(c) != held.get(c) for c in held.keys() | seen.keys() if held.get(c) != CALCULATED):
                    headers.discard(tab)
            elif not plan.is_it(number, seen):
                moved.add((tab, number))
                if number == plan.header_row:
                    headers.discard(tab)
    for block in blocks:
        if block.work.tab not in headers:  # then no row can be told by its columns
            moved |= {(block.work.tab, n) for n in block.work.plan.sent}
    return moved, headers


def _row(values: Sequence[Sequence[Any]], index: int, first: int) -> Cells:
    cells = values[index] if index < len(values) else ()
    read = {column: from_echo(value) for column, value in enumerate(cells, first)}
    return {column: value for column, value in read.items() if value is not None}
