"""Where the database keeps what a field shows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, func, select
from sqlalchemy.orm import Session

from roadwright.domain.filters import Field
from roadwright.store.models import Initiative, Roadmap, RoadmapEntry


def column(field: Field) -> ColumnElement[Any]:
    """The one value of a field that is no list."""
    found: ColumnElement[Any] = (
        Initiative.metric_chain_json["source"].as_string()
        if field.name == "metric_chain"
        else Initiative.__table__.c[field.name]
    )
    return found


def elements(session: Session, field: Field) -> tuple[ColumnElement[Any], Select[Any]]:
    """The elements of a list field, and the query that has a row for each of an initiative's."""
    if field.name == "roadmaps":
        on_it = select(Roadmap.id).join(RoadmapEntry, RoadmapEntry.roadmap_id == Roadmap.id)
        return Roadmap.roadmap_name.expression, on_it.where(RoadmapEntry.initiative_key == Initiative.initiative_key)
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    rows: FromClause
    if field.name == "kpi_contributions":
        of_object = func.json_each if is_sqlite else func.jsonb_each
        rows = of_object(Initiative.kpi_contribution_json).table_valued("key", "value")
        return rows.c.key, select(rows.c.key)
    of_list = func.json_each if is_sqlite else func.jsonb_array_elements_text
    rows = of_list(Initiative.__table__.c[field.name]).table_valued("value")
    return rows.c.value, select(rows.c.value)
