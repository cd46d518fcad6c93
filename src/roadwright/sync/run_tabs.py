"""Runs, Results and Gaps_And_Alerts: what the stored runs show on the tabs that the backend writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.domain.errors import InputError
from roadwright.domain.messages import Message, notice
from roadwright.domain.text import folded, normalised
from roadwright.services.portfolios.shown import shows_answer
from roadwright.sheets.backend import SheetError
from roadwright.sheets.kinds import MINUTE
from roadwright.sheets.spec import TabSpec, header_names
from roadwright.store.models import OptimizationRun
from roadwright.sync.annotations import collect_annotations
from roadwright.sync.context import OpenTab, SyncContext
from roadwright.sync.engine import refuse_to_empty
from roadwright.sync.mirror import MirrorRow, replace_rows
from roadwright.sync.overview import write_overview
from roadwright.sync.reports import TabReport
from roadwright.workspace.workspace import TabPlace, Workspace

RUN_TABS: tuple[TabSpec, ...] = (tabs.RUNS, tabs.RESULTS, tabs.GAPS_AND_ALERTS, tabs.OVERVIEW)


def run_tab_places(workspace: Workspace) -> list[TabPlace]:
    """Where the run tabs lie; without Overview in a workbook from before there was that tab."""
    places = [workspace.place(spec) for spec in RUN_TABS]
    return [place for place in places if not place.spec.optional or is_there(workspace, place)]


def is_there(workspace: Workspace, place: TabPlace) -> bool:
    """Whether the workbook has the tab: one of this name with other columns is a person's own."""
    if place.workbook.is_missing:
        return False
    try:
        workbook = workspace.open(place)
        header = workbook.read(place.tab).rows.get(place.header_row, {}) if place.tab in workbook.tabs() else {}
    except SheetError:
        return False  # whoever reads another tab of the workbook says so
    names = {normalised(str(cell)) for cell in header.values()}
    return all(header_names(place.spec.by_name[column]) & names for column in place.spec.identity)


def without_overview(workspace: Workspace) -> Message | None:
    """What to say of a workbook from before there was the tab Overview; None where the tab is there."""
    place = workspace.place(tabs.OVERVIEW)
    if place.workbook.is_missing or is_there(workspace, place):
        return None
    return notice("overview_missing", workbook=place.book, folder=str(workspace.root))


class UnknownRun(InputError):
    """A run was named that there is not."""


@dataclass(frozen=True)
class _Head:
    """What tells runs apart, and whether there is a portfolio: all there is to know to choose which ones to show."""

    id: int
    run_id: str
    scenario: str
    is_answered: bool


_RUNS_COLUMNS = (
    OptimizationRun.run_id,
    OptimizationRun.scenario_name,
    OptimizationRun.constraint_set_name,
    OptimizationRun.period_key,
    OptimizationRun.status,
    OptimizationRun.objective_mode,
    OptimizationRun.capacity_total,
    OptimizationRun.created_at,
    OptimizationRun.finished_at,
    OptimizationRun.snapshot_hash,
    OptimizationRun.summary,
)


def _runs_rows(session: Session) -> list[dict[str, object]]:
    """Every run, newest first; what is stored of it as a whole is large, and not read for it."""
    found = session.execute(select(OptimizationRun.shown_json, *_RUNS_COLUMNS).order_by(OptimizationRun.id.desc()))
    names = [column.key for column in _RUNS_COLUMNS]
    rows = [{**shown, **dict(zip(names, columns, strict=True))} for shown, *columns in found]
    for row in rows:
        row.update({name: MINUTE.read(row[name]) for name in ("created_at", "finished_at") if row[name] is not None})
    return rows


def _heads(session: Session) -> list[_Head]:
    """Every run, newest first."""
    columns = (OptimizationRun.id, OptimizationRun.run_id, OptimizationRun.scenario_name, OptimizationRun.shown_json)
    found = session.execute(select(*columns).order_by(OptimizationRun.id.desc()))
    return [_Head(number, run_id, folded(name), shows_answer(shown)) for number, run_id, name, shown in found]


def latest_runs(session: Session) -> list[OptimizationRun]:
    """The latest run of each scenario, newest first."""
    return [session.get_one(OptimizationRun, head.id) for head in _latest(_heads(session), None)[1]]


def _latest(heads: Sequence[_Head], only: str | None) -> tuple[list[_Head], list[_Head]]:
    """For each scenario the latest run with an answer and the latest run, or the one that is asked for (``only``)."""
    answered: dict[str, _Head] = {}
    latest: dict[str, _Head] = {}
    if only is not None:
        wanted = next((head for head in heads if head.run_id == only.strip().upper()), None)
        if wanted is None:
            raise UnknownRun("run_not_kept", run=only, latest=[h.run_id for h in heads[:5]] or "none")
        latest[wanted.scenario] = wanted
        if wanted.is_answered:
            answered[wanted.scenario] = wanted
    for head in heads:
        latest.setdefault(head.scenario, head)
        if head.is_answered:
            answered.setdefault(head.scenario, head)
    return list(answered.values()), list(latest.values())


def rows_for(session: Session, spec: TabSpec, only: str | None) -> list[dict[str, object]]:
    """The rows of one of the run tabs. Raises UnknownRun."""
    answered, latest = _latest(_heads(session), only)
    if spec is tabs.RUNS:
        return _runs_rows(session)
    shown, part = (answered, "results") if spec is tabs.RESULTS else (latest, "alerts")
    rows: list[dict[str, object]] = []
    for head in shown:
        context = session.scalars(select(OptimizationRun.context_json).where(OptimizationRun.id == head.id)).one()
        rows += context.get(part, ())
    return rows


def write_run_tab(context: SyncContext, tab: OpenTab, only: str | None = None) -> TabReport:
    """Bring one of the run tabs up to date; people's notes stay with their rows. Raises UnknownRun, ForeignTab."""
    if tab.spec is tabs.OVERVIEW:
        return write_overview(context, tab)
    collect_annotations(context, tab)
    context.session.flush()
    rows = rows_for(context.session, tab.spec, only)
    if not rows and any(row.text("run_id") for row in tab.table.rows) and not _heads(context.session):
        refuse_to_empty(context, tab)
    key = tab.spec.identity[-1] if tab.spec is not tabs.GAPS_AND_ALERTS else "message"
    report = TabReport(tab.place)
    report.rows = replace_rows(context, tab, [MirrorRow(str(row.get(key) or ""), row) for row in rows])
    return report
