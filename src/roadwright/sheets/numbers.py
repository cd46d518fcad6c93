"""Numbers as people type them: ``1,234.5``, ``1 234.5``, ``12 %``. Ambiguous ones are refused, never guessed. Pure."""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal

from roadwright.domain.messages import MessageError
from roadwright.domain.shown import UNSTORABLE

_BLANK = "[ \u00a0\u2007\u2009\u202f]"
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
# No group of thousands starts with 0: 0,123 is a decimal in half of Europe.
_COMMAS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?", re.ASCII)
_BLANKS = re.compile(rf"[+-]?[1-9]\d{{0,2}}({_BLANK}\d{{3}})+(\.\d*)?", re.ASCII)
_EUROPEAN = re.compile(rf"[+-]?\d+([.{_BLANK[1:-1]}]\d{{3}})*,\d*", re.ASCII)

_DEEPEST = 20

ACCEPTED = "a number such as 1234.5, 1,234.5 or 12 %"


class NotANumber(MessageError):
    """The text is no number, or one that could be read in two ways; the message completes "<text> …"."""


class BadJson(MessageError):
    """The text is no JSON that can be stored; the message completes "<text> …"."""


def parse_number(text: str) -> float:
    """The number that a text means; ``12 %`` is 0.12. Raises NotANumber."""
    bare = text.strip().replace("\u2212", "-")
    percent = bare.endswith("%")
    if percent:
        bare = bare[:-1].rstrip()
    if not (_PLAIN.fullmatch(bare) or _COMMAS.fullmatch(bare) or _BLANKS.fullmatch(bare)):
        if _EUROPEAN.fullmatch(bare):
            raise NotANumber("two_readings")
        raise NotANumber("is_no_number")
    number = Decimal(re.sub(rf",|{_BLANK}", "", bare))
    value = float(number / 100 if percent else number)
    if not math.isfinite(value):
        raise NotANumber("number_too_large")
    return value


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
