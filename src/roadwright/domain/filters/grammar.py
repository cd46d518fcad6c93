"""The grammar of filters, and the parser made of it."""

from __future__ import annotations

from functools import cache

from lark import Lark

KEYWORDS = ("and", "or", "not", "in", "is", "empty", "contains")
"""The language's own words, in any case. As values they are written in quotes."""

_GRAMMAR = r"""
?start: either
?either: both (_OR both)*
?both: single (_AND single)*
?single: NOT single                     -> negation
    | _LEFT either _RIGHT
    | field OPERATOR value              -> comparison
    | field CONTAINS value              -> comparison
    | field IN members                  -> membership
    | field NOT IN members              -> no_membership
    | field _IS _EMPTY                  -> emptiness
    | field _IS NOT _EMPTY              -> no_emptiness
members: _LEFT value (_COMMA value)* _RIGHT
field: WORD+ | QUOTED
value: WORD | QUOTED

OPERATOR: /[=!<>]+/
_LEFT: "("
_RIGHT: ")"
_COMMA: ","
QUOTED: /'(?:[^']|'')*'|"(?:[^"]|"")*"/
WORD: /[^\s()=!<>,'"]+/
%ignore /\s+/
"""

_HIDDEN = {"and": "_AND", "or": "_OR", "is": "_IS", "empty": "_EMPTY"}
"""Words that leave nothing in the tree."""
_END_OF_WORD = r"""(?=[\s()=!<>,'"]|$)"""


@cache
def parser() -> Lark:
    words = "\n".join(f"{_HIDDEN.get(word, word.upper())}.2: /{word}{_END_OF_WORD}/i" for word in KEYWORDS)
    return Lark(f"{_GRAMMAR}{words}\n", parser="lalr", lexer="contextual")
