"""Marks: what a caller has seen of a row, as a text that it sends back with its changes.

A mark holds a short digest of each saved column. Compared with what is stored and with what is sent, it tells all that
a three-way merge asks of its base: whether a value is the one that was seen. So nothing has to be kept for a reader.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from functools import cache

from roadwright.sheets.merge import plain
from roadwright.sheets.spec import TabSpec

_WIDTH = 6
"""Bytes of a column's digest."""
CHANGED = "\x00"
"""What a column is said to have shown that is neither as it is stored nor as it is sent: no cell holds it."""
_BLANK = b"\x00" * _WIDTH


@cache
def _columns(spec: TabSpec) -> bytes:
    """Tells a mark from one of a tab that had other columns."""
    names = "\n".join((spec.name, *(column.name for column in spec.saved)))
    return hashlib.blake2b(names.encode(), digest_size=_WIDTH).digest()


def _one_form(value: object) -> object:
    """Equal numbers alike: a database gives 50 back as 50.0."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_one_form(part) for part in value]
    if isinstance(value, dict):
        return {name: _one_form(part) for name, part in value.items()}
    return value


def _digest(value: object) -> bytes:
    said = _one_form(plain(value))
    if said is None:
        return _BLANK
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=_WIDTH).digest()


def mark_of(spec: TabSpec, values: Mapping[str, object]) -> str:
    """The mark of a row that says this."""
    parts = [_columns(spec), *(_digest(values.get(column.name)) for column in spec.saved)]
    return base64.urlsafe_b64encode(b"".join(parts)).decode().rstrip("=")


def base_of(
    spec: TabSpec, mark: str, stored: Mapping[str, object], sent: Mapping[str, object]
) -> dict[str, object] | None:
    """What the row showed that has this mark, as far as a merge asks. None where it is no mark of this tab."""
    try:
        raw = base64.b64decode(mark.strip() + "=" * (-len(mark.strip()) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    columns = spec.saved
    if len(raw) != _WIDTH * (len(columns) + 1) or raw[:_WIDTH] != _columns(spec):
        return None
    seen = (raw[at : at + _WIDTH] for at in range(_WIDTH, len(raw), _WIDTH))
    base: dict[str, object] = {}
    for column, digest in zip(columns, seen, strict=True):
        name = column.name
        if digest == _digest(stored.get(name)):
            base[name] = plain(stored.get(name))
        elif name in sent and digest == _digest(sent[name]):
            base[name] = plain(sent[name])
        else:
            base[name] = CHANGED
    return base
