"""What is wrong with a formula, and where; and how a piece of it is shown in a message."""

from __future__ import annotations

import unicodedata

from roadwright.domain.errors import InputError

_SHOWN = 40


class FormulaError(InputError, ValueError):
    """A formula that can't be read or computed: the line (from 1) and what is wrong there, in the user's words."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(line, message)
        self.line = line
        self.message = message

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


def shown(piece: str) -> str:
    """A piece of a formula in quotes, tabs shown as blanks, cut where it is long."""
    piece = piece.replace("\t", " ")
    return f'"{piece}"' if len(piece) <= _SHOWN else f'"{piece[:_SHOWN]}…"'


def shown_character(character: str) -> str:
    """A character by its looks, where it has any; beyond ASCII also by number and name, as it may look like another."""
    if character.isascii() and character.isprintable():
        return character
    name = unicodedata.name(character, "a control character")
    code = f"U+{ord(character):04X} {name}"
    return f'"{character}" ({code})' if character.isprintable() else code
