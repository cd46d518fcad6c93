"""Where the database keeps what a field shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from roadwright.domain.filters import Field
from roadwright.store.models import Initiative, Roadmap, RoadmapEntry

Condition = ColumnElement[bool]


def column(field: Field) -> ColumnElement[Any]:
    """The one value of a field that is no list."""
    found: ColumnElement[Any] = (
        Initiative.metric_chain_json["source"].as_string()
        if field.name == "metric_chain"
        else Initiative.__table__.c[field.name]
    )
    return found


def has_element(session: Session, field: Field, is_wanted: Callable[[ColumnElement[Any]], Condition]) -> Condition:
    """Whether a list field of an initiative has an element of which this is true."""
    if field.name == "roadmaps":
        # ActionRequest for once, not for each initiative: there are many of these, and few roadmaps.
        on_it = select(RoadmapEntry.initiative_key).join(Roadmap, RoadmapEntry.roadmap_id == Roadmap.id)
        return Initiative.initiative_key.in_(
            on_it.where(Roadmap.is_declared, is_wanted(Roadmap.roadmap_name.expression))
        )
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    if field.name == "kpi_contributions":
        of_object = func.json_each if is_sqlite else func.jsonb_each
        keys = of_object(Initiative.kpi_contribution_json).table_valued("key", "value").c.key
        return select(keys).where(is_wanted(keys)).exists()
    of_list = func.json_each if is_sqlite else func.jsonb_array_elements_text
    entries = of_list(Initiative.__table__.c[field.name]).table_valued("value").c.value
    return select(entries).where(is_wanted(entries)).exists()
