"""The checks behind `roadwright doctor`: settings, database, workbooks and their headers, unfinished runs, solver."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.actions import ledger
from roadwright.domain.disk import size_in_words
from roadwright.domain.messages import Level
from roadwright.domain.registry import north_star_problem
from roadwright.optimize import parse_problem, solve
from roadwright.services.roadmaps.overlap import overlaps
from roadwright.services.rows.notes import level_of
from roadwright.sheets.backend import SheetError
from roadwright.sheets.read import Table
from roadwright.sheets.spec import Owner
from roadwright.store.migrations.compare import schema_differences
from roadwright.store.models import Initiative
from roadwright.store.presence import PRIVATE
from roadwright.store.registry import load_registry
from roadwright.store.roadmaps import all_roadmaps
from roadwright.store.session import StoreError, schema_version, shown_url
from roadwright.sync.engine import WorkbookCache
from roadwright.sync.importing import cannot_be_matched, proposal_for
from roadwright.workspace.identity import WrongDatabase
from roadwright.workspace.settings import FILE, SettingsError
from roadwright.workspace.space import rooms
from roadwright.workspace.workspace import TabPlace, Workspace, open_workspace

_MOST_PLACES = 20
"""Rows, or neighbouring rows, that are named; the tab itself shows the others."""


@dataclass(frozen=True)
class Finding:
    """One check: what was looked at, what was found, and what to do where it is not well."""

    what: str
    found: str
    is_well: bool = True
    advice: str | None = None


def diagnose(folder: Path) -> Iterator[Finding]:
    """All checks, in the order in which a fault in one would explain the next."""
    private = folder / PRIVATE
    if private.exists() and not private.is_dir():  # a workspace can't be opened with it
        yield from _unusable(private)
        return
    try:
        workspace = open_workspace(folder)
    except SettingsError as error:
        yield Finding(
            FILE, str(error), is_well=False, advice=f"correct it, or make a workspace: roadwright init {folder}"
        )
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
        yield from _access(workspace)
        yield from _disks(workspace)
        if not schema:
            yield from _workbooks(workspace)
    finally:
        workspace.close()
    yield _solver()


def _roadmaps(session: Session) -> Iterator[Finding]:
    count = len(all_roadmaps(session))
    found = overlaps(session)
    if found:
        told = "; ".join(str(one.warning()) for one in found)
        yield Finding("roadmaps", f"{count:,}, with capacity that is promised twice: {told}")
    elif count:
        yield Finding("roadmaps", f"{count:,}, no capacity is promised twice")


def _schema(workspace: Workspace) -> Iterator[Finding]:
    """Says something only where the tables are not those of the models."""
    engine = workspace.store.engine
    found = schema_differences(engine)
    if found:
        yield Finding(
            "database",
            f"{shown_url(engine.url)}, schema {schema_version(engine)}, but {'; '.join(map(str, found))}",
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
            str(problem),
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
    cache = WorkbookCache(workspace)
    for place in workspace.places():
        if place.workbook.is_missing:
            yield Finding(
                place.name,
                "the workbook is missing",
                is_well=False,
                advice=f"bring it back, or make an empty one: roadwright init {workspace.root}",
            )
            continue
        try:
            tab = cache.tab(place)
        except SheetError as error:
            proposed = (
                proposal_for(workspace, place) if place.spec == tabs.INTAKE and cannot_be_matched(error) else None
            )
            yield Finding(place.name, str(error), is_well=False, advice=str(proposed) if proposed else None)
            continue
        absent = [
            c.name
            for c in tabs.BY_NAME[place.spec.name].columns
            if c.name not in tab.table.columns and c.owner is not Owner.SYSTEM
        ]
        rows = f"{len(tab.table.rows):,} rows"
        yield Finding(place.name, rows + (f"; without the columns {', '.join(absent)}" if absent else ""))
        yield from _unsettled_rows(place, tab.table)


def _unsettled_rows(place: TabPlace, table: Table) -> Iterator[Finding]:
    """The rows that their last action left in FAILED or CONFLICT, with their places."""
    for level, advice in (
        (Level.FAILED, "correct them as their run_status says, and run the action again"),
        (Level.CONFLICT, "decide which value is right: pm.save_selected with --option on_conflict=sheet or database"),
    ):
        found = [row for row in table.rows if level_of(row.text("run_status")) is level]
        if not found:
            continue
        numbers = ranges([row.number for row in found])
        shown = ", ".join(numbers[:_MOST_PLACES]) + (", …" if len(numbers) > _MOST_PLACES else "")
        count = f"{len(found):,} row{'' if len(found) == 1 else 's'}"
        first = f"{place.full_name} row {found[0].number}: {found[0].text('run_status')}"
        yield Finding(f"{place.name}, {level}", f"{count} ({shown})", is_well=False, advice=f"{advice}. {first}")


def ranges(numbers: Sequence[int]) -> list[str]:
    """Row numbers in ascending order as a person writes them: ``7``, ``9-12``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ["-".join(map(str, run)) for run in runs]


def _access(workspace: Workspace) -> Iterator[Finding]:
    """Folders and files that an action could not write."""
    files = set(workspace.workbook_files())
    folders = {workspace.root, workspace.private, *(file.parent for file in files)}
    for folder in sorted(folders):
        yield from _unusable(folder)
    url = workspace.store.engine.url
    if url.get_backend_name() == "sqlite":
        files.add(Path(str(url.database)))
    for file in sorted(files):
        if file.is_file() and os.access(file, os.R_OK) and not os.access(file, os.W_OK):
            yield Finding(str(file), "is read-only", is_well=False, advice="allow writing to the file")


def _unusable(folder: Path) -> Iterator[Finding]:
    """Says something only where files can't be made in what is, or should be, a folder."""
    if os.path.lexists(folder) and not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        what = "the folder can't be written" if folder.is_dir() else "is no folder"
        yield Finding(str(folder), what, is_well=False, advice="let Roadwright make files in there")


def _disks(workspace: Workspace) -> Iterator[Finding]:
    """The free space of each disk that holds a part of the workspace, against what an action may need there."""
    for room in rooms(workspace):
        free, needed = size_in_words(room.free), size_in_words(room.needed)
        if room.free >= room.needed:
            yield Finding("disk", f"{free} free in {room.folder}")
        else:
            yield Finding(
                "disk",
                f"only {free} free in {room.folder}; an action may need {needed}",
                is_well=False,
                advice="make room on this disk, or move the workspace to another one",
            )


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
