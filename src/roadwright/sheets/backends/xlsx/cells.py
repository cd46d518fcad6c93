"""One cell as XML."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from xml.sax.saxutils import escape

from roadwright.sheets.backends.xlsx.serials import to_serial
from roadwright.sheets.backends.xlsx.text import encode_text
from roadwright.sheets.values import CellError, CellValue, NotCalculated, Unwritable, cell_name

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
