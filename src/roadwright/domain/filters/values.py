"""What a field may be compared with: reading the value of a comparison, and refusing what makes no sense for it."""

from __future__ import annotations

from typing import cast

from roadwright.domain.filters.fields import LISTS, Field, FieldKind
from roadwright.domain.filters.tree import ORDERING, Operator, Value
from roadwright.domain.messages import Message, MessageError
from roadwright.domain.periods import days_of

_WITHOUT_ORDER = LISTS | {FieldKind.BOOLEAN}
_WITHOUT_PARTS = frozenset({FieldKind.NUMBER, FieldKind.BOOLEAN, FieldKind.DATE, FieldKind.MOMENT})
_KINDS = {FieldKind.NUMBER: "kind_number", FieldKind.BOOLEAN: "kind_boolean", FieldKind.DATE: "kind_date"}


def operator_problem(field: Field, operator: Operator) -> Message | None:
    """Why this comparison makes no sense for the field, with those that do; None where it does."""
    if operator is Operator.CONTAINS and field.kind in _WITHOUT_PARTS:
        code = "field_without_parts"
    elif operator in ORDERING and field.kind in _WITHOUT_ORDER:
        code = "field_without_order"
    else:
        return None
    kind = Message(_KINDS.get(field.kind, "kind_other"), params={"kind": str(field.kind)})
    return Message(code, params={"field": field.name, "kind": kind, "operators": accepted_operators(field)})


def accepted_operators(field: Field) -> list[str]:
    """The operators that make sense for a field."""
    return [
        str(operator)
        for operator in Operator
        if not (operator in ORDERING and field.kind in _WITHOUT_ORDER)
        and not (operator is Operator.CONTAINS and field.kind in _WITHOUT_PARTS)
    ]


def read_value(field: Field, operator: Operator, text: str) -> Value:
    """The value that a text means for this field. Raises MessageError for one that it can't be."""
    if not text:
        raise MessageError("empty_filter_value", field=field.name)
    if operator is Operator.CONTAINS and field.kind not in LISTS:
        return text
    try:
        value = field.read(text)
    except MessageError as problem:
        raise MessageError("field_value", field=field.name, why=problem.message) from problem
    if value is None:
        raise MessageError("blank_filter_value", field=field.name)
    if operator in ORDERING and field.kind is FieldKind.PERIOD and days_of(str(value)) is None:
        raise MessageError("period_without_days", field=field.name, value=value)
    return cast("Value", value)
