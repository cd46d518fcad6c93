"""Optimization runs: listed, one with all that is kept of it, and its curve."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select

from roadwright.api.problems import Problem
from roadwright.api.routing import problems
from roadwright.api.state import Server, ServerOf
from roadwright.domain.messages import Message
from roadwright.domain.text import folded
from roadwright.services.portfolios.explaining import curve_of
from roadwright.services.portfolios.runs import find_optimization_run, no_such_optimization
from roadwright.services.portfolios.shown import whole_run
from roadwright.store.models import OptimizationRun
from roadwright.sync.run_tabs import rows_for
from roadwright.tabs import RUNS

router = APIRouter(tags=["optimization"])
RunKey = Annotated[str, Path(description="An optimization run.", examples=["OPT-000001"])]


class OptimizationRunLine(BaseModel):
    """A run in a line: the columns of the tab Runs."""

    model_config = ConfigDict(extra="allow")

    run_id: str = Field(examples=["OPT-000001"])
    scenario_name: str
    status: str = Field(examples=["optimal"])
    summary: str | None = None


class OptimizationRunList(BaseModel):
    items: list[OptimizationRunLine]
    next: str | None = Field(description="Send it as `before` for the next ones.")
    total: int


class WholeOptimizationRun(BaseModel):
    """All that is kept of a run. `result` is the Solution."""

    model_config = ConfigDict(extra="allow")

    run_id: str = Field(examples=["OPT-000001"])
    scenario_name: str
    status: str
    snapshot_hash: str | None
    inputs_snapshot: dict[str, Any] | None
    options: dict[str, Any]
    result: dict[str, Any] | None


def _no_such(server: Server, run_id: str) -> Message:
    with server.workspace.store.transaction() as session:
        return no_such_optimization(session, run_id)


@router.get("/optimization-runs", responses=problems(404, 422))
def list_optimization_runs(
    server: ServerOf,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    before: Annotated[str | None, Query(description="Only runs older than this one.")] = None,
    scenario_name: Annotated[str | None, Query(description="Only runs of this scenario.")] = None,
) -> OptimizationRunList:
    """The runs, newest first."""
    with server.workspace.store.transaction() as session:
        rows = rows_for(session, RUNS, None)
        total = session.scalar(select(func.count()).select_from(OptimizationRun)) or 0
    if scenario_name is not None:
        rows = [row for row in rows if folded(str(row["scenario_name"])) == folded(scenario_name)]
        total = len(rows)
    if before is not None:
        place = next((n for n, row in enumerate(rows) if row["run_id"] == before.strip().upper()), None)
        if place is None:
            raise Problem.of(404, _no_such(server, before))
        rows = rows[place + 1 :]
    items = [OptimizationRunLine.model_validate(row) for row in rows[:limit]]
    return OptimizationRunList(items=items, next=items[-1].run_id if len(rows) > limit else None, total=total)


@router.get("/optimization-runs/{run_id}", responses=problems(404))
def show_optimization_run(run_id: RunKey, server: ServerOf) -> WholeOptimizationRun:
    """One run: its exact inputs, how it was solved, and its solution."""
    with server.workspace.store.transaction() as session:
        run = find_optimization_run(session, run_id)
        if run is None:
            raise Problem.of(404, no_such_optimization(session, run_id))
        return WholeOptimizationRun.model_validate(whole_run(run))


@router.get("/optimization-runs/{run_id}/frontier", responses=problems(404, 422))
def show_frontier(run_id: RunKey, server: ServerOf) -> dict[str, Any]:
    """What more tokens would bring: every portfolio that can't be beaten. Made when it is first asked for."""
    found = curve_of(server.workspace.store, run_id)
    if found is None:
        raise Problem.of(404, _no_such(server, run_id))
    return found
