"""Moves a formula down some rows, as filling it down in a spreadsheet program does. Pure."""

from __future__ import annotations

import re

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


def has_relative_rows(formula: str) -> bool:
    """The formula means other cells when it stands in another row."""
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
