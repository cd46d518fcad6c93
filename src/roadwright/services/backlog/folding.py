"""SQL that compares texts as ``domain.text`` does, and numbers as ``domain.decimals`` does, on every database.

A database's own lower() folds ASCII only (SQLite) or as its locale has it (PostgreSQL), and neither turns ß into ss. So
SQLite calls ``folded``, which every connection of ours registers. PostgreSQL gets the same steps written out: its
own normalize() for Unicode's forms, and the case folds from the very tables that Python uses, one character to one by
translate(), one to several by replace(). Folded texts are in the order of code points.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Double, Integer

from roadwright.domain.decimals import ROUNDED_BELOW
from roadwright.domain.text import BLANKS, INVISIBLE

_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ASCII_BLANKS = "".join(filter(str.isascii, BLANKS))


class Folded(FunctionElement[str]):
    """A text in the form in which texts compare.

    Where ``letters`` are given, only what folds into one of them needs to be folded: enough to find a text of these
    letters, and short. Letters beyond ASCII are composed with what follows them, so they need everything folded.
    """

    type = Text()
    inherit_cache = False
    name = "folded"

    def __init__(self, text: ColumnElement[Any], letters: frozenset[str] | None = None) -> None:
        super().__init__(text)
        self.letters = letters if letters is not None and all(map(str.isascii, letters)) else None


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


class Rounded(FunctionElement[float]):
    """A number to as many digits as numbers are compared with."""

    type = Double()
    inherit_cache = True
    name = "rounded"


@compiles(Rounded, "sqlite")
def _rounded_in_sqlite(element: Rounded, compiler: SQLCompiler, **kw: Any) -> str:
    return f"rounded({compiler.process(element.clauses, **kw)})"


@compiles(Rounded, "postgresql")
def _rounded_in_postgresql(element: Rounded, compiler: SQLCompiler, **kw: Any) -> str:
    number = compiler.process(element.clauses, **kw)
    # A float becomes a numeric of 15 significant digits.
    whole = f"CAST(CAST({number} AS double precision) AS numeric)"
    return f"CASE WHEN abs({number}) < {ROUNDED_BELOW!r} THEN CAST({whole} AS double precision) ELSE {number} END"


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


@compiles(Folded, "sqlite")
def _folded_in_sqlite(element: Folded, compiler: SQLCompiler, **kw: Any) -> str:
    return f"folded({compiler.process(element.clauses, **kw)})"


@compiles(Folded, "postgresql")
def _folded_in_postgresql(element: Folded, compiler: SQLCompiler, **kw: Any) -> str:
    text = compiler.process(ByCodePoints(*element.clauses), **kw)
    mapping = folds()
    if element.letters is not None:
        mapping = {char: fold for char, fold in mapping.items() if element.letters.intersection(fold)}
    decomposed = f"normalize(translate({text}, '{INVISIBLE}', ''), NFD)"
    full = f"normalize({_replaced(decomposed, mapping)}, NFC)"
    # Folding everything looks at each character a thousand times; most texts hold nothing but ASCII.
    plain = f"translate({text}, '{_UPPER}', '{_UPPER.lower()}')"
    return f"CASE WHEN {text} ~ '[^\\x01-\\x7f]' THEN {_spaced(full, BLANKS)} ELSE {_spaced(plain, _ASCII_BLANKS)} END"


def _spaced(text: str, blanks: str) -> str:
    """Each run of blanks as one space, without the outer ones."""
    return f"btrim(regexp_replace(translate({text}, '{blanks}', '{' ' * len(blanks)}'), ' +', ' ', 'g'))"


def _replaced(text: str, mapping: Mapping[str, str]) -> str:
    """Calls that replace characters of a text. No character that folds is a quote or means anything else in SQL."""
    single = {char: fold for char, fold in mapping.items() if len(fold) == 1}
    several = {char: fold for char, fold in mapping.items() if len(fold) > 1}
    if single:
        text = f"translate({text}, '{''.join(single)}', '{''.join(single.values())}')"
    arguments = "".join(f", '{char}', '{fold}')" for char, fold in several.items())
    return f"{'replace(' * len(several)}{text}{arguments}"


@cache
def folds() -> Mapping[str, str]:
    """Every character of a decomposed text that case-folding changes, and what it becomes."""
    characters = (char for char in map(chr, range(sys.maxunicode + 1)) if unicodedata.is_normalized("NFD", char))
    return {char: fold for char in characters if (fold := char.casefold()) != char}
