"""Carried columns: what stands in a person's own column, kept with the row as it is."""

from __future__ import annotations

import re

from roadwright.domain.shown import UNSTORABLE, tidy
from roadwright.sheets.kinds import TEXT, is_blank
from roadwright.sheets.spec import CellProblem, Kind
from roadwright.sheets.values import CellValue

_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,14})?")
_GROUPED = re.compile(r"-?[1-9][0-9]{0,2}(,[0-9]{3}){1,4}(\.[0-9]{1,9})?")


def carried_value(cell: CellValue | None) -> object:
    """A number or a text; a text that can only be a number is one, so that it can be compared. None where it is blank.

    What has leading zeros or more digits than a number keeps is an identifier. Dates are ISO texts.
    """
    if cell is None or is_blank(cell):
        return None
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return tidy(float(cell)) if isinstance(cell, float) else cell
    try:
        text = str(TEXT.read(cell))
    except CellProblem:
        text = UNSTORABLE.sub("", str(cell))
    for pattern in (_NUMBER, _GROUPED):
        if pattern.fullmatch(text):
            number = tidy(float(text.replace(",", "")))
            return number if _digits(text) <= _MOST_DIGITS else text
    return text or None


_MOST_DIGITS = 15


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def _show(value: object) -> CellValue:
    return value if isinstance(value, int | float) else str(value)


CARRIED = Kind("carried", lambda cell, _scope: carried_value(cell), _show, "anything", width=18)
