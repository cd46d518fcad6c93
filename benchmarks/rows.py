"""Every action at growing numbers of rows, each as a command of its own: seconds per 1,000 rows, and peak memory.

Where an action takes time linear in the rows, its seconds per 1,000 rows stay the same from column to column. The
start of the program, about the same for every command, is measured apart and taken off. openpyxl reads the intake
workbook in the same run, as a measure of the machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import xlsxwriter

from benchmarks import tables
from benchmarks.timing import timed
from roadwright.sheets.backend import TabEdit
from roadwright.sheets.read import read_table
from roadwright.sheets.values import CellValue
from roadwright.tabs.intake import INTAKE
from roadwright.workspace.create import create_workspace
from roadwright.workspace.workspace import open_workspace

SIZES = (1_000, 10_000, 50_000)
LARGEST = 100_000
"""Rows of an intake tab for which its first and second sync have to work."""
BAR = 240
"""Processor seconds that the first sync of so many rows may take."""
COLUMNS = 42
_PERIOD = "2026-Q2"
_INTAKE_BOOK, _INTAKE_TAB = "Ideas.xlsx", "Ideas"
_TYPED = [column.name for column in INTAKE.columns if column.name in {
    "title", "brief_description", "department", "requesting_team", "requester_name", "country", "product_area",
    "problem_statement",
}]  # fmt: skip
_DEPARTMENTS = ("Growth", "Trust", "Payments", "Logistics", "Sellers")


@dataclass(frozen=True)
class Used:
    """What one command took."""

    seconds: float
    megabytes: float


@dataclass(frozen=True)
class Step:
    """A command, and what people type before it: by tab and column a value for each row (numbered from 1)."""

    name: str
    command: tuple[str, ...]
    typed: Mapping[str, Mapping[str, Callable[[int], CellValue]]] | None = None
    new_rows: Mapping[str, Mapping[str, CellValue]] | None = None
    """By tab a row to type below the others."""


def _action(name: str, *more: str) -> tuple[str, ...]:
    return ("run", f"pm.{name}", *more)


_ROADMAP: Mapping[str, CellValue] = {
    "roadmap_name": "Plan",
    "period_key": _PERIOD,
    "source": "filter",
    "source_ref": "is_optimization_candidate = TRUE",
}
_SCENARIO: Mapping[str, CellValue] = {
    "scenario_name": "Year",
    "period_key": _PERIOD,
    "capacity_total_tokens": 10_000,
    "objective_mode": "north_star",
}
STEPS = (
    Step("first sync", _action("backlog_sync")),
    Step("sync with nothing new", _action("backlog_sync")),
    Step(
        "save the Backlog, 5 edits a row",
        _action("save_selected", "--tab", "Backlog"),
        typed={
            "Backlog": {
                "engineering_tokens": lambda row: row % 90 + 1,
                "is_optimization_candidate": lambda _: True,
                "candidate_period_key": lambda _: _PERIOD,
                "risk_level": lambda row: ("low", "medium", "high")[row % 3],
                "active_scoring_framework": lambda _: "RICE",
            }
        },
    ),
    Step("sync after edits", _action("backlog_sync")),
    Step(
        "save a KPI",
        _action("save_selected", "--tab", "Metrics_Config"),
        new_rows={"Metrics_Config": {"kpi_key": "gmv", "kpi_name": "Merchandise", "kpi_level": "north_star"}},
    ),
    Step("populate_initiatives", _action("populate_initiatives")),
    Step(
        "score_selected",
        _action("score_selected"),
        typed={
            "Scoring_Inputs": {
                "rice_reach": lambda row: row % 999,
                "rice_impact": lambda row: row % 4,
                "rice_confidence": lambda _: 0.8,
                "rice_effort": lambda row: row % 50 + 1,
            },
            "KPI_Contributions": {"kpi_contribution_json": lambda row: f"gmv: {row * 7919 % 5000 + 1}"},
        },
    ),
    Step("switch_framework", _action("switch_framework")),
    Step("populate_candidates", _action("populate_candidates"), new_rows={"Scenario_Config": _SCENARIO}),
    Step("roadmap_create", _action("roadmap_create"), new_rows={"Roadmaps": _ROADMAP}),
    Step("roadmap_check_gates", _action("roadmap_check_gates")),
    Step("to review", _action("roadmap_set_status", "-o", "roadmap_name=Plan", "-o", "status=in_review", "-o", "by=A")),
    Step("approve", _action("roadmap_set_status", "-o", "roadmap_name=Plan", "-o", "status=approved", "-o", "by=A")),
    Step("roadmap_publish", _action("roadmap_publish", "-o", "roadmap_name=Plan", "-o", "by=A")),
    Step("optimize, 30 s", _action("optimize_run_all_candidates", "-o", "time_limit=30", "-o", "explain_seconds=5")),
    Step("optimize_write_results", _action("optimize_write_results")),
    Step("refresh the Backlog", _action("refresh_tab", "--tab", "Backlog")),
    Step("backlog --filter", ("backlog", "--filter", "country = C7 and overall_score >= 1")),
    Step("backlog --format csv", ("backlog", "--format", "csv")),
    Step("compare", ("compare", "Plan", "Plan@1")),
    Step("drift", ("drift", "Plan")),
    Step("doctor", ("doctor",)),
)


def make_intake(path: Path, rows: int) -> None:
    """An intake workbook with the columns that we know and as many more that are the team's own."""
    own = [f"team column {number}" for number in range(COLUMNS - len(_TYPED))]
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet(_INTAKE_TAB)
        sheet.write_row(0, 0, [*_TYPED, *own])
        for row in range(1, rows + 1):
            said = [f"{name} {row if name == 'title' else row % 97}" for name in _TYPED]
            said[_TYPED.index("department")] = _DEPARTMENTS[row % len(_DEPARTMENTS)]
            said[_TYPED.index("country")] = f"C{row % 12}"
            sheet.write_row(row, 0, [*said, *(row * number for number in range(len(own)))])


