"""Which row is which: the identity of a row by its tab's declaration, comparable across sheets and database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from roadwright.domain.keys import canonical_key
from roadwright.domain.text import folded
from roadwright.sheets.spec import TabSpec

Identity = tuple[str, ...]
"""The values of the identity columns: without case, lists sorted, blank as an empty text, keys in their full form."""

_LONG = 500
_INITIATIVE = "initiative_key"


def _part(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ",".join(sorted(folded(str(entry)) for entry in value))
    return folded(str(value))


def _full_key(value: object) -> object:
    """``init-1`` names the same row as ``INIT-000001``."""
    return canonical_key(value) or value if isinstance(value, str) else value


def identity_of(columns: Iterable[str], values: Mapping[str, object]) -> Identity:
    """The identity that these columns give."""
    return tuple(_part(_full_key(values.get(c)) if c == _INITIATIVE else values.get(c)) for c in columns)


def display_key(spec: TabSpec, values: Mapping[str, object]) -> str:
    """The row's identity as people read it: ``INIT-000001``, or ``Q2 plan / base set / capacity_cap / …``."""
    parts = []
    for column in spec.identity:
        value = values.get(column)
        if column == _INITIATIVE:
            value = _full_key(value)
        if value is not None and value != "":
            parts.append(", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value))
    return " / ".join(parts)


def identity_text(identity: Identity) -> str:
    """The identity as it is kept in the database: JSON, or its hash where that would be long."""
    text = json.dumps(identity, ensure_ascii=False)
    return text if len(text) <= _LONG else "sha256:" + hashlib.sha256(text.encode()).hexdigest()
