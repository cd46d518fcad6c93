"""The checks behind `roadwright doctor`: settings, database, disks, workbooks and headers, unfinished runs, solver."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from roadwright import tabs
from roadwright.actions import ledger
from roadwright.domain.machine import free_space, size_in_words
from roadwright.domain.messages import Level, Message, failure, notice
from roadwright.domain.registry import north_star_problem
from roadwright.optimize import parse_problem, solve
from roadwright.services.portfolios.duplicates import promised_duplicates
from roadwright.services.roadmaps.overlap import overlaps
from roadwright.services.rows.notes import level_of
from roadwright.sheets.backend import SheetError
from roadwright.sheets.read import Table
from roadwright.sheets.spec import Owner
from roadwright.store.kpis import load_registry
from roadwright.store.migrations.compare import schema_differences
from roadwright.store.models import Initiative
from roadwright.store.presence import PRIVATE
from roadwright.store.roadmaps import all_roadmaps
from roadwright.store.session import StoreError, needed_space, schema_version, shown_url
from roadwright.sync.engine import WorkbookCache
from roadwright.sync.importing import cannot_be_matched, proposal_for
from roadwright.sync.run_tabs import without_overview
from roadwright.workspace.identity import WrongDatabase
from roadwright.workspace.settings import FILE, SettingsError
from roadwright.workspace.workspace import TabPlace, Workspace, open_workspace

_MOST_PLACES = 20
"""Rows, or neighbouring rows, that are named; the tab itself shows the others."""


@dataclass(frozen=True)
class Finding:
    """One check: what was looked at, what was found, and what to do where it is not well."""

    what: str
    message: Message
    advice: Message | None = None

    @property
    def is_well(self) -> bool:
        return self.message.severity is Level.OK

    def to_json(self) -> dict[str, object]:
        advice = None if self.advice is None else self.advice.to_json()
        return {"what": self.what, "is_well": self.is_well, "found": self.message.to_json(), "advice": advice}


def diagnose(folder: Path) -> Iterator[Finding]:
    """All checks, in the order in which a fault in one would explain the next."""
    private = folder / PRIVATE
    if private.exists() and not private.is_dir():  # a workspace can't be opened with it
        yield from _unusable(private)
        return
    try:
        workspace = open_workspace(folder)
    except SettingsError as error:
        yield Finding(FILE, error.message, notice("advice_correct_settings", folder=str(folder)))
        return
    except WrongDatabase as error:
        yield Finding("database", error.message)
        return
    except StoreError as error:
        yield Finding("database", error.message, notice("advice_check_database"))
        return
    yield Finding(FILE, notice("settings_read", count=len(workspace.settings.intake)))
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
        told = tuple(one.warning() for one in found)
        yield Finding("roadmaps", notice("capacity_promised_twice", count=count, overlaps=told))
    elif count:
        yield Finding("roadmaps", notice("no_capacity_promised_twice", count=count))


def _duplicates(session: Session) -> Iterator[Finding]:
    """Says something only where a duplicate is mandatory or locked."""
    said = promised_duplicates(session)
    if said:
        message = failure("duplicates_promised", count=len(said), said=tuple(said[:_MOST_PLACES]))
        yield Finding("duplicates", message, notice("advice_duplicates"))


def _schema(workspace: Workspace) -> Iterator[Finding]:
    """Says something only where the tables are not those of the models."""
    engine = workspace.store.engine
    found = schema_differences(engine)
    if found:
        where: dict[str, object] = {"database": shown_url(engine.url), "schema": schema_version(engine)}
        message = failure("database_differs", **where, differences=tuple(found))
        yield Finding("database", message, notice("advice_foreign_schema", folder=str(workspace.root)))


def _database(workspace: Workspace) -> Iterator[Finding]:
    engine = workspace.store.engine
    with workspace.store.transaction() as session:
        count = session.scalar(select(func.count()).select_from(Initiative)) or 0
        problem = north_star_problem(load_registry(session).north_stars)
        roadmaps = [*_roadmaps(session), *_duplicates(session)]
    where: dict[str, object] = {"database": shown_url(engine.url), "schema": schema_version(engine)}
    yield Finding("database", notice("database_and_ideas", **where, count=count))
    if count and problem is not None:
        yield Finding("KPI registry", problem, notice("advice_metrics_config"))
    yield from roadmaps
    last = ledger.runs(workspace.store, 1)
    if last and last[0].error == ledger.INTERRUPTED:
        message = failure("last_action_interrupted", run_id=last[0].run_id, action=last[0].action)
        yield Finding("last action", message, notice("advice_run_again"))


def _workbooks(workspace: Workspace) -> Iterator[Finding]:
    cache = WorkbookCache(workspace)
    cache.expect(workspace.places())
    for place in workspace.places():
        if place.workbook.is_missing and place.spec == tabs.REQUESTS:
            continue  # a workspace without requests from sheets is whole
        if place.workbook.is_missing:
            advice = notice("advice_missing_workbook", folder=str(workspace.root))
            yield Finding(place.name, failure("workbook_missing"), advice)
            continue
        try:
            tab = cache.tab(place)
        except SheetError as error:
            missing = without_overview(workspace) if place.spec == tabs.OVERVIEW else None
            yield Finding(place.name, missing or error.message)
            if place.spec == tabs.INTAKE and cannot_be_matched(error):
                proposed = proposal_for(workspace, place)
                if proposed is not None:
                    yield Finding(place.name, proposed)
            continue
        absent = [
            c.name
            for c in tabs.BY_NAME[place.spec.name].columns
            if c.name not in tab.table.columns and c.owner is not Owner.SYSTEM
        ]
        count, code = len(tab.table.rows), "rows_of_tab_without_columns" if absent else "rows_of_tab"
        yield Finding(place.name, notice(code, count=count, columns=tuple(absent)))
        yield from _unsettled_rows(place, tab.table)


def _unsettled_rows(place: TabPlace, table: Table) -> Iterator[Finding]:
    """The rows that their last action left in FAILED or CONFLICT, with their places."""
    for level, advice in ((Level.FAILED, "advice_correct_rows"), (Level.CONFLICT, "advice_settle_conflicts")):
        found = [row for row in table.rows if level_of(row.text("run_status")) is level]
        if not found:
            continue
        numbers = ranges([row.number for row in found])
        shown = (*numbers[:_MOST_PLACES], *(["…"] if len(numbers) > _MOST_PLACES else []))
        first = {"place": place.full_name, "row": found[0].number, "run_status": found[0].text("run_status")}
        message = failure("rows_found", count=len(found), rows=shown)
        yield Finding(f"{place.name}, {level}", message, notice(advice, **first))


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
            yield Finding(str(file), failure("is_read_only"), notice("advice_let_write"))


def _unusable(folder: Path) -> Iterator[Finding]:
    """Says something only where files can't be made in what is, or should be, a folder."""
    if os.path.lexists(folder) and not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        code = "folder_unwritable" if folder.is_dir() else "no_folder"
        yield Finding(str(folder), failure(code), notice("advice_let_make_files"))


