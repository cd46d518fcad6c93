"""What the backlog shows of initiatives: their values by column name, and the texts that stand in its cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.filters.fields import LISTS
from roadwright.domain.shown import figure, tidy
from roadwright.domain.text import folded
from roadwright.services.backlog.carried import further_fields
from roadwright.services.backlog.columns import ON_ROADMAP
from roadwright.services.backlog.fields import LAST_RUN_PRICE, ROADMAP_FIELDS, backlog_fields, filter_fields
from roadwright.sheets.kinds import LIST, NUMBER
from roadwright.sheets.kinds.texts import CARRIED
from roadwright.sheets.spec import Kind
from roadwright.store.models import Initiative, LastRunPrice, Roadmap, RoadmapEntry
from roadwright.store.percentiles import score_percentiles
from roadwright.store.queries import ATTRIBUTES, attributes_of, chunks
from roadwright.tabs import BACKLOG
from roadwright.tabs.peoples_intake import CARRIED_PREFIX

Values = dict[str, object]

CONTRIBUTIONS = "kpi_contributions"


def backlog_values(session: Session, initiatives: Collection[Initiative]) -> list[Values]:
    """Each initiative's values by column name: what filters compare, and what is put out.

    Lists are lists, contributions are {KPI key: number}, empty ones are None.
    """
    roadmaps = roadmaps_of(session, [initiative.initiative_key for initiative in initiatives])
    shares = score_percentiles(session) if initiatives else {}
    further = tuple(further_fields(session))
    return [
        _values(initiative, roadmaps.get(initiative.initiative_key), shares.get(initiative.initiative_key), further)
        for initiative in initiatives
    ]


def filter_values(session: Session, initiatives: Collection[Initiative]) -> list[Values]:
    """The same with what roadmaps and runs say of each: everything that a filter may ask for."""
    keys = [initiative.initiative_key for initiative in initiatives]
    decided = {name: roadmaps_of(session, keys, name) for name in ROADMAP_FIELDS}
    prices: dict[str, float | None] = {}
    for part in chunks(keys):
        found = select(LastRunPrice.initiative_key, LastRunPrice.price).where(LastRunPrice.initiative_key.in_(part))
        prices.update((key, price) for key, price in session.execute(found))
    return [
        {
            **values,
            **{name: found.get(key) for name, found in decided.items()},
            LAST_RUN_PRICE: prices.get(key),
        }
        for key, values in zip(keys, backlog_values(session, initiatives), strict=True)
    ]


def _values(initiative: Initiative, roadmaps: list[str] | None, share: float | None, further: Sequence[str]) -> Values:
    # All fields first, so that they stand in the order of the columns.
    values: Values = dict.fromkeys(backlog_fields())
    for name in further:
        is_carried = name.startswith(CARRIED_PREFIX)
        carried = (initiative.carried or {}).get(name.removeprefix(CARRIED_PREFIX)) if is_carried else None
        values[name] = carried if is_carried else getattr(initiative, name)
    values.update(zip(_stored_fields(), attributes_of(initiative, _stored_fields()), strict=True))
    values["metric_chain"] = _chain_source(initiative)
    values[CONTRIBUTIONS] = initiative.kpi_contribution_json or None
    values["roadmaps"] = roadmaps
    values["score_percentile"] = share
    return values


@cache
def _stored_fields() -> tuple[str, ...]:
    """The fields that are attributes of an initiative, as they are."""
    return tuple(name for name in backlog_fields() if name in ATTRIBUTES)


def _chain_source(initiative: Initiative) -> str | None:
    """The primary model's metric chain as it was typed."""
    source = (initiative.metric_chain_json or {}).get("source")
    return str(source) if source else None


def roadmaps_of(session: Session, keys: Collection[str], field: str = "roadmaps") -> Mapping[str, list[str]]:
    """The roadmaps that a field names of each of these initiatives: those that it is on, or is chosen on, …"""
    found: dict[str, list[str]] = {}
    for part in chunks(keys):
        pairs = session.execute(
            select(RoadmapEntry.initiative_key, Roadmap.roadmap_name)
            .join(Roadmap, RoadmapEntry.roadmap_id == Roadmap.id)
            .where(RoadmapEntry.initiative_key.in_(part), Roadmap.is_declared, ON_ROADMAP[field])
        )
        for key, name in pairs:
            found.setdefault(key, []).append(name)
    return {key: sorted(names, key=folded) for key, names in found.items()}


def cell_values(values: Values) -> Values:
    """The values as the Backlog tab's cells hold them: contributions as text."""
    contributions = values[CONTRIBUTIONS]
    assert contributions is None or isinstance(contributions, dict)
    return {**values, CONTRIBUTIONS: contributions_text(contributions)}


def cell_texts(values: Values) -> dict[str, str]:
    """The cells as text, as CSV has them: empty ones are empty, a list is ``a, b``."""
    return {name: _text(name, value) for name, value in cell_values(values).items()}


def _text(name: str, value: object) -> str:
    if value is None:
        return ""
    kind = _kind_of(name)
    shown = kind.show(value)
    return str(shown).upper() if isinstance(shown, bool) else str(shown)


def _kind_of(name: str) -> Kind:
    """The kind of cell that shows a field."""
    if name in BACKLOG.by_name:
        return BACKLOG.by_name[name].kind
    if name in ROADMAP_FIELDS:
        return LIST
    return NUMBER if name == LAST_RUN_PRICE else CARRIED


def json_values(values: Values) -> Values:
    """The values as JSON has them: dates as ISO text, lists and contributions as such, also where they are empty."""
    return {name: _json_value(name, value) for name, value in values.items()}


def _json_value(name: str, value: object) -> object:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float):
        return tidy(value)
    if isinstance(value, dict):
        return {key: tidy(float(number)) for key, number in sorted(value.items())}
    if value is None and name == CONTRIBUTIONS:
        return {}
    is_list = name in filter_fields() and filter_fields()[name].kind in LISTS
    return [] if value is None and is_list else value


def contributions_text(contributions: dict[str, float] | None) -> str | None:
    """Contributions as people read them: ``gmv: 120,000; retention: 0.01``."""
    if not contributions:
        return None
    return "; ".join(f"{kpi}: {figure(float(value))}" for kpi, value in sorted(contributions.items()))
