"""What is wrong with a formula, and where; and how a piece of it is shown in a message."""

from __future__ import annotations

import unicodedata
from typing import Any

from roadwright.domain.errors import InputError
from roadwright.domain.messages import Level, Message

_SHOWN = 40


class FormulaError(InputError):
    """A formula that can't be read or computed: the line (from 1), the character in it (from 0), and what is wrong.

    There is no character where the whole line, or all of the formula, is wrong.
    """

    def __init__(self, line: int, place: int | None, code: str, /, **params: object) -> None:
        super().__init__(code, **params)
        self.line = line
        self.place = place

    @classmethod
    def of(cls, line: int, place: int | None, message: Message) -> FormulaError:
        """The error with this message."""
        return cls(line, place, message.code, **message.params)

    @property
    def placed(self) -> Message:
        """The message with its line; the character is for those who show the formula."""
        return Message("at_line", params={"line": self.line, "place": self.place, "what": self.message})

    def __str__(self) -> str:
        return str(self.placed)

    def __reduce__(self) -> tuple[Any, ...]:
        return FormulaError.of, (self.line, self.place, self.message)


def cut(piece: str) -> str:
    """A piece of a formula as a message quotes it: tabs as blanks, and not too long."""
    piece = piece.replace("\t", " ")
    return piece if len(piece) <= _SHOWN else f"{piece[:_SHOWN]}…"


def shown_character(character: str) -> Message | str:
    """A character by its looks, where it has any; beyond ASCII also by number and name, as it may look like another."""
    if character.isascii() and character.isprintable():
        return character
    code, name = f"U+{ord(character):04X}", unicodedata.name(character, None)
    named = Message("character_named" if name else "control_character", Level.OK, params={"code": code, "name": name})
    if not character.isprintable():
        return named
    return Message("character_seen", Level.OK, params={"character": character, "named": named})
