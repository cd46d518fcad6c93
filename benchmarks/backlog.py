"""A backlog of 10,000 rows saved and synced, 10,000 initiatives scored, against calamine and XlsxWriter.

All figures are processor seconds, which hold on a busy machine. The peer reads the same workbook with calamine and
writes it anew with XlsxWriter: no merge, no database, no status.
"""

from __future__ import annotations

import datetime as dt
import random
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import python_calamine
import xlsxwriter

from roadwright import tabs
from roadwright.actions.runner import run_action
from roadwright.actions.submit import ActionRequest
from roadwright.domain.garbage import rare_collections
from roadwright.services.bindings.backlog import BacklogBinding
from roadwright.services.bindings.initiatives import all_initiatives
from roadwright.services.scoring.compute import compute_scores
from roadwright.sheets.backend import TabEdit
from roadwright.sheets.read import read_table
from roadwright.sheets.values import CellValue
from roadwright.workspace.create import create_workspace
from roadwright.workspace.workspace import Workspace, open_workspace

ROWS = 10_000
INTAKE_BOOKS, INTAKE_ROWS = 5, 2_000
FILLED: Mapping[str, Callable[[int], CellValue]] = {
    **{
        name: lambda row, name=name: f"{name} {row % 97}"  # type: ignore[misc]
        for name in (
            "requesting_team",
            "product_area",
            "customer_segment",
            "initiative_type",
            "category",
            "program_key",
            "hypothesis",
            "dependencies_others",
        )
    },
    "risk_level": lambda row: ("low", "medium", "high")[row % 3],
    "scope_mode": lambda _: "custom",
    "engineering_tokens_mvp": lambda row: row % 50,
    "engineering_tokens_full": lambda row: row % 500,
    "dependencies_initiatives": lambda row: f"INIT-{row % 1000 + 1:06}",
    "earliest_start_date": lambda row: dt.date(2026, 1, 1) + dt.timedelta(days=row % 90),
    "deadline_date": lambda row: dt.date(2026, 6, 1) + dt.timedelta(days=row % 200),
    "use_math_model": lambda _: False,
    "is_optimization_candidate": lambda row: row % 2 == 0,
    "candidate_period_key": lambda _: "2026-Q2",
}
"""What stands in the columns that nobody edits while the clock runs."""  # fmt: skip


def _silent(message: str, done: int | None = None, total: int | None = None) -> None:
    """No progress while the clock runs."""


def _run(workspace: Workspace, action: str, *, tab: str | None = None) -> float:
    began = time.process_time()
    outcome = run_action(workspace, ActionRequest(action, tab), requested_by="benchmark", report=_silent)
    assert outcome.exit_code == 0, outcome.error
    return time.process_time() - began


def _type(
    workspace: Workspace, tab: str, column: str, value: Callable[[int], CellValue], rows: int | None = None
) -> None:
    """Type into one column of every row, or of the first ones."""
    place = workspace.find(tab)
    workbook = workspace.open(place)
    table = read_table(workbook.read(place.tab), place.spec, tab=place.tab)
    edits = {(row.number, table.columns[column]): value(row.number) for row in table.rows[:rows]}
    workbook.write([TabEdit(place.tab, 1, edits)])


def _peer(path: Path, tab: str) -> tuple[float, float]:
    """Seconds of calamine's read and of XlsxWriter's write of the same content."""
    began = time.process_time()
    content = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_name(tab).to_python()
    read = time.process_time() - began
    began = time.process_time()
    with xlsxwriter.Workbook(path.with_name("peer.part")) as book:
        sheet = book.add_worksheet(tab)
        for number, row in enumerate(content):
            sheet.write_row(number, 0, [str(cell) if cell != "" else None for cell in row])
    return read, time.process_time() - began


def _read(workspace: Workspace) -> float:
    """Seconds of reading the Backlog tab."""
    began = time.process_time()
    workspace.open(workspace.place(tabs.BACKLOG)).read("Backlog")
    return time.process_time() - began


def _load(workspace: Workspace) -> float:
    """Seconds of loading what the Backlog tab shows."""
    binding = BacklogBinding()
    with workspace.store.transaction() as session:
        began = time.process_time()
        loaded = binding.load(session, binding.listed(session))
        assert len(loaded) == ROWS
        return time.process_time() - began


