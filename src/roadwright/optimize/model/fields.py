"""Reading typed fields out of JSON objects, collecting every fault with its place instead of stopping at the first."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from roadwright.optimize.model.problem import Fault

Word = TypeVar("Word", bound=StrEnum)


def shown(value: object) -> str:
    """A value as a person recognises it in a message: JSON's words, and long values cut."""
    words = {True: "true", False: "false", None: "null"}
    text = words[value] if value is None or isinstance(value, bool) else f"'{value}'" if isinstance(value, str) else ""
    text = text or (f"{value}" if isinstance(value, int | float) else f"a{_kind(value)}")
    text = text if len(text) <= 60 else text[:57] + "…'"
    return text.encode("utf-8", "backslashreplace").decode()  # a fault must be printable whatever it is about


def _kind(value: object) -> str:
    return "n object" if isinstance(value, Mapping) else " list" if isinstance(value, list | tuple) else " value"


def nearest(word: str, words: Collection[str]) -> str:
    """A hint at the word that was probably meant, or at those that there are; none among very many."""
    if len(words) > 1000:
        return ""
    known = sorted(words)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.75)
    if close:
        return f"; did you mean '{close[0]}'?"
    return f"; there are: {', '.join(known)}" if 0 < len(known) <= 12 else ""


def finite(value: object) -> float | None:
    """The float of a JSON number, or None where it is none (a boolean is none) or not finite."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value) + 0.0  # -0.0 becomes 0.0
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def storable(value: object) -> bool:
    """Whether a value can be written as JSON in UTF-8 again: no NaN, no infinity, no broken character."""
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, TypeError, RecursionError):
        return False
    return True


def encodable(text: str) -> bool:
    """Whether a text can be written as UTF-8 (JSON can smuggle in half of a surrogate pair)."""
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


class Fields:
    """The fields of one JSON object at one place. Null counts as absent. What is wrong becomes a Fault."""

    def __init__(self, value: object, id: str, faults: list[Fault], *, known: Iterable[str]) -> None:
        self.id = id
        self.faults = faults
        self.values: dict[str, object] = {}
        if not isinstance(value, Mapping):
            self.fault(f"must be an object, not {shown(value)}")
            return
        names = frozenset(known)
        for name, content in value.items():
            if name not in names:
                self.fault(f"unknown field {shown(name)}{nearest(str(name), names)}")
            elif content is not None:
                self.values[name] = content

    def unused(self, used: Collection[str]) -> dict[str, object]:
        """The known fields that are not used; they are kept, so they must at least be something to keep."""
        rest = {name: content for name, content in self.values.items() if name not in used}
        for name in [name for name, content in rest.items() if not storable(content)]:
            self.fault(f"{name} holds what can't be stored: {shown(rest.pop(name))}")
        return rest

    def fault(self, message: str) -> None:
        self.faults.append(Fault(self.id, message))

    def missing(self, name: str) -> None:
        self.fault(f"{name} is missing")

    def text(self, name: str, *, required: bool = False) -> str | None:
        value = self.values.get(name)
        if value is None:
            if required:
                self.missing(name)
            return None
        if not isinstance(value, str):
            self.fault(f"{name} must be text, not {shown(value)}")
        elif not value.strip():
            if required:
                self.fault(f"{name} is blank")
        elif not encodable(value):
            self.fault(f"{name} holds a broken character ({value.encode('utf-8', 'backslashreplace').decode()})")
        else:
            return value
        return None

    def number(self, name: str, *, required: bool = False, negative: bool = False) -> float | None:
        value = self.values.get(name)
        if value is None:
            if required:
                self.missing(name)
            return None
        return self.checked_number(name, value, negative=negative)

    def checked_number(self, name: str, value: object, *, negative: bool) -> float | None:
        """`value` as a finite float; `name` is what a fault calls it."""
        number = finite(value)
        if number is None:
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            self.fault(f"{name} must be a {'finite ' if is_number else ''}number, not {shown(value)}")
        elif number < 0 and not negative:
            self.fault(f"{name} must not be negative, and is {shown(value)}")
        else:
            return number
        return None

    def count(self, name: str) -> int | None:
        number = self.number(name)
        if number is None:
            return None
        if number != int(number):
            self.fault(f"{name} must be a whole number, not {shown(number)}")
            return None
        return int(number)

    def word(self, name: str, words: type[Word], *, default: Word | None = None) -> Word | None:
        """A word of an enum; required unless there is a default."""
        text = self.text(name, required=default is None)
        if text is None:
            return default
        try:
            return words(text)
        except ValueError:
            self.fault(f"unknown {name} {shown(text)}; one of {', '.join(words)}")
            return None

    def texts(self, name: str, *, required: bool = False) -> tuple[str, ...] | None:
        """A list of texts, none of them blank; None where it is absent or wrong."""
        value = self.values.get(name)
        if value is None:
            if required:
                self.missing(name)
            return None
        if not isinstance(value, list | tuple):
            self.fault(f"{name} must be a list, not {shown(value)}")
            return None
        wrong = [item for item in value if not isinstance(item, str) or not item.strip() or not encodable(item)]
        for item in wrong:
            self.fault(f"{name} must hold texts, not {shown(item)}")
        return None if wrong else tuple(value)

    def objects(self, name: str, *, required: bool = False) -> list[object]:
        value = self.values.get(name)
        if value is None:
            if required:
                self.missing(name)
            return []
        if not isinstance(value, list | tuple):
            self.fault(f"{name} must be a list, not {shown(value)}")
            return []
        return list(value)

    def mapping(self, name: str, *, required: bool = False) -> Mapping[str, object]:
        value = self.values.get(name)
        if value is None:
            if required:
                self.missing(name)
            return {}
        if not isinstance(value, Mapping):
            self.fault(f"{name} must be an object, not {shown(value)}")
            return {}
        return value

    def numbers(self, name: str, *, negative: bool, required: bool = False) -> dict[str, float]:
        """An object of names and numbers."""
        found = {}
        for key, value in self.mapping(name, required=required).items():
            if not isinstance(key, str) or not encodable(key):
                self.fault(f"{name} must be named by texts, not {shown(key)}")
                continue
            number = self.checked_number(f"{name}.{key}", value, negative=negative)
            if number is not None:
                found[key] = number
        return found
