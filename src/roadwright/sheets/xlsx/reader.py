"""Reads one tab's part as a grid of values: usual rows by their pattern, everything else by expat."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from roadwright.sheets.backend import Area, Grid, SheetError, WorkbookUnreadable
from roadwright.sheets.values import CellError, CellValue, NotCalculated, cell_name, column_letters
from roadwright.sheets.xlsx.addresses import areas_by_row, column_number, parse_area
from roadwright.sheets.xlsx.markup import damaged, local_name, main_prefixes, new_parser, run_parser
from roadwright.sheets.xlsx.serials import Shows, from_serial
from roadwright.sheets.xlsx.sheet_part import data_span
from roadwright.sheets.xlsx.text import decode_text
from roadwright.sheets.xlsx.usual_rows import UsualRow, has_usual_markup, rows_of

_TRUE = ("1", "true")
_TEXTS = frozenset({"inlineStr", "str"})
_NEVER_EMPTY = frozenset("nbeds")
"""The types of which an empty value is no value; an empty text is one."""
_BOOLEAN_FORMULAS = {"TRUE()": True, "FALSE()": False}
"""LibreOffice saves a typed TRUE as the formula ``=TRUE()``; it is a plain boolean all the same. (One that Excel has
filled down, as a shared formula, stays a formula: writing over its first cell would orphan the others.)"""


@dataclass(frozen=True)
class CellFormats:
    """What turns a cell's stored number or text into a value."""

    strings: Sequence[str]
    shows: Mapping[str, Shows]
    date1904: bool


@dataclass
class SheetContent:
    """A tab as its part says: the grid, and the ranges of formulas that fill several cells at once."""

    grid: Grid
    arrays: list[Area] = field(default_factory=list)
    """Ranges of several cells that one array formula or data table fills."""
    usual: set[int] = field(default_factory=set)
    """The rows that hold usual cells only (see ``usual_rows``)."""


class _Handlers:
    """The state of one pass. Written for speed: a large tab has a million tags."""

    def __init__(self, raw: bytes, where: str, tab: str, formats: CellFormats) -> None:
        prefixes = main_prefixes(raw)
        if not prefixes:
            raise WorkbookUnreadable(f"{where} is damaged: it holds no tab.")
        self.where, self.tab, self.formats = where, tab, formats
        self.content = SheetContent(Grid(date1904=formats.date1904))
        self.cell_tags = frozenset(f"{prefix}c" for prefix in prefixes)
        self.value_tags = frozenset(f"{prefix}v" for prefix in prefixes)
        self.text_tags = frozenset(f"{prefix}t" for prefix in prefixes)
        self.formula_tags = frozenset(f"{prefix}f" for prefix in prefixes)
        self.row_tags = frozenset(f"{prefix}row" for prefix in prefixes)
        self.hint_tags = frozenset(f"{prefix}rPh" for prefix in prefixes)
        self.inline_tags = frozenset(f"{prefix}is" for prefix in prefixes)
        self.pieces: list[str] = []
        self.collecting = self.in_hint = False
        self.row = self.column = 0
        self.letters: list[str] = []
        self.columns: list[int] = []
        """The columns of the last usual row, as letters and as numbers: most rows have the same."""
        self.cells: dict[int, CellValue] = {}
        self.kind = "n"
        self.style = "0"
        self.formula: str | None = None
        self.formula_kind = "normal"
        self.shared_index = ""
        self.shared: dict[str, str] = {}
        self.value: str | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in self.cell_tags:
            get = attributes.get
            reference = get("r")
            self.start_cell(reference.rstrip("0123456789") if reference else column_letters(self.column + 1))
            self.kind, self.style = get("t", "n"), get("s", "0")
            self.formula = self.value = None
        elif tag in self.value_tags or tag in self.text_tags:
            self.pieces.clear()
            self.collecting = not self.in_hint
        elif tag in self.formula_tags:
            self.pieces.clear()
            self.collecting = True
            if attributes:
                self.start_formula(attributes)
            else:
                self.formula_kind = "normal"
        elif tag in self.row_tags:
            number = attributes.get("r")
            self.start_row(int(number) if number else self.row + 1)
        elif tag in self.inline_tags:
            self.value = ""
        elif tag in self.hint_tags:
            self.in_hint = True
        elif local_name(tag) == "mergeCell":
            self.content.grid.merged.append(parse_area(attributes["ref"]))

    def start_row(self, row: int) -> None:
        if row <= self.row:
            raise SheetError(_OUT_OF_ORDER.format(place=f"{self.tab} row {row}"))
        self.row, self.column, self.cells = row, 0, {}

    def next_column(self, letters: str) -> int:
        self.start_cell(letters)
        return self.column

    def start_cell(self, letters: str) -> None:
        try:
            column = column_number(letters)
        except ValueError as error:
            raise damaged(self.where, error) from error
        if column <= self.column:
            raise SheetError(_OUT_OF_ORDER.format(place=f"{self.tab}!{cell_name(self.row, column)}"))
        self.column = column

    def start_formula(self, attributes: dict[str, str]) -> None:
        self.formula_kind = attributes.get("t", "normal")
        self.shared_index = attributes.get("si", "")
        reference = attributes.get("ref", "")
        if self.formula_kind in ("array", "dataTable") and ":" in reference:
            self.content.arrays.append(parse_area(reference))

    def end(self, tag: str) -> None:
        if tag in self.value_tags:
            self.value = "".join(self.pieces)
            self.collecting = False
        elif tag in self.cell_tags:
            if self.value is not None or self.formula is not None:
                self.finish_cell()
        elif tag in self.text_tags:
            if self.collecting:
                self.value = (self.value or "") + "".join(self.pieces)
            self.collecting = False
        elif tag in self.formula_tags:
            self.formula = "".join(self.pieces)
            if self.formula_kind == "shared":
                # Only the first cell of a shared formula holds its text.
                self.formula = self.formula or self.shared.get(self.shared_index, "")
                self.shared[self.shared_index] = self.formula
            self.collecting = False
        elif tag in self.row_tags:
            self.end_row()
        elif tag in self.hint_tags:
            self.in_hint = False

    def text(self, piece: str) -> None:
        if self.collecting:
            self.pieces.append(piece)

    def end_row(self) -> None:
        if self.cells:
            self.content.grid.rows[self.row] = self.cells

    def usual_row(self, row: UsualRow) -> None:
        """Take a row that was read by its pattern."""
        self.start_row(row.number)
        self.content.usual.add(row.number)
        if row.letters != self.letters:
            self.letters, self.columns = row.letters, [self.next_column(letters) for letters in row.letters]
        cells, formats = self.cells, self.formats
        of_cells = zip(self.columns, row.styles, row.types, row.numbers, row.texts, strict=True)
        for column, style, kind, number, text in of_cells:
            value = number or text
            if value and kind in _TEXTS:
                cells[column] = decode_text(value)
            elif value or (kind and kind not in _NEVER_EMPTY):
                try:
                    cells[column] = _decode(value or "", kind or "n", style or "0", formats)
                except (ValueError, IndexError) as error:
                    self.column = column
                    raise self.no_value(value or "") from error
        self.end_row()

    def finish_cell(self) -> None:
        value, kind = self.value, self.kind
        if self.formula is not None:
            plain = _BOOLEAN_FORMULAS.get(self.formula) if self.formula_kind == "normal" else None
            if plain is not None:
                self.cells[self.column] = plain if not value or kind != "b" else value in _TRUE
                return
            self.content.grid.formulas.add((self.row, self.column))
            if not value and (value is None or kind != "str"):
                self.cells[self.column] = NotCalculated(self.formula)
                return
        if value is None or (not value and kind in _NEVER_EMPTY):
            return
        try:
            self.cells[self.column] = _decode(value, kind, self.style, self.formats)
        except (ValueError, IndexError) as error:
            raise self.no_value(value) from error

    def no_value(self, value: str) -> WorkbookUnreadable:
        place = f"{self.tab}!{cell_name(self.row, self.column)}"
        return WorkbookUnreadable(
            f"{self.where} is damaged: {place} holds {value!r}, which is no value of its type. "
            "Open the workbook in a spreadsheet program, type the cell again, and save."
        )

    def parse(self, raw: bytes) -> None:
        """Let the parser read a document: a whole part, or a single row of it."""
        parser = new_parser(self.where)
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text
        run_parser(parser, raw, self.where)


