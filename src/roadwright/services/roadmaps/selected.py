"""Which entries of a roadmap are chosen: those of the run that it has adopted, or all that stand on it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.errors import InputError
from roadwright.domain.messages import Level, Message
from roadwright.domain.roadmaps import STANDS, RoadmapSource
from roadwright.domain.text import folded
from roadwright.services.portfolios.runs import find_optimization_run, is_answered, run_key
from roadwright.services.portfolios.shown import shows_answer
from roadwright.store.models import OptimizationRun, Roadmap, RoadmapEntry


class NotAdoptable(InputError):
    """A run that a roadmap can't adopt; the message says which ones it can."""


def runs_over(session: Session, roadmap_name: str) -> dict[str, str]:
    """The answered runs whose candidates were this roadmap's entries, newest first: {run: scenario}."""
    found = session.execute(
        select(
            OptimizationRun.run_id,
            OptimizationRun.scenario_name,
            OptimizationRun.roadmap_name,
            OptimizationRun.shown_json,
        )
        .where(OptimizationRun.roadmap_name.is_not(None))
        .order_by(OptimizationRun.id.desc())
    )
    wanted = folded(roadmap_name)
    return {
        run: scenario for run, scenario, name, shown in found if folded(name or "") == wanted and shows_answer(shown)
    }


def listed_runs(runs: Mapping[str, str]) -> Message:
    """``OPT-000003 (Plan), OPT-000001 (What if)``, or that there is none."""
    if not runs:
        return Message("no_runs_to_adopt", Level.OK)
    named = [str(Message("run_of_scenario", Level.OK, params={"run": r, "scenario": s})) for r, s in runs.items()]
    return Message("runs_to_adopt", Level.OK, params={"runs": named})


def adoptable(
    session: Session, text: str, *, roadmap_name: str, source: object = None, source_ref: object = None
) -> OptimizationRun:
    """The run of this key, if the roadmap can adopt it: its own portfolio's, or an answered one over its entries.

    Of a run that was taken over from the sheets nobody knows what its candidates were, so it is believed.
    Raises NotAdoptable.
    """
    run = find_optimization_run(session, text)
    known = listed_runs(runs_over(session, roadmap_name))
    if run is None:
        raise NotAdoptable("adopted_run_unknown", run=text, known=known)
    if not is_answered(run):
        raise NotAdoptable("adopted_run_unanswered", run=run.run_id, status=run.status, known=known)
    is_source = _is_source(run, source, source_ref)
    is_taken_over = run.inputs_snapshot_json is None
    if not (is_source or is_taken_over or folded(run.roadmap_name or "") == folded(roadmap_name)):
        raise NotAdoptable("adopted_run_of_other", run=run.run_id, scenario=run.scenario_name, known=known)
    return run


def _is_source(run: OptimizationRun, source: object, source_ref: object) -> bool:
    """Whether this is the portfolio that a roadmap was made from: all that stands on it is chosen."""
    return source == RoadmapSource.PORTFOLIO and run_key(str(source_ref or "")) == run.run_id


def shows_its_source(roadmap: Roadmap) -> bool:
    """Whether the roadmap has adopted the portfolio that it was made from: then it follows its source."""
    is_portfolio = roadmap.source == RoadmapSource.PORTFOLIO and roadmap.adopted_run is not None
    return is_portfolio and run_key(roadmap.source_ref or "") == roadmap.adopted_run


def adopted_run_of(session: Session, roadmap: Roadmap) -> OptimizationRun | None:
    """The answered run whose choice the roadmap shows."""
    text = roadmap.adopted_run or (roadmap.source_ref if roadmap.source == RoadmapSource.PORTFOLIO else None)
    run = find_optimization_run(session, text) if text else None
    return run if run is not None and is_answered(run) else None


def needs_adoption(session: Session, roadmap: Roadmap) -> None:
    """Raises NotAdoptable where a roadmap from a filter has adopted no run, and there are some to choose from."""
    if roadmap.adopted_run is not None or roadmap.source != RoadmapSource.FILTER:
        return
    if runs := runs_over(session, roadmap.roadmap_name):
        raise NotAdoptable("no_run_adopted", roadmap=roadmap.roadmap_name, known=listed_runs(runs)).about("adopted_run")


def adopt_source(session: Session, roadmap: Roadmap) -> bool:
    """Let a roadmap made from a portfolio adopt that run, unless a run over its own entries was adopted.

    Returns whether that changes it.
    """
    if roadmap.source != RoadmapSource.PORTFOLIO:
        return False
    run = find_optimization_run(session, roadmap.source_ref or "")
    if run is None or roadmap.adopted_run == run.run_id:
        return False
    adopted = find_optimization_run(session, roadmap.adopted_run) if roadmap.adopted_run else None
    if adopted is not None and folded(adopted.roadmap_name or "") == folded(roadmap.roadmap_name):
        return False
    roadmap.adopted_run = run.run_id
    return True


def select_entries(session: Session, roadmap: Roadmap) -> None:
    """Bring ``selected`` of every entry up to date.

    Where a run over the roadmap's entries is adopted, it is what that run chose, None for what was no candidate of it.
    On a roadmap from a filter without one it is None; on any other it says whether the entry stands there, None before
    it was judged.
    """
    run = adopted_run_of(session, roadmap)
    if run is not None and not _is_source(run, roadmap.source, roadmap.source_ref):
        chosen = _chosen_by(run)
        if chosen is None:
            return  # what it chose stood on the sheet only, and was taken from there
    else:
        chosen = {} if roadmap.source == RoadmapSource.FILTER else None
    for entry in roadmap.entry_rows:
        selected = _stands(entry) if chosen is None else chosen.get(entry.initiative_key)
        if chosen is not None and selected and not _stands(entry):
            selected = False
        if entry.selected != selected:
            entry.selected = selected


def _stands(entry: RoadmapEntry) -> bool | None:
    return None if entry.gate_status is None else entry.gate_status in STANDS


def _chosen_by(run: OptimizationRun) -> dict[str, bool] | None:
    """The candidates of a run, and whether each was chosen; None where only its figures were taken over."""
    rows = run.context_json.get("results") or ()
    if not rows and run.inputs_snapshot_json is None:
        return None
    return {row["initiative_key"]: bool(row["selected"]) for row in rows}
