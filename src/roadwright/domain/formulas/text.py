"""The text of a formula: its limits, its lines without comments, and the signs it may be made of.

Nothing here evaluates or parses; it is the first wall. What passes holds only names, numbers, operators, commas and
balanced parentheses.
"""

from __future__ import annotations

import keyword
import math
import re
import unicodedata

from roadwright.domain.formulas.errors import FormulaError, shown, shown_character

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
    **dict.fromkeys("×·∙•⋅", "write * to multiply"),
    **dict.fromkeys("÷∕", "write / to divide"),
    **dict.fromkeys("−–—", "write - to subtract"),
    **dict.fromkeys("\"'`", "a formula has numbers and names only, no texts"),
    **dict.fromkeys("[]{}", "a formula has no lists; use ( and )"),
    "^": "write ** for a power",
    ".": "a point stands in numbers only, as in 0.5",
    ";": "write each name = expression on a line of its own",
    ":": "a formula has no :",
    "\\": "write a long expression in parentheses, or split it into lines",
}


def code_lines(text: str) -> list[str]:
    """The lines of a formula, numbered as in the text, without comments and outer blanks. Raises FormulaError."""
    if len(text) > MAX_CHARACTERS:
        raise FormulaError(1, f"the formula has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read")
    lines = text.rstrip(" \t\r\n").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > MAX_LINES:
        raise FormulaError(MAX_LINES + 1, f"the formula has {len(lines):,} lines; at most {MAX_LINES} are read")
    for number, line in enumerate(lines, 1):
        _check_is_plain(line, number)
    codes = [line.split("#", 1)[0].strip(" \t") for line in lines]
    if not any(codes):
        raise FormulaError(1, "there is no formula; write an expression, or lines name = expression and value = …")
    open_at: list[int] = []
    for number, code in enumerate(codes, 1):
        _check_signs(code, number, open_at)
    if open_at:
        raise FormulaError(open_at[-1], "a ( is never closed")
    return codes


def _check_is_plain(line: str, number: int) -> None:
    if unicodedata.is_normalized("NFKC", line):
        return
    for character in line:
        plain = unicodedata.normalize("NFKC", character)
        if plain != character:
            instead = _instead_of(plain)
            raise FormulaError(number, f"{shown_character(character)} is not a plain character; {instead}")
    raise FormulaError(number, "letters and accents are typed apart; type the line again in plain letters")


def _instead_of(plain: str) -> str:
    """What to write for a character that normalizes to ``plain``, which may itself be no plain text (½ has a ⁄)."""
    if not plain.strip():
        return "write a plain blank"
    return f"write {shown(plain)}" if plain.isascii() else "write it in plain letters and digits"


def _check_signs(code: str, number: int, open_at: list[int]) -> None:
    """Refuse what is no name, number or sign of the grammar; ``open_at`` has the lines of the open parentheses."""
    place = 0
    while place < len(code):
        token = _TOKEN.match(code, place)
        if token is None:
            hint = _HINTS.get(code[place], "names are of ASCII letters, digits and _")
            raise FormulaError(number, f"{shown_character(code[place])} can't stand in a formula; {hint}")
        if token["number"]:
            _check_number(code, token, number)
        elif token["name"]:
            _check_name(token["name"], number)
        elif token["sign"] == "(":
            open_at.append(number)
            if len(open_at) > MAX_DEPTH:
                raise too_deep(number)
        elif token["sign"] == ")":
            if not open_at:
                raise FormulaError(number, "a ) closes nothing")
            open_at.pop()
        place = token.end()


def _check_number(code: str, token: re.Match[str], number: int) -> None:
    word = _WORD.match(code, token.end())
    if word is not None:
        raise FormulaError(
            number, f"{shown(token[0] + word[0])} is neither a number, as 1000 or 0.5, nor a name, as rate_2"
        )
    if not math.isfinite(float(token[0])):
        raise FormulaError(number, f"{shown(token[0])} is too large for a number")


def _check_name(name: str, number: int) -> None:
    if name in _RESERVED:
        raise FormulaError(number, f"{name} is a reserved word; use another name")
    if name.startswith("__"):
        raise FormulaError(number, f"{shown(name)}: names that begin with __ are reserved; use another name")


def too_deep(line: int) -> FormulaError:
    """The error for nesting beyond ``MAX_DEPTH``."""
    return FormulaError(line, f"nested more than {MAX_DEPTH} deep; split the expression into lines name = expression")
