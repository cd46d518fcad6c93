"""The formula that a table's calculated column has in a new row."""

from __future__ import annotations

import re
from typing import NamedTuple

from roadwright.sheets.backends.xlsx.addresses import column_number
from roadwright.sheets.backends.xlsx.cells import CellFormula
from roadwright.sheets.backends.xlsx.sheet_part import SHEET_DATA, SheetPart
from roadwright.sheets.backends.xlsx.tables import ExcelTable
from roadwright.sheets.backends.xlsx.tree import Attributes, Path, walk

_TOKEN = re.compile(
    r"""
    (?P<kept>
        "(?:[^"]|"")*"                                  # a text
      | '(?:[^']|'')*'                                  # a quoted sheet name
      | \[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\]       # a structured reference, or the file of an outside one
      | [A-Za-z_\\][\w.]*(?=\()                         # a function, such as LOG10(
      | [\w.]*[^\W\d][\w.]*(?=!)                        # an unquoted sheet name
    )
  | (?P<rows> (?<![\w.$]) \$?\d+ : \$?\d+ (?![\w.(]) )  # whole rows, 3:7
  | (?P<cell> (?<![\w.$]) \$?[A-Za-z]{1,3} \$?\d{1,7} (?![\w.(!\[]) )
    """,
    re.VERBOSE | re.DOTALL,
)
_RELATIVE_ROW = re.compile(r"(\$?)(\d+)$")
_CELL = (*SHEET_DATA, "row", "c")
_FORMULA = (*_CELL, "f")


class _FilledColumn(NamedTuple):
    text: str
    shared: str | None


def formula_for(part: SheetPart, table: ExcelTable, row: int, column: int) -> CellFormula | None:
    """The column's formula as it stands in ``row``.

    The table's own text serves where it means the same in every row. One with plain references to cells is taken from
    the nearest row above that holds it; None when no row of the table does, so that there is nothing to fill down.
    """
    declared = table.calculated[column]
    if not has_relative_rows(declared.text):
        return declared
    shared: str | None = None
    for number in range(min(row - 1, table.last_body_row), table.area.first_row, -1):
        found = _formula_at(part, number, column)
        if found is None or (shared is not None and found.shared != shared):
            continue
        if found.text:
            return CellFormula(shifted(found.text, row - number), declared.array)
        # The text of a shared formula stands in its first cell, further up.
        shared = found.shared
    return None


def _formula_at(part: SheetPart, row: int, column: int) -> _FilledColumn | None:
    span = part.find(row)
    if span is None:
        return None
    at = 0
    found: _FilledColumn | None = None
    pieces: list[str] = []
    inside = False
    shared: str | None = None

    def start(path: Path, attributes: Attributes, _: int) -> None:
        nonlocal at, inside, shared
        if path == _CELL:
            reference = attributes.get("r")
            at = column_number(reference.rstrip("0123456789")) if reference else at + 1
        elif path == _FORMULA and at == column:
            inside = True
            shared = attributes.get("si") if attributes.get("t") == "shared" else None

    def end(path: Path, _: int) -> None:
        nonlocal inside, found
        if inside and path == _FORMULA:
            inside = False
            found = _FilledColumn("".join(pieces), shared)

    def text(_: Path, piece: str) -> None:
        if inside:
            pieces.append(piece)

    head = part.head
    walk(head.opening + part.fragment(span) + head.closing, part.where, start, end, text)
    return found


def has_relative_rows(formula: str) -> bool:
    """The formula means other cells in another row."""
    return shifted(formula, 1) != formula


def shifted(formula: str, rows: int) -> str:
    """The formula as it would stand ``rows`` further down; structured references and fixed rows (``$``) stay."""

    def moved(reference: str) -> str:
        match = _RELATIVE_ROW.search(reference)
        if match is None or match[1]:
            return reference
        return f"{reference[: match.start()]}{int(match[2]) + rows}"

    def replace(match: re.Match[str]) -> str:
        if match["kept"] is not None:
            return match["kept"]
        return ":".join(moved(part) for part in match[0].split(":"))

    return _TOKEN.sub(replace, formula)
