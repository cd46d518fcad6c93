"""Reads one tab's part as a grid of values, and the texts that cells share: by patterns, else by expat."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from xml.parsers import expat

from roadwright.domain.progress import ROWS_A_TIME, TellProgress, tell_nobody
from roadwright.sheets.backend import Area, Grid, SheetError, WorkbookUnreadable
from roadwright.sheets.backends.xlsx.addresses import areas_by_row, parse_area
from roadwright.sheets.backends.xlsx.cells import decode_text
from roadwright.sheets.backends.xlsx.markup import (
    REPORTED,
    Attributes,
    ElementPath,
    Head,
    damaged,
    has_one_meaning,
    head_of,
    new_parser,
    pass_one_branch,
    release,
    reported,
    run_parser,
    walk,
)
from roadwright.sheets.backends.xlsx.sheet_part import data_place
from roadwright.sheets.backends.xlsx.usual_rows import PLAIN_TEXT, UsualRow, has_usual_markup, rows_of
from roadwright.sheets.moments import Shows, from_serial
from roadwright.sheets.values import (
    CellError,
    CellValue,
    NotCalculated,
    Percent,
    cell_name,
    column_letters,
    column_number,
)

_LIST = re.compile(rb"<sst[\s>]")
_USUAL_ITEM = re.compile(f'<si><t(?: xml:space="preserve")?>({PLAIN_TEXT})</t></si>')
_ITEM, _RUN, _TEXT = map(reported, ("si", "r", "t"))


class _Texts:
    """The texts that were read so far, and the state of the parser."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.depth = 0
        self._pieces: list[str] = []
        self._in_run = self._in_text = False

    def start(self, tag: str, _: dict[str, str]) -> None:
        if self.depth == 1:
            self._pieces.clear()
        elif self.depth == 2:
            self._in_run, self._in_text = tag in _RUN, tag in _TEXT
        elif self.depth == 3:
            self._in_text = self._in_run and tag in _TEXT
        self.depth += 1

    def end(self, tag: str) -> None:
        self.depth -= 1
        self._in_text = False
        if self.depth == 1 and tag in _ITEM:
            self.texts.append(decode_text("".join(self._pieces)))

    def text(self, piece: str) -> None:
        if self._in_text:
            self._pieces.append(piece)


def read_shared_strings(raw: bytes, where: str) -> list[str]:
    """All shared texts; rich text joined, phonetic hints (``rPh``) left out.

    Usual ones are read by their pattern, as the cells of usual rows are; the parser reads all others.
    """
    first = _LIST.search(raw)
    head = head_of(raw, first.start(), ("sst",)) if first is not None and b"<!" not in raw else None
    if head is not None and "" in head.prefixes and (texts := _by_pattern(raw, head)) is not None:
        return texts
    result = _Texts()
    parser = new_parser(where)
    pass_one_branch(parser, result.start, result.end, result.text)
    run_parser(parser, raw, where)
    return result.texts


def _by_pattern(raw: bytes, head: Head) -> list[str] | None:
    """The texts, or None where only the parser can tell them, or what is wrong with them."""
    try:
        pieces = _USUAL_ITEM.split(raw[head.end :].decode("utf-8"))
    except UnicodeDecodeError:
        return None
    result = _Texts()
    texts = result.texts
    parser = new_parser("")
    parser.StartElementHandler, parser.EndElementHandler = result.start, result.end
    parser.CharacterDataHandler = result.text
    try:
        parser.Parse(head.opening, False)
        for number, piece in enumerate(pieces):
            if number % 2:
                texts.append(decode_text(piece))
            elif piece and not piece.isspace():
                if "AlternateContent" in piece:
                    return None
                parser.Parse(piece.rstrip().encode("utf-8"), number == len(pieces) - 1)
                if result.depth > 1:
                    return None
    except expat.ExpatError:
        return None
    finally:
        release(parser)
    return texts if result.depth == 0 else None


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
    percent: Set[str]
    date1904: bool


