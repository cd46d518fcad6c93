"""A filter as a condition of SQL, true for exactly the initiatives that match it in Python, on both databases.

Every condition is true or false, never unknown: a comparison with an empty field is false, so that its ``not`` is true.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, func, not_, or_, select, true
from sqlalchemy.orm import Session

from roadwright.domain.decimals import rounded
from roadwright.domain.filters import Comparison, Emptiness, Every, Field, FieldKind, Filter, Membership, Not, Operator
from roadwright.domain.filters.fields import LISTS, Span
from roadwright.domain.filters.matching import compares, key_order, matches, words_before
from roadwright.domain.filters.tree import Value
from roadwright.domain.keys import INITIATIVE, parse_key
from roadwright.domain.text import folded
from roadwright.services.backlog.carried import carried_number, carried_text
from roadwright.services.backlog.columns import Condition, column, has_element
from roadwright.services.backlog.folding import ByCodePoints, Folded, Position, Rounded
from roadwright.store.percentiles import where_percentile

_TEXTS = frozenset({FieldKind.TEXT, FieldKind.CHOICE, FieldKind.KEY, FieldKind.PERIOD, FieldKind.MOMENT})
PERCENTILE = "score_percentile"
"""The field that is worked out from what all others say; Python judges it."""
_MOST_DIGITS = 12
"""As many as a key is read with."""


def condition(session: Session, wanted: Filter) -> Condition:
    """The condition on initiatives that a filter is, for the session's database."""
    if isinstance(wanted, Comparison | Emptiness | Membership) and wanted.field.name == PERCENTILE:
        return _of_percentile(session, wanted)
    return _by_parts(session, wanted)


def _of_percentile(session: Session, wanted: Filter) -> Condition:
    """The condition on a field that the database does not keep, for it follows from the scores of all."""
    found = where_percentile(session, lambda share: matches(wanted, {PERCENTILE: share}))
    if not matches(wanted, {PERCENTILE: None}):
        return found
    return or_(found, not_(where_percentile(session, lambda _: True)))


def _by_parts(session: Session, wanted: Filter) -> Condition:
    match wanted:
        case Not():
            return not_(condition(session, wanted.part))
        case Every():
            return and_(*(condition(session, part) for part in wanted.parts))
        case Emptiness():
            has_value = _has_value(session, wanted.field)
            return has_value if wanted.negated else not_(has_value)
        case Comparison():
            return and_(_has_value(session, wanted.field), _compares(session, wanted))
        case Membership():
            found = _is_one_of(session, wanted.field, wanted.values)
            return and_(_has_value(session, wanted.field), not_(found) if wanted.negated else found)
        case _:
            return or_(*(condition(session, part) for part in wanted.parts))


def _has_value(session: Session, field: Field) -> Condition:
    if field.kind in LISTS:
        return has_element(session, field, lambda _: true())
    if field.kind is FieldKind.CARRIED:
        text = func.coalesce(carried_text(session, field), "")
        return or_(carried_number(session, field).is_not(None), text != "")
    stored = column(field)
    return and_(stored.is_not(None), stored != "") if field.kind in _TEXTS else stored.is_not(None)


def _compares(session: Session, wanted: Comparison) -> Condition:  # noqa: PLR0911 - one for each kind
    """The comparison with a field that has a value."""
    field, operator, value = wanted.field, wanted.operator, wanted.value
    if field.kind is FieldKind.CARRIED:
        return _compares_carried(session, field, operator, value)
    if field.kind in LISTS:
        found = _is_one_of(session, field, (value,))
        return not_(found) if operator is Operator.UNEQUAL else found
    if operator is Operator.CONTAINS:
        part = folded(str(value))
        return Position(Folded(column(field), frozenset(part)), part) > 0
    if operator is Operator.EQUAL:
        return _is_one_of(session, field, (value,))
    if operator is Operator.UNEQUAL:
        return not_(_is_one_of(session, field, (value,)))
    if field.kind is FieldKind.PERIOD:
        return _is_one_of_periods(session, field, lambda stored: compares(field, operator, stored, value))
    less, equal = _less(field, value), _is_one_of(session, field, (value,))
    return _ORDERED[operator](less, equal)


