"""What is wrong with a formula, and where; and how a piece of it is shown in a message."""

from __future__ import annotations

import unicodedata
from typing import Any

from roadwright.domain.errors import InputError
from roadwright.domain.messages import Message

_SHOWN = 40


class FormulaError(InputError):
    """A formula that can't be read or computed: the line (from 1) and what is wrong there."""

    def __init__(self, line: int, code: str, /, **params: object) -> None:
        super().__init__(code, **params)
        self.line = line

    @property
    def placed(self) -> Message:
        """The message with its line."""
        return Message("at_line", params={"line": self.line, "what": self.message})

    def __str__(self) -> str:
        return str(self.placed)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self.line, self.message)


def _rebuilt(line: int, message: Message) -> FormulaError:
    return FormulaError(line, message.code, **message.params)


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
