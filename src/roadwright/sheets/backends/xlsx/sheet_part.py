"""Where the rows of a tab stand in the bytes of its part, and what stands around them.

Rows are found by a search for their tags where that can't go wrong, else by parsing the whole part.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import NamedTuple

from roadwright.sheets.backend import SheetError, WorkbookUnreadable
from roadwright.sheets.backends.xlsx.markup import (
    Attributes,
    ElementPath,
    Head,
    Splice,
    blanked,
    element_end,
    head_of,
    raw_name,
    raw_prefix,
    set_attribute,
    tag_end,
    walk,
)
from roadwright.sheets.values import TEMPLATE_MARK

SHEET_DATA = ("worksheet", "sheetData")
_DATA_START = re.compile(rb"<(?:[^\s<>/:]+:)?sheetData(?=[\s/>])")
_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["']\s*(\d+)""")


class RowSpan(NamedTuple):
    """The bytes of one row, perhaps with blanks and comments behind it."""

    number: int
    start: int
    end: int


class _Columns(NamedTuple):
    """Neighbouring columns of one format, and where the element that gives it begins and ends."""

    first: int
    last: int
    style: str | None
    width: float | None
    start: int
    end: int


class RangePlace(NamedTuple):
    """A range that stands outside the rows: its element, its text, and the bytes where it can be changed.

    ``attribute`` is the name of the attribute that holds it, ``None`` where it is the element's text; ``start`` and
    ``end`` are those of the start tag or of the text.
    """

    element: str
    attribute: str | None
    text: str
    start: int
    end: int


class DataPlace(NamedTuple):
    """Where the rows of a tab's part begin and end in its bytes; ``head`` is all before them."""

    head: Head
    end: int

    @property
    def start(self) -> int:
        return self.head.end


def data_place(raw: bytes, where: str, searched: bytes | None = None) -> DataPlace:
    """Find the rows of a tab's part; ``searched`` is the part with everything blanked that could look like a tag.

    Raises WorkbookUnreadable when it holds no tab.
    """
    searched = blanked(raw) if searched is None else searched
    first = _DATA_START.search(searched)
    head = head_of(raw, first.start(), SHEET_DATA) if first is not None else None
    if head is None:
        return _parsed_place(raw, where)
    if raw[head.end - 2 : head.end] == b"/>":
        return DataPlace(head, head.end)
    end = searched.find(b"</" + raw_name(raw, head.start), head.end)
    # In a tab with another element of that name among its rows only the parser can tell which tag ends them.
    if end < 0 or _DATA_START.search(searched, head.end, end):
        return _parsed_place(raw, where)
    return DataPlace(head, end)


def _parsed_place(raw: bytes, where: str) -> DataPlace:
    found: list[int] = []
    ends: list[int] = []

    def start(path: ElementPath, _: Attributes, at: int) -> None:
        if path == SHEET_DATA:
            found.append(at)

    def end(path: ElementPath, at: int) -> None:
        if path == SHEET_DATA:
            ends.append(at)

    walk(raw, where, start, end)
    head = head_of(raw, found[0], SHEET_DATA) if found else None
    if head is None:
        raise WorkbookUnreadable("part_without_tab", where=where)
    return DataPlace(head, head.end if raw[head.end - 2 : head.end] == b"/>" else ends[0])


