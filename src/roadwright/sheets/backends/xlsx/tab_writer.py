"""The new bytes of a tab's part: cells put into their rows, new rows put in between, every other byte kept.

Rows get the height that their new texts need. Excel fits a row without a height of its own when it opens the file,
LibreOffice does not, and neither fits again a row whose height it has saved. So heights are estimated from the lengths
of the texts: generously, since a blank line is better than a cut one, but for columns of which only some lines are to
be seen at once. A height that a person has set is left alone.
"""

from __future__ import annotations

import datetime as dt
import math
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from roadwright.domain.progress import TellProgress, counted
from roadwright.sheets.backend import SheetError
from roadwright.sheets.backends.xlsx.cells import CellFormula, Content, cell_xml
from roadwright.sheets.backends.xlsx.markup import Splice, apply_splices, check_well_formed
from roadwright.sheets.backends.xlsx.rows import RowCells, changed_row, locate_cells, locate_wanted
from roadwright.sheets.backends.xlsx.sheet_part import RowSpan, SheetPart, Surroundings
from roadwright.sheets.backends.xlsx.styles import NoFormat, Styles
from roadwright.sheets.values import CellValue, Percent, PercentPoints, Unwritable, cell_name

TALLEST = 409.0
"""Points; no row can be higher."""

_CHARACTERS_PER_UNIT = 1.14
"""Characters of mixed text at 11 points in one unit of column width (a digit's width)."""
_FILLED = 0.95
"""The part of a line that is filled where a text is broken."""
_LINE = 1.3
"""Height of a line of text, in font sizes."""
_PADDING = 2.0

CellTexts = Mapping[int, tuple[str, str | None]]
"""By column: a cell's text and the number of its format (its ``s`` attribute)."""


class RowHeights:
    """Heights of the rows of one tab.

    ``wrapping`` maps the formats that wrap their text to their font sizes in points, ``width`` gives a column's width
    in units, ``default`` is the height in points of a row that says nothing. ``most_lines`` says of columns how many
    lines of them are seen at most.
    """

    def __init__(
        self,
        wrapping: Mapping[str, float],
        width: Callable[[int], float],
        default: float,
        most_lines: Mapping[int, int] | None = None,
    ) -> None:
        self._wrapping = wrapping
        self._width = width
        self._default = default
        self._most_lines = most_lines or {}

    def has_lines(self, column: int, text: object, style: str | None) -> bool:
        """The cell holds a text that takes more than one line."""
        return isinstance(text, str) and self._lines(column, text, style) > 1

    def needed(self, cells: CellTexts, *, whole: bool = False) -> float:
        """The height in points that a row of these cells needs; ``whole`` shows every line of every column."""
        heights = [
            self._seen_lines(column, text, style, whole) * self._wrapping[style or "0"] * _LINE + _PADDING
            for column, (text, style) in cells.items()
            if (style or "0") in self._wrapping
        ]
        return min(TALLEST, max([*map(_to_quarter, heights), self._default]))

    def _seen_lines(self, column: int, text: str, style: str | None, whole: bool) -> int:
        lines = self._lines(column, text, style)
        return lines if whole or column not in self._most_lines else min(lines, self._most_lines[column])

    def _lines(self, column: int, text: str, style: str | None) -> int:
        size = self._wrapping.get(style or "0")
        if size is None:
            return 1
        room = max(1.0, self._width(column) * _CHARACTERS_PER_UNIT * 11 / size)
        if len(text) * 2 <= room and "\n" not in text:  # also where every character is a wide one
            return 1
        extents = map(_extent, text.split("\n"))
        return sum(1 if extent <= room else math.ceil(extent / (room * _FILLED)) for extent in extents)

    def changed(self, saved: str | None, before: CellTexts, after: CellTexts) -> str | None:
        """The height attribute of a row whose texts change; ``saved`` is the one it has, None stands for none.

        A row that is higher than all of its texts needed is so for another reason, and gets no lower.
        """
        height, had = self.needed(after), _number(saved)
        if had is not None and had > self.needed(before, whole=True):
            height = max(height, had)
        if height == had:
            return saved
        return f"{height:g}" if height > self._default else None


def _extent(line: str) -> int:
    if line.isascii():
        return len(line)
    return len(line) + sum(unicodedata.east_asian_width(character) in "WF" for character in line)


def _to_quarter(points: float) -> float:
    return math.ceil(points * 4) / 4


def _number(saved: str | None) -> float | None:
    try:
        return float(saved) if saved else None
    except ValueError:
        return None


