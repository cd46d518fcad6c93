"""Text as workbooks store it: characters that XML can't hold are written ``_xHHHH_`` (ECMA-376, ST_Xstring). Pure."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from roadwright.sheets.values import LONGEST_TEXT, Unwritable

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
