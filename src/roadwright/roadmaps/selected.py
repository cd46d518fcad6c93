"""Which entries of a roadmap are chosen: all that stand on it, or those that an optimization of it chose."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.optimization import ANSWERED
from roadwright.domain.roadmaps import STANDS, RoadmapSource
from roadwright.portfolios.runs import is_answered
from roadwright.store.models import OptimizationRun, Roadmap, RoadmapEntry


def latest_run_of(session: Session, roadmap: Roadmap) -> OptimizationRun | None:
    """The newest run with an answer whose candidates were this roadmap's entries."""
    found = session.execute(
        select(OptimizationRun.id, OptimizationRun.roadmap_name)
        .where(OptimizationRun.status.in_(map(str, ANSWERED)), OptimizationRun.roadmap_name.is_not(None))
        .order_by(OptimizationRun.id.desc())
    )
    wanted = roadmap.roadmap_name.casefold()
    mine = (number for number, name in found if name is not None and name.casefold() == wanted)
    return next((run for number in mine if is_answered(run := session.get_one(OptimizationRun, number))), None)


def select_entries(session: Session, roadmap: Roadmap) -> None:
    """Bring ``selected`` of every entry up to date.

    On a roadmap from a filter it is what the latest answered run chose, None for what was no candidate of it. On any
    other roadmap it says whether the entry stands there, None before it was judged.
    """
    chosen = _chosen_by_run(session, roadmap) if roadmap.source == RoadmapSource.FILTER else None
    for entry in roadmap.entry_rows:
        selected = _stands(entry) if chosen is None else chosen.get(entry.initiative_key)
        if chosen is not None and selected and not _stands(entry):
            selected = False
        if entry.selected != selected:
            entry.selected = selected


def _stands(entry: RoadmapEntry) -> bool | None:
    return None if entry.gate_status is None else entry.gate_status in STANDS


def _chosen_by_run(session: Session, roadmap: Roadmap) -> dict[str, bool]:
    """The candidates of the roadmap's latest answer, and whether each was chosen."""
    run = latest_run_of(session, roadmap)
    rows = run.context_json.get("results") or () if run is not None else ()
    return {row["initiative_key"]: bool(row["selected"]) for row in rows}
