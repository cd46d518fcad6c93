"""Runs, Results and Gaps_And_Alerts: what the stored runs show on the tabs that the backend writes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.portfolios.runs import is_answered
from roadwright.sheets.spec import TabSpec
from roadwright.store.models import OptimizationRun
from roadwright.sync.mirror import MirrorRow, replace_rows
from roadwright.sync.outcome import RowReport, TabReport
from roadwright.sync.own_words import collect_own_words
from roadwright.sync.statuses import Level
from roadwright.sync.work import OpenTab, Pass

RUN_TABS: tuple[TabSpec, ...] = (tabs.RUNS, tabs.RESULTS, tabs.GAPS_AND_ALERTS)


class UnknownRun(Exception):
    """A run was named that there is not."""


def _last_stage(value: Any) -> float | None:
    """The objective's value; of several stages the last one's."""
    if isinstance(value, list):
        return float(value[-1]["final"]) if value and value[-1].get("final") is not None else None
    return None if value is None else float(value)


def _run_row(run: OptimizationRun) -> dict[str, object]:
    result: dict[str, Any] = run.result_json or {}
    targets = result.get("targets") or []
    answered = bool(run.context_json.get("results"))
    gap = result.get("gap")
    solver = result.get("solver") or {}
    return {
        "run_id": run.run_id,
        "scenario_name": run.scenario_name,
        "constraint_set_name": run.constraint_set_name,
        "period_key": run.period_key,
        "status": run.status,
        "objective_mode": run.objective_mode,
        "candidates": len(run.context_json.get("candidates") or []),
        "selected_count": len(result.get("selected") or []) if answered else None,
        "capacity_total": run.capacity_total,
        "capacity_used": result.get("tokens_used") if answered else None,
        "objective_value": _last_stage(result.get("objective_value")),
        "bound": result.get("bound"),
        "gap_percent": None if gap is None else gap * 100,
        "targets_met": f"{sum(bool(t['met']) for t in targets)} of {len(targets)}" if answered and targets else None,
        "created_at": run.created_at,
        "finished_at": run.finished_at,
        "solve_seconds": result.get("seconds"),
        "solver": f"{solver.get('name')} {solver.get('version')}" if solver else None,
        "snapshot_hash": run.snapshot_hash,
        "summary": run.summary,
    }


def all_runs(session: Session) -> list[OptimizationRun]:
    """Every run, newest first."""
    return list(session.scalars(select(OptimizationRun).order_by(OptimizationRun.id.desc())))


def latest_runs(session: Session) -> list[OptimizationRun]:
    """The latest run of each scenario, newest first."""
    return _latest(all_runs(session), None)[1]


def _latest(runs: Sequence[OptimizationRun], only: str | None) -> tuple[list[OptimizationRun], list[OptimizationRun]]:
    """For each scenario the latest run with an answer and the latest run, or the one that is asked for (``only``)."""
    answered: dict[str, OptimizationRun] = {}
    latest: dict[str, OptimizationRun] = {}
    if only is not None:
        wanted = next((run for run in runs if run.run_id == only.strip().upper()), None)
        if wanted is None:
            raise UnknownRun(
                f"there is no run {only}; the latest are {', '.join(r.run_id for r in runs[:5]) or 'none'}"
            )
        name = wanted.scenario_name.casefold()
        latest[name] = wanted
        if is_answered(wanted):
            answered[name] = wanted
    for run in runs:
        name = run.scenario_name.casefold()
        latest.setdefault(name, run)
        if is_answered(run):
            answered.setdefault(name, run)
    return list(answered.values()), list(latest.values())


def rows_for(session: Session, spec: TabSpec, only: str | None) -> list[dict[str, object]]:
    """The rows of one of the run tabs. Raises UnknownRun."""
    runs = all_runs(session)
    answered, latest = _latest(runs, only)
    if spec is tabs.RUNS:
        return [_run_row(run) for run in runs]
    if spec is tabs.RESULTS:
        return [row for run in answered for row in run.context_json.get("results", ())]
    return [row for run in latest for row in run.context_json.get("alerts", ())]


def write_run_tab(work: Pass, tab: OpenTab, only: str | None = None) -> TabReport:
    """Bring one of the run tabs up to date; people's notes stay with their rows. Raises UnknownRun."""
    collect_own_words(work, tab)
    work.session.flush()
    rows = rows_for(work.session, tab.spec, only)
    replace_rows(work, tab, [MirrorRow(row) for row in rows])
    report = TabReport(tab.place)
    first = tab.table.header_row + 1
    key = tab.spec.identity[-1] if tab.spec is not tabs.GAPS_AND_ALERTS else "message"
    report.rows = [
        RowReport(tab.place.name, first + offset, str(row.get(key) or ""), "OK", Level.OK)
        for offset, row in enumerate(rows)
    ]
    return report
