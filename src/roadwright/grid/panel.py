"""All that is known of one initiative, for the panel beside the backlog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.grid.initiatives import whole_initiative
from roadwright.grid.view import statuses
from roadwright.services.rows.notes import level_of
from roadwright.store.models import (
    Initiative,
    OptimizationRun,
    OrganizationMetricsConfig,
    Portfolio,
    PortfolioItem,
    Roadmap,
    RoadmapEntry,
)
from roadwright.sync.conflicts import clashing_columns

_MOST_RUNS = 10
_QUIET = frozenset(
    {
        *("pm.backlog_sync", "pm.refresh_tab", "pm.save_selected", "pm.populate_initiatives"),
        *("pm.populate_candidates", "pm.optimize_write_results"),
    }
)
"""Actions that look at every row: where they changed nothing of it, they are not its history."""


@dataclass(frozen=True)
class Kpi:
    """A KPI that something is contributed to."""

    name: str
    unit: str | None


@dataclass(frozen=True)
class Judged:
    """How one roadmap's gates judged the initiative."""

    roadmap: str
    status: str | None
    failures: Sequence[str]
    waived_by: str | None
    waiver_reason: str | None


@dataclass(frozen=True)
class Chosen:
    """A run that chose it."""

    run_id: str
    scenario: str
    period: str
    tokens: float
    at: str


@dataclass(frozen=True)
class Event:
    """Something that was done to it."""

    action: str
    run_id: str
    requested_by: str
    at: str
    changes: Mapping[str, tuple[object, object]]
    said: str


@dataclass(frozen=True)
class Panel:
    """One initiative."""

    key: str
    values: Mapping[str, object]
    """Its columns, and what `whole_initiative` says beside them."""
    run_status: str
    clashing: Mapping[str, Sequence[str]]
    """The columns in which sheets say something else, by workbook and tab; conflicts with intake are told in its
    ``run_status``."""
    submitted_at: str
    kpis: Mapping[str, Kpi]
    gates: Sequence[Judged]
    runs: Sequence[Chosen]
    history: Sequence[Event]


def panel_of(session: Session, key: str) -> Panel | None:
    """What the panel of an initiative shows; None where there is none of this key."""
    values = whole_initiative(session, key)
    if values is None:
        return None
    found = str(values["initiative_key"])
    return Panel(
        found,
        values,
        statuses(session, [found]).get(found, "OK"),
        clashing_columns(session, found),
        str(session.scalar(select(Initiative.submitted_at).where(Initiative.initiative_key == found))),
        _kpis(session),
        _gates(session, found),
        _runs(session, found),
        _history(values),
    )


def _kpis(session: Session) -> dict[str, Kpi]:
    rows = session.execute(
        select(OrganizationMetricsConfig.kpi_key, OrganizationMetricsConfig.kpi_name, OrganizationMetricsConfig.unit)
    )
    return {key: Kpi(name or key, unit) for key, name, unit in rows}


def _gates(session: Session, key: str) -> list[Judged]:
    pairs = session.execute(
        select(Roadmap.roadmap_name, RoadmapEntry)
        .join(RoadmapEntry, RoadmapEntry.roadmap_id == Roadmap.id)
        .where(RoadmapEntry.initiative_key == key, Roadmap.is_declared)
        .order_by(Roadmap.id.desc())
    )
    return [
        Judged(name, entry.gate_status, entry.gate_failures or [], entry.waived_by, entry.waiver_reason)
        for name, entry in pairs
    ]


def _runs(session: Session, key: str) -> list[Chosen]:
    rows = session.execute(
        select(OptimizationRun, PortfolioItem.allocated_tokens)
        .join(Portfolio, Portfolio.optimization_run_id == OptimizationRun.id)
        .join(PortfolioItem, PortfolioItem.portfolio_id == Portfolio.id)
        .where(PortfolioItem.initiative_key == key)
        .order_by(OptimizationRun.id.desc())
        .limit(_MOST_RUNS)
    )
    return [Chosen(run.run_id, run.scenario_name, run.period_key, tokens, run.created_at) for run, tokens in rows]


def _history(values: Mapping[str, object]) -> list[Event]:
    found = []
    lines = values["history"]
    assert isinstance(lines, list)
    for line in lines:
        changes = {
            name: (pair[0], pair[1])
            for name, pair in line["changes"].items()
            if isinstance(pair, list) and name in _known(str(line["tab"]))
        }
        said = str(line["run_status"] or "")
        if changes or not (line["action"] in _QUIET and level_of(said) == "OK"):
            event = Event(line["action"], line["run_id"], line["requested_by"], line["at"], changes, said)
            found.append(event)
    return found


def _known(tab: str) -> Mapping[str, object]:
    spec = tabs.BY_NAME.get(tab)
    return spec.by_name if spec is not None else tabs.BACKLOG.by_name


def last_change(panel: Panel, column: str) -> Event | None:
    """The event that changed a column last; None where that is not known."""
    return next((event for event in panel.history if column in event.changes), None)
