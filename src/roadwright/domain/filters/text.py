"""A filter as text: reading it again gives the same filter."""

from __future__ import annotations

import datetime as dt
import re

from roadwright.domain.filters.fields import Span
from roadwright.domain.filters.grammar import KEYWORDS
from roadwright.domain.filters.tree import Comparison, Emptiness, Every, Filter, Membership, Not, Some, Value

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
