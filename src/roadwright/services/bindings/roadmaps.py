"""Roadmaps and Gates: what people type about roadmaps, and about what an initiative needs to stand on one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.roadmaps import Gate, GateStatus
from roadwright.domain.text import folded
from roadwright.services.bindings.initiatives import load_initiatives
from roadwright.services.bindings.periods import warn_of_missing_year
from roadwright.services.portfolios.candidates import tokens_of
from roadwright.services.portfolios.runs import run_key
from roadwright.services.roadmaps.content import known_sum
from roadwright.services.roadmaps.gates import GATES, ParameterProblem
from roadwright.services.roadmaps.selected import (
    NotAdoptable,
    adopt_source,
    adoptable,
    select_entries,
    shows_its_source,
)
from roadwright.services.rows.binding import Defaults, Edit, Values
from roadwright.services.rows.identity import Identity
from roadwright.services.rows.notes import Notes
from roadwright.sheets.spec import Owner
from roadwright.store.clock import now
from roadwright.store.models import GatePolicy, OptimizationScenario, Roadmap
from roadwright.store.roadmaps import all_roadmaps, declare_roadmap

_ROADMAP_FIELDS = tuple(column.name for column in tabs.ROADMAPS.owned(Owner.INPUT))
_GATE_FIELDS = tuple(column.name for column in tabs.GATES.owned(Owner.INPUT))


class RoadmapsBinding(Defaults):
    """Roadmaps by name."""

    spec = tabs.ROADMAPS

    def rows(self, session: Session) -> dict[Identity, Roadmap]:
        return {(folded(roadmap.roadmap_name),): roadmap for roadmap in all_roadmaps(session)}

    def load(self, session: Session, identities: Collection[Identity]) -> dict[Identity, dict[str, object]]:
        rows = self.rows(session)
        return {identity: _roadmap_values(session, rows[identity]) for identity in identities if identity in rows}

    def listed(self, session: Session) -> Sequence[Identity]:
        return list(self.rows(session))

    def validate(self, session: Session, values: Values, notes: Notes) -> None:
        warn_of_missing_year(values.get("period_key"), "period_key", notes)
        text = values.get("adopted_run")
        row = self.rows(session).get((folded(str(values.get("roadmap_name") or "")),))
        if text is None or (row is not None and row.adopted_run == text and shows_its_source(row)):
            return
        about = {name: values.get(name) for name in ("source", "source_ref")}
        try:
            adoptable(session, str(text), roadmap_name=str(values.get("roadmap_name") or ""), **about)
        except NotAdoptable as problem:
            notes.add(problem.message.about("adopted_run"))

    def save(self, session: Session, edit: Edit) -> None:
        row = self.rows(session).get(edit.identity)
        if row is not None and "roadmap_name" in edit.changes:
            _respell(session, str(edit.values["roadmap_name"]))
        if row is None:
            row = declare_roadmap(session, str(edit.values["roadmap_name"]))
        follows = "adopted_run" not in edit.changes and shows_its_source(row)
        for name in _ROADMAP_FIELDS if edit.is_new else edit.changes:
            setattr(row, name, edit.values.get(name))
        row.adopted_run = run_key(row.adopted_run) if row.adopted_run and not follows else None
        if follows:
            adopt_source(session, row)
        row.updated_at, row.updated_source = edit.row_version, edit.source
        session.add(row)
        session.flush()
        if edit.is_new or not {"adopted_run", "source", "source_ref"}.isdisjoint(edit.changes):
            select_entries(session, row)


def _respell(session: Session, name: str) -> None:
    """Let the scenarios of a roadmap name it as it is spelled now."""
    for row in session.scalars(select(OptimizationScenario)):
        if folded(row.roadmap_name or "") == folded(name):
            row.roadmap_name = name


def _roadmap_values(session: Session, row: Roadmap) -> dict[str, object]:
    entries = list(row.entry_rows)
    counted = [entry for entry in entries if entry.gate_status != GateStatus.BLOCKED]  # those nobody judged yet, too
    if row.adopted_run is not None:
        counted = [entry for entry in counted if entry.selected]
    initiatives = load_initiatives(session, (entry.initiative_key for entry in counted))
    tokens = [tokens_of(initiative) for initiative in initiatives.values()]
    return {
        **{name: getattr(row, name) for name in _ROADMAP_FIELDS},
        "status": row.status,
        "version": row.version,
        "entries": len(entries),
        "tokens": known_sum(tokens),
    }


class GatesBinding(Defaults):
    """Gates of a policy; saved policy by policy."""

    spec = tabs.GATES

    def __init__(self) -> None:
        self._index: dict[Identity, GatePolicy] | None = None

    def _rows(self, session: Session) -> dict[Identity, GatePolicy]:
        if self._index is None:
            rows = session.scalars(select(GatePolicy).order_by(GatePolicy.id))
            self._index = {(folded(row.gate_policy), folded(row.gate)): row for row in rows}
        return self._index

    def validate(self, session: Session, values: Values, notes: Notes) -> None:  # noqa: ARG002
        rule, parameter = GATES[Gate(str(values["gate"]))], values.get("parameter")
        if not rule.parameter.expects and parameter is not None:
            notes.warn("gate_takes_no_parameter", "parameter", gate=rule.gate, value=parameter)
        try:
            rule.parameter.parse(None if parameter is None else str(parameter))
        except ParameterProblem as problem:
            notes.fail("gate_parameter", "parameter", gate=rule.gate, why=problem.message)

    def load(self, session: Session, identities: Collection[Identity]) -> dict[Identity, dict[str, object]]:
        rows = self._rows(session)
        return {i: {name: getattr(rows[i], name) for name in _GATE_FIELDS} for i in identities if i in rows}

    def listed(self, session: Session) -> Sequence[Identity]:
        return list(self._rows(session))

    def save(self, session: Session, edit: Edit) -> None:
        row = self._rows(session).get(edit.identity)
        if row is None:
            row = self._rows(session)[edit.identity] = GatePolicy(created_at=now())
            session.add(row)
        for name in _GATE_FIELDS:
            setattr(row, name, edit.values.get(name))
        row.updated_at, row.updated_source = edit.row_version, edit.source
        session.flush()

    def remove(self, session: Session, identity: Identity) -> None:
        session.delete(self._rows(session).pop(identity))
