"""Read one tab by its declaration: match the header, find the data rows, turn cells into values.

A cell that can't be read is a problem of its row, kept with the row; it never stops the rows beside it. A header that
can't be matched refuses the whole tab, because nothing in it could be trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property

from roadwright.domain.messages import Level, Message
from roadwright.domain.progress import TellProgress, counted, tell_nobody
from roadwright.domain.text import normalised
from roadwright.sheets.backend import Area, Grid, SheetError
from roadwright.sheets.kinds import is_blank
from roadwright.sheets.merge import plain_values
from roadwright.sheets.scope import NOTHING_KNOWN, Scope
from roadwright.sheets.spec import (
    TYPED,
    CellProblem,
    Column,
    Owner,
    ReadAs,
    TabSpec,
    header_names,
    takes_blank_words,
    understood,
)
from roadwright.sheets.values import LAST_COLUMN, CellValue, cell_name, column_letters

BACKEND_COLUMNS = ("run_status", "updated_source", "updated_at")
"""The system columns that say what the backend did; they alone never make a row a data row."""
_MARKED = ("updated_source", "updated_at")
"""Those of them that hold what nobody else would write."""


class HeaderProblem(SheetError):
    """The header row can't be matched to the tab's declaration."""


_MOST_KNOWN = 500
"""Texts of one column that are remembered with their meaning."""


@dataclass
class Row:
    """One data row, addressed by its number in the sheet.

    ``raw`` holds the cells as they are (blank ones absent), ``values`` what they mean: every column that the sheet
    has and that could be read, blank ones with the declared meaning of a blank. ``problems`` says, by column, why a
    cell could not be read.
    """

    number: int
    raw: dict[str, CellValue] = field(default_factory=dict)
    values: dict[str, object] = field(default_factory=dict)
    problems: dict[str, Message] = field(default_factory=dict)
    overtyped: set[str] = field(default_factory=set)
    """Columns of the backend's own in which something unreadable stands; it is overwritten."""
    carried: Mapping[str, object] = field(default_factory=dict)
    """What stands in a person's columns that go along as they are."""
    remarks: Sequence[Message] = ()
    """What there is to say of how the row was read."""
    read_as: dict[str, ReadAs] = field(default_factory=dict)
    """The cells that were typed in another form than their value's own, by column."""

    @cached_property
    def plain(self) -> dict[str, object]:
        """``values`` in plain form, to compare by."""
        return plain_values(self.values)

    @property
    def brief(self) -> Mapping[str, object]:
        """The values that are there without reading the row: those of its identity and its status at least."""
        return self.values

    @property
    def status(self) -> CellValue | None:
        """What stands in run_status, as it is."""
        return self.raw.get("run_status")

    def text(self, column: str) -> str:
        value = self.brief[column] if column in self.brief else self.values.get(column)
        return "" if value is None else str(value)


_READ = frozenset(part.name for part in fields(Row))


@dataclass(frozen=True)
class View:
    """A tab that is not like ours, as it is to be read (see ``sheets.mapping``): its grid with our names and words.

    ``last_header_column`` is that of the tab itself. ``carried`` and ``remarks`` are by row.
    """

    grid: Grid
    header_row: int
    last_header_column: int
    carried: Mapping[int, Mapping[str, object]] = field(default_factory=dict)
    remarks: Mapping[int, Sequence[Message]] = field(default_factory=dict)
    warnings: tuple[Message, ...] = ()


Through = Callable[[Grid, int], View]
"""How a tab that is not like ours is to be seen, by its grid and its header row."""


class UnreadRow(Row):
    """A row of which no more is known than its identity and status; ``read`` reads it once somebody asks for more."""

    def __init__(self, number: int, brief: Mapping[str, CellValue | None], read: Callable[[], Row]) -> None:
        self.number = number
        self._brief, self._read = brief, read

    @property
    def brief(self) -> Mapping[str, object]:
        return self._brief

    @property
    def status(self) -> CellValue | None:
        return self._brief["run_status"]

    def __getattr__(self, name: str) -> object:
        # Asked only for what is not there yet: fields of a row, which have no default that would stand for them.
        if name not in _READ:
            raise AttributeError(name)
        vars(self).update(vars(self._read()))
        return vars(self)[name]


