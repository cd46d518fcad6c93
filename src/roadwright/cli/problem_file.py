"""Reading a Problem JSON file (or standard input) strictly: what is no JSON is an error with its place."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any, NoReturn

from roadwright.domain.errors import InputError
from roadwright.domain.messages import Message, MessageError


class Unreadable(InputError, ValueError):
    """A file that can't be read as JSON; the message says where and why, in one line."""


def load_json(place: str) -> Any:
    """The value in a JSON file; ``-`` is standard input.

    Raises Unreadable where the file can't be read, is not UTF-8, is no JSON, or holds what JSON doesn't have
    (NaN, Infinity, a name twice in one object).
    """
    name = Message("standard_input") if place == "-" else place
    try:
        data = sys.stdin.buffer.read() if place == "-" else Path(place).read_bytes()
    except OSError as error:
        raise Unreadable("json_unreadable", file=name, why=error.strerror or str(error)) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("json_not_utf8", file=name, byte=error.start + 1) from error
    if not text.strip():
        raise Unreadable("json_empty", file=name)
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer)
    except json.JSONDecodeError as error:
        raise Unreadable("json_syntax", file=name, line=error.lineno, place=error.colno, why=error.msg) from error
    except RecursionError as error:
        raise Unreadable("json_nested", file=name) from error
    except _NotJson as error:
        raise Unreadable("json_refused", file=name, why=error.message) from error


class _NotJson(MessageError, ValueError):
    """What Python reads and JSON does not have."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        rest = ", ".join(f"{name} {value!r}" for name, value in pairs if name in ("id", "key", "type"))
        raise _NotJson("json_name_twice_in" if rest else "json_name_twice", name=twice, entry=rest)
    return found


def _constant(word: str) -> NoReturn:
    raise _NotJson("json_unknown_number", word=word)


def _integer(digits: str) -> int | float:
    """Whole numbers of any length; beyond Python's limit of digits they are beyond all floats too."""
    return int(digits) if len(digits) < 4000 else math.inf