@dataclass
class SheetContent:
    """A tab as its part says: the grid, and how its rows are written."""

    grid: Grid
    usual: set[int] = field(default_factory=set)
    """The rows that hold usual cells only (see ``usual_rows``)."""
    is_plain: bool = True
    """Nothing but rows and cells in their places stands among the rows (see ``sheet_part.SheetPart``)."""


class _Place:
    """An element whose place in the tree is known, and the elements that are known inside it, by their tags."""

    __slots__ = ("children", "name", "parent")

    def __init__(self, name: str, parent: _Place | None) -> None:
        self.name = name
        self.parent = parent
        self.children: dict[str, _Place] = {}


_INSIDE: Mapping[str, Sequence[str]] = {
    "": ("worksheet",),
    "worksheet": ("sheetData",),
    "sheetData": ("row",),
    "row": ("c",),
    "c": ("v", "f", "is"),
    "is": ("t", "r"),
    "r": ("t",),
}
"""What is read of a tab's rows. All else is opaque, with whatever it holds: extension lists, phonetic hints, elements
of other namespaces."""


@lru_cache(maxsize=100)
def _document(prefixes: tuple[str, ...]) -> _Place:
    """The place of a whole part whose tags have these prefixes."""

    def place(name: str, parent: _Place | None) -> _Place:
        mine = _Place(name, parent)
        for child in _INSIDE.get(name, ()):
            known = place(child, mine)
            mine.children.update((prefix + child, known) for prefix in prefixes)
        return mine

    return place("", None)


@dataclass(frozen=True)
class _Count:
    """Who hears how many rows are read, of how many."""

    tell: TellProgress
    total: int


class _Handlers:
    """The state of one pass. Written for speed: a large tab has a million tags."""

    def __init__(self, where: str, tab: str, formats: CellFormats, prefixes: tuple[str, ...], count: _Count) -> None:
        self.where, self.tab, self.formats = where, tab, formats
        self.count, self.rows_done = count, 0
        self.content = SheetContent(Grid(date1904=formats.date1904))
        self.place = _document(prefixes)
        self.data_tags = frozenset(prefix + name for prefix in prefixes for name in ("row", "sheetData"))
        self.has_data = False
        self.pieces: list[str] = []
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
        place = self.place.children.get(tag)
        if place is None:
            self.place = _Place("", self.place)
            if tag in self.data_tags:
                self.content.is_plain = False
            return
        self.place = place
        name = place.name
        if name == "c":
            get = attributes.get
            reference = get("r")
            self.start_cell(reference.rstrip("0123456789") if reference else column_letters(self.column + 1))
            self.kind, self.style = get("t", "n"), get("s", "0")
            self.formula = self.value = None
        elif name in ("v", "t"):
            self.pieces.clear()
        elif name == "f":
            self.pieces.clear()
            if attributes:
                self.start_formula(attributes)
            else:
                self.formula_kind = "normal"
        elif name == "row":
            number = attributes.get("r")
            self.start_row(int(number) if number else self.row + 1)
        elif name == "is":
            self.value = ""
        elif name == "sheetData":
            self.has_data = True

    def start_row(self, row: int) -> None:
        if row <= self.row:
            raise SheetError("out_of_order", place=f"{self.tab} row {row}")
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
            raise SheetError("out_of_order", place=f"{self.tab}!{cell_name(self.row, column)}")
        self.column = column

    def start_formula(self, attributes: dict[str, str]) -> None:
        self.formula_kind = attributes.get("t", "normal")
        self.shared_index = attributes.get("si", "")
        reference = attributes.get("ref", "")
        if self.formula_kind in ("array", "dataTable") and ":" in reference:
            self.content.grid.arrays.append(parse_area(reference))

    def end(self, _: str) -> None:
        place = self.place
        name = place.name
        assert place.parent is not None
        self.place = place.parent
        if name == "v":
            self.value = "".join(self.pieces)
        elif name == "c":
            if self.value is not None or self.formula is not None:
                self.finish_cell()
        elif name == "t":
            self.value = (self.value or "") + "".join(self.pieces)
        elif name == "f":
            self.formula = "".join(self.pieces)
            if self.formula_kind == "shared":
                # Only the first cell of a shared formula holds its text.
                self.formula = self.formula or self.shared.get(self.shared_index, "")
                self.shared[self.shared_index] = self.formula
        elif name == "row":
            self.end_row()

    def text(self, piece: str) -> None:
        if self.place.name in _HOLD_TEXT:
            self.pieces.append(piece)

    def end_row(self) -> None:
        if self.cells:
            self.content.grid.rows[self.row] = self.cells
        self.rows_done += 1
        if self.rows_done % ROWS_A_TIME == 0:
            self.count.tell(f"reading {self.tab}", self.rows_done, self.count.total)

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
        return WorkbookUnreadable("no_value_of_its_type", where=self.where, place=place, value=repr(value))

    def parser(self, *, namespaces: bool) -> expat.XMLParserType:
        parser = new_parser(self.where, namespaces=namespaces)
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text
        return parser


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
        if style in formats.percent:
            return Percent(number)
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


