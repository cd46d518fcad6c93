"""CSV and its relatives: which encoding and which delimiter a file has is found by looking at it."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS = ",;\t|"
_LOOKED_AT = 200
"""Lines that tell the delimiter."""
_LONGEST_FIELD = 2**31 - 1


def decoded(content: bytes) -> str:
    """The text of a file: by its byte order mark, else UTF-8, UTF-16 where every other byte is 0, else Windows-1252."""
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return content.decode(encoding, errors="replace")
    head = content[:4000]
    if head and head.count(0) > len(head) // 4:
        return content.decode("utf-16-le" if head[1::2].count(0) >= head[0::2].count(0) else "utf-16-be", "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def delimiter_of(text: str) -> str:
    """The sign between the cells: the one that parts most lines into the same number of cells, two or more."""
    first = text.partition("\n")[0]
    if first.strip().lower().startswith("sep=") and len(first.strip()) == len("sep=") + 1:
        return first.strip()[-1]
    best, found = (0.0, 0), ","
    for delimiter in _DELIMITERS:
        if delimiter not in text:
            continue
        lines = csv.reader(io.StringIO(text[:400_000], newline=""), delimiter=delimiter)
        widths: Counter[int] = Counter()
        try:
            for number, line in enumerate(lines):
                if number >= _LOOKED_AT:
                    break
                if any(cell.strip() for cell in line):
                    widths[len(line)] += 1
        except csv.Error:
            continue
        if not widths:
            continue
        width, times = max(widths.items(), key=lambda item: (item[0] > 1, item[1], item[0]))
        score = (times / sum(widths.values()) if width > 1 else 0.0, width)
        if score > best:
            best, found = score, delimiter
    return found


def cells_of(content: bytes) -> list[list[str]]:
    """The lines of a file as cells. Text stays text, whatever it looks like."""
    text = decoded(content).replace("\x00", "")
    delimiter = delimiter_of(text)
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == len("sep=") + 1:
        text = rest
    before = csv.field_size_limit(_LONGEST_FIELD)
    try:
        return [list(line) for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    finally:
        csv.field_size_limit(before)
