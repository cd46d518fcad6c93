"""Initiatives as programs read them: the backlog by page, and one with everything that belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.keys import canonical_key
from roadwright.grid.listing import page_of
from roadwright.grid.sources import Source
from roadwright.services.backlog import backlog_values, json_values
from roadwright.services.bindings.initiatives import load_initiatives
from roadwright.sheets.merge import plain
from roadwright.store.models import (
    ActionRun,
    Initiative,
    InitiativeMathModel,
    InitiativeParam,
    InitiativeScore,
    Roadmap,
    RoadmapEntry,
)

_HISTORY = 100


@dataclass(frozen=True)
class InitiativePage:
    items: Sequence[dict[str, object]]
    next: str | None
    total: int


def list_initiatives(
    session: Session, *, wanted: str | None, sort: str | None, limit: int, cursor: str | None
) -> InitiativePage:
    """A page of the backlog. Raises FilterError and ListingProblem."""
    part = page_of(session, Source(session, tabs.BACKLOG), wanted=wanted, sort=sort, limit=limit, cursor=cursor)
    keys = [canonical_key(identity[0]) or "" for identity in part.identities]
    found = load_initiatives(session, keys)
    rows = backlog_values(session, [found[key] for key in keys if key in found])
    return InitiativePage([json_values(row) for row in rows], part.next, part.total)


def whole_initiative(session: Session, typed: str) -> dict[str, object] | None:
    """One initiative; None where there is none of this key."""
    key = canonical_key(typed)
    initiative = None if key is None else load_initiatives(session, [key]).get(key)
    if initiative is None:
        return None
    [values] = backlog_values(session, [initiative])
    return {
        **json_values(values),
        "scores": _scores(session, initiative),
        "models": _models(session, initiative),
        "contributions": {
            "kpi_contribution_json": initiative.kpi_contribution_json or {},
            "kpi_contribution_computed_json": initiative.kpi_contribution_computed_json or {},
            "kpi_contribution_source": initiative.kpi_contribution_source,
            "notes": initiative.kpi_contribution_notes,
        },
        "roadmaps": _roadmaps(session, initiative),
        "history": _history(session, initiative),
    }


def _shown(row: object, *without: str) -> dict[str, object]:
    columns = row.__table__.columns  # type: ignore[attr-defined]
    return {c.name: plain(getattr(row, c.name)) for c in columns if c.name not in ("id", "initiative_id", *without)}


def _scores(session: Session, initiative: Initiative) -> list[dict[str, object]]:
    found = select(InitiativeScore).where(InitiativeScore.initiative_id == initiative.id).order_by(InitiativeScore.id)
    return [_shown(score) for score in session.scalars(found)]


def _models(session: Session, initiative: Initiative) -> list[dict[str, object]]:
    models = select(InitiativeMathModel).where(InitiativeMathModel.initiative_id == initiative.id)
    params = list(session.scalars(select(InitiativeParam).where(InitiativeParam.initiative_id == initiative.id)))
    return [
        {**_shown(model), "params": [_shown(param) for param in params if param.model_name == model.model_name]}
        for model in session.scalars(models.order_by(InitiativeMathModel.id))
    ]


def _roadmaps(session: Session, initiative: Initiative) -> list[dict[str, object]]:
    pairs = session.execute(
        select(Roadmap, RoadmapEntry)
        .join(RoadmapEntry, RoadmapEntry.roadmap_id == Roadmap.id)
        .where(RoadmapEntry.initiative_key == initiative.initiative_key)
        .order_by(Roadmap.id)
    )
    return [
        {
            "roadmap_name": roadmap.roadmap_name,
            "status": roadmap.status,
            "gate_status": entry.gate_status,
            "selected": entry.selected,
            "waived_by": entry.waived_by,
        }
        for roadmap, entry in pairs
    ]


def _history(session: Session, initiative: Initiative) -> list[dict[str, object]]:
    """The runs that say something of it, newest first."""
    key = initiative.initiative_key
    runs = select(ActionRun).where(cast(ActionRun.rows_json, String).contains(f'"{key}"'))
    found = []
    for run in session.scalars(runs.order_by(ActionRun.id.desc()).limit(_HISTORY)):
        for row in run.rows_json or ():
            if row.get("key") == key:
                said = {"tab": row.get("tab"), "run_status": row.get("run_status"), "changes": row.get("changes") or {}}
                by = {"action": run.action, "requested_by": run.requested_by, "at": run.finished_at or run.created_at}
                found.append({"run_id": run.run_id, **by, **said})
    return found
