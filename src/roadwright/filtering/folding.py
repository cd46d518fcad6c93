"""SQL that compares text exactly as Python does: case-folded by Unicode's rules, by code points, on every database.

A database's own lower() folds ASCII only (SQLite) or as its locale has it (PostgreSQL), and neither turns ß into ss. So
SQLite calls Python's ``str.casefold``, which every connection of ours registers, and PostgreSQL gets the same mapping
written out, from the very tables that Python uses: one character to one by translate(), one to several by replace().
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Integer

_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Casefold(FunctionElement[str]):
    """A text, case-folded.

    Where ``letters`` are given, only what folds into one of them needs to be folded: enough to find a text of these
    letters, and short.
    """

    type = Text()
    inherit_cache = False
    name = "casefold"

    def __init__(self, text: ColumnElement[Any], letters: frozenset[str] | None = None) -> None:
        super().__init__(text)
        self.letters = letters


class Position(FunctionElement[int]):
    """Where a text holds another, from 1; 0 where it does not. Compares code points."""

    type = Integer()
    inherit_cache = True
    name = "position_of"


class ByCodePoints(FunctionElement[str]):
    """A text that is compared in the order of code points, whatever the database's locale."""

    type = Text()
    inherit_cache = True
    name = "by_code_points"


@compiles(ByCodePoints, "sqlite")
def _by_code_points_in_sqlite(element: ByCodePoints, compiler: SQLCompiler, **kw: Any) -> str:
    return f"({compiler.process(element.clauses, **kw)})"


@compiles(ByCodePoints, "postgresql")
def _by_code_points_in_postgresql(element: ByCodePoints, compiler: SQLCompiler, **kw: Any) -> str:
    return f'(({compiler.process(element.clauses, **kw)}) COLLATE "C")'


@compiles(Position, "sqlite")
def _position_in_sqlite(element: Position, compiler: SQLCompiler, **kw: Any) -> str:
    return f"instr({compiler.process(element.clauses, **kw)})"


@compiles(Position, "postgresql")
def _position_in_postgresql(element: Position, compiler: SQLCompiler, **kw: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **kw)})"


@compiles(Casefold, "sqlite")
def _casefold_in_sqlite(element: Casefold, compiler: SQLCompiler, **kw: Any) -> str:
    return f"casefold({compiler.process(element.clauses, **kw)})"


@compiles(Casefold, "postgresql")
def _casefold_in_postgresql(element: Casefold, compiler: SQLCompiler, **kw: Any) -> str:
    text = compiler.process(ByCodePoints(*element.clauses), **kw)
    if element.letters is not None:
        return _folded(text, {c: f for c, f in folds().items() if element.letters.intersection(f)})
    plain = f"translate({text}, '{_UPPER}', '{_UPPER.lower()}')"
    # Folding everything looks at each character a thousand times; most texts hold nothing but ASCII.
    return f"CASE WHEN {text} ~ '[^\\x01-\\x7f]' THEN {_folded(text, folds())} ELSE {plain} END"


def _folded(text: str, mapping: Mapping[str, str]) -> str:
    """Calls that replace characters of a text. No character that folds is a quote or means anything else in SQL."""
    single = {char: fold for char, fold in mapping.items() if len(fold) == 1}
    several = {char: fold for char, fold in mapping.items() if len(fold) > 1}
    if single:
        text = f"translate({text}, '{''.join(single)}', '{''.join(single.values())}')"
    arguments = "".join(f", '{char}', '{fold}')" for char, fold in several.items())
    return f"{'replace(' * len(several)}{text}{arguments}"


@cache
def folds() -> Mapping[str, str]:
    """Every character that case-folding changes, and what it becomes."""
    characters = map(chr, range(sys.maxunicode + 1))
    return {char: fold for char in characters if (fold := char.casefold()) != char}
