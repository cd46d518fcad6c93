"""Random sheets: whatever is written is read back, a second write changes nothing, other programs agree."""

from __future__ import annotations

import datetime as dt
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from roadwright.sheets.backend import TabEdit
from roadwright.sheets.backends.xlsx import open_workbook
from roadwright.sheets.values import CellValue, cell_name
from tests.sheets.backends.xlsx.workbooks import MAIN, by_hand

Cells = dict[tuple[int, int], CellValue]

FIRST_DAY, LAST_DAY = dt.datetime(1904, 1, 2), dt.datetime(9999, 12, 30)
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(max_size=12) | st.sampled_from(
    ["_x0041_", "_x0041_x0042_", "_x0041\x07", "=1+1", " a ", "a\r\nb", "]]>"]
)
MILLISECONDS = st.integers(0, 24 * 3600 * 1000 - 1).map(lambda count: dt.timedelta(milliseconds=count))
MOMENTS = st.builds(
    lambda day, time: day + time,
    st.datetimes(FIRST_DAY, LAST_DAY).map(lambda d: dt.datetime.combine(d, dt.time())),
    MILLISECONDS,
)
DATES = (
    MOMENTS
    | st.dates(FIRST_DAY.date(), LAST_DAY.date())
    | MILLISECONDS.map(lambda time: (dt.datetime.min + time).time())
    | MILLISECONDS
)
VALUES = NUMBERS | TEXTS | st.booleans() | DATES
PLACES = st.tuples(st.integers(1, 9), st.integers(1, 7))


@dataclass(frozen=True)
class Dialect:
    """One way in which programs write the same cells."""

    prefix: str
    positions: bool
    blanks: str
    comments: bool

    def sheet(self, cells: Cells) -> str:
        p = self.prefix
        rows: list[str] = []
        previous = 0
        for number in sorted({row for row, _ in cells}):
            named = self.positions or number != previous + 1
            row = f'<{p}row r="{number}" spans="1:7">' if named else f"<{p}row>"
            at = 0
            for column in sorted(column for row, column in cells if row == number):
                name = f' r="{cell_name(number, column)}"' if self.positions or column != at + 1 else ""
                row += self.blanks + self._cell(name, cells[number, column])
                at = column
            rows.append(f"{row}{self.blanks}</{p}row>")
            previous = number
        comment = '<!-- <row r="1"><c r="A1"/></row> </sheetData> -->' if self.comments else ""
        declared = f"xmlns{':' + p[:-1] if p else ''}"
        body = (self.blanks + comment).join(["", *rows, ""])
        return (
            f'<?xml version="1.0"?><{p}worksheet {declared}="{MAIN}">{comment}<{p}dimension ref="A1"/>'
            f"<{p}sheetData>{body}</{p}sheetData>{comment}</{p}worksheet>"
        )

    def _cell(self, name: str, value: CellValue) -> str:
        p = self.prefix
        if isinstance(value, bool):
            return f'<{p}c{name} t="b"><{p}v>{int(value)}</{p}v></{p}c>'
        if isinstance(value, str):
            return f'<{p}c{name} t="inlineStr"><{p}is><{p}t>{escape(value)}</{p}t></{p}is></{p}c>'
        return f'<{p}c s="2" {name}><{p}v>{value!r}</{p}v></{p}c>'


DIALECTS = st.builds(Dialect, st.sampled_from(["", "x:"]), st.booleans(), st.sampled_from(["", "\n  "]), st.booleans())
SIMPLE = st.integers(-1000, 1000) | st.booleans() | st.text("abc <>&'\"äß東", min_size=1, max_size=8)
SHEETS = st.dictionaries(PLACES, SIMPLE, max_size=20)


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def as_read(value: CellValue) -> CellValue:
    """A moment at midnight is its day, whatever the cell's format makes of it."""
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    return value


def found(path: Path, tab: str = "Tab") -> dict[tuple[int, int], tuple[type, CellValue]]:
    rows = open_workbook(path).read(tab).rows
    return {(row, column): typed(value) for row, cells in rows.items() for column, value in cells.items()}


def typed(value: CellValue) -> tuple[type, CellValue]:
    value = as_read(value)
    return (float if isinstance(value, int | float) and not isinstance(value, bool) else type(value)), value


