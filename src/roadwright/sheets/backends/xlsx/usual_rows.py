"""Rows whose cells have the usual shape, taken apart at the speed of a regular expression. The parser takes all others.

Nearly all bytes of a large workbook are cells as every program writes them: a reference, a format, a type, then a
number or a text. Whatever is the least bit different (a formula, an attribute more) is no match here, so the two ways
can't disagree; a test compares them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

_ANY_TEXT = "[^<]*+"
PLAIN_TEXT = "[^<&\r\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]*+"
"""Text that means what it says: no entities, no line ends that a parser changes, nothing that XML forbids."""


def _cell(text: str, look: str = "(", content: str = "(") -> str:
    """A cell: its column's letters and format (``look``), type, number and text (``content``), as groups or not."""
    number, words = f"<v>{content}{text})</v>", f'<is><t(?: xml:space="preserve")?>{content}{text})</t></is>'
    return (
        f'<c r="{look}[A-Z]{{1,3}})[0-9]{{1,7}}"(?: s="{look}[0-9]{{1,5}})")?'
        f'(?:/>|(?: t="{content}[a-zA-Z]{{1,9}})")?>(?:{number}|{words})</c>)'
    )


_ATTRIBUTE = r'((?!xmlns)[a-zA-Z0-9:]{1,30})="([a-zA-Z0-9.: ]{0,30})"'
_ROW_TAG = r'<row r="([0-9]{1,7})"((?: (?!xmlns)[a-zA-Z0-9:]{1,30}="[a-zA-Z0-9.: ]{0,30}")*+)'
_ROW_START = re.compile(r"<row[\s/>]")
_CELLS = re.compile(_cell(PLAIN_TEXT))
_TAG = re.compile(_ROW_TAG + "(/?)>")
_BETWEEN_ROWS = re.compile("[ \\t\\n]*+")
_STYLE = re.compile(rb' s="([0-9]+)"')
_WHOLE_CELLS = re.compile(f"({_cell(_ANY_TEXT, content='(?:')})")
_ROW_END = "</row>"
_END = re.compile(r"</row>[ \t\r\n]*")
_ATTRIBUTES = re.compile(_ATTRIBUTE)


class UsualRow(NamedTuple):
    """A row of usual cells: its number, and of its cells the letters, formats, types, numbers and texts (or None)."""

    number: int
    letters: list[str]
    styles: list[str | None]
    types: list[str | None]
    numbers: list[str | None]
    texts: list[str | None]


class RowPlaces(NamedTuple):
    """Where things stand in a usual row's bytes: its attributes, its cells, and where its end tag begins (or None).

    Of each cell the letters of its column, its format ("" for none), and where it begins and ends.
    """

    attributes: dict[str, str]
    letters: Sequence[str]
    styles: Sequence[str]
    begins: Sequence[int]
    ends: Sequence[int]
    close: int | None


def has_usual_markup(raw: bytes) -> bool:
    """Whether a tab's part holds no comments and the like, in which something could look like a cell and be none."""
    return b"<!" not in raw and raw.find(b"<?", 2) < 0


def rows_of(raw: bytes) -> Iterator[UsualRow | bytes]:
    """The rows in these bytes, in order; what is of another shape as its bytes, for the parser."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        yield raw  # the parser says what is wrong with it
        return
    position = 0
    while position < len(text):
        row, end = _usual_row(text, position)
        if row is not None:
            position = end
            yield row
            continue
        following = _ROW_START.search(text, position + 1)
        here, position = position, following.start() if following else len(text)
        if not (part := text[here:position]).isspace():
            yield part.encode("utf-8")


def _usual_row(text: str, position: int) -> tuple[UsualRow | None, int]:
    """The row that begins here, if it is a usual one, and where the next one begins."""
    tag = _TAG.match(text, position)
    if tag is None or not _differ(tag[2]):
        return None, position
    begins = tag.end()
    following = text.find("<row", begins)
    ends = begins if tag[3] else text.find(_ROW_END, begins, following if following > 0 else len(text))
    if ends < 0:
        return None, position
    # What no cell matches is left between the cells: five groups each, and what stands before, between and behind.
    pieces = _CELLS.split(text[begins:ends])
    if any(pieces[::6]):
        return None, position
    between = _BETWEEN_ROWS.match(text, ends if tag[3] else ends + len(_ROW_END))
    assert between is not None
    row = UsualRow(int(tag[1]), pieces[1::6], pieces[2::6], pieces[3::6], pieces[4::6], pieces[5::6])
    return row, between.end()


def _differ(attributes: str) -> bool:
    """Whether no attribute stands there twice, which no parser takes."""
    names = [name for name, _ in _ATTRIBUTES.findall(attributes)] if attributes else []
    return len(set(names)) == len(names) and "r" not in names


def places_in(row: bytes) -> RowPlaces | None:
    """Where the cells of a well-formed row stand; None where it is of another shape."""
    text = row.decode("latin-1")  # a character for each byte: all that is looked for is ASCII
    tag = _TAG.match(text)
    if tag is None:
        return None
    attributes = dict(_ATTRIBUTES.findall(tag[0]))
    if tag[3]:
        return RowPlaces(attributes, (), (), (), (), None) if text[tag.end() :].strip() == "" else None
    found = _WHOLE_CELLS.findall(text, tag.end())
    cells, letters, styles = zip(*found, strict=True) if found else ((), (), ())
    # The search passes over what is no usual cell; then the lengths do not add up to the end tag.
    *begins, close = accumulate(map(len, cells), initial=tag.end())
    ends = [*begins, close][1:]
    return RowPlaces(attributes, letters, styles, begins, ends, close) if _END.fullmatch(text, close) else None


def places_of(row: bytes, columns: Sequence[str]) -> RowPlaces | None:
    """Where the cells of some columns (their letters, in order) stand in a row that was read as a usual one.

    Much faster than to look at all of its cells. None where the row does not have all of them.
    """
    tag = _TAG.match(row[: row.index(b">") + 1].decode("latin-1"))
    close = row.rfind(_ROW_END.encode())
    if tag is None or close < 0:
        return None
    styles, begins, ends = [], [], []
    at = tag.end()
    for letters in columns:
        cell = f'<c r="{letters}{tag[1]}"'.encode()
        if (at := row.find(cell, at)) < 0:
            return None
        style = _STYLE.match(row, at + len(cell))
        styles.append(style[1].decode() if style else "")
        begins.append(at)
        following = row.find(b"<c ", at + len(cell))
        at = close if following < 0 else following
        ends.append(at)
    return RowPlaces(dict(_ATTRIBUTES.findall(tag[0])), columns, styles, begins, ends, close)
