"""Where the database keeps what a field shows, and which values are in use there, to complete what is typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session

from roadwright.domain.filters import Field, FieldKind
from roadwright.domain.filters.fields import LISTS
from roadwright.domain.roadmaps import STANDS, GateStatus
from roadwright.domain.text import folded
from roadwright.services.backlog.carried import carried_text
from roadwright.services.backlog.fields import LAST_RUN_PRICE
from roadwright.store.models import Initiative, LastRunPrice, Roadmap, RoadmapEntry

Condition = ColumnElement[bool]

_STANDS = RoadmapEntry.gate_status.in_(list(map(str, STANDS)))
_IS_DECIDED = or_(RoadmapEntry.selected.is_not(None), Roadmap.adopted_run.is_not(None))
ON_ROADMAP: Mapping[str, Condition] = {
    "roadmaps": true(),
    "on_roadmap": true(),
    "selected_on": and_(_STANDS, RoadmapEntry.selected.is_(True)),
    "not_selected_on": and_(_STANDS, _IS_DECIDED, RoadmapEntry.selected.is_not(True)),
    "blocked_on": RoadmapEntry.gate_status == str(GateStatus.BLOCKED),
}
"""By field that names roadmaps, the entries that it is about."""


def column(field: Field) -> ColumnElement[Any]:
    """The one value of a field that is no list."""
    if field.name == LAST_RUN_PRICE:
        of_it = LastRunPrice.initiative_key == Initiative.initiative_key
        return select(LastRunPrice.price).where(of_it).correlate(Initiative).scalar_subquery()
    found: ColumnElement[Any] = (
        Initiative.metric_chain_json["source"].as_string()
        if field.name == "metric_chain"
        else Initiative.__table__.c[field.name]
    )
    return found


def has_element(session: Session, field: Field, is_wanted: Callable[[ColumnElement[Any]], Condition]) -> Condition:
    """Whether a list field of an initiative has an element of which this is true."""
    if field.name in ON_ROADMAP:
        # Asked for once, not for each initiative: there are many of these, and few roadmaps.
        on_it = select(RoadmapEntry.initiative_key).join(Roadmap, RoadmapEntry.roadmap_id == Roadmap.id)
        on_it = on_it.where(Roadmap.is_declared, ON_ROADMAP[field.name])
        return Initiative.initiative_key.in_(on_it.where(is_wanted(Roadmap.roadmap_name.expression)))
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    if field.name == "kpi_contributions":
        of_object = func.json_each if is_sqlite else func.jsonb_each
        keys = of_object(Initiative.kpi_contribution_json).table_valued("key", "value").c.key
        return select(keys).where(is_wanted(keys)).exists()
    of_list = func.json_each if is_sqlite else func.jsonb_array_elements_text
    entries = of_list(Initiative.__table__.c[field.name]).table_valued("value").c.value
    return select(entries).where(is_wanted(entries)).exists()


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