class SheetPart:
    """The bytes of one tab's part with an index of its rows. The bytes must be well-formed XML.

    ``is_plain`` says that whoever read it found nothing among the rows but rows and cells in their places: no other
    namespaces declared, no alternatives, nothing else that is called a row.
    """

    def __init__(self, raw: bytes, where: str, *, is_plain: bool) -> None:
        self.raw = raw
        self.where = where
        searched = blanked(raw)
        place = data_place(raw, where, searched)
        self.head = place.head
        self.prefix = raw_prefix(raw, place.head.start)
        """The prefix, with its colon, that spreadsheet elements have among the rows."""
        self.data_start, self.data_end = place.start, place.end
        self.closed = raw[place.start - 2 : place.start] == b"/>"
        """The tab has no rows and no end tag behind them."""
        self.rows = self._ordered(self._searched_rows(searched) if is_plain else self._parsed_rows())
        self._numbers = [row.number for row in self.rows]

    def _searched_rows(self, searched: bytes) -> Iterable[tuple[int | None, int, int]]:
        prefixes = [re.escape(prefix.encode()) for prefix in self.head.prefixes]
        # Where there is one prefix the pattern begins with a literal, which is searched five times faster.
        prefix = prefixes[0] if len(prefixes) == 1 else b"(?:" + b"|".join(prefixes) + b")"
        pattern = re.compile(b"<" + prefix + rb"row(?=[\s/>])")
        starts = [match.start() for match in pattern.finditer(searched, self.data_start, self.data_end)]
        for start, end in pairwise([*starts, self.data_end]):
            said = _ROW_NUMBER.search(searched, start, tag_end(searched, start))
            yield int(said[1]) if said else None, start, end

    def _parsed_rows(self) -> Iterable[tuple[int | None, int, int]]:
        rows: list[tuple[int | None, int, int]] = []
        opened: tuple[int | None, int] = None, 0

        def start(path: ElementPath, attributes: Attributes, at: int) -> None:
            nonlocal opened
            if path == (*SHEET_DATA, "row"):
                opened = int(attributes["r"]) if "r" in attributes else None, at

        def end(path: ElementPath, at: int) -> None:
            if path == (*SHEET_DATA, "row"):
                rows.append((*opened, element_end(self.raw, opened[1], at)))

        walk(self.raw, self.where, start, end)
        return rows

    def _ordered(self, found: Iterable[tuple[int | None, int, int]]) -> list[RowSpan]:
        rows: list[RowSpan] = []
        number = 0
        for said, start, end in found:
            following = number + 1 if said is None else said
            if following <= number:
                raise SheetError("rows_out_of_order", where=self.where, row=following, below=number)
            number = following
            rows.append(RowSpan(number, start, end))
        return rows

    def position(self, row: int) -> int:
        """The place in ``rows`` where this row is, or would have to be put."""
        return bisect_left(self._numbers, row)

    def find(self, row: int) -> RowSpan | None:
        position = self.position(row)
        return self.rows[position] if position < len(self.rows) and self.rows[position].number == row else None

    def fragment(self, row: RowSpan) -> bytes:
        """The row's own bytes; namespaces that they use may be declared before them (see ``head``)."""
        return self.raw[row.start : row.end]


