"""Cell formats: which of them show dates, and others for cells whose format does not suit their value.

A cell's ``s`` attribute counts the ``xf`` elements of ``cellXfs`` (ECMA-376 part 1, 18.8.10).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from roadwright.domain.messages import MessageError
from roadwright.sheets.backends.xlsx.markup import (
    Attributes,
    ElementPath,
    Splice,
    apply_splices,
    element_end,
    set_attribute,
    tag_end,
    walk,
)
from roadwright.sheets.moments import DateValue, Shows, needed_for, shows_percent, what_format_shows

MAX_CELL_FORMATS = 65_000
"""Excel accepts 65,490."""

_DEFAULT_FORMAT = {None: "0", Shows.DATE: "14", Shows.DATE_AND_TIME: "22", Shows.TIME: "21", Shows.DURATION: "46"}
"""The built-in number format for each, dates in the user's own locale; ``None`` is a plain number."""

_PERCENT = "10"
"""The built-in format of percentages with two decimals."""

_USUAL_SIZE, _LARGEST_SIZE = 11.0, 409.0
"""Points."""


_FILLING = ("justify", "distributed")
_ALIGNMENT = re.compile(rb"<(?:[^\s<>/:]+:)?alignment(?=[\s/>])[^>]*>")
_FONTS, _FORMATS = ("styleSheet", "fonts"), ("styleSheet", "cellXfs")


class NoFormat(MessageError):
    """The cell's format does not suit its value and none that does can be added."""


def _breaks_lines(alignment: Attributes) -> bool:
    return alignment.get("wrapText") in ("1", "true") or any(
        alignment.get(name) in _FILLING for name in ("horizontal", "vertical")
    )


def _fills(alignment: bytes, name: str) -> bool:
    """Whether one of the two directions is filled with text, which breaks it into lines, too."""
    return any(re.search(rb"\s%b\s*=\s*[\"']%b" % (name.encode(), word.encode()), alignment) for word in _FILLING)


@dataclass
class _Read:
    """What a styles part says."""

    formats: list[bytes] = field(default_factory=list)
    list_start: int = 0
    list_end: int = 0
    """Where the list of the formats begins and ends in the part."""
    shows: dict[str, Shows] = field(default_factory=dict)
    percent: set[str] = field(default_factory=set)
    wrapping: dict[str, float] = field(default_factory=dict)


@lru_cache(maxsize=16)
def _read(raw: bytes, where: str) -> _Read:
    """Read a styles part: once, as the workbooks of a workspace are opened again and again, and their styles stay."""
    read = _Read()
    codes: dict[int, str] = {}
    numbers: list[int] = []
    fonts: list[float] = []
    opened = font = 0

    def start(path: ElementPath, attributes: Attributes, at: int) -> None:
        nonlocal opened, font
        if path == ("styleSheet", "numFmts", "numFmt"):
            codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif path == (*_FONTS, "font"):
            fonts.append(_USUAL_SIZE)
        elif path == (*_FONTS, "font", "sz"):
            size = float(attributes.get("val", _USUAL_SIZE))
            fonts[-1] = size if 1 <= size <= _LARGEST_SIZE else _USUAL_SIZE
        elif path == _FORMATS:
            read.list_start = at
        elif path == (*_FORMATS, "xf"):
            if len(numbers) > 2 * MAX_CELL_FORMATS:
                raise ValueError("more cell formats than a workbook can have")
            numbers.append(int(attributes.get("numFmtId", "0")))
            font = int(attributes.get("fontId", "0"))
            opened = at
        elif path == (*_FORMATS, "xf", "alignment") and _breaks_lines(attributes):
            read.wrapping[str(len(numbers) - 1)] = fonts[font] if font < len(fonts) else _USUAL_SIZE

    def end(path: ElementPath, at: int) -> None:
        if path == (*_FORMATS, "xf"):
            read.formats.append(raw[opened : element_end(raw, opened, at)])
        elif path == _FORMATS:
            read.list_end = at

    walk(raw, where, start, end)
    for index, number in enumerate(numbers):
        shows = what_format_shows(number, codes.get(number))
        if shows is not None:
            read.shows[str(index)] = shows
        elif shows_percent(number, codes.get(number)):
            read.percent.add(str(index))
    return read