@dataclass
class Table:
    """A tab as its declaration sees it.

    ``columns`` maps the declared names that the sheet has to column numbers; ``missing_system`` are system columns
    that have to be added, ``new_columns`` where: to the right of the last header, past any column in which something
    stands without a header. ``leftovers`` are rows that hold nothing but what the backend once wrote. ``warnings`` say
    which columns look like the backend's own, but are a person's.
    """

    spec: TabSpec
    tab: str
    header_row: int
    columns: dict[str, int]
    missing_system: tuple[str, ...]
    last_header_column: int
    rows: list[Row]
    leftovers: list[Row]
    last_data_row: int
    stale: bool
    is_entangled: bool
    """Whether the tab has merged cells, formulas, or columns that get some: what is written there may be read as
    something else."""
    new_columns: dict[str, int] = field(default_factory=dict)
    warnings: tuple[Message, ...] = ()
    scope: Scope = field(default_factory=Scope)
    """What its cells were read by, and are written by."""

    def place(self, row: int, column: str | None = None) -> str:
        """Where a cell or a row is, in words for a person."""
        if column is not None and self.columns.get(column, LAST_COLUMN + 1) <= LAST_COLUMN:
            return f"{self.tab}!{cell_name(row, self.columns[column])}"
        return f"{self.tab} row {row}"


def header_cells(grid: Grid, header_row: int) -> dict[int, CellValue]:
    """The cells of the header row, and names that stand in it because they are merged down into it from above."""
    cells = dict(grid.rows.get(header_row, {}))
    for area in grid.merged:
        if area.first_row < header_row <= area.last_row:
            above = grid.rows.get(area.first_row, {}).get(area.first_column)
            if above is not None and area.first_column not in cells:
                cells[area.first_column] = above
    return cells


def _refuse_swallowed(grid: Grid, header_row: int, columns: Mapping[str, int], tab: str) -> None:
    """Other merged cells in the header do no harm, but a column whose name they hide can't be trusted."""
    swallowed: dict[Area, list[str]] = {}
    for name, column in columns.items():
        for area in grid.merged:
            if area.covers(header_row, column) and column != area.first_column:
                swallowed.setdefault(area, []).append(f"{name} ({cell_name(header_row, column)})")
    if swallowed:
        areas = [f"{cell_name(a.first_row, a.first_column)}:{cell_name(a.last_row, a.last_column)}" for a in swallowed]
        each = tuple(
            Message("area_hides", params={"area": area, "names": " and ".join(names)})
            for area, names in zip(areas, swallowed.values(), strict=True)
        )
        raise HeaderProblem("header_merged", tab=tab, areas=each)


@dataclass(frozen=True)
class _Header:
    """The header row, matched: where each declared column stands, and the last column with a name.

    ``persons`` are columns that have the name of one of the backend's own, and hold what a person wrote.
    """

    columns: dict[str, int]
    last: int
    persons: dict[int, str]


def _says_what_was_done(grid: Grid, header_row: int, column: Column, position: int) -> Iterator[bool]:
    """For each cell below the header that is not blank, whether it holds what the backend writes in such a column."""
    written = column.written
    for number, cells in grid.rows.items():
        value = cells.get(position)
        if number <= header_row or number in grid.totals_rows or (number, position) in grid.formulas:
            continue
        if not is_blank(value) and value is not False:
            yield written is not None and written(str(value))
    yield from (False for row, place in grid.formulas if place == position and row > header_row)


def _split_off_persons(
    grid: Grid, spec: TabSpec, header_row: int, found: dict[str, list[int]]
) -> tuple[dict[str, list[int]], dict[int, str]]:
    """Tell the backend's own columns from those of a person that have the same name.

    On a tab that the backend never wrote, such a column is taken for its own where nothing else stands in it. On one
    that it wrote, a person's column can stand beside its own: that is the one which holds the most of what it writes.
    Whether it ever wrote the tab is told by texts that nobody types, or by all of its columns, which nobody has.
    """

    def said(name: str, position: int) -> Iterator[bool]:
        return _says_what_was_done(grid, header_row, spec.by_name[name], position)

    def merit(name: str, position: int) -> tuple[int, int]:
        ours = list(said(name, position))
        return sum(ours), sum(ours) - len(ours)

    was_written = all(len(found.get(name, ())) == 1 for name in BACKEND_COLUMNS) or any(
        any(said(name, position)) for name in _MARKED for position in found.get(name, ())
    )
    left, persons = dict(found), dict[int, str]()
    for name, positions in found.items():
        if spec.by_name[name].written is None or (was_written and len(positions) == 1):
            continue
        if was_written:
            merits = {position: merit(name, position) for position in positions}
            left[name] = [position for position in positions if merits[position] == max(merits.values())]
        else:
            left[name] = [position for position in positions if all(said(name, position))]
        persons.update((position, name) for position in positions if position not in left[name])
    return {name: positions for name, positions in left.items() if positions}, persons


