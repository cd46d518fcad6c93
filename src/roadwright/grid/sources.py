"""Where the rows of each tab come from: its binding, or what the backend writes on it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.actions.answering import request_rows
from roadwright.domain.keys import canonical_key
from roadwright.services.backlog.find import column_values
from roadwright.services.bindings.backlog import from_intake
from roadwright.services.bindings.candidates import candidate_rows
from roadwright.services.bindings.initiatives import all_keys, initiative_values
from roadwright.services.portfolios.candidates import ScenarioProblem, constraints_of
from roadwright.services.portfolios.dependencies import dependencies_bind
from roadwright.services.roadmaps.judge import judged_candidates
from roadwright.services.rows.binding import Binding
from roadwright.services.rows.identity import Identity, identity_of
from roadwright.sheets.spec import TabSpec
from roadwright.store.models import OptimizationScenario
from roadwright.store.queries import ATTRIBUTES
from roadwright.sync.run_tabs import RUN_TABS, rows_for
from roadwright.sync.saves import BINDINGS

Values = dict[str, object]

INITIATIVE_TABS = (tabs.BACKLOG, tabs.SCORING_INPUTS, tabs.KPI_CONTRIBUTIONS, tabs.CANDIDATES, tabs.INTAKE)
"""Tabs whose rows are initiatives: a new one enters as an idea."""


def binding_of(spec: TabSpec) -> Binding | None:
    """How the rows of a tab are saved; None where nothing of it is."""
    make = BINDINGS.get(spec.name)
    return None if make is None else make()


def _candidates(session: Session) -> list[Values]:
    """The candidates of every scenario; one that can't tell them has none."""
    rows: list[Values] = []
    for scenario in session.scalars(select(OptimizationScenario).order_by(OptimizationScenario.id)):
        try:
            chosen = judged_candidates(session, scenario, "")
            rules = constraints_of(session, scenario)
        except ScenarioProblem:
            continue
        binds = dependencies_bind(scenario)
        rows += candidate_rows(session, scenario.scenario_name, chosen, rules, with_dependencies=binds)
    return rows


def _intake(session: Session) -> list[Values]:
    found = sorted(from_intake(session), key=lambda initiative: initiative.id)
    return [initiative_values(initiative, tabs.INTAKE) for initiative in found]


_WRITTEN: Mapping[str, Callable[[Session], list[Values]]] = MappingProxyType(
    {tabs.CANDIDATES.name: _candidates, tabs.INTAKE.name: _intake, tabs.REQUESTS.name: request_rows}
)


def _written(session: Session, spec: TabSpec) -> list[Values] | None:
    """The rows of a tab that are worked out as a whole."""
    if spec in RUN_TABS:
        return rows_for(session, spec, None)
    make = _WRITTEN.get(spec.name)
    return None if make is None else make(session)


def stored_rows(
    session: Session, spec: TabSpec, binding: Binding, identities: Collection[Identity]
) -> Mapping[Identity, Values]:
    """What is stored of these rows. Candidates are stored with their initiatives, and whole as they are listed."""
    found = binding.load(session, identities)
    if spec is not tabs.CANDIDATES:
        return found
    listed = Source(session, spec).values(identities)
    return {i: {**row, **listed.get(i, {})} for i, row in found.items() if i in listed or not i[0]}


class Source:
    """The rows of one tab, in their own order. Those of large tabs are loaded only where somebody asks for them."""

    def __init__(self, session: Session, spec: TabSpec) -> None:
        self._session = session
        self.spec = spec
        self.binding = binding_of(spec)
        self._rows: dict[Identity, Values] | None = None
        written = _written(session, spec)
        if written is not None:
            self._rows = {identity_of(spec.identity, row): row for row in written}
            self.identities: Sequence[Identity] = list(self._rows)
        elif spec.identity == ("initiative_key",):
            self.identities = [(key.casefold(),) for key in all_keys(session)]
        else:
            assert self.binding is not None
            self.identities = list(self.binding.listed(session))

    def columns(self, identities: Sequence[Identity], names: Collection[str]) -> Mapping[Identity, Values]:
        """Some columns of these rows: of the backlog without loading all else."""
        if self.spec is not tabs.BACKLOG or not ATTRIBUTES.issuperset(names) or "updated_at" in names:
            return self.values(identities)
        keys = {canonical_key(identity[0]) or "": identity for identity in identities}
        return {keys[key]: row for key, row in column_values(self._session, keys, names).items()}

    def values(self, identities: Iterable[Identity]) -> dict[Identity, Values]:
        """What these rows say, in this order; those that are gone are left out."""
        wanted = list(identities)
        if self._rows is not None:
            return {identity: self._rows[identity] for identity in wanted if identity in self._rows}
        assert self.binding is not None
        found = self.binding.load(self._session, wanted)
        return {identity: found[identity] for identity in wanted if identity in found}
