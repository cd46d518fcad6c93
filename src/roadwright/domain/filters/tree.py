"""A filter as a tree: comparisons of fields with values, joined by not, and, or; and the tree as text again."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from roadwright.domain.filters.fields import Field, Span
from roadwright.domain.filters.grammar import KEYWORDS

Value: TypeAlias = str | float | bool | dt.date | Span
"""What a field is compared with, as its kind reads it."""


class Operator(StrEnum):
    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="
    CONTAINS = "contains"


ORDERING = frozenset({Operator.LESS, Operator.AT_MOST, Operator.GREATER, Operator.AT_LEAST})


@dataclass(frozen=True)
class Comparison:
    """``field operator value``; false where the field is empty."""

    field: Field
    operator: Operator
    value: Value


@dataclass(frozen=True)
class Membership:
    """``field in (…)``, or ``field not in (…)``: a value, but none of these. Both are false where it is empty."""

    field: Field
    values: tuple[Value, ...]
    negated: bool = False


@dataclass(frozen=True)
class Emptiness:
    """``field is empty``, or ``field is not empty``."""

    field: Field
    negated: bool = False


@dataclass(frozen=True)
class Not:
    part: Filter


@dataclass(frozen=True)
class Every:
    """All of two or more parts, joined by ``and``."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True)
class Some:
    """At least one of two or more parts, joined by ``or``."""

    parts: tuple[Filter, ...]


Filter: TypeAlias = Comparison | Membership | Emptiness | Not | Every | Some


def without_last(wanted: Filter) -> Filter | None:
    """The filter without the condition that was typed last; None where it is the only one."""
    if isinstance(wanted, Not):
        rest = without_last(wanted.part)
        return None if rest is None else Not(rest)
    if not isinstance(wanted, Every | Some):
        return None
    last = without_last(wanted.parts[-1])
    parts = (*wanted.parts[:-1], *(() if last is None else (last,)))
    return parts[0] if len(parts) == 1 else type(wanted)(parts)


_EXACT = 1e15
"""Below it, a whole number's digits say exactly what it is."""
_PLAIN = re.compile(r"[\w.%+@:/&-]+")


def filter_text(wanted: Filter) -> str:
    """The filter as people write it, with no more brackets than it needs."""
    match wanted:
        case Comparison():
            return f"{wanted.field.name} {wanted.operator} {value_text(wanted.value)}"
        case Membership():
            members = ", ".join(value_text(value) for value in wanted.values)
            return f"{wanted.field.name} {'not in' if wanted.negated else 'in'} ({members})"
        case Emptiness():
            return f"{wanted.field.name} {'is not empty' if wanted.negated else 'is empty'}"
        case Not():
            return f"not {_bracketed(wanted.part)}"
        case Every():
            return " and ".join(_bracketed(part) for part in wanted.parts)
        case _:
            return " or ".join(
                _bracketed(part) if not isinstance(part, Every) else filter_text(part) for part in wanted.parts
            )


def _bracketed(part: Filter) -> str:
    return f"({filter_text(part)})" if isinstance(part, Every | Some) else filter_text(part)


def value_text(value: Value) -> str:
    """A value as it is written in a filter: in quotes where it has to be."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | int):
        return repr(int(value)) if float(value).is_integer() and abs(value) < _EXACT else repr(float(value))
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Span):
        return value.text
    if _PLAIN.fullmatch(value) and value.casefold() not in KEYWORDS:
        return value
    return f"'{value.replace(chr(39), chr(39) * 2)}'"