class Surroundings:
    """What a tab's part holds outside its rows: column formats, and the ranges that may have to grow."""

    def __init__(self, part: SheetPart) -> None:
        self._columns: list[_Columns] = []
        self._columns_end: int | None = None
        """Where the list of column formats ends, if there is one."""
        self._part = part
        self.is_template = False
        """The tab is one of our templates, whoever saved it last."""
        self._style_of_column: dict[int, str | None] = {}
        self._usual_width = 8.43
        self.row_height = 15.0
        """The height in points of a row that says nothing."""
        self.ranges: list[RangePlace] = []
        self._read(part)

    def column_style(self, column: int) -> str | None:
        """The format that the person gave the whole column."""
        if column not in self._style_of_column:
            self._style_of_column[column] = next(
                (span.style for span in self._columns if span.style and span.first <= column <= span.last), None
            )
        return self._style_of_column[column]

    def column_width(self, column: int) -> float:
        """The column's width, in widths of a digit."""
        return next(
            (span.width for span in self._columns if span.width is not None and span.first <= column <= span.last),
            self._usual_width,
        )

    def own_columns(self, columns: Mapping[int, tuple[float, str | None]]) -> list[Splice]:
        """Changes that give single columns a width and a format of their own, and put hidden ones in sight."""
        raw, prefix = self._part.raw, self._part.prefix
        splices: list[Splice] = []
        inserted: dict[int, list[tuple[int, bytes]]] = {}
        for number, (width, style) in columns.items():
            look = f' style="{style}"' if style and style != "0" else ""
            new = f'<{prefix}col min="{number}" max="{number}" width="{width:g}"{look} customWidth="1"/>'.encode()
            span = next((span for span in self._columns if span.first <= number <= span.last), None)
            following = span or next((span for span in self._columns if span.first > number), None)
            at = following.start if following is not None else self._columns_end
            inserted.setdefault(-1 if at is None else at, []).append((number, new))
        for span in self._columns:
            taken = sorted(number for number in columns if span.first <= number <= span.last)
            if not taken:
                continue
            edges = [span.first - 1, *taken, span.last + 1]
            for before, after in pairwise(edges):
                if after - before > 1:
                    rest = set_attribute(raw[span.start : tag_end(raw, span.start)], "min", str(before + 1))
                    rest = set_attribute(rest, "max", str(after - 1))
                    inserted[span.start].append((before + 1, rest.rstrip(b"/>") + b"/>"))
            splices.append(Splice(span.start, span.end, b""))
        for at, pieces in inserted.items():
            new = b"".join(piece for _, piece in sorted(pieces))
            if at < 0:
                new = f"<{prefix}cols>".encode() + new + f"</{prefix}cols>".encode()
            place = self._part.head.start if at < 0 else at
            splices.append(Splice(place, place, new))
        return splices

    def _read(self, part: SheetPart) -> None:
        skipped = part.data_end - part.data_start
        raw = part.raw[: part.data_start] + part.raw[part.data_end :]
        pieces: list[str] = []
        text_start = 0

        def in_part(offset: int) -> int:
            return offset if offset < part.data_start else offset + skipped

        def start(path: ElementPath, attributes: Attributes, at: int) -> None:
            nonlocal text_start
            if path == ("worksheet", "cols", "col"):
                width = float(attributes["width"]) if "width" in attributes else None
                span = int(attributes["min"]), int(attributes["max"])
                self._columns.append(_Columns(*span, attributes.get("style"), width, at, tag_end(raw, at)))
            elif path == ("worksheet", "sheetFormatPr"):
                self._usual_width = float(attributes.get("defaultColWidth", self._usual_width))
                self.row_height = float(attributes.get("defaultRowHeight", self.row_height))
            elif path[-1] == "dataValidation" and attributes.get("errorTitle") == TEMPLATE_MARK:
                self.is_template = True
            if (attribute := _RANGES.get(path, "")) in attributes:
                place = RangePlace(path[-1], attribute, attributes[attribute], in_part(at), in_part(tag_end(raw, at)))
                self.ranges.append(place)
            elif path in _RANGE_TEXTS:
                pieces.clear()
                text_start = tag_end(raw, at)

        def end(path: ElementPath, at: int) -> None:
            if path == ("worksheet", "cols"):
                self._columns_end = at
            elif path == ("worksheet", "cols", "col"):
                span = self._columns[-1]
                self._columns[-1] = span._replace(end=element_end(raw, span.start, at))
            elif path in _RANGE_TEXTS:
                self.ranges.append(RangePlace(path[-2], None, "".join(pieces), in_part(text_start), in_part(at)))

        def text(path: ElementPath, piece: str) -> None:
            if path in _RANGE_TEXTS:
                pieces.append(piece)

        walk(raw, part.where, start, end, text, every_branch=True)


_RANGES: dict[ElementPath, str] = {
    ("worksheet", *path): attribute
    for attribute, paths in {
        "ref": (
            ("dimension",),
            ("autoFilter",),
            ("autoFilter", "sortState"),
            ("autoFilter", "sortState", "sortCondition"),
            ("sortState",),
            ("sortState", "sortCondition"),
        ),
        "sqref": (
            ("conditionalFormatting",),
            ("dataValidations", "dataValidation"),
            ("protectedRanges", "protectedRange"),
            ("ignoredErrors", "ignoredError"),
        ),
    }.items()
    for path in paths
}
"""The attributes that hold ranges of a tab."""

EXTENSIONS = ("worksheet", "extLst", "ext")
"""The place of everything that newer programs add to a tab."""

_RANGE_TEXTS: frozenset[ElementPath] = frozenset(
    (*EXTENSIONS, *path, "xm:sqref")
    for path in (
        ("x14:conditionalFormattings", "x14:conditionalFormatting"),
        ("x14:dataValidations", "x14:dataValidation"),
        ("x14:protectedRanges", "x14:protectedRange"),
        ("x14:ignoredErrors", "x14:ignoredError"),
    )
)
"""Newer kinds of rules hold their ranges as text."""
