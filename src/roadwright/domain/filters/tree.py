"""A filter as a tree: comparisons of fields with values, joined by not, and, or."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from roadwright.domain.filters.fields import Field, Span

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
