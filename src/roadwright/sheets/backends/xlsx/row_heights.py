"""How high a row has to be to show its wrapped texts whole.

Excel fits a row without a height of its own when it opens the file, LibreOffice does not, and neither fits again a row
whose height it has saved. So rows get the height that their new texts need, estimated from their lengths: generously,
since a blank line is better than a cut one. A height that a person has set is left alone.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Mapping

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
    in units, ``default`` is the height in points of a row that says nothing.
    """

    def __init__(self, wrapping: Mapping[str, float], width: Callable[[int], float], default: float) -> None:
        self._wrapping = wrapping
        self._width = width
        self._default = default

    def has_lines(self, column: int, text: object, style: str | None) -> bool:
        """The cell holds a text that takes more than one line."""
        return isinstance(text, str) and self._lines(column, text, style) > 1

    def needed(self, cells: CellTexts) -> float:
        """The height in points that a row of these cells needs."""
        heights = [
            self._lines(column, text, style) * self._wrapping[style or "0"] * _LINE + _PADDING
            for column, (text, style) in cells.items()
            if (style or "0") in self._wrapping
        ]
        return min(TALLEST, max([*map(_to_quarter, heights), self._default]))

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

        A row that is higher than its texts needed is so for another reason, and gets no lower.
        """
        height, had = self.needed(after), _number(saved)
        if had is not None and had > self.needed(before):
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
