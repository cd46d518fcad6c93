"""JSON as people paste it: what could mislead, or can't be stored, is refused."""

from __future__ import annotations

import json
import math

from roadwright.domain.messages import MessageError
from roadwright.domain.shown import UNSTORABLE

_DEEPEST = 20


class BadJson(MessageError):
    """The text is no JSON that can be stored; the message completes "<text> …"."""


def _refuse_unstorable(value: object, depth: int = 0) -> None:
    if depth > _DEEPEST:
        raise BadJson("json_too_deep")
    if isinstance(value, str) and (bad := UNSTORABLE.search(value)):
        raise BadJson("json_character", character=ord(bad[0]))
    if isinstance(value, dict):
        for part in (*value.keys(), *value.values()):
            _refuse_unstorable(part, depth + 1)
    elif isinstance(value, list):
        for part in value:
            _refuse_unstorable(part, depth + 1)


def strict_json(text: str) -> object:
    """JSON without doubled keys, NaN, Infinity and what can't be stored.

    Raises BadJson.
    """

    def pairs(items: list[tuple[str, object]]) -> dict[str, object]:
        result: dict[str, object] = {}
        for key, value in items:
            if key in result:
                raise BadJson("named_twice", name=key)
            result[key] = value
        return result

    def refuse(word: str) -> object:
        raise BadJson("json_no_number", word=word)

    def finite(text: str) -> float:
        value = float(text)
        if not math.isfinite(value):
            raise BadJson("json_number_too_large", word=text)
        return value

    def whole(text: str) -> int:
        finite(text)
        return int(text)

    try:
        value: object = json.loads(
            text, object_pairs_hook=pairs, parse_constant=refuse, parse_float=finite, parse_int=whole
        )
    except json.JSONDecodeError as error:
        raise BadJson("json_invalid", why=error.msg, place=error.pos + 1) from error
    except RecursionError as error:
        raise BadJson("json_too_deep") from error
    _refuse_unstorable(value)
    return value