def make_workspace(folder: Path, rows: int) -> None:
    settings = f'[[intake]]\nworkbook = "{_INTAKE_BOOK}"\ntabs = ["{_INTAKE_TAB}"]\n'
    (folder / "roadwright.toml").write_text(settings, encoding="utf-8")
    make_intake(folder / _INTAKE_BOOK, rows)
    create_workspace(folder)


def type_for(folder: Path, step: Step) -> None:
    """Type what people type before a step."""
    workspace = open_workspace(folder)
    for name in {**(step.typed or {}), **(step.new_rows or {})}:
        place = workspace.find(name)
        workbook = workspace.open(place)
        table = read_table(workbook.read(place.tab), place.spec, tab=place.tab)
        columns = (step.typed or {}).get(name, {})
        cells = {
            (row.number, table.columns[column]): value(order)
            for order, row in enumerate(table.rows, start=1)
            for column, value in columns.items()
        }
        new = {table.columns[column]: value for column, value in (step.new_rows or {}).get(name, {}).items()}
        workbook.write([TabEdit(place.tab, 1, cells, [new] if new else [], table.last_data_row)])
    workspace.close()


def run_command(arguments: tuple[str, ...], folder: Path) -> Used:
    """Run one command in a process of its own, and tell what it used, its own worker included."""
    program = str(Path(sys.executable).with_name("roadwright"))
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen([program, *arguments, "-w", str(folder)], stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        assert process.returncode == 0, (arguments, said.read().decode())
    return Used(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _run_steps(rows: int, steps: Sequence[Step]) -> tuple[dict[str, Used], float]:
    """What each step used at so many rows, less the start of the program; and openpyxl's seconds for the intake."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_workspace(folder, rows)
        _, peer = timed(lambda: _read_with_openpyxl(folder / _INTAKE_BOOK))
        start = run_command(("backlog",), folder).seconds
        found: dict[str, Used] = {}
        for step in steps:
            if step.typed or step.new_rows:
                type_for(folder, step)
            used = run_command(step.command, folder)
            found[step.name] = Used(max(used.seconds - start, 0.0), used.megabytes)
        return found, peer


def _read_with_openpyxl(path: Path) -> None:
    book = openpyxl.load_workbook(path, read_only=True)
    for _ in book[_INTAKE_TAB].iter_rows(values_only=True):
        pass
    book.close()


def main() -> None:
    tables.heading(f"Seconds per 1,000 rows: a backlog from an intake tab of {COLUMNS} columns")
    runs = {rows: _run_steps(rows, STEPS) for rows in SIZES}
    runs[LARGEST] = _run_steps(LARGEST, STEPS[:2])
    tables.head("command", *(f"{rows:,} rows" for rows in runs), *(f"MB at {rows:,}" for rows in runs))
    for step in STEPS:
        used = [found.get(step.name) for found, _ in runs.values()]
        seconds = [
            "–" if one is None else f"{1000 * one.seconds / rows:.3f}" for one, rows in zip(used, runs, strict=True)
        ]
        tables.row([step.name, *seconds, *("–" if one is None else f"{one.megabytes:,.0f}" for one in used)])
    peers = (f"{1000 * peer / rows:.3f}" for rows, (_, peer) in runs.items())
    tables.row(["openpyxl reads the intake tab", *peers, *("–" for _ in runs)])
    first, peer = runs[LARGEST][0][STEPS[0].name], runs[LARGEST][1]
    tables.note(
        f"The first sync of {LARGEST:,} rows: {first.seconds:.0f} s, {first.seconds / peer:.1f} times what openpyxl "
        f"takes to read the tab; the bar is {BAR} s. Optimizing is stopped after 30 s. Candidates, roadmaps and runs "
        "are meant for hundreds to a few thousand initiatives, and have all of them here."
    )
