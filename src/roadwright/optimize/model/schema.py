"""The types of fields in problems, and reading objects of JSON into models with every error told, not only the first.

Pydantic validates. Only where it refuses an object, that is looked at again: each error becomes a message, and what is
right of the object is kept, so that what refers to it is not reported as well.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from roadwright.domain.messages import Message, notice
from roadwright.optimize.messages import hint

Text = Annotated[str, Field(pattern=r"[^\s\x1c-\x1f]")]
"""A text that is not blank and can be written as UTF-8 (JSON can hold half of a surrogate pair)."""
Name = Annotated[str, Field(pattern="")]
"""A text that may be blank, but can be written as UTF-8: the pattern makes pydantic look."""


def _without_minus_zero(value: float) -> float:
    return value + 0.0


def _whole(value: object) -> object:
    """A whole number that JSON wrote with a decimal point is whole as well."""
    return int(value) if isinstance(value, float) and math.isfinite(value) and value == int(value) else value


Number = Annotated[float, Field(ge=0, allow_inf_nan=False), AfterValidator(_without_minus_zero)]
Signed = Annotated[float, Field(allow_inf_nan=False), AfterValidator(_without_minus_zero)]
Count = Annotated[int, BeforeValidator(_whole), Field(ge=0)]
Texts = Annotated[tuple[Text, ...], Field(strict=False)]
Numbers = dict[Name, Annotated[float, Field(ge=0, allow_inf_nan=False)]]
SignedNumbers = dict[Name, Annotated[float, Field(allow_inf_nan=False)]]

STRICT = ConfigDict(strict=True, extra="forbid")
"""For dataclasses of pydantic: nothing is converted, but whole numbers where a float is asked for."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that makes a problem invalid: where (a row's id, else its place in the JSON), and what to do."""

    id: str
    said: Message

    @property
    def message(self) -> str:
        return str(self.said)


class Faults(list[Fault]):
    """All faults that were found so far."""

    def add(self, id: str, code: str, **params: Any) -> None:
        self.append(Fault(id, notice(code, **params)))

    def extend_with(self, id: str, messages: Iterable[Message]) -> None:
        self.extend(Fault(id, one) for one in messages)


def storable(value: object) -> bool:
    """Whether a value can be written as JSON in UTF-8 again: no NaN, no infinity, no broken character."""
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, TypeError, RecursionError):
        return False
    return True


def encodable(text: str) -> bool:
    """Whether a text can be written as UTF-8."""
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


Shape = TypeVar("Shape")


def fields_of(shape: type[Any]) -> dict[str, FieldInfo]:
    """The fields of a dataclass of pydantic, by name."""
    fields: dict[str, FieldInfo] = shape.__pydantic_fields__
    return fields


def read(shape: type[Shape], value: object, id: str, faults: Faults) -> Shape | None:
    """The dataclass of an object; null counts as absent.

    Where something is wrong, that becomes faults, and the dataclass has what is right: it is good for finding further
    faults only. None where the value is no object at all.
    """
    if not isinstance(value, Mapping):
        faults.add(id, "not_an_object", value=value)
        return None
    own = fields_of(shape)
    if not value.keys() <= own.keys():
        faults.extend_with(id, unknown_fields([name for name in value if name not in own], own))
        value = {name: content for name, content in value.items() if name in own}
    try:
        return shape(**value)
    except ValidationError:
        fields = {name: content for name, content in value.items() if content is not None}
    try:
        return shape(**fields)
    except ValidationError as error:
        errors: list[Any] = list(error.errors(include_url=False))
    found = [said for one in errors if (said := _message(one, own)) is not None]
    right = _right(fields, errors)
    if not found:
        return shape(**right)
    faults.extend_with(id, found)
    return _partial(shape, right, frozenset(fields) - right.keys())


def unknown_fields(names: Iterable[object], known: Collection[str]) -> Iterator[Message]:
    """What to say of fields that nothing knows."""
    for name in names:
        yield notice("unknown_problem_field", value=name, hint=hint(str(name), known))


def _message(error: Mapping[str, Any], fields: Mapping[str, FieldInfo]) -> Message | None:
    """An error of pydantic in our words; None for an optional field that is blank, which counts as absent."""
    name, *rest = error["loc"]
    info = fields[name]
    value = error["input"]
    if error["type"] == "missing":
        return notice("field_missing", field=name)
    if rest:
        return _message_within(error, name, rest, value)
    if error["type"] in ("string_type", "string_pattern_mismatch", "string_unicode", "enum"):
        is_left_out = isinstance(value, str) and not value.strip() and not info.is_required()
        return None if is_left_out else text_fault(name, value, _words(info.annotation))
    codes = {"tuple_type": "field_not_list", "list_type": "field_not_list", "dict_type": "field_not_mapping"}
    code = codes.get(error["type"])
    return number_fault(name, value) if code is None else notice(code, field=name, value=value)


def _words(annotation: object) -> list[str]:
    """The words of an enum."""
    return [*annotation] if isinstance(annotation, type) and issubclass(annotation, StrEnum) else []


def text_fault(name: str, value: object, words: Sequence[str] = ()) -> Message:
    """What is wrong with a value that should be a text, or one of some words."""
    if not isinstance(value, str):
        return notice("field_not_text", field=name, value=value)
    if not value.strip():
        return notice("field_blank", field=name)
    if not encodable(value):
        return notice("field_broken_character", field=name, value=value.encode("utf-8", "backslashreplace").decode())
    return notice("field_unknown_word", field=name, value=value, words=words)


def _message_within(error: Mapping[str, Any], name: str, rest: list[Any], value: object) -> Message:
    """An error within a list of texts or an object of numbers or texts."""
    if rest[-1] == "[key]":
        return notice("field_not_named_by_texts", field=name, value=rest[0])
    if isinstance(rest[0], int) and error["type"].startswith("string"):
        return notice("field_not_texts", field=name, value=value)
    if error["type"].startswith("string"):
        return notice("field_not_text", field=f"{name}.{rest[0]}", value=value)
    return number_fault(f"{name}.{rest[0]}", value)


def number_fault(name: str, value: object) -> Message:
    """What is wrong with a value that should be a number, not negative, or a whole one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return notice("field_not_number", field=name, value=value)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        return notice("field_not_finite", field=name, value=value)
    if number < 0:
        return notice("field_negative", field=name, value=value)
    return notice("field_not_whole", field=name, value=number)


def _right(fields: Mapping[str, Any], errors: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The fields without what is wrong: of an object of numbers only those numbers."""
    right = dict(fields)
    for error in errors:
        name, *rest = error["loc"]
        content = right.get(name)
        if rest and isinstance(content, Mapping):
            right[name] = {key: value for key, value in content.items() if key != rest[0]}
        else:
            right.pop(name, None)
    return {name: tuple(content) if isinstance(content, list) else content for name, content in right.items()}


def _partial(shape: type[Shape], right: Mapping[str, Any], unread: frozenset[str]) -> Shape:
    """A dataclass with what could be read: texts that are missing are blank, everything else None."""
    partial = object.__new__(shape)
    for name, info in fields_of(shape).items():
        missing = None if info.is_required() else info.get_default(call_default_factory=True)
        missing = "" if info.is_required() and info.annotation is str else missing
        object.__setattr__(partial, name, right.get(name, missing))
    object.__setattr__(partial, "unread", unread)
    return partial
