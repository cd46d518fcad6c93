"""What is wrong with a filter, and where: the message with the text and a caret under the place."""

from __future__ import annotations

import unicodedata

from roadwright.domain.errors import InputError
from roadwright.domain.messages import Message

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
