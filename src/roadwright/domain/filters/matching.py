"""Whether a row matches a filter, and how values of each kind compare. The database answers by these same rules."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import cast

from roadwright.domain.decimals import rounded
from roadwright.domain.filters.fields import LISTS, Field, FieldKind, Span
from roadwright.domain.filters.tree import (
    ORDERING,
    Comparison,
    Emptiness,
    Every,
    Filter,
    Membership,
    Not,
    Operator,
    Value,
)
from roadwright.domain.keys import canonical_key
from roadwright.domain.periods import days_of, same_period
from roadwright.domain.text import folded


def matches(wanted: Filter, values: Mapping[str, object]) -> bool:
    """Whether the row of these values, by field name, matches."""
    match wanted:
        case Not():
            return not matches(wanted.part, values)
        case Every():
            return all(matches(part, values) for part in wanted.parts)
        case Emptiness():
            return is_empty(_stored(wanted.field, values)) != wanted.negated
        case Comparison():
            return compares(wanted.field, wanted.operator, _stored(wanted.field, values), wanted.value)
        case Membership():
            stored = _stored(wanted.field, values)
            found = any(compares(wanted.field, Operator.EQUAL, stored, value) for value in wanted.values)
            return found != wanted.negated and not is_empty(stored)
        case _:
            return any(matches(part, values) for part in wanted.parts)


def _stored(field: Field, values: Mapping[str, object]) -> object:
    return values.get(field.name) if field.kind is FieldKind.CARRIED else values[field.name]


def is_empty(stored: object) -> bool:
    """No value, an empty text, or a list without entries. 0 and FALSE are values."""
    return stored is None or (isinstance(stored, str | Collection) and len(stored) == 0)


def compares(field: Field, operator: Operator, stored: object, value: Value) -> bool:
    """Whether a stored value stands in this relation to the value of a filter; never where it is empty."""
    if is_empty(stored):
        return False
    if field.kind in LISTS:
        elements = cast("Collection[object]", stored)
        found = any(_equal(field, element, value) for element in elements)
        return found != (operator is Operator.UNEQUAL)
    if field.kind is FieldKind.CARRIED and (operator in ORDERING or operator is Operator.CONTAINS):
        wants_text = operator is Operator.CONTAINS or isinstance(value, str)
        if isinstance(stored, str) != wants_text:
            return False
    if field.kind is FieldKind.PERIOD and operator in ORDERING and days_of(str(stored)) is None:
        return False
    return _RELATIONS[operator](field, stored, value)


def _equal(field: Field, stored: object, value: Value) -> bool:
    match field.kind:
        case FieldKind.TEXT | FieldKind.LIST:
            return folded(str(stored)) == folded(str(value))
        case FieldKind.KEY | FieldKind.KEY_LIST:
            return canonical_key(str(stored)) == value
        case FieldKind.PERIOD:
            return same_period(str(stored), str(value))
        case FieldKind.CARRIED if isinstance(stored, str) or isinstance(value, str):
            both = isinstance(stored, str) and isinstance(value, str)
            return both and folded(str(stored)) == folded(str(value))
        case FieldKind.MOMENT:
            span = cast("Span", value)
            return span.first <= str(stored) < span.after
        case _:
            return _comparable(stored) == _comparable(value)


def _less(field: Field, stored: object, value: Value) -> bool:  # noqa: PLR0911 - one for each kind
    match field.kind:
        case FieldKind.TEXT:
            return folded(str(stored)) < folded(str(value))
        case FieldKind.CARRIED if isinstance(stored, str):
            return folded(stored) < folded(str(value))
        case FieldKind.KEY:
            return key_order(canonical_key(str(stored)) or "") < key_order(str(value))
        case FieldKind.PERIOD:
            return (days_of(str(stored)) or ()) < (days_of(str(value)) or ())
        case FieldKind.MOMENT:
            return str(stored) < cast("Span", value).first
        case FieldKind.CHOICE:
            return stored in words_before(field, value)
        case _:
            return cast("float", _comparable(stored)) < cast("float", _comparable(value))


def _comparable(value: object) -> object:
    """Numbers to the digits that count, everything else as it is."""
    return rounded(value) if isinstance(value, int | float) else value


def _holds(_field: Field, stored: object, value: Value) -> bool:
    return folded(str(value)) in folded(str(stored))


_RELATIONS: Mapping[Operator, Callable[[Field, object, Value], bool]] = {
    Operator.EQUAL: _equal,
    Operator.UNEQUAL: lambda field, stored, value: not _equal(field, stored, value),
    Operator.LESS: _less,
    Operator.AT_MOST: lambda field, stored, value: _less(field, stored, value) or _equal(field, stored, value),
    Operator.GREATER: lambda field, stored, value: not (_less(field, stored, value) or _equal(field, stored, value)),
    Operator.AT_LEAST: lambda field, stored, value: not _less(field, stored, value),
    Operator.CONTAINS: _holds,
}


def key_order(key: str) -> tuple[int, str]:
    """Where a canonical key stands among the others: INIT-1000000 comes after INIT-999999."""
    return len(key), key


def words_before(field: Field, word: Value) -> tuple[str, ...]:
    """The words of a choice that are listed before this one."""
    return field.choices[: field.choices.index(str(word))]
