"""What a tab's cells are read by: the workspace's settings, and what the database knows of keys and names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright.domain.keys import canonical_key
from roadwright.domain.reading.words import letters_and_digits
from roadwright.domain.text import folded
from roadwright.sheets.scope import CONSTRAINT_SET, GATE_POLICY, KPIS, ROADMAP, SCENARIO, Scope
from roadwright.sheets.spec import TabSpec
from roadwright.store.models import (
    GatePolicy,
    Initiative,
    OptimizationConstraintSet,
    OptimizationScenario,
    OrganizationMetricsConfig,
    Roadmap,
)
from roadwright.store.session import Store
from roadwright.workspace.workspace import Workspace

_NAMES = {
    SCENARIO: select(OptimizationScenario.scenario_name).order_by(OptimizationScenario.id),
    CONSTRAINT_SET: select(OptimizationConstraintSet.constraint_set_name).order_by(OptimizationConstraintSet.id),
    ROADMAP: select(Roadmap.roadmap_name).where(Roadmap.is_declared).order_by(Roadmap.id),
    GATE_POLICY: select(GatePolicy.gate_policy).order_by(GatePolicy.id),
}


def scope_of(workspace: Workspace, session: Session, spec: TabSpec) -> Scope:
    """What the cells of a tab are read by; of the database only what its columns ask for."""
    asked = {sort for column in spec.columns for sort in column.kind.asks}
    titles = _Titles(workspace.store)
    return Scope(
        workspace.settings.reading_rules,
        _kpis(session) if KPIS in asked else {},
        titles.title_of,
        titles.key_of,
        {sort: _spellings(session, sort) for sort in sorted(asked - {KPIS})},
    )


def _kpis(session: Session) -> Mapping[str, tuple[str, str | None]]:
    rows = session.execute(
        select(OrganizationMetricsConfig.kpi_key, OrganizationMetricsConfig.unit).order_by(OrganizationMetricsConfig.id)
    )
    return {folded(key): (key, unit) for key, unit in rows}


def _spellings(session: Session, sort: str) -> Mapping[str, str]:
    """By folded name the spelling that was first saved."""
    found: dict[str, str] = {}
    for name in session.scalars(_NAMES[sort]):
        found.setdefault(folded(name), name)
    return found


class _Titles:
    """The titles of initiatives, loaded once a cell holds a key with a title."""

    def __init__(self, store: Store) -> None:
        self._load = cache(lambda: _titles(store))

    def title_of(self, key: str) -> str | None:
        return self._load()[0].get(canonical_key(key) or key)

    def key_of(self, letters: str) -> str | None:
        return self._load()[1].get(letters)


def _titles(store: Store) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The title of each key, and the first key of each title (its letters and digits)."""
    by_key: dict[str, str] = {}
    by_title: dict[str, str] = {}
    with store.transaction() as session:
        for key, title in session.execute(select(Initiative.initiative_key, Initiative.title).order_by(Initiative.id)):
            by_key[key] = title
            by_title.setdefault(letters_and_digits(title), key)
    return by_key, by_title
