"""Values in a form that JSON keeps and that compares by meaning: the currency of merge and memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from roadwright.domain.decimals import rounded
from roadwright.domain.text import composed

_PLAIN = frozenset({int, bool, type(None)})


def plain(value: object) -> object:
    """Dates as ISO text, tuples as lists, fractions to 15 digits, texts in NFC, everything else as it is.

    Some spreadsheet programs keep no more than 15 digits: 1/3 comes back from them as another float. Some keyboards and
    file systems give é as two characters, which look like one and mean the same.
    """
    if type(value) in _PLAIN:
        return value
    if isinstance(value, str | float):
        return composed(value) if isinstance(value, str) else rounded(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if isinstance(value, Mapping):
        return {composed(str(key)): plain(entry) for key, entry in value.items()}
    return value


def plain_values(values: Mapping[str, object]) -> dict[str, object]:
    """All values of a row in plain form."""
    return {column: value if type(value) in _PLAIN else plain(value) for column, value in values.items()}
