"""What there is to tell a person, as data: a code, how serious it is, the column it is about, and its parameters.

The words stand in the catalogue, once (see ``domain.messages.catalogue``). Everything else works with the data: what a
program decides, a test asserts or an API answers never depends on how a message is worded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from string import Formatter
from typing import Any, Self

from roadwright.domain.shown import figure, in_json, quoted, ten_digits


class Level(StrEnum):
    """How a row fared, and how serious a message is, best first. A message that is OK is a notice."""

    OK = "OK"
    SKIPPED = "SKIPPED"
    WARNING = "WARNING"
    CONFLICT = "CONFLICT"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to tell. ``params`` are plain values, texts, further messages, or sequences of these."""

    code: str
    severity: Level = Level.FAILED
    column: str | None = None
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """The words, with the column in front where it is about one: ``rice_impact: 5 is out of range; …``."""
        hint = hint_of(self.code, self.params) if self.severity is not Level.WARNING else None
        return self.words if hint is None else f"{self.words}; {hint}"

    @property
    def words(self) -> str:
        """The same without the hint for people at a sheet or a command line."""
        words = render(self.code, self.params)
        if self.column is None:
            return words
        if self.params.get("field") == self.column:
            words = words.removeprefix(f"{self.column} ")  # it is named in front already
        return f"{self.column}: {words}"

    def about(self, column: str) -> Message:
        """The same of a column."""
        return replace(self, column=column)

    def renamed(self, shown_as: Mapping[str, str], *params: str) -> Message:
        """The same with the values of these parameters renamed, also in nested messages."""
        renamed = {name: _renamed(name, value, shown_as, params) for name, value in self.params.items()}
        return replace(self, params=renamed)

    def to_json(self) -> dict[str, object]:
        """The message as the API tells it, with its words."""
        return {
            "code": self.code,
            "severity": str(self.severity),
            "column": self.column,
            "params": {name: _as_json(value) for name, value in self.params.items()},
            "text": self.words,
        }


def notice(code: str, /, **params: object) -> Message:
    """A message that is no more than a statement: what it is part of says how serious that is."""
    return Message(code, Level.OK, params=params)


def warning(code: str, /, **params: object) -> Message:
    return Message(code, Level.WARNING, params=params)


def failure(code: str, /, **params: object) -> Message:
    return Message(code, params=params)


def _as_json(value: object) -> object:
    if isinstance(value, Message):
        return value.to_json()
    if isinstance(value, list | tuple | set | frozenset):
        return [_as_json(part) for part in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _renamed(name: str, value: object, shown_as: Mapping[str, str], params: Sequence[str]) -> object:
    if isinstance(value, Message):
        return value.renamed(shown_as, *params)
    if isinstance(value, list | tuple):
        return [_renamed(name, part, shown_as, params) for part in value]
    return shown_as.get(value, value) if name in params and isinstance(value, str) else value


def _first(most: int) -> Callable[[Any], str]:
    """Shows names; of very many only the first ones, and how many more there are."""

    def shown(names: Any) -> str:
        names = list(map(str, names)) if isinstance(names, list | tuple) else [str(names)]
        more = f" and {len(names) - most} more" if len(names) > most else ""
        return ", ".join(names[:most]) + more

    return shown


_FORMS: Mapping[str, Callable[[Any], str]] = {
    "amount": ten_digits,
    "json": in_json,
    "names": _first(8),
    "ten": _first(10),
}


class _Words(Formatter):
    """Fills a text of the catalogue with parameters.

    ``{value!q}`` is a value as its cell shows it, in quotes; ``{number!f}`` a number as people write it; ``{names}`` of
    a sequence its entries with commas (of messages with semicolons); ``{count:row|rows}`` the first word where the
    number is 1, else the second. ``{limit:amount}`` is a number in ten digits, ``{value:json}`` a value as JSON has it,
    ``{keys:names}`` the first eight names and how many more there are, ``{keys:ten}`` the first ten. What is None shows
    nothing. A parameter that the words do not use is for programs.
    """

    def vformat(self, format_string: str, args: Any, kwargs: Mapping[str, Any]) -> str:  # noqa: ARG002
        """As usual, but each text is taken apart once: a large run has many thousands of messages."""
        filled = []
        for literal, name, spec, conversion in _parts_of(format_string):
            filled.append(literal)
            if name is not None:
                value = kwargs[name] if conversion is None else self.convert_field(kwargs[name], conversion)
                filled.append(value if type(value) is str and not spec else self.format_field(value, spec or ""))
        return "".join(filled)

    def convert_field(self, value: Any, conversion: Any) -> Any:
        if conversion == "f":
            return figure(value)
        return quoted(value) if conversion == "q" else super().convert_field(value, conversion)

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec in _FORMS:
            return _FORMS[format_spec](value)
        if value is None and not format_spec:
            return ""
        if "|" in format_spec:
            one, many = format_spec.split("|")
            count = len(value) if isinstance(value, Sequence | set | frozenset) else value
            return one if count == 1 else many
        if isinstance(value, list | tuple):
            joint = "; " if any(isinstance(part, Message) for part in value) else ", "
            return joint.join(dict.fromkeys(map(str, value)) if joint == "; " else map(str, value))
        return str(super().format_field(value, format_spec))


_WORDS = _Words()


@lru_cache(maxsize=4096)
def _parts_of(text: str) -> tuple[tuple[str, str | None, str | None, str | None], ...]:
    return tuple(_WORDS.parse(text))


def render(code: str, params: Mapping[str, object]) -> str:
    """The words of a message. Raises KeyError for a code or a parameter that is missing."""
    from roadwright.domain.messages.catalogue import TEXTS  # noqa: PLC0415 - most commands say nothing

    return _WORDS.vformat(TEXTS[code], (), params)


def hint_of(code: str, params: Mapping[str, object]) -> str | None:
    """The way out at a sheet or a command line, where the words leave it open."""
    from roadwright.domain.messages.catalogue import HINTS  # noqa: PLC0415

    return _WORDS.vformat(HINTS[code], (), params) if code in HINTS else None


def fields_of(text: str) -> set[str]:
    """The names of the parameters that a text of the catalogue needs."""
    return {name.split(".")[0].split("[")[0] for _, name, _, _ in _WORDS.parse(text) if name}


class MessageError(Exception):
    """An exception that carries a message; raised with its code and parameters."""

    def __init__(self, code: str, /, **params: object) -> None:
        super().__init__(code)
        self.message = Message(code, params=params)

    def __str__(self) -> str:
        return str(self.message)

    @classmethod
    def saying(cls, message: Message) -> Self:
        """The exception that carries this message."""
        error = cls(message.code)
        error.message = message
        return error

    def about(self, column: str) -> Self:
        """The same, of a column: ``raise SourceProblem("run_source_blank").about("source_ref")``."""
        self.message = self.message.about(column)
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).saying, (self.message,)
