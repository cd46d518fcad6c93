"""The checks behind `roadwright doctor`: settings, database, workbooks and their headers, unfinished runs, solver."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from roadwright.actions import ledger
from roadwright.domain.registry import north_star_problem
from roadwright.optimize import parse_problem, solve
from roadwright.roadmaps.overlap import overlaps
from roadwright.sheets.backend import SheetError
from roadwright.sheets.spec import Owner
from roadwright.store.models import Initiative
from roadwright.store.registry import load_registry
from roadwright.store.roadmaps import all_roadmaps
from roadwright.store.session import StoreError, schema_version, shown_url
from roadwright.sync.engine import Desk
from roadwright.workspace.identity import WrongDatabase
from roadwright.workspace.settings import FILE, SettingsError
from roadwright.workspace.workspace import Workspace, open_workspace


@dataclass(frozen=True)
class Finding:
    """One check: what was looked at, what was found, and what to do where it is not well."""

    what: str
    found: str
    is_well: bool = True
    advice: str | None = None


def examine(folder: Path) -> Iterator[Finding]:
    """All checks, in the order in which a fault in one would explain the next."""
    try:
        workspace = open_workspace(folder)
    except SettingsError as error:
        yield Finding(FILE, str(error), is_well=False, advice=f"mend it, or make a workspace: roadwright init {folder}")
        return
    except WrongDatabase as error:
        yield Finding("database", str(error), is_well=False)
        return
    except StoreError as error:
        yield Finding("database", str(error), is_well=False, advice="check database_url, and that the database answers")
        return
    yield Finding(FILE, f"read; {len(workspace.settings.intake)} intake workbook(s)")
    try:
        schema = list(_schema(workspace))
        yield from schema
        if not schema:  # else asking it anything may fail
            yield from _database(workspace)
            yield from _workbooks(workspace)
    finally:
        workspace.close()
    yield _solver()


def _roadmaps(session: Session) -> Iterator[Finding]:
    count = len(all_roadmaps(session))
    found = overlaps(session)
    if found:
        told = "; ".join(one.words() for one in found)
        yield Finding("roadmaps", f"{count:,}, with capacity that is promised twice: {told}")
    elif count:
        yield Finding("roadmaps", f"{count:,}, no capacity is promised twice")


def _schema(workspace: Workspace) -> Iterator[Finding]:
    """Says something only where the tables are not those of the models."""
    from roadwright.store.migrations.compare import schema_differences

    engine = workspace.store.engine
    found = schema_differences(engine)
    if found:
        yield Finding(
            "database",
            f"{shown_url(engine.url)}, schema {schema_version(engine)}, but {'; '.join(found)}",
            is_well=False,
            advice=(
                "it was changed by other means than Roadwright; go back to a backup (roadwright restore FILE.zip -w "
                "NEWDIR), or name a new database in database_url and take over what the workbooks hold (roadwright "
                f"rebuild -w {workspace.root})"
            ),
        )


def _database(workspace: Workspace) -> Iterator[Finding]:
    engine = workspace.store.engine
    with workspace.store.transaction() as session:
        count = session.scalar(select(func.count()).select_from(Initiative)) or 0
        problem = north_star_problem(load_registry(session).north_stars)
        roadmaps = list(_roadmaps(session))
    yield Finding("database", f"{shown_url(engine.url)}, schema {schema_version(engine)}, {count:,} initiatives")
    if count and problem is not None:
        yield Finding(
            "KPI registry",
            problem,
            is_well=False,
            advice="fill in Metrics_Config and run pm.save_selected --tab Metrics_Config",
        )
    yield from roadmaps
    last = ledger.runs(workspace.store, 1)
    if last and last[0].error == ledger.INTERRUPTED:
        yield Finding(
            "last action",
            f"{last[0].run_id} {last[0].action} was interrupted",
            is_well=False,
            advice="run it again; that is safe",
        )


def _workbooks(workspace: Workspace) -> Iterator[Finding]:
    desk = Desk(workspace)
    for place in workspace.places():
        if not os.path.lexists(place.workbook):
            yield Finding(
                place.name,
                "the workbook is missing",
                is_well=False,
                advice=f"bring it back, or make an empty one: roadwright init {workspace.root}",
            )
            continue
        try:
            tab = desk.tab(place)
        except SheetError as error:
            yield Finding(place.name, str(error), is_well=False)
            continue
        absent = [c.name for c in place.spec.columns if c.name not in tab.table.columns and c.owner is not Owner.SYSTEM]
        rows = f"{len(tab.table.rows):,} rows"
        yield Finding(place.name, rows + (f"; without the columns {', '.join(absent)}" if absent else ""))


def _solver() -> Finding:
    problem = parse_problem(
        {
            "candidates": [{"key": "A", "tokens": 1, "contributions": {"k": 1}}],
            "kpis": [{"key": "k", "level": "north_star"}],
            "capacity": 1,
            "objective": {"mode": "north_star"},
        }
    )
    solution = solve(problem)
    solver = f"{solution.solver.get('name')} {solution.solver.get('version')}"
    if solution.selected == ["A"]:
        return Finding("solver", f"{solver} answers")
    return Finding("solver", f"{solver} gave {solution.status}", is_well=False, advice="install Roadwright again")
