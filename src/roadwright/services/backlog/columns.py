"""Where the database keeps what a field shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from roadwright.domain.filters import Field
from roadwright.domain.roadmaps import STANDS, GateStatus
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
