"""The grammar of filters: its signs, its words, and the parser made of them."""

from __future__ import annotations

import re
from functools import cache

from lark import Lark

KEYWORDS = ("and", "or", "not", "in", "is", "empty", "contains")
"""The language's own words, in any case. As values they are written in quotes."""

_NO_WORD = r"""\s()=!<>,'\""""
"""What ends a word: blanks and the language's own signs."""
WORD = re.compile(f"[^{_NO_WORD}]+")
QUOTED = re.compile("""'(?:[^']|'')*'""" + "|" + '''"(?:[^"]|"")*"''')
OPERATOR = re.compile("[=!<>]+")

_RULES = """
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

_LEFT: "("
_RIGHT: ")"
_COMMA: ","
%ignore /\\s+/
"""
_HIDDEN = {"and": "_AND", "or": "_OR", "is": "_IS", "empty": "_EMPTY"}
"""Words that leave nothing in the tree."""


@cache
def parser() -> Lark:
    terminals = {"WORD": WORD, "QUOTED": QUOTED, "OPERATOR": OPERATOR}
    lines = [f"{name}: /{pattern.pattern}/" for name, pattern in terminals.items()]
    lines += [f"{_HIDDEN.get(word, word.upper())}.2: /{word}(?=[{_NO_WORD}]|$)/i" for word in KEYWORDS]
    return Lark(_RULES + "\n".join(lines) + "\n", parser="lalr", lexer="contextual")