def _intake(folder: Path) -> str:
    settings = ""
    for number in range(INTAKE_BOOKS):
        name = f"Team_{number}.xlsx"
        with xlsxwriter.Workbook(folder / name) as book:
            sheet = book.add_worksheet("Ideas")
            columns = ("title", "brief_description", "department", "country", "problem_statement", "requester_name")
            sheet.write_row(0, 0, columns)
            for row in range(1, INTAKE_ROWS + 1):
                sheet.write_row(row, 0, [f"{column} {number} {row}" for column in columns])
        settings += f'[[intake]]\nworkbook = "{name}"\ntabs = ["Ideas"]\n\n'
    return settings


def _compute(workspace: Workspace, count: int) -> float:
    """Seconds of computing so many initiatives anew, without sheets."""
    with workspace.store.transaction() as session:
        chosen = all_initiatives(session)[:count]
        for initiative in chosen:
            initiative.rice_reach = (initiative.rice_reach or 0) + 1
        began = time.process_time()
        compute_scores(session, chosen, "benchmark")
        return time.process_time() - began


def main() -> None:
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "roadwright.toml").write_text(_intake(folder), encoding="utf-8")
        create_workspace(folder)
        workspace = open_workspace(folder)
        path = folder / "Central_Backlog.xlsx"
        first = _run(workspace, "pm.backlog_sync")
        for column, value in FILLED.items():
            _type(workspace, "Backlog", column, value)
        _run(workspace, "pm.save_selected", tab="Backlog")
        for column in ("engineering_tokens", "effort_engineering_days", "strategic_priority_coefficient"):
            _type(workspace, "Backlog", column, lambda _: chance.randint(1, 200))
        _type(workspace, "Backlog", "active_scoring_framework", lambda _: "RICE")
        read, written = _peer(path, "Backlog")
        save = _run(workspace, "pm.save_selected", tab="Backlog")
        nothing = _run(workspace, "pm.save_selected", tab="Backlog")
        _type(workspace, "Backlog", "title", lambda row: f"title {row}", rows=10)
        few = _run(workspace, "pm.save_selected", tab="Backlog")
        with rare_collections():  # as in an action
            bare, loaded = _read(workspace), _load(workspace)
        again = _run(workspace, "pm.backlog_sync")
        quiet = _run(workspace, "pm.backlog_sync")
        peer = read + written
        print(f"{INTAKE_BOOKS} intake workbooks of {INTAKE_ROWS:,} rows: first sync {first:.2f} s, one after edits on "
              f"all rows of the Backlog {again:.2f} s, one with nothing new {quiet:.2f} s")  # fmt: skip
        print(f"Backlog of {ROWS:,} rows x {len(tabs.BACKLOG.columns)} columns: calamine read {read:.2f} s, XlsxWriter "
              f"write {written:.2f} s, together {peer:.2f} s")  # fmt: skip
        print(f"our read, merge of {4 * ROWS:,} edits, database and write {save:.2f} s: ratio {save / peer:.2f}")
        print(f"our save with nothing to write {nothing:.2f} s, bare read of the tab {bare:.2f} s: ratio "
              f"{nothing / bare:.2f}; bare load of the {ROWS:,} initiatives {loaded:.2f} s")  # fmt: skip
        print(f"our save of 10 edited rows {few:.2f} s")
        _run(workspace, "pm.populate_initiatives")
        for column in ("rice_reach", "rice_effort", "wsjf_job_size"):
            _type(workspace, "Scoring_Inputs", column, lambda _: chance.randint(1, 999))
        for column in ("rice_impact", "wsjf_business_value", "wsjf_time_criticality", "wsjf_risk_reduction"):
            _type(workspace, "Scoring_Inputs", column, lambda _: chance.randint(0, 3))
        _type(workspace, "Scoring_Inputs", "rice_confidence", lambda _: 0.8)
        score = _run(workspace, "pm.score_selected")
        print(f"{ROWS:,} initiatives saved, scored in three frameworks, activated and written back {score:.2f} s")
        for count in (ROWS // 4, ROWS // 2, ROWS):
            print(f"  scores of {count:,} initiatives computed in {_compute(workspace, count):.2f} s")
        workspace.close()