class Styles:
    """The cell formats of a workbook. ``raw`` is the styles part (None when the workbook has none)."""

    def __init__(self, raw: bytes | None, where: str) -> None:
        read = _Read() if raw is None else _read(raw, where)
        self._raw = raw
        self._formats = read.formats
        self._added: list[bytes] = []
        self._list_start, self._list_end = read.list_start, read.list_end
        self._derived: dict[tuple[str, Shows | str | None], str] = {}
        self.shows = dict(read.shows)
        """What the formats show that show no plain number, by the cell's ``s`` attribute; no ``s`` means ``"0"``."""
        self.percent = set(read.percent)
        """The formats that show a number as a percentage."""
        self.wrapping = dict(read.wrapping)
        """The font sizes, in points, of the formats that break long text into lines."""

    def showing(self, style: str | None, value: float | DateValue) -> str | None:
        """A format like ``style`` that shows this value as what it is: the same one where it does, else a copy of it.

        A date or time gets a date format where the cell has none, a number loses one that would show it as a date.
        Raises NoFormat when the workbook has no formats to copy or no room for one more.
        """
        has = self.shows.get(style or "0")
        if isinstance(value, int | float):
            return style if has is None else self._like(style, None)
        needed = needed_for(value)
        if has is needed or (has is Shows.DATE_AND_TIME and needed is Shows.DATE):
            return style
        if has is Shows.DATE and needed is Shows.DATE_AND_TIME:
            # The person chose to see the day only; the time is kept all the same.
            return style
        return self._like(style, needed)

    def on_one_line(self, style: str | None) -> str | None:
        """A format like ``style`` that does not break text into lines: the same one where it does not, or where the
        workbook has no room for another."""
        if style is None or style not in self.wrapping:
            return style
        key = style, "one line"
        if key not in self._derived:
            original = self._format(style)
            tag = _ALIGNMENT.search(original)
            alignment = original if tag is None else tag[0]
            for name in ("wrapText", *(name for name in ("horizontal", "vertical") if _fills(alignment, name))):
                alignment = set_attribute(alignment, name, None)
            wanted = original if tag is None else original[: tag.start()] + alignment + original[tag.end() :]
            try:
                self._derived[key] = self._number_of(wanted)
            except NoFormat:
                return style
            if style in self.shows:
                self.shows[self._derived[key]] = self.shows[style]
            if style in self.percent:
                self.percent.add(self._derived[key])
        return self._derived[key]

    def in_percent(self, style: str | None) -> str:
        """A format like ``style`` that shows a number as a percentage. Raises NoFormat."""
        if style is not None and style in self.percent:
            return style
        key = style or "0", _PERCENT
        if key not in self._derived:
            original = self._format(key[0])
            end = tag_end(original, 0)
            tag = set_attribute(original[:end], "numFmtId", _PERCENT)
            number = self._number_of(set_attribute(tag, "applyNumberFormat", "1") + original[end:])
            self._derived[key] = number
            self.percent.add(number)
            if key[0] in self.wrapping:
                self.wrapping[number] = self.wrapping[key[0]]
        return self._derived[key]

    def _like(self, style: str | None, needed: Shows | None) -> str:
        key = style or "0", needed
        if key not in self._derived:
            self._derived[key] = self._derive(*key)
        return self._derived[key]

    def _derive(self, style: str, needed: Shows | None) -> str:
        original = self._format(style)
        end = tag_end(original, 0)
        tag = set_attribute(original[:end], "numFmtId", _DEFAULT_FORMAT[needed])
        number = self._number_of(set_attribute(tag, "applyNumberFormat", "1") + original[end:])
        if needed is not None:
            self.shows[number] = needed
        if style in self.wrapping:
            self.wrapping[number] = self.wrapping[style]
        return number

    def _format(self, style: str) -> bytes:
        known = self._formats + self._added
        if not style.isdecimal() or int(style) >= len(known):
            raise NoFormat("no_cell_formats")
        return known[int(style)]

    def _number_of(self, wanted: bytes) -> str:
        """The number of a format, which is added where there is none like it."""
        known = self._formats + self._added
        if wanted in known:
            return str(known.index(wanted))
        if len(known) >= MAX_CELL_FORMATS:
            raise NoFormat("too_many_cell_formats")
        self._added.append(wanted)
        return str(len(known))

    def changed(self) -> bytes | None:
        """The styles part with the added formats, or None when there are none."""
        if self._raw is None or not self._added:
            return None
        start, end = self._list_start, tag_end(self._raw, self._list_start)
        count = str(len(self._formats) + len(self._added))
        return apply_splices(
            self._raw,
            [
                Splice(start, end, set_attribute(self._raw[start:end], "count", count)),
                Splice(self._list_end, self._list_end, b"".join(self._added)),
            ],
        )
