"""Where the rows of a tab stand in the bytes of its part, and what stands around them."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import pairwise
from typing import NamedTuple

from roadwright.sheets.backend import SheetError, WorkbookUnreadable
from roadwright.sheets.xlsx.markup import (
    SHEET_DATA,
    blanked,
    damaged,
    local_name,
    new_parser,
    run_parser,
    start_tags,
    tag_end,
)

_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["']\s*(\d+)""")


class RowSpan(NamedTuple):
    """The bytes of one row: from its start tag to the next row's."""

    number: int
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


def data_span(raw: bytes, where: str) -> tuple[int, int]:
    """Where the rows of a tab's part begin and end in its bytes. Raises WorkbookUnreadable when it holds no tab."""
    searched = blanked(raw)
    data = _data_tag(searched, where)
    return data.end(), _data_end(searched, data, where)


def _data_tag(searched: bytes, where: str) -> re.Match[bytes]:
    data = SHEET_DATA.search(searched)
    if data is None:
        raise WorkbookUnreadable(f"{where} is damaged: it holds no tab.")
    return data


def _data_end(searched: bytes, data: re.Match[bytes], where: str) -> int:
    if data[0].endswith(b"/>"):
        return data.end()
    end = searched.find(b"</" + data[1] + b"sheetData", data.end())
    if end < 0:
        raise damaged(where, ValueError("its rows have no end"))
    return end


class SheetPart:
    """The bytes of one tab's part with an index of its rows. The bytes must be well-formed XML."""

    def __init__(self, raw: bytes, where: str) -> None:
        self.raw = raw
        self.where = where
        searched = blanked(raw)
        data = _data_tag(searched, where)
        self.prefix = data[1].decode("utf-8")
        """The prefix, with its colon, that spreadsheet elements have among the rows."""
        self.data_tag = data.start()
        self.data_start = data.end()
        self.closed = data[0].endswith(b"/>")
        """The tab has no rows and no end tag behind them."""
        self.data_end = _data_end(searched, data, where)
        self.rows = self._index(searched)
        self._numbers = [row.number for row in self.rows]

    def _index(self, searched: bytes) -> list[RowSpan]:
        rows: list[RowSpan] = []
        number = 0
        starts = [
            (match.start(), _ROW_NUMBER.search(match[0]))
            for match in start_tags(searched, "row").finditer(searched, self.data_start, self.data_end)
        ]
        for (start, said), (end, _) in pairwise([*starts, (self.data_end, None)]):
            following = int(said[1]) if said else number + 1
            if following <= number:
                raise SheetError(
                    f"{self.where}: row {following} stands below row {number} in the file. "
                    "Open the workbook in a spreadsheet program and save it, which puts the rows in order."
                )
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
        """The row's own bytes: an XML document of one element, perhaps with blanks and comments behind it."""
        return self.raw[row.start : row.end]


class Surroundings:
    """What a tab's part holds outside its rows: column formats, and the ranges that may have to grow."""

    def __init__(self, part: SheetPart) -> None:
        self._columns: list[tuple[int, int, str | None, float | None]] = []
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
                (style for first, last, style, _ in self._columns if style and first <= column <= last), None
            )
        return self._style_of_column[column]

    def column_width(self, column: int) -> float:
        """The column's width, in widths of a digit."""
        return next(
            (width for first, last, _, width in self._columns if width is not None and first <= column <= last),
            self._usual_width,
        )

    def _read(self, part: SheetPart) -> None:
        skipped = part.data_end - part.data_start
        raw = part.raw[: part.data_start] + part.raw[part.data_end :]
        path: list[str] = []
        pieces: list[str] = []
        text_start = 0
        parser = new_parser(part.where)

        def in_part(offset: int) -> int:
            return offset if offset < part.data_start else offset + skipped

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal text_start
            path.append(local_name(tag))
            name = path[-1]
            attribute = _RANGE_ATTRIBUTES.get(name)
            if name == "col":
                width = float(attributes["width"]) if "width" in attributes else None
                span = int(attributes["min"]), int(attributes["max"])
                self._columns.append((*span, attributes.get("style"), width))
            elif name == "sheetFormatPr":
                self._usual_width = float(attributes.get("defaultColWidth", self._usual_width))
                self.row_height = float(attributes.get("defaultRowHeight", self.row_height))
            elif attribute in attributes and (name != "autoFilter" or len(path) == 2):
                at = parser.CurrentByteIndex
                place = RangePlace(name, attribute, attributes[attribute], in_part(at), in_part(tag_end(raw, at)))
                self.ranges.append(place)
            elif name == "sqref":
                pieces.clear()
                text_start = tag_end(raw, parser.CurrentByteIndex)

        def end(_: str) -> None:
            name = path.pop()
            if name == "sqref" and path[-1] in _RANGE_ATTRIBUTES:
                span = in_part(text_start), in_part(parser.CurrentByteIndex)
                self.ranges.append(RangePlace(path[-1], None, "".join(pieces), *span))

        def text(piece: str) -> None:
            if path[-1] == "sqref":
                pieces.append(piece)

        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
        run_parser(parser, raw, part.where)


_RANGE_ATTRIBUTES = {
    "dimension": "ref",
    "autoFilter": "ref",
    "conditionalFormatting": "sqref",
    "dataValidation": "sqref",
    "protectedRange": "sqref",
    "ignoredError": "sqref",
    "sortState": "ref",
    "sortCondition": "ref",
}
"""Where ranges stand; newer kinds of rules (x14) hold them as text of an own element ``sqref``."""