def _match_header(grid: Grid, spec: TabSpec, tab: str, header_row: int) -> _Header:
    cells = {column: value for column, value in header_cells(grid, header_row).items() if not is_blank(value)}
    if not cells:
        needed = tuple(column.name for column in spec.columns if column.required)
        raise HeaderProblem("header_empty", tab=tab, row=header_row, needed=needed)
    known = {name: column.name for column in spec.columns for name in header_names(column)}
    named: dict[str, list[int]] = {}
    for number, value in sorted(cells.items()):
        name = known.get(normalised(str(value)))
        if name is not None:
            named.setdefault(name, []).append(number)
    named, persons = _split_off_persons(grid, spec, header_row, named)
    for name, (first, *others) in named.items():
        if others:
            raise HeaderProblem(
                "column_twice",
                tab=tab,
                name=name,
                first=column_letters(first),
                first_name=str(cells[first]),
                second=column_letters(others[0]),
                second_name=str(cells[others[0]]),
            )
    found = {name: first for name, (first, *_) in sorted(named.items(), key=lambda item: item[1])}
    _refuse_swallowed(grid, header_row, found, tab)
    missing = [c.name for c in spec.columns if c.required and c.owner is not Owner.SYSTEM and c.name not in found]
    if missing:
        have = tuple(str(value) for _, value in sorted(cells.items()))
        raise HeaderProblem("columns_missing", tab=tab, names=tuple(missing), row=header_row, found=have)
    return _Header(found, max(cells), persons)


def _say_persons(grid: Grid, header_row: int, header: _Header, columns: Mapping[str, int]) -> Iterator[Message]:
    """What there is to tell of a person's columns that have the name of one of the backend's own."""
    cells = header_cells(grid, header_row)
    for position, name in sorted(header.persons.items()):
        yield persons_column(
            {
                "column_letters": column_letters(position),
                "header": str(cells[position]),
                "column_name": name,
                "ours": column_letters(columns[name]),
            }
        )


def persons_column(params: Mapping[str, object]) -> Message:
    """What is told of a person's column that has the name of one of the backend's own."""
    return Message("persons_column", Level.WARNING, params=params)


def _covering(row: int, column: int, merged: Iterable[Area]) -> Area | None:
    """The merged area that swallows this cell (its top left cell is its own master)."""
    for area in merged:
        if area.swallows(row, column):
            return area
    return None


class _RowReader:
    """Reads the rows of one tab; what is the same for all of them is worked out once."""

    def __init__(self, grid: Grid, spec: TabSpec, columns: Mapping[str, int], scope: Scope) -> None:
        self.merged = grid.merged
        self.scope = scope
        self.spec = spec
        self.columns = columns
        mine = [spec.by_name[name] for name in columns]
        self.blanks = {column.name: column.blank_means for column in mine}
        self.needed = [c.name for c in mine if c.required and c.owner is not Owner.SYSTEM]
        self.plans = {c.name: (c.kind.reader, c.check, takes_blank_words(c)) for c in mine}
        self.known: dict[str, dict[CellValue, str]] = {name: {} for name in columns}
        """What the first texts of each column mean: most columns hold the same few again and again."""

    def read(self, number: int, raw: dict[str, CellValue]) -> Row:
        row = Row(number, raw, dict(self.blanks))
        covered = self._leave_covered(row) if self.merged else ()
        by_name, values = self.spec.by_name, row.values
        self.scope.row = raw
        for name, value in raw.items():
            if name in covered:
                continue
            is_text = type(value) is str
            known = self.known[name]
            if is_text and value in known:
                values[name] = known[value]
                continue
            column = by_name[name]
            try:
                result = self._result(column, value, is_text)
            except CellProblem as problem:
                self._problem(row, column, problem)
                continue
            if type(result) is ReadAs:
                values[name] = result.value
                if column.owner in TYPED:
                    row.read_as[name] = result
                continue
            values[name] = result
            if is_text and type(result) is str and len(known) < _MOST_KNOWN and not column.kind.reads_row:
                known[value] = result
        for name in self.needed:
            if name not in raw and name not in covered:
                self._problem(row, by_name[name], CellProblem("empty"))
        if len(row.problems) > 1:
            row.problems = {name: row.problems[name] for name in self.columns if name in row.problems}
        return row

    def _result(self, column: Column, value: CellValue, is_text: bool) -> object:
        """What ``understood`` says, without its questions of words where the cell can't be one: most of a large tab."""
        reader, check, may_be_blank_word = self.plans[column.name]
        if is_text and may_be_blank_word:
            return understood(column, value, self.scope)
        result = reader(value, self.scope)
        if result is None:
            return column.blank_means
        if check is not None:
            check(result.value if type(result) is ReadAs else result)
        return result

    def _problem(self, row: Row, column: Column, problem: CellProblem) -> None:
        name = column.name
        del row.values[name]
        if column.owner in TYPED or name in self.spec.identity:
            row.problems[name] = problem.message.about(name)
        else:
            row.overtyped.add(name)

    def _leave_covered(self, row: Row) -> set[str]:
        """The columns whose cell a merged area swallows: they have no value, and typed ones a problem."""
        merged = [area for area in self.merged if area.first_row <= row.number <= area.last_row]
        covered: set[str] = set()
        for name, position in self.columns.items() if merged else ():
            area = _covering(row.number, position, merged)
            if area is None:
                continue
            covered.add(name)
            del row.values[name]
            if self.spec.by_name[name].owner in TYPED:
                master = cell_name(area.first_row, area.first_column)
                row.problems[name] = Message("merged_into", column=name, params={"cell": master})
        return covered