@settings(deadline=None, max_examples=150)
@given(
    sheet=SHEETS,
    dialect=DIALECTS,
    writes=st.lists(st.dictionaries(PLACES, VALUES | st.none(), max_size=15), min_size=1, max_size=3),
)
def test_what_is_written_is_read(
    sheet: Cells, dialect: Dialect, writes: list[dict[tuple[int, int], CellValue | None]]
) -> None:
    with folder() as place:
        path = by_hand(place / "a.xlsx", dialect.sheet(sheet))
        expected = {at: typed(value) for at, value in sheet.items()}
        assert found(path) == expected
        workbook = open_workbook(path)
        for cells in writes:
            edit = TabEdit("Tab", 1, cells)
            for at, value in cells.items():
                expected.pop(at, None)
                if value is not None and value != "":
                    expected[at] = typed(value)
            before = path.read_bytes()
            changed = workbook.write([edit]).changed
            assert found(path) == expected
            assert changed == (path.read_bytes() != before)
            before = path.read_bytes()
            assert not workbook.write([edit]).changed
            assert not open_workbook(path).write([edit]).changed
            assert path.read_bytes() == before


@settings(deadline=None, max_examples=60)
@given(
    count=st.integers(0, 6),
    dialect=DIALECTS,
    appended=st.lists(st.dictionaries(st.integers(1, 7), VALUES | st.none(), max_size=7), max_size=5),
    cells=st.dictionaries(PLACES, VALUES, max_size=8),
)
def test_appended_rows_stand_below_the_data(
    count: int, dialect: Dialect, appended: list[dict[int, CellValue | None]], cells: Cells
) -> None:
    sheet: Cells = {(row, column): row * column for row in range(1, count + 1) for column in (1, 3)}
    cells = {at: value for at, value in cells.items() if at[0] <= max(count, 1)}
    with folder() as place:
        path = by_hand(place / "a.xlsx", dialect.sheet(sheet))
        workbook = open_workbook(path)
        edit = TabEdit("Tab", 1, cells, appended, count)
        rows = workbook.plan_append(edit)
        assert rows == list(range(max(count, 1) + 1, max(count, 1) + 1 + len(appended)))
        workbook.write([edit])
        expected: dict[tuple[int, int], CellValue | None] = {**sheet, **cells}
        for row, values in zip(rows, appended, strict=True):
            expected |= {(row, column): value for column, value in values.items()}
        assert found(path) == {at: typed(v) for at, v in expected.items() if v is not None and v != ""}


PRINTABLE = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8)
SHOWN = st.integers(-(10**9), 10**9) | st.booleans() | PRINTABLE | st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1))


@settings(deadline=None, max_examples=40)
@given(
    sheet=st.dictionaries(PLACES, st.integers(0, 99) | PRINTABLE, max_size=12),
    cells=st.dictionaries(PLACES, SHOWN | st.none(), min_size=1, max_size=12),
)
def test_other_programs_read_the_same(
    sheet: dict[tuple[int, int], int | str], cells: dict[tuple[int, int], CellValue | None]
) -> None:
    with folder() as place:
        path = place / "a.xlsx"
        with xlsxwriter.Workbook(path) as book:
            tab = book.add_worksheet("Tab")
            for (row, column), value in {(10, 8): "corner", **sheet}.items():
                tab.write_string(row - 1, column - 1, value) if isinstance(value, str) else tab.write_number(
                    row - 1, column - 1, value
                )
        open_workbook(path).write([TabEdit("Tab", 1, cells)])
        held = {(10, 8): "corner", **sheet, **cells}
        expected = {at: value for at, value in held.items() if value is not None}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            other = openpyxl.load_workbook(path)["Tab"]
        by_openpyxl = {
            (cell.row, cell.column): as_read(cell.value)  # type: ignore[arg-type]
            for row in other.rows
            for cell in row
            if cell.value is not None
        }
        assert by_openpyxl == expected
        lines = CalamineWorkbook.from_path(path).get_sheet_by_name("Tab").to_python(skip_empty_area=False)
        by_calamine = {
            (row, column): value
            for row, line in enumerate(lines, start=1)
            for column, value in enumerate(line, start=1)
            if value != ""
        }
        assert by_calamine == expected