def _compares_carried(session: Session, field: Field, operator: Operator, value: Value) -> Condition:
    """Texts compare with texts, numbers with numbers; neither with the other."""
    if operator is Operator.UNEQUAL:
        return not_(_compares_carried(session, field, Operator.EQUAL, value))
    if operator is Operator.CONTAINS:
        part = folded(str(value))
        held = carried_text(session, field)
        return and_(held.is_not(None), Position(Folded(held, frozenset(part)), part) > 0)
    if isinstance(value, str):
        stored, equal = carried_text(session, field), _is_text(carried_text(session, field), (value,))
        less = Folded(stored) < folded(value)
    else:
        stored = carried_number(session, field)
        number = rounded(cast("float", value))
        less, equal = Rounded(stored) < number, Rounded(stored) == number
    found = equal if operator is Operator.EQUAL else _ORDERED[operator](less, equal)
    return and_(stored.is_not(None), found)


_ORDERED: Mapping[Operator, Callable[[Condition, Condition], Condition]] = {
    Operator.LESS: lambda less, _: less,
    Operator.AT_MOST: or_,
    Operator.GREATER: lambda less, equal: not_(or_(less, equal)),
    Operator.AT_LEAST: lambda less, _: not_(less),
}


def _is_one_of(session: Session, field: Field, values: Sequence[Value]) -> Condition:  # noqa: PLR0911 - by kind
    """Whether a field that has a value equals one of these, or a list has one of them."""
    if field.kind in LISTS:
        is_wanted = _is_key if field.kind is FieldKind.KEY_LIST else _is_text
        return has_element(session, field, lambda element: is_wanted(element, values))
    if field.kind is FieldKind.CARRIED:
        return or_(*(_compares_carried(session, field, Operator.EQUAL, value) for value in values))
    stored, wanted = column(field), list(values)
    if field.kind is FieldKind.NUMBER:
        stored, wanted = Rounded(stored), [rounded(cast("float", value)) for value in values]
    match field.kind:
        case FieldKind.TEXT:
            return _is_text(stored, values)
        case FieldKind.PERIOD:
            return _is_one_of_periods(
                session, field, lambda key: any(compares(field, Operator.EQUAL, key, value) for value in values)
            )
        case FieldKind.MOMENT:
            moment, spans = ByCodePoints(stored), cast("Sequence[Span]", values)
            return or_(*(and_(moment >= span.first, moment < span.after) for span in spans))
        case FieldKind.BOOLEAN:
            return or_(*(stored.is_(value) for value in values))
        case _:
            return stored.in_(wanted)


def _is_key(stored: ColumnElement[Any], keys: Sequence[Value]) -> Condition:
    """Whether a text that a person typed is one of these keys, as ``canonical_key`` reads it."""
    spellings = [spelling for key in keys for spelling in _spellings(str(key))]
    return Folded(stored, frozenset("".join(spellings))).in_(spellings)


def _is_text(stored: ColumnElement[Any], values: Sequence[Value]) -> Condition:
    wanted = [folded(str(value)) for value in values]
    return Folded(stored, frozenset("".join(wanted))).in_(wanted)


def _spellings(key: str) -> list[str]:
    """Every way to write a canonical key, folded: with leading zeros or without."""
    digits = str(parse_key(INITIATIVE, key))
    return [f"{folded(INITIATIVE)}-{digits.zfill(width)}" for width in range(len(digits), _MOST_DIGITS + 1)]


def _is_one_of_periods(session: Session, field: Field, judge: Callable[[str], bool]) -> Condition:
    """What days a period names is Python's to say: it judges the keys that are there, of which there are few."""
    stored = column(field)
    there = session.scalars(select(stored).where(stored.is_not(None)).distinct())
    return stored.in_([key for key in there if judge(key)])


def _less(field: Field, value: Value) -> Condition:
    """Whether a field that has a value stands before this one."""
    stored = column(field)
    match field.kind:
        case FieldKind.TEXT:
            return Folded(stored) < folded(str(value))
        case FieldKind.KEY:
            length, text = key_order(str(value))
            return or_(func.length(stored) < length, and_(func.length(stored) == length, ByCodePoints(stored) < text))
        case FieldKind.MOMENT:
            return ByCodePoints(stored) < cast("Span", value).first
        case FieldKind.CHOICE:
            return stored.in_(words_before(field, value))
        case FieldKind.NUMBER:
            return Rounded(stored) < rounded(cast("float", value))
        case _:
            return stored < value
