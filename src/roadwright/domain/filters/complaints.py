"""What is said of a text that the grammar does not have: the place, what is expected there, and the way out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lark import UnexpectedInput, UnexpectedToken

from roadwright.domain.filters.errors import FilterError, shown
from roadwright.domain.filters.fields import Field, find_field
from roadwright.domain.filters.grammar import KEYWORDS, OPERATOR, QUOTED, WORD
from roadwright.domain.filters.tree import Operator
from roadwright.domain.headers import normalised
from roadwright.domain.registry import nearest

OPERATORS = f"{', '.join(Operator)}, in (…), is empty or is not empty"

TYPOGRAPHIC = "“”„‟«»‘’‚‛"
"""Quotes that text programs set; none of them begins a quoted text here."""
_WORD_OF = {"&&": "and", "&": "and", "||": "or", "|": "or", "!": "not"}
_PIECE = re.compile(rf"{QUOTED.pattern}|['\"(),]|{OPERATOR.pattern}|{WORD.pattern}")
_JOINING = frozenset({"and", "or", "not"})
_LONGEST_NAME = 6
"""Words of a field's name, where it is written with blanks; none has more."""
_TELLING = 3
"""So many characters of a field's name are enough to tell which are meant."""
_COMMA = (
    "a comma only separates the values of in (…); write a number without it, as 1234.5, and put a text with a comma "
    "in quotes"
)


def complaint(error: UnexpectedInput, text: str, fields: Mapping[str, Field]) -> FilterError:
    """The error in words for a text at which the parser stopped."""
    at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    place = len(text.rstrip()) if at_end else int(error.pos_in_stream or 0)
    found = None if at_end else _PIECE.match(text, place)
    piece = found[0] if found else ""
    before = [match[0] for match in _PIECE.finditer(text, 0, place)]
    allowed: set[str] = set(getattr(error, "allowed", None) or getattr(error, "expected", None) or ())
    slip = _slip(piece)
    if slip is None and "OPERATOR" in allowed:
        return _no_operator(text, place, fields)
    if slip is None and not piece and "_RIGHT" in allowed:
        return FilterError(text, _open_bracket(text), "this bracket is never closed; expected )")
    return FilterError(text, place, slip or _expected(before, piece, allowed))


def _slip(piece: str) -> str | None:
    """What is wrong with something that stands nowhere in a filter."""
    if piece in ("'", '"'):
        return f"this quote is never closed; a text that holds {piece} goes in the other quotes, or doubles it"
    if piece in _WORD_OF:
        return f'"{piece}" is not known here; write {_WORD_OF[piece]}, or put a text that holds it in quotes'
    return None


def _expected(before: Sequence[str], piece: str, allowed: set[str]) -> str:
    """What is expected at the place, by what the grammar allows there."""
    after = f" after {shown(before[-1])}" if before else ""
    there = f", but there is {shown(piece)}" if piece else ""
    if "NOT" in allowed and "WORD" in allowed:
        if not before and not piece:
            return "the filter is empty; write a comparison such as lifecycle_status = new"
        return f"a comparison is expected{after}, such as lifecycle_status = new{there}"
    if "WORD" in allowed:
        hint = "; a list of values follows in, and text with brackets goes in quotes" if piece == "(" else ""
        return f"a value is expected{after}{there}{hint}"
    if "_LEFT" in allowed:
        return f"a list in brackets is expected{after}, such as in (new, under_review){there}"
    if "_EMPTY" in allowed:
        return f"empty or not empty is expected{after}{there}; to compare with a value, write ="
    return _after_value(before, piece, allowed)


def _no_operator(text: str, place: int, fields: Mapping[str, Field]) -> FilterError:
    """After a field, or what should be one, there is no comparison."""
    words: list[re.Match[str]] = []
    for piece in _PIECE.finditer(text, 0, place):
        begins_anew = not WORD.fullmatch(piece[0]) or piece[0].casefold() in _JOINING
        words = [] if begins_anew else [*words[:_LONGEST_NAME], piece]
    if not words:
        return FilterError(text, place, f"a comparison is missing here; expected {OPERATORS}")
    for count in range(len(words), 0, -1):
        field = find_field(fields, " ".join(word[0] for word in words[:count]))
        if field is None:
            continue
        if count == len(words):
            return FilterError(text, place, f"{field.name} is compared with nothing; expected {OPERATORS}")
        message = f"after {field.name} there is no comparison {shown(words[count][0])}; expected {OPERATORS}"
        return FilterError(text, words[count].start(), message)
    return unknown_field(words[0][0], text, words[0].start(), fields)


def unknown_field(typed: str, text: str, place: int, fields: Mapping[str, Field]) -> FilterError:
    """The error for a name that is no field's: names the nearest, else those that hold it, else all."""
    names = [name for f in fields.values() for name in (f.name, *f.aliases)]
    meant = nearest("_".join(typed.split()), names)
    if not meant:
        part = normalised(typed)
        holding = [f.name for f in fields.values() if len(part) >= _TELLING and part in normalised(f.name)]
        meant = f" (did you mean {' or '.join(holding)}?)" if holding else f"; the fields are: {', '.join(fields)}"
    return FilterError(text, place, f"there is no field {shown(typed)}{meant}")


def _after_value(before: Sequence[str], piece: str, allowed: set[str]) -> str:
    """What is said of a piece that follows a value."""
    if piece == ",":
        return _COMMA
    if piece == ")":
        return "this bracket closes nothing; leave it out, or open one before"
    last = before[-1]
    if last[0] in TYPOGRAPHIC:
        return straight_quotes(last[0])
    if "_COMMA" in allowed and "_AND" not in allowed:
        return f"the values of in (…) are separated by commas and end with ), but there is {shown(piece)}"
    if WORD.fullmatch(piece) and WORD.fullmatch(last) and piece.casefold() not in KEYWORDS:
        example = shown(f"{last} {piece}").replace('"', "'")
        return f"text with blanks goes in quotes, such as {example}; else expected and, or, or the end"
    return f"expected and, or, or the end, but there is {shown(piece)}; text with symbols goes in quotes"


def straight_quotes(quote: str) -> str:
    """What is said of a quote as text programs set it."""
    return f"write the straight quotes ' or \" instead of {quote}"


def _open_bracket(text: str) -> int:
    """The place of the last bracket that is open at the end of the text; brackets in quotes are text."""
    opened: list[int] = []
    for found in re.finditer(rf"{QUOTED.pattern}|[()]", text):
        if found[0] == "(":
            opened.append(found.start())
        elif found[0] == ")" and opened:
            opened.pop()
    return opened[-1] if opened else len(text.rstrip())