_OUT_OF_ORDER = (
    "{place} stands below or beside a later one in the file: its rows and cells are not in order. "
    "Open the workbook in a spreadsheet program and save it, which puts them in order."
)


def _decode(value: str, kind: str, style: str, formats: CellFormats) -> CellValue:
    if kind == "s":
        number_of_text = int(value)
        if number_of_text < 0:
            raise IndexError(value)
        return formats.strings[number_of_text]
    if kind == "n":
        number = float(value)
        if not math.isfinite(number):
            return value  # no program calculates with it: its column says that it is no number, or too large
        if style in formats.shows:
            return from_serial(number, formats.shows[style], formats.date1904)
        return int(number) if number.is_integer() and abs(number) < 1e15 else number
    return _RARER_KINDS.get(kind, decode_text)(value)


def _iso_date(value: str) -> CellValue:
    if "T" in value:
        return dt.datetime.fromisoformat(value).replace(tzinfo=None)
    return dt.time.fromisoformat(value) if ":" in value else dt.date.fromisoformat(value)


_RARER_KINDS: Mapping[str, Callable[[str], CellValue]] = {
    "b": lambda value: value in _TRUE,
    "e": CellError,
    "d": _iso_date,
}
"""How the other types of cell are read; ``str`` and ``inlineStr`` are text."""


def _cells(raw: bytes, where: str, tab: str, formats: CellFormats) -> SheetContent:
    if has_usual_markup(raw):
        # What is wrong with a part is said by the parser, which sees it as a whole; row by row it could look otherwise.
        with suppress(SheetError):
            return _by_rows(raw, where, tab, formats)
    handlers = _Handlers(raw, where, tab, formats)
    handlers.parse(raw)
    return handlers.content


def _by_rows(raw: bytes, where: str, tab: str, formats: CellFormats) -> SheetContent:
    """Usual rows by their pattern, what stands between and around them by the parser."""
    handlers = _Handlers(raw, where, tab, formats)
    start, end = data_span(raw, where)
    handlers.parse(raw[:start] + raw[end:])
    for part in rows_of(raw[start:end]):
        if isinstance(part, UsualRow):
            handlers.usual_row(part)
        else:
            handlers.parse(b"<sheetData>" + part + b"</sheetData>")
    return handlers.content


def read_sheet(raw: bytes, where: str, tab: str, formats: CellFormats) -> SheetContent:
    """The tab's cells. Raises WorkbookUnreadable when the part is damaged, SheetError when its cells are out of order.

    Cells that an array formula fills count as formulas, too.
    """
    content = _cells(raw, where, tab, formats)
    rows = content.grid.rows
    for row, areas in areas_by_row(content.arrays, list(rows), tab).items():
        for area in areas:
            content.grid.formulas.update((row, column) for column in rows[row] if area.covers(row, column))
    return content
