"""What is said of a text that the grammar does not have: the place, what is expected there, and the way out."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lark import UnexpectedInput, UnexpectedToken

from roadwright.domain.filters.errors import FilterError
from roadwright.domain.filters.fields import Field, find_field
from roadwright.domain.filters.grammar import KEYWORDS
from roadwright.domain.filters.tree import Operator
from roadwright.domain.registry import nearest

OPERATORS = f"{', '.join(Operator)}, in (…), is empty or is not empty"

_WORD_OF = {"&&": "and", "&": "and", "||": "or", "|": "or", "!": "not"}
_WORDS_BEFORE = re.compile(r"""(?:[^\s()=!<>,'"]+\s*)+$""")
_PIECE = re.compile(r"""['"(),]|[=!<>]+|[^\s()=!<>,'"]+""")
_COMMA = (
    "a comma only separates the values of in (…); write a number without it, as 1234.5, and put a text with a comma "
    "in quotes"
)


def complaint(error: UnexpectedInput, text: str, fields: Mapping[str, Field]) -> FilterError:
    """The error in words for a text at which the parser stopped."""
    at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    place = len(text.rstrip()) if at_end else int(error.pos_in_stream or 0)
    found = _PIECE.match(text, place)
    piece = found[0] if found and not at_end else ""
    allowed: set[str] = set(getattr(error, "allowed", None) or getattr(error, "expected", None) or ())

    def wrong(message: str, at: int = place) -> FilterError:
        return FilterError(message, text, at)

    if piece in ("'", '"'):
        return wrong(f"this quote is never closed; a text that holds {piece} goes in the other quotes, or doubles it")
    if piece in _WORD_OF:
        return wrong(f'"{piece}" is not known here; write {_WORD_OF[piece]}')
    if "OPERATOR" in allowed:
        return _no_operator(text, place, fields)
    if "_LEFT" in allowed and "NOT" not in allowed:
        return wrong("after in comes a list in brackets, such as in (new, under_review)")
    if "_EMPTY" in allowed:
        return wrong("after is comes empty or not empty; to compare with a value, write =")
    if "NOT" in allowed:
        return wrong(_no_comparison(text, place, piece))
    if "WORD" in allowed:
        return wrong(_no_value(text, place, piece))
    return _after_value(text, place, piece, allowed)


def _no_operator(text: str, place: int, fields: Mapping[str, Field]) -> FilterError:
    """After a field, or what should be one, there is no comparison."""
    before = _WORDS_BEFORE.search(text, 0, place)
    if before is None:
        return FilterError(f"a comparison is missing here; expected {OPERATORS}", text, place)
    words = list(re.finditer(r"\S+", before[0]))
    for count in range(len(words), 0, -1):
        field = find_field(fields, before[0][: words[count - 1].end()])
        if field is None:
            continue
        if count == len(words):
            return FilterError(f"{field.name} is compared with nothing; expected {OPERATORS}", text, place)
        next_word = words[count]
        message = f'after {field.name} there is no comparison "{next_word[0]}"; expected {OPERATORS}'
        return FilterError(message, text, before.start() + next_word.start())
    return unknown_field(words[0][0], text, before.start(), fields)


def unknown_field(typed: str, text: str, place: int, fields: Mapping[str, Field]) -> FilterError:
    """The error for a name that is no field's."""
    names = {name: f.name for f in fields.values() for name in (f.name, *f.aliases)}
    meant = nearest("_".join(typed.split()), names)
    known = "" if meant else f"; the fields are: {', '.join(fields)}"
    return FilterError(f'there is no field "{typed}"{meant}{known}', text, place)


def _no_comparison(text: str, place: int, piece: str) -> str:
    if not piece and not text.strip():
        return "the filter is empty; write a comparison such as lifecycle_status = new"
    before = text[:place].split()
    after = f" after {before[-1]}" if before else ""
    there = f', but there is "{piece}"' if piece else ""
    return f"a comparison is expected{after}, such as lifecycle_status = new{there}"


def _no_value(text: str, place: int, piece: str) -> str:
    before = text[:place].rstrip()
    if piece == "(":
        return "a value is expected here, not a bracket; a list of values follows in, and text with brackets has quotes"
    after = f" after {before.split()[-1]}" if before else ""
    return f"a value is expected{after}{f', but there is {piece}' if piece else ''}"


def _after_value(text: str, place: int, piece: str, allowed: set[str]) -> FilterError:
    def wrong(message: str, at: int = place) -> FilterError:
        return FilterError(message, text, at)

    if not piece:
        return wrong("this bracket is never closed; expected )", _open_bracket(text))
    if piece == ",":
        return wrong(_COMMA)
    if piece == ")":
        return wrong("this bracket closes nothing; leave it out, or open one before")
    if piece == "(":
        return wrong("after a value comes and, or, or the end; a text with brackets goes in quotes")
    if "_AND" not in allowed and "_OR" not in allowed and "_COMMA" in allowed:
        return wrong(f'the values of in (…) are separated by commas and end with ), but there is "{piece}"')
    before = _WORDS_BEFORE.search(text, 0, place)
    last = before[0].split()[-1] if before else ""
    if last and piece.casefold() not in KEYWORDS and piece[0] not in "=!<>":
        return wrong(f"text with blanks goes in quotes, such as '{last} {piece}'; else expected and, or, or the end")
    return wrong(f'after a value comes and, or, or the end, but there is "{piece}"')


def _open_bracket(text: str) -> int:
    """The place of the last bracket that is open at the end of the text; brackets in quotes are text."""
    opened: list[int] = []
    for found in re.finditer(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]""", text):
        if found[0] == "(":
            opened.append(found.start())
        elif found[0] == ")" and opened:
            opened.pop()
    return opened[-1] if opened else len(text.rstrip())