@dataclass
class TabChange:
    """What to write on one tab.

    ``cells`` maps rows to columns to contents. Rows from ``first_new_row`` on are appended ones and look like
    ``model_row``, the last row of data before them (``None`` when there was none).
    """

    tab: str
    header_row: int
    cells: dict[int, dict[int, Content]] = field(default_factory=dict)
    held: Mapping[int, Mapping[int, CellValue]] = field(default_factory=dict)
    """What the tab holds before."""
    usual: Collection[int] = ()
    """The rows that were read as usual ones (see ``usual_rows``)."""
    own_columns: Collection[int] = ()
    """Columns of the backend's own."""
    most_lines: Mapping[int, int] = field(default_factory=dict)
    """Columns of which no more than so many lines are to be seen at once."""
    first_new_row: int | None = None
    model_row: int | None = None


class TabWriter:
    """Writes the cells of one tab. ``formulas_changed`` says afterwards whether formulas came or went."""

    def __init__(
        self, part: SheetPart, around: Surroundings, styles: Styles, date1904: bool, change: TabChange
    ) -> None:
        self._part = part
        self._around = around
        self._styles = styles
        self._date1904 = date1904
        self._change = change
        self._above: dict[int, str] = {}
        """The format of the nearest cell above in each column, as far as rows were looked at."""
        self._above_from = 0
        """The last row that was looked at for that; all rows above it were, too."""
        self._heights = RowHeights(styles.wrapping, around.column_width, around.row_height, change.most_lines)
        self._is_persons = not around.is_template
        """A person made the tab: heights of its rows stay as they are."""
        self._model = self._styles_of(change.model_row) if change.model_row is not None else {}
        self.formulas_changed = False

    def row_splices(self, tell: TellProgress) -> list[Splice]:
        """The changes among the rows. Raises SheetError, naming the cell, for what a cell can't hold."""
        part = self._part
        splices: list[Splice] = []
        fresh: dict[int, list[bytes]] = {}
        for number in counted(tell, f"writing {self._change.tab}", sorted(self._change.cells)):
            cells = self._change.cells[number]
            position = part.position(number)
            span = part.rows[position] if position < len(part.rows) else None
            if span is not None and span.number == number:
                splices.append(self._changed(span, cells))
            else:
                row = self._new_row(number, cells)
                fresh.setdefault(span.start if span else part.data_end, []).append(row)
        if part.closed:
            body = b"".join(b"".join(rows) for rows in fresh.values())
            opened = part.raw[part.head.start : part.data_start - 2].rstrip() + b">"
            closing = f"</{part.prefix}sheetData>".encode()
            return [Splice(part.head.start, part.data_start, opened + body + closing)] if body else []
        return splices + [Splice(at, at, b"".join(rows)) for at, rows in fresh.items()]

    def _changed(self, span: RowSpan, cells: Mapping[int, Content]) -> Splice:
        row = self._part.fragment(span)
        found = self._located(span.number, row, cells)
        has_new = any(column not in found.styles for column in cells)
        if has_new:
            self._look_above(span.number)
        new: dict[int, bytes] = {}
        for column, content in cells.items():
            if column in found.styles:
                style = found.styles[column]
                if column not in self._change.held.get(span.number, {}):
                    style = self._on_one_line(column, style)
            elif content is None:
                continue
            else:
                style = self._style_for(span.number, column, content, found)
            new[column] = self._cell(found.prefix, span.number, column, content, style)
            if style is not None:
                found.styles[column] = style
        self.formulas_changed |= bool(found.with_formula)
        if has_new:
            self._remember(span.number, found)
        if not new:
            return Splice(span.start, span.end, row)
        attributes = self._fitted(span.number, cells, found.styles, found)
        if self._is_appended(span.number) and "hidden" in found.attributes:
            attributes["hidden"] = None  # nobody would ever see what is new there
        return Splice(span.start, span.end, changed_row(row, found, new, attributes))

    def _located(self, number: int, row: bytes, cells: Mapping[int, Content]) -> RowCells:
        """The row's cells: those that change are enough where the others say nothing about the row's height."""
        if number in self._change.usual:
            found = locate_wanted(row, cells)
            if found is not None and not self._have_lines(number, cells, found.styles):
                return found
        return locate_cells(row, self._part.where, self._part.head, cells)

    def _have_lines(self, number: int, cells: Mapping[int, Content], styles: Mapping[int, str | None]) -> bool:
        """Whether one of the changed cells takes more than one line, before or after."""
        held = self._change.held.get(number, {})
        return any(
            self._heights.has_lines(column, text, styles.get(column))
            for column, content in cells.items()
            for text in (content, held.get(column))
        )

    def _fitted(
        self, number: int, cells: Mapping[int, Content], styles: Mapping[int, str | None], found: RowCells | None
    ) -> dict[str, str | None]:
        """The row's attributes that change with the lines of its texts."""
        if found is not None and (self._is_persons or found.has_set_height or not found.has_all):
            return {}
        if not self._have_lines(number, cells, styles):
            return {}
        held = self._change.held.get(number, {})
        saved = found.attributes.get("ht") if found is not None else None
        before = _texts(held, styles)
        height = self._heights.changed(saved, before, before | _texts(cells, styles))
        return {"ht": height} if height != saved else {}

    def _new_row(self, number: int, cells: Mapping[int, Content]) -> bytes:
        prefix = self._part.prefix
        self._look_above(number)
        wanted = dict(cells)
        if self._is_appended(number):
            wanted |= {column: None for column in self._model if column not in cells}
        body: list[bytes] = []
        styles: dict[int, str | None] = {}
        for column in sorted(wanted):
            content = wanted[column]
            style = styles[column] = self._style_for(number, column, content, None)
            if content is not None or style is not None:
                body.append(self._cell(prefix, number, column, content, style))
        height = "".join(f' {name}="{value}"' for name, value in self._fitted(number, cells, styles, None).items())
        return f'<{prefix}row r="{number}"{height}>'.encode() + b"".join(body) + f"</{prefix}row>".encode()

    def _is_appended(self, row: int) -> bool:
        return self._change.first_new_row is not None and row >= self._change.first_new_row

    def _cell(self, prefix: str, row: int, column: int, content: Content, style: str | None) -> bytes:
        try:
            if isinstance(content, PercentPoints):
                content = content.as_share() if (style or "0") in self._styles.percent else float(content)
            elif isinstance(content, Percent):
                style = self._styles.in_percent(style)
            if isinstance(content, int | float | dt.date | dt.time | dt.timedelta) and not isinstance(content, bool):
                style = self._styles.showing(style, content)
            self.formulas_changed |= isinstance(content, CellFormula)
            return cell_xml(prefix, row, column, content, style=style, date1904=self._date1904)
        except NoFormat as error:
            raise SheetError(
                "cell_not_formatted",
                tab=self._change.tab,
                cell=cell_name(row, column),
                value=str(content),
                why=error.message,
            ) from error
        except Unwritable as error:
            raise SheetError(
                "unwritable_value", tab=self._change.tab, cell=cell_name(row, column), why=error.message
            ) from error

    def _style_for(self, row: int, column: int, content: Content, found: RowCells | None) -> str | None:
        """The format of a cell that isn't there yet: the first candidate, passing over dates for a plain number."""
        number = isinstance(content, int | float)
        for style in self._candidates(row, column, found):
            if style is not None and not (number and style in self._styles.shows):
                return self._on_one_line(column, style)
        return None

    def _on_one_line(self, column: int, style: str | None) -> str | None:
        """The format of a cell that is filled for the first time, which makes no row of a person's tab higher."""
        is_own = self._is_persons and column in self._change.own_columns
        return self._styles.on_one_line(style) if is_own else style

    def column_splices(self, widths: Mapping[int, float]) -> list[Splice]:
        """Changes that give new columns a width, and on a person's tab a format of their own."""
        if not self._is_persons:
            return []
        style_of = self._around.column_style
        return self._around.own_columns(
            {column: (width, self._styles.on_one_line(style_of(column))) for column, width in widths.items()}
        )

    def _candidates(self, row: int, column: int, found: RowCells | None) -> Iterator[str | None]:
        if row == self._change.header_row and found is not None:
            # A new column's name looks like its neighbour on the left.
            yield found.styles.get(max((other for other in found.styles if other < column), default=0))
        if found is not None:
            yield found.own_style
        yield self._model.get(column) if self._is_appended(row) else self._above.get(column)
        yield self._around.column_style(column)

    def _look_above(self, row: int) -> None:
        """Learn the formats of all rows above: what is new in a column looks like the nearest cell that it has."""
        if self._is_appended(row):
            return  # it looks like the last row of data
        rows = self._part.rows
        position = self._part.position(max(self._change.header_row, self._above_from) + 1)
        while position < len(rows) and rows[position].number < row:
            above = rows[position]
            self._remember(above.number, locate_cells(self._part.fragment(above), self._part.where, self._part.head))
            position += 1

    def _remember(self, row: int, found: RowCells) -> None:
        if row > self._change.header_row:
            self._above.update((column, style) for column, style in found.styles.items() if style is not None)
            self._above_from = row

    def _styles_of(self, row: int) -> dict[int, str]:
        span = self._part.find(row)
        if span is None:
            return {}
        found = locate_cells(self._part.fragment(span), self._part.where, self._part.head)
        return {column: style for column, style in found.styles.items() if style is not None}


def _texts(cells: Mapping[int, Content], styles: Mapping[int, str | None]) -> dict[int, tuple[str, str | None]]:
    """The texts among the cells; what is no text is an empty one."""
    return {
        column: (content if isinstance(content, str) else "", styles.get(column)) for column, content in cells.items()
    }


def assembled(part: SheetPart, splices: list[Splice]) -> bytes:
    """The part with all changes made, checked to be well-formed before anyone has to open it."""
    new = apply_splices(part.raw, splices)
    if new != part.raw:
        check_well_formed(new, part.where)
    return new
