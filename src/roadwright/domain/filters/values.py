"""What a field may be compared with: reading the value of a comparison, and refusing what makes no sense for it."""

from __future__ import annotations

from typing import cast

from roadwright.domain.filters.fields import LISTS, Field, FieldKind
from roadwright.domain.filters.tree import ORDERING, Operator, Value
from roadwright.domain.messages import MessageError
from roadwright.domain.periods import days_of
from roadwright.domain.registry import nearest

_WITHOUT_ORDER = LISTS | {FieldKind.BOOLEAN}
_WITHOUT_PARTS = frozenset({FieldKind.NUMBER, FieldKind.BOOLEAN, FieldKind.DATE, FieldKind.MOMENT})
_ARTICLE = {FieldKind.NUMBER: "a number", FieldKind.BOOLEAN: "TRUE or FALSE", FieldKind.DATE: "a date"}


def operator_problem(field: Field, operator: Operator) -> str | None:
    """Why this comparison makes no sense for the field, with those that do; None where it does."""
    is_a = _ARTICLE.get(field.kind, f"a {field.kind}")
    if operator is Operator.CONTAINS and field.kind in _WITHOUT_PARTS:
        return f"{field.name} is {is_a}, which contains nothing; compare it with {_accepted(field)}"
    if operator in ORDERING and field.kind in _WITHOUT_ORDER:
        return f"{field.name} is {is_a}, which has no order; compare it with {_accepted(field)}"
    return None


def _accepted(field: Field) -> str:
    operators = [
        str(operator)
        for operator in Operator
        if not (operator in ORDERING and field.kind in _WITHOUT_ORDER)
        and not (operator is Operator.CONTAINS and field.kind in _WITHOUT_PARTS)
    ]
    return f"{', '.join(operators)}, in (…) or is empty"


def read_value(field: Field, operator: Operator, text: str) -> Value:
    """The value that a text means for this field. Raises MessageError for one that it can't be."""
    if not text:
        raise MessageError(f"an empty text is no value; to find rows without one, write {field.name} is empty")
    if operator is Operator.CONTAINS and field.kind not in LISTS:
        return text
    try:
        value = field.read(text)
    except MessageError as problem:
        raise MessageError(f"{field.name}: {problem}{nearest(text, field.choices)}") from problem
    if value is None:
        raise MessageError(f"a blank text is no value; to find rows without one, write {field.name} is empty")
    if operator in ORDERING and field.kind is FieldKind.PERIOD and days_of(str(value)) is None:
        raise MessageError(
            f'{field.name}: "{value}" names no days, so nothing is before or after it; expected a period such as '
            "2026-Q2, 2026-H1, 2026-05 or 2026"
        )
    return cast("Value", value)
