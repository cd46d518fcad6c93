"""Which entries of a roadmap are chosen: all that stand on it, or those that an optimization of it chose."""

from __future__ import annotations

from sqlalchemy.orm import Session

from roadwright.domain.roadmaps import STANDS, RoadmapSource
from roadwright.services.portfolios.runs import latest_answer_on
from roadwright.store.models import OptimizationRun, Roadmap, RoadmapEntry


def latest_run_of(session: Session, roadmap: Roadmap) -> OptimizationRun | None:
    """The newest run with an answer whose candidates were this roadmap's entries."""
    return latest_answer_on(session, roadmap.roadmap_name)


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
