"""The values that initiatives have in a field, for completing what is typed into a filter."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import Session

from roadwright.domain.filters import Field, FieldKind
from roadwright.domain.filters.fields import LISTS
from roadwright.domain.text import folded
from roadwright.services.backlog.carried import carried_text
from roadwright.services.backlog.columns import ON_ROADMAP, column
from roadwright.services.backlog.fields import LAST_RUN_PRICE
from roadwright.store.models import Initiative, Roadmap

MOST_LOOKED_AT = 500
_LONGEST = 60
"""Longer texts are sentences, which nobody compares as a whole."""
_WITHOUT = frozenset({FieldKind.NUMBER, FieldKind.MOMENT, FieldKind.BOOLEAN})


def values_in_use(session: Session, field: Field) -> list[str]:
    """The different values of a field, those that most initiatives have first. None are told of numbers and times."""
    if field.kind in _WITHOUT or field.name in (LAST_RUN_PRICE, "score_percentile"):
        return []
    if field.name in ON_ROADMAP:
        names = session.scalars(select(Roadmap.roadmap_name).where(Roadmap.is_declared))
        return sorted(names, key=folded)
    counted = _counted(session, field)
    often = session.execute(counted.order_by(func.count().desc()).limit(MOST_LOOKED_AT))
    return [str(value) for (value, _) in often if value not in (None, "") and len(str(value)) <= _LONGEST]


def _counted(session: Session, field: Field) -> Select[Any]:
    if field.kind in LISTS:
        entries = _entries(session, field)
        rows = select(entries, func.count()).select_from(Initiative.__table__.join(entries.table, true()))
        return rows.where(Initiative.__table__.c[_stored(field)].is_not(None)).group_by(entries)
    stored: ColumnElement[Any] = carried_text(session, field) if field.kind is FieldKind.CARRIED else column(field)
    return select(stored, func.count()).where(stored.is_not(None)).group_by(stored)


def _stored(field: Field) -> str:
    return "kpi_contribution_json" if field.name == "kpi_contributions" else field.name


def _entries(session: Session, field: Field) -> Any:
    """The column of the entries of a list, or of the keys of an object."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    stored = Initiative.__table__.c[_stored(field)]
    if field.name == "kpi_contributions":
        return (func.json_each if is_sqlite else func.jsonb_each)(stored).table_valued("key", "value").c.key
    return (func.json_each if is_sqlite else func.jsonb_array_elements_text)(stored).table_valued("value").c.value