def _disks(workspace: Workspace) -> Iterator[Finding]:
    """The free space of each disk that holds a part of the workspace, against what an action may need there."""
    for disk in disks(workspace):
        free, needed = size_in_words(disk.free), size_in_words(disk.needed)
        if disk.free >= disk.needed:
            yield Finding("disk", notice("disk_free", free=free, folder=str(disk.folder)))
        else:
            message = failure("disk_too_full", free=free, folder=str(disk.folder), needed=needed)
            yield Finding("disk", message, notice("advice_free_disk"))


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
        return Finding("solver", notice("solver_answers", solver=solver))
    message = failure("solver_fails", solver=solver, status=str(solution.status))
    return Finding("solver", message, notice("advice_install_again"))


@dataclass(frozen=True)
class Disk:
    """A disk, by a folder of the workspace that lies on it."""

    folder: Path
    free: int
    needed: int


def disks(workspace: Workspace) -> list[Disk]:
    """Each disk once. A workbook needs its size again, because the new one is written beside it; so does the log of a
    SQLite database."""
    needs: dict[Path, int] = {workspace.root: 0}
    for path in workspace.workbook_files():
        with suppress(OSError):
            needs[path.parent] = max(needs.get(path.parent, 0), path.stat().st_size)
    url = workspace.store.engine.url
    if url.get_backend_name() == "sqlite":
        file = Path(str(url.database))
        needs[file.parent] = needs.get(file.parent, 0) + needed_space(file)
    found: dict[int, Disk] = {}
    for folder, needed in needs.items():
        free = free_space(folder)
        with suppress(OSError):
            device = folder.stat().st_dev
            if free is not None:
                before = found.get(device)
                found[device] = Disk(
                    before.folder if before else folder, free, needed + (before.needed if before else 0)
                )
    return list(found.values())
