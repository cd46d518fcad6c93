"""What is wrong with a filter, and where: the message with the text and a caret under the place.

Of a text that the grammar does not have: the place, what is expected there, and the way out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from lark import UnexpectedInput, UnexpectedToken

from roadwright.domain.errors import InputError
from roadwright.domain.filters.fields import Field, find_field
from roadwright.domain.filters.grammar import KEYWORDS, OPERATOR, QUOTED, WORD
from roadwright.domain.filters.tree import Operator
from roadwright.domain.messages import Level, Message
from roadwright.domain.registry import nearest
from roadwright.domain.text import normalised

_WIDEST = 76
"""Characters of a line that are shown at once."""
_AROUND = 36
"""Characters of a longer line that are shown before and after the place."""


class FilterError(InputError):
    """A filter that can't be read: what is wrong, and at which character (from 0) of the text."""

    def __init__(self, text: str, place: int, code: str, /, **params: object) -> None:
        super().__init__(code, **params)
        self.text = text
        self.place = place

    @classmethod
    def of(cls, text: str, place: int, message: Message) -> FilterError:
        """The error with this message."""
        return cls(text, place, message.code, **message.params)

    @property
    def placed(self) -> Message:
        """The message with the text and a caret under the place."""
        line = pointed(self.text, self.place)
        return Message(
            "filter_at", params={"what": self.message, "text": self.text, "place": self.place, "pointed": line}
        )

    def __str__(self) -> str:
        return str(self.placed)


def cut(piece: str) -> str:
    """A piece of a filter as a message quotes it: on one line, and not too long."""
    text = _printable(piece)
    return text if len(text) <= _AROUND else text[:_AROUND] + "…"


def pointed(text: str, place: int) -> str:
    """The line of the text that holds the place, and a caret under it. A long line is cut on both sides."""
    start = text.rfind("\n", 0, place) + 1
    end = text.find("\n", place)
    line, at = text[start : end if end >= 0 else len(text)], place - start
    before, after = line[:at], line[at:]
    if len(line) > _WIDEST and len(before) > _AROUND:
        before = "…" + before[-_AROUND:]
    if len(line) > _WIDEST and len(after) > _AROUND:
        after = after[:_AROUND] + "…"
    before, after = _printable(before), _printable(after)
    return f"  {before}{after}\n  {' ' * sum(map(_width, before))}^"


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)


def _width(character: str) -> int:
    """The columns that a character takes in a terminal."""
    if unicodedata.combining(character) or character in "\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


OPERATORS = tuple(map(str, Operator))

TYPOGRAPHIC = "“”„‟«»‘’‚‛"
"""Quotes that text programs set; none of them begins a quoted text here."""
_WORD_OF = {"&&": "and", "&": "and", "||": "or", "|": "or", "!": "not"}
_PIECE = re.compile(rf"{QUOTED.pattern}|['\"(),]|{OPERATOR.pattern}|{WORD.pattern}")
_JOINING = frozenset({"and", "or", "not"})
_LONGEST_NAME = 6
"""Words of a field's name, where it is written with blanks; none has more."""
_TELLING = 3
"""So many characters of a field's name are enough to tell which are meant."""


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
        return FilterError(text, _open_bracket(text), "bracket_never_closed")
    return FilterError.of(text, place, slip or _expected(before, piece, allowed))


def _slip(piece: str) -> Message | None:
    """What is wrong with something that stands nowhere in a filter."""
    if piece in ("'", '"'):
        return Message("quote_never_closed", params={"quote": piece})
    if piece in _WORD_OF:
        return Message("sign_unknown", params={"sign": piece, "word": _WORD_OF[piece]})
    return None


def _expected(before: Sequence[str], piece: str, allowed: set[str]) -> Message:
    """What is expected at the place, by what the grammar allows there."""
    around: dict[str, object] = {
        "after": Message("after_piece", params={"piece": cut(before[-1])}) if before else "",
        "there": Message("but_there_is", params={"piece": cut(piece)}) if piece else "",
    }
    if "NOT" in allowed and "WORD" in allowed:
        return Message("comparison_expected", params=around) if before or piece else Message("empty_filter")
    if "WORD" in allowed:
        return Message("value_expected_not_bracket" if piece == "(" else "value_expected", params=around)
    if "_LEFT" in allowed:
        return Message("list_expected", params=around)
    if "_EMPTY" in allowed:
        return Message("empty_expected", params=around)
    return _after_value(before, piece, allowed)


def _no_operator(text: str, place: int, fields: Mapping[str, Field]) -> FilterError:
    """After a field, or what should be one, there is no comparison."""
    words: list[re.Match[str]] = []
    for piece in _PIECE.finditer(text, 0, place):
        begins_anew = not WORD.fullmatch(piece[0]) or piece[0].casefold() in _JOINING
        words = [] if begins_anew else [*words[:_LONGEST_NAME], piece]
    if not words:
        return FilterError(text, place, "comparison_missing", operators=OPERATORS)
    for count in range(len(words), 0, -1):
        field = find_field(fields, " ".join(word[0] for word in words[:count]))
        if field is None:
            continue
        if count == len(words):
            return FilterError(text, place, "compared_with_nothing", field=field.name, operators=OPERATORS)
        word = cut(words[count][0])
        return FilterError(
            text, words[count].start(), "comparison_unknown", field=field.name, word=word, operators=OPERATORS
        )
    return unknown_field(words[0][0], text, words[0].start(), fields)


def unknown_field(typed: str, text: str, place: int, fields: Mapping[str, Field]) -> FilterError:
    """The error for a name that is no field's: names the nearest, else those that hold it, else all."""
    names = [name for f in fields.values() for name in (f.name, *f.aliases)]
    hint = nearest("_".join(typed.split()), names)
    if not hint:
        part = normalised(typed)
        holding = [f.name for f in fields.values() if len(part) >= _TELLING and part in normalised(f.name)]
        if not holding:
            return FilterError(text, place, "unknown_field_listed", name=cut(typed), fields=tuple(fields))
        hint = Message("did_you_mean", Level.OK, params={"name": " or ".join(holding)})
    return FilterError(text, place, "unknown_field", name=cut(typed), hint=hint)


def _after_value(before: Sequence[str], piece: str, allowed: set[str]) -> Message:
    """What is said of a piece that follows a value."""
    if piece == ",":
        return Message("comma_separates_values")
    if piece == ")":
        return Message("bracket_closes_nothing")
    last = before[-1]
    if last[0] in TYPOGRAPHIC:
        return straight_quotes(last[0])
    if "_COMMA" in allowed and "_AND" not in allowed:
        return Message("list_not_ended", params={"piece": cut(piece)})
    if WORD.fullmatch(piece) and WORD.fullmatch(last) and piece.casefold() not in KEYWORDS:
        return Message("text_with_blanks", params={"example": cut(f"{last} {piece}")})
    return Message("text_with_symbols", params={"piece": cut(piece)})


def straight_quotes(quote: str) -> Message:
    """What is said of a quote as text programs set it."""
    return Message("straight_quotes", params={"quote": quote})


def _open_bracket(text: str) -> int:
    """The place of the last bracket that is open at the end of the text; brackets in quotes are text."""
    opened: list[int] = []
    for found in re.finditer(rf"{QUOTED.pattern}|[()]", text):
        if found[0] == "(":
            opened.append(found.start())
        elif found[0] == ")" and opened:
            opened.pop()
    return opened[-1] if opened else len(text.rstrip())
