"""How values are shown to people: in a cell, in quotes in a message, in a CSV file, and as figures in sentences."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from fractions import Fraction

from roadwright.domain.decimals import as_float

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""Characters that no database and no file takes: NUL and halves of surrogate pairs."""
_LONGEST_QUOTED = 60
"""Characters of a value in a message; a longer one is cut."""


def tidy(number: float) -> float | int:
    """A whole number as an int (``5.0`` is shown as 5), any other as it is."""
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def compact_json(value: object) -> str:
    """JSON as it is shown in a cell: keys sorted, whole numbers without a decimal point."""

    def tidied(part: object) -> object:
        if isinstance(part, dict):
            return {key: tidied(part[key]) for key in sorted(part)}
        if isinstance(part, list | tuple):
            return [tidied(entry) for entry in part]
        return tidy(part) if isinstance(part, float) else part

    return json.dumps(tidied(value), ensure_ascii=False)


def shown_value(value: object) -> str:
    """A value as its cell shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(tidy(value))
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(entry, dict) for entry in value)):
        return compact_json(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def quoted(value: object) -> str:
    """A value as it is named in a message: as its cell shows it, in quotes, cut where it is long.

    What neither a database nor a cell can hold is shown as the character that stands for such ones.
    """
    text = UNSTORABLE.sub("\ufffd", shown_value(value))
    return f'"{text if len(text) <= _LONGEST_QUOTED else text[: _LONGEST_QUOTED - 1] + "…"}"'


def in_json(value: object) -> str:
    """A value as people recognise it who wrote it as JSON; a long one is cut, and a broken character escaped."""
    if value is None or isinstance(value, bool):
        text = json.dumps(value)
    elif isinstance(value, str):
        text = f"'{value}'"
    elif isinstance(value, int | float):
        text = f"{value}"
    elif isinstance(value, Mapping):
        text = "an object"
    else:
        text = "a list" if isinstance(value, list | tuple) else "a value"
    text = text if len(text) <= _LONGEST_QUOTED else text[: _LONGEST_QUOTED - 3] + "…'"
    return text.encode("utf-8", "backslashreplace").decode()


_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell begins with that is calculated when the file is opened, full-width forms and hidden beginnings too."""


def harmless(text: str) -> str:
    """The text with ``'`` before it where it would be taken for a formula. Numbers are not to be given."""
    return f"'{text}" if text.startswith(_STARTS_FORMULA) else text


_WHOLE = 1e-9
_UNREADABLE = 1e21
"""From here on nobody reads digits: powers of ten say more, and infinity has no digits at all."""


def figure(number: float) -> str:
    """The number as people write it: thousands separated, at most six decimals, no trailing zeros."""
    if not abs(number) < _UNREADABLE:
        return f"{number:.6g}"
    if abs(number - round(number)) <= _WHOLE * max(1.0, abs(number)):
        return f"{round(number):,}"
    digits = 6 if abs(number) >= 1e-3 else 12
    return f"{number:,.{digits}f}".rstrip("0").rstrip(".")


def ten_digits(number: Fraction | float) -> str:
    """The number with thousands separated and ten digits, which tell a limit from its neighbours."""
    return f"{as_float(Fraction(number)):,.10g}"
