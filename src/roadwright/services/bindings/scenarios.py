"""Scenario_Config: what to maximise, for which period, with how much capacity."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.messages import Message
from roadwright.domain.optimization import ObjectiveMode
from roadwright.domain.registry import UnknownKpi
from roadwright.domain.text import folded
from roadwright.services.bindings.periods import warn_of_missing_year
from roadwright.services.rows.binding import Defaults, Edit, Values
from roadwright.services.rows.identity import Identity
from roadwright.services.rows.notes import Notes
from roadwright.sheets.spec import Owner
from roadwright.store.clock import now
from roadwright.store.kpis import load_registry
from roadwright.store.models import OptimizationConstraintSet, OptimizationScenario

_FIELDS = tuple(column.name for column in tabs.SCENARIO_CONFIG.owned(Owner.INPUT))
_WEIGHTS = "objective_weights_json"


class ScenarioBinding(Defaults):
    """Scenarios by name."""

    spec = tabs.SCENARIO_CONFIG

    def __init__(self) -> None:
        self._index: dict[Identity, OptimizationScenario] | None = None

    def rows(self, session: Session) -> dict[Identity, OptimizationScenario]:
        if self._index is None:
            rows = session.scalars(select(OptimizationScenario).order_by(OptimizationScenario.id))
            self._index = {(folded(row.scenario_name),): row for row in rows}
        return self._index

    def load(self, session: Session, identities: Collection[Identity]) -> dict[Identity, dict[str, object]]:
        rows = self.rows(session)
        return {i: {name: getattr(rows[i], name) for name in _FIELDS} for i in identities if i in rows}

    def listed(self, session: Session) -> Sequence[Identity]:
        return list(self.rows(session))

    def validate(self, session: Session, values: Values, notes: Notes) -> None:
        warn_of_missing_year(values.get("period_key"), "period_key", notes)
        mode, weights = values.get("objective_mode"), values.get(_WEIGHTS)
        if mode is None:
            return
        if mode == ObjectiveMode.WEIGHTED_KPIS and not (isinstance(weights, dict) and weights):
            notes.fail("weights_missing", _WEIGHTS)
        elif mode == ObjectiveMode.LEXICOGRAPHIC and not (isinstance(weights, list) and weights):
            notes.fail("order_missing", _WEIGHTS)
        elif mode != ObjectiveMode.NORTH_STAR:
            notes.fail_cell(*_objective_problems(session, weights))
        if mode == ObjectiveMode.NORTH_STAR and weights is not None:
            notes.warn("weights_not_used", _WEIGHTS)

    def save(self, session: Session, edit: Edit) -> None:
        row = self.rows(session).get(edit.identity)
        if row is None:
            row = self.rows(session)[edit.identity] = OptimizationScenario(created_at=now())
            session.add(row)
        elif "scenario_name" in edit.changes:
            _respell(session, str(edit.values["scenario_name"]))
        for name in _FIELDS if edit.is_new else edit.changes:
            setattr(row, name, edit.values.get(name))
        row.updated_at, row.updated_source = edit.row_version, edit.source

    def remember_rows(self, session: Session, places: Mapping[Identity, int]) -> None:
        """Keep in which row of the sheet each scenario stands now; the row names it in a run's answer."""
        for identity, row in self.rows(session).items():
            if identity in places and row.sheet_row != places[identity]:
                row.sheet_row = places[identity]


def _respell(session: Session, name: str) -> None:
    """Let the sets of a scenario name it as it is spelled now."""
    for row in session.scalars(select(OptimizationConstraintSet)):
        if folded(row.scenario_name or "") == folded(name):
            row.scenario_name = name


def _objective_problems(session: Session, weights: Any) -> list[Message]:
    """What is wrong with weights or an order: a weight, or a KPI that can't be maximised."""
    if isinstance(weights, dict):
        bad = [f"{kpi}: {weight}" for kpi, weight in weights.items() if weight < 0]
        if bad or not any(weights.values()):
            code = "weights_below_zero" if bad else "weights_all_zero"
            return [Message(code, column=_WEIGHTS, params={"weights": bad})]
    names = [str(stage["kpi"]) for stage in weights] if isinstance(weights, list) else list(weights)
    registry = load_registry(session)
    problems: list[Message] = []
    seen = set()
    for name in names:
        try:
            key = registry.contributable(name).key
        except UnknownKpi as problem:
            problems.append(problem.message.about(_WEIGHTS))
            continue
        if key in seen:
            problems.append(Message("named_twice", column=_WEIGHTS, params={"name": key}))
        seen.add(key)
    return problems
