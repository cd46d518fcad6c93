"""The text of a formula: its limits, its lines without comments, and the signs it may be made of.

Nothing here evaluates or parses; it is the first wall. What passes holds only names, numbers, operators, commas and
balanced parentheses.
"""

from __future__ import annotations

import keyword
import math
import re
import unicodedata

from roadwright.domain.formulas.errors import FormulaError, cut, shown_character
from roadwright.domain.messages import Message

MAX_CHARACTERS = 4_000
MAX_LINES = 50
MAX_DEPTH = 64
"""How deep parentheses and expressions may be nested; deeper ones are split into lines by a person."""

_WORDS_OF_THE_GRAMMAR = frozenset({"if", "else", "and", "or", "not"})
_RESERVED = frozenset(keyword.kwlist) - _WORDS_OF_THE_GRAMMAR

_TOKEN = re.compile(
    r"""
    (?P<blank>[ \t]+)
    | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<sign>\*\*|//|==|!=|<=|>=|[-+*/%(),=<>])
    """,
    re.ASCII | re.VERBOSE,
)
_WORD = re.compile(r"[A-Za-z0-9_.]+", re.ASCII)

_HINTS = {
    **dict.fromkeys("×·∙•⋅", "hint_multiply"),
    **dict.fromkeys("÷∕", "hint_divide"),
    **dict.fromkeys("−–—", "hint_subtract"),
    **dict.fromkeys("\"'`", "hint_no_texts"),
    **dict.fromkeys("[]{}", "hint_no_lists"),
    "^": "hint_power",
    ".": "hint_point",
    ";": "hint_one_step_a_line",
    ":": "hint_no_colon",
    "\\": "hint_long_expression",
}
"""What is said of a character that is no sign of formulas: a message's code."""


def typed_lines(text: str) -> list[str]:
    """The lines of a formula as they are counted; blank ones at its end are none."""
    return text.rstrip(" \t\r\n").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def code_lines(text: str) -> list[str]:
    """The lines of a formula, numbered as in the text, without comments and the blanks at their ends.

    Blanks at their beginnings stay, so that a character has the same place as in the text. Raises FormulaError.
    """
    if len(text) > MAX_CHARACTERS:
        raise FormulaError(1, None, "formula_too_long", characters=len(text), most=MAX_CHARACTERS)
    lines = typed_lines(text)
    if len(lines) > MAX_LINES:
        raise FormulaError(MAX_LINES + 1, None, "formula_too_many_lines", lines=len(lines), most=MAX_LINES)
    for number, line in enumerate(lines, 1):
        _check_is_plain(line, number)
    codes = [line.split("#", 1)[0].rstrip(" \t") for line in lines]
    if not any(codes):
        raise FormulaError(1, None, "empty_formula")
    open_at: list[tuple[int, int]] = []
    for number, code in enumerate(codes, 1):
        _check_signs(code, number, open_at)
    if open_at:
        raise FormulaError(*open_at[-1], "parenthesis_never_closed")
    return codes


def _check_is_plain(line: str, number: int) -> None:
    if unicodedata.is_normalized("NFKC", line):
        return
    for place, character in enumerate(line):
        plain = unicodedata.normalize("NFKC", character)
        if plain != character:
            shown = shown_character(character)
            raise FormulaError(
                number, place, "character_not_plain", character=character, shown=shown, instead=_instead_of(plain)
            )
    both = enumerate(zip(line, unicodedata.normalize("NFKC", line), strict=False))
    raise FormulaError(number, next((n for n, (one, plain) in both if one != plain), None), "accents_apart")


def _instead_of(plain: str) -> Message:
    """What to write for a character that normalizes to ``plain``, which may itself be no plain text (½ has a ⁄)."""
    if not plain.strip():
        return Message("write_blank")
    return Message("write_instead", params={"plain": cut(plain)}) if plain.isascii() else Message("write_in_letters")


def _check_signs(code: str, number: int, open_at: list[tuple[int, int]]) -> None:
    """Refuse what is no name, number or sign of the grammar; ``open_at`` has where the open parentheses stand."""
    place = 0
    while place < len(code):
        token = _TOKEN.match(code, place)
        if token is None:
            character, hint = code[place], Message(_HINTS.get(code[place], "hint_ascii_names"))
            shown = shown_character(character)
            raise FormulaError(number, place, "character_not_in_formulas", character=character, shown=shown, hint=hint)
        if token["number"]:
            _check_number(code, token, number)
        elif token["name"]:
            _check_name(token, number)
        elif token["sign"] == "(":
            open_at.append((number, place))
            if len(open_at) > MAX_DEPTH:
                raise too_deep(number, place)
        elif token["sign"] == ")":
            if not open_at:
                raise FormulaError(number, place, "parenthesis_closes_nothing")
            open_at.pop()
        place = token.end()


def _check_number(code: str, token: re.Match[str], number: int) -> None:
    word = _WORD.match(code, token.end())
    if word is not None:
        raise FormulaError(number, token.start(), "neither_number_nor_name", word=cut(token[0] + word[0]))
    if not math.isfinite(float(token[0])):
        raise FormulaError(number, token.start(), "number_in_formula_too_large", number=cut(token[0]))


def _check_name(token: re.Match[str], number: int) -> None:
    name, place = token["name"], token.start()
    if name in _RESERVED:
        raise FormulaError(number, place, "name_reserved", name=name)
    if name.startswith("__"):
        raise FormulaError(number, place, "name_begins_reserved", name=cut(name))


def too_deep(line: int, place: int | None = None) -> FormulaError:
    """The error for nesting beyond ``MAX_DEPTH``."""
    return FormulaError(line, place, "formula_too_deep", most=MAX_DEPTH)
