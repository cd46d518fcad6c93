"""What a cell holds, and how the file format writes it: texts with their escapes, a cell as XML.

Characters that XML can't hold are written ``_xHHHH_`` (ECMA-376, ST_Xstring).
"""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from xml.sax.saxutils import escape

from roadwright.sheets.moments import to_serial
from roadwright.sheets.values import LONGEST_TEXT, CellError, CellValue, NotCalculated, Unwritable, cell_name

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_UNSAFE = "[\x00-\x08\x0b\x0c\x0e-\x1f\r\ufffe\uffff\ud800-\udfff]"
_NEEDS_ESCAPE = re.compile(rf"{_UNSAFE}|_(?=x[0-9A-Fa-f]{{4}}(?:_|{_UNSAFE}))")
_SURROGATE = re.compile("[\ud800-\udfff]")


def decode_text(stored: str) -> str:
    """The text that a person sees."""
    if "_x" not in stored:
        return stored
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), stored)
    if _SURROGATE.search(text):
        # Two escapes may be the halves of one character.
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    return text


def encode_text(text: str) -> str:
    """The text as XML: markup escaped, control characters and what would read as an escape in the format's own way.

    Raises Unwritable for a text that no cell can hold.
    """
    if len(text) > LONGEST_TEXT // 2 and (length := len(text.encode("utf-16-le", "surrogatepass")) // 2) > LONGEST_TEXT:
        raise Unwritable("cell_text_too_long", length=length, most=LONGEST_TEXT)
    return escape(_NEEDS_ESCAPE.sub(lambda match: f"_x{ord(match[0]):04X}_", text))


STORED_ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA")
"""The error values that the file format has a word for (ECMA-376 part 1, 18.18.11 and 18.17.3)."""


@dataclass(frozen=True)
class CellFormula:
    """A formula without a value yet, as it stands in a file (no leading ``=``)."""

    text: str
    array: bool = False


Content = CellValue | CellFormula | None
"""What is written into a cell; ``None`` and an empty text leave nothing but the format."""


def cell_xml(prefix: str, row: int, column: int, content: Content, *, style: str | None, date1904: bool) -> bytes:
    """The cell's element. Raises Unwritable for a content that no cell can hold."""
    name = cell_name(row, column)
    opening = f'<{prefix}c r="{name}"' + (f' s="{style}"' if style and style != "0" else "")
    if content is None or (isinstance(content, str) and not content):
        return f"{opening}/>".encode()
    if isinstance(content, CellFormula):
        array = f' t="array" ref="{name}"' if content.array else ""
        return f"{opening}><{prefix}f{array}>{escape(content.text)}</{prefix}f></{prefix}c>".encode()
    if isinstance(content, str):
        return _text_xml(opening, prefix, content)
    if isinstance(content, bool):
        return f'{opening} t="b"><{prefix}v>{int(content)}</{prefix}v></{prefix}c>'.encode()
    if isinstance(content, dt.date | dt.time | dt.timedelta):
        content = to_serial(content, date1904)
    return f"{opening}><{prefix}v>{_number_text(content)}</{prefix}v></{prefix}c>".encode()


def _text_xml(opening: str, prefix: str, text: str) -> bytes:
    if isinstance(text, NotCalculated):
        raise Unwritable("formula_without_value", formula=str(text))
    if isinstance(text, CellError) and text in STORED_ERRORS:
        return f'{opening} t="e"><{prefix}v>{text}</{prefix}v></{prefix}c>'.encode()
    keep = ' xml:space="preserve"' if text != text.strip() or "\n" in text or "\t" in text or "  " in text else ""
    stored = f"<{prefix}is><{prefix}t{keep}>{encode_text(text)}</{prefix}t></{prefix}is>"
    return f'{opening} t="inlineStr">{stored}</{prefix}c>'.encode()


def _number_text(number: float) -> str:
    """The shortest text that reads back as this number; whole numbers without a point."""
    if isinstance(number, int) and abs(number) < 1 << 53:
        return str(int(number))
    try:
        number = float(number)
    except OverflowError as error:
        raise Unwritable("cell_number_too_large") from error
    if not math.isfinite(number):
        raise Unwritable("no_cell_number", number=number)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
