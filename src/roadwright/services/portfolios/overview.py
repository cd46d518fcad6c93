"""The latest answer of each scenario, side by side: a few figures of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.registry import RegisteredKpi
from roadwright.domain.text import folded
from roadwright.services.portfolios.shown import shows_answer
from roadwright.store.kpis import load_registry
from roadwright.store.models import OptimizationRun, OptimizationScenario


@dataclass(frozen=True)
class ScenarioAnswer:
    """A scenario and its latest answer; the figures are None where it has none.

    ``run_id`` and ``status`` are those of the answer, else of the latest run; ``last_run`` and ``last_status`` those of
    the latest run, which may have found none. ``north_star_gain`` is signed, in the north star's unit.
    """

    scenario_name: str
    run_id: str | None = None
    status: str | None = None
    objective_mode: str | None = None
    objective_value: float | None = None
    north_star_gain: float | None = None
    capacity_used: float | None = None
    capacity_total: float | None = None
    selected_count: int | None = None
    candidates: int | None = None
    targets_met: str | None = None
    finished_at: str | None = None
    summary: str | None = None
    last_run: str | None = None
    last_status: str | None = None

    @property
    def is_answered(self) -> bool:
        return self.selected_count is not None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


_FIGURES = ("objective_value", "capacity_used", "selected_count", "candidates", "targets_met")
_COLUMNS = (
    OptimizationRun.id,
    OptimizationRun.run_id,
    OptimizationRun.scenario_name,
    OptimizationRun.status,
    OptimizationRun.objective_mode,
    OptimizationRun.capacity_total,
    OptimizationRun.finished_at,
    OptimizationRun.summary,
    OptimizationRun.shown_json,
)


def answers_of(session: Session) -> list[ScenarioAnswer]:
    """Every scenario, in the order in which they were made; then those that only runs know any more."""
    latest: dict[str, Any] = {}
    answered: dict[str, Any] = {}
    for run in session.execute(select(*_COLUMNS).order_by(OptimizationRun.id.desc())):
        name = folded(run.scenario_name)
        latest.setdefault(name, run)
        if shows_answer(run.shown_json):
            answered.setdefault(name, run)
    stored = select(OptimizationScenario.scenario_name).order_by(OptimizationScenario.id)
    names = {folded(name): name for name in session.scalars(stored)}
    for name, run in latest.items():
        names.setdefault(name, run.scenario_name)
    registry = load_registry(session)
    north_star = registry.resolve(registry.north_stars[0]) if registry.north_stars else None
    return [_answer(session, name, answered.get(key), latest.get(key), north_star) for key, name in names.items()]


def _answer(session: Session, name: str, answer: Any, latest: Any, north_star: RegisteredKpi | None) -> ScenarioAnswer:
    run = answer or latest
    if run is None:
        return ScenarioAnswer(name)
    shown: Mapping[str, Any] = run.shown_json
    return ScenarioAnswer(
        name,
        run_id=run.run_id,
        status=run.status,
        objective_mode=run.objective_mode,
        north_star_gain=_gain(session, run.id, north_star) if answer is not None and north_star else None,
        capacity_total=run.capacity_total,
        finished_at=run.finished_at,
        summary=run.summary,
        last_run=latest.run_id,
        last_status=latest.status,
        **{figure: shown.get(figure) for figure in _FIGURES},
    )


def _gain(session: Session, number: int, north_star: RegisteredKpi) -> float | None:
    """What a run's portfolio adds; of one that only the workbooks know any more, the sum of what Results says."""
    result = session.scalar(select(OptimizationRun.result_json).where(OptimizationRun.id == number))
    if result is not None:
        gain = (result.get("achieved") or {}).get(north_star.key)
        return None if gain is None else float(gain)
    context = session.scalars(select(OptimizationRun.context_json).where(OptimizationRun.id == number)).one()
    gains = [row.get("north_star_gain") or 0.0 for row in context.get("results", ()) if row.get("selected")]
    return north_star.direction.sign * float(sum(gains)) if gains else None