def _free_columns(grid: Grid, tab: str, header_row: int, last_header: int, names: Sequence[str]) -> dict[str, int]:
    """A place for each new column: to the right of the last header, where the header row and all below it are empty.

    No value and no formula, also one that shows nothing. Merged cells further down are avoided where there is room.
    """
    taken = {p for number, cells in grid.rows.items() if number >= header_row for p, v in cells.items() if v != ""}
    taken.update(column for row, column in grid.formulas if row >= header_row)
    for area in (*grid.arrays, *grid.tables, *(area for area in grid.merged if area.first_row <= header_row)):
        if area.last_row >= header_row:
            taken.update(range(area.first_column, area.last_column + 1))
    merged = {
        column
        for area in grid.merged
        if area.last_row >= header_row
        for column in range(area.first_column, area.last_column + 1)
    }
    free = [position for position in range(last_header + 1, LAST_COLUMN + 1) if position not in taken]
    if len(free) < len(names):
        raise HeaderProblem(
            "no_free_columns" if free else "no_free_column",
            tab=tab,
            names=tuple(names),
            last=cell_name(header_row, last_header),
            room=len(free),
        )
    free.sort(key=merged.__contains__)
    return dict(zip(names, sorted(free[: len(names)]), strict=True))


def read_table(
    grid: Grid,
    spec: TabSpec,
    *,
    tab: str,
    header_row: int = 1,
    tell: TellProgress = tell_nobody,
    through: Through | None = None,
    scope: Scope = NOTHING_KNOWN,
) -> Table:
    """The tab's rows by their declaration, in this scope. Raises HeaderProblem when the header can't be matched."""
    seen = View(grid, header_row, 0) if through is None else through(grid, header_row)
    grid, header_row = seen.grid, seen.header_row
    header = _match_header(grid, spec, tab, header_row)
    columns, last_column = header.columns, seen.last_header_column or header.last
    by_position = {position: name for name, position in columns.items()}
    backend_only = {c.name for c in spec.owned(Owner.DERIVED)} | set(BACKEND_COLUMNS)
    mirrored = {c.name for c in spec.columns if c.owner is not Owner.DERIVED} <= set(BACKEND_COLUMNS) | {
        c.name for c in spec.owned(Owner.SHEET_ONLY)
    }
    reader = _RowReader(grid, spec, columns, replace(scope))
    rows: list[Row] = []
    leftovers: list[Row] = []
    last = header_row
    for number in counted(tell, f"checking {tab}", list(grid.rows)):
        cells = grid.rows[number]
        if number <= header_row or number in grid.totals_rows:
            continue
        raw = {by_position[p]: v for p, v in cells.items() if p in by_position and not is_blank(v)}
        if not raw:
            continue
        last = max(last, number)
        # A column of unticked boxes runs down many empty rows; it alone makes no row.
        typed = any(v is not False and (mirrored or name not in backend_only) for name, v in raw.items())
        row = reader.read(number, raw)
        row.carried, row.remarks = seen.carried.get(number, row.carried), seen.remarks.get(number, ())
        (rows if typed else leftovers).append(row)
    missing_system = tuple(c.name for c in spec.owned(Owner.SYSTEM) if c.name not in columns)
    free = _free_columns(grid, tab, header_row, last_column, missing_system) if missing_system else {}
    return Table(
        spec=spec,
        tab=tab,
        header_row=header_row,
        columns=columns,
        missing_system=missing_system,
        last_header_column=last_column,
        rows=rows,
        leftovers=leftovers,
        last_data_row=last,
        stale=grid.stale,
        is_entangled=bool(grid.formulas or grid.merged or grid.arrays or grid.fills_down),
        new_columns=free,
        warnings=(*_say_persons(grid, header_row, header, {**columns, **free}), *seen.warnings),
        scope=scope,
    )