_HOLD_TEXT = frozenset("vtf")


def _cells(raw: bytes, where: str, tab: str, formats: CellFormats, count: _Count) -> SheetContent:
    # What is wrong with a part is said by the parser, which sees it as a whole; in pieces it could look otherwise.
    with suppress(SheetError, _NotInPieces):
        return _by_rows(raw, where, tab, formats, count)
    handlers = _Handlers(where, tab, formats, REPORTED, count)
    handlers.content.is_plain = False
    parser = handlers.parser(namespaces=True)
    pass_one_branch(parser, handlers.start, handlers.end, handlers.text)
    run_parser(parser, raw, where)
    if not handlers.has_data:
        raise WorkbookUnreadable("part_without_tab", where=where)
    handlers.content.grid.merged = _merged(raw, where)
    return handlers.content


class _NotInPieces(Exception):
    """Only a parser that sees the part as a whole can read its rows, or say what is wrong with them."""


def _by_rows(raw: bytes, where: str, tab: str, formats: CellFormats, count: _Count) -> SheetContent:
    """Usual rows by their pattern, what stands between them by the parser."""
    place = data_place(raw, where)
    prefixes = place.head.prefixes
    handlers = _Handlers(where, tab, formats, prefixes, count)
    handlers.content.grid.merged = _merged(raw[: place.start] + raw[place.end :], where)
    parser = handlers.parser(namespaces=False)
    rows = raw[place.start : place.end]
    try:
        parser.Parse(place.head.opening, False)
        for part in rows_of(rows) if "" in prefixes and has_usual_markup(raw) else (rows,):
            if isinstance(part, UsualRow):
                handlers.usual_row(part)
                continue
            if not has_one_meaning(part):
                raise _NotInPieces
            parser.Parse(part.rstrip(), False)
            if handlers.place.name != "sheetData":
                raise _NotInPieces
        parser.Parse(place.head.closing, True)
    except (expat.ExpatError, KeyError, ValueError, IndexError) as error:
        raise _NotInPieces from error
    finally:
        release(parser)
    return handlers.content


def _merged(raw: bytes, where: str) -> list[Area]:
    found: list[Area] = []

    def start(path: ElementPath, attributes: Attributes, _: int) -> None:
        if path == ("worksheet", "mergeCells", "mergeCell"):
            found.append(parse_area(attributes["ref"]))

    walk(raw, where, start)
    return found


def read_sheet(
    raw: bytes, where: str, tab: str, formats: CellFormats, tell: TellProgress = tell_nobody
) -> SheetContent:
    """The tab's cells. Raises WorkbookUnreadable when the part is damaged, SheetError when its cells are out of order.

    Cells that an array formula fills count as formulas, too.
    """
    # Rows are counted by the ends of their elements, whatever the prefix; an empty row may have none.
    content = _cells(raw, where, tab, formats, _Count(tell, raw.count(b"row>")))
    rows = content.grid.rows
    for row, areas in areas_by_row(content.grid.arrays, list(rows), tab).items():
        for area in areas:
            content.grid.formulas.update((row, column) for column in rows[row] if area.covers(row, column))
    return content
