"""What one person does alone is no conflict: after a refused write, without a row's mark, in an own spelling."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from roadwright.sheets.backend import WorkbookBusy
from roadwright.sheets.values import CellValue
from roadwright.store.models import Initiative, RowBaseline
from roadwright.sync.context import COMPUTED
from roadwright.sync.replaced import in_short
from roadwright.tabs import BACKLOG
from tests.house import House, make_house
from tests.sync.test_every_tab import ROWS

FIRST, SECOND = "INIT-000001", "INIT-000002"
EDITS: dict[str, tuple[str, tuple[CellValue, CellValue, CellValue, CellValue]]] = {
    "Intake": ("department", ("Sales", "Growth", "Design", "Support")),
    "Backlog": ("country", ("UK", "FR", "ES", "IT")),
    "Scoring_Inputs": ("rice_reach", (20, 30, 40, 50)),
    "KPI_Contributions": ("kpi_contribution_json", ("GMV: 5", "Gmv: 6", "GMV: 7", "gmv: 8")),
    "Metrics_Config": ("kpi_name", ("a", "b", "c", "d")),
    "MathModels": ("assumptions_text", ("a", "b", "c", "d")),
    "Params": ("value", (2, 3, 4, 5)),
    "Scenario_Config": ("capacity_total_tokens", (10, 20, 30, 40)),
    "Constraints": ("reason", ("a", "b", "c", "d")),
    "Targets": ("target_value", (5, 6, 7, 8)),
    "Roadmaps": ("owner", ("Ann", "Ben", "Cat", "Dan")),
    "Gates": ("notes", ("a", "b", "c", "d")),
    "Roadmap_Entries": ("notes", ("a", "b", "c", "d")),
    "Candidates": ("engineering_tokens", (5, 6, 7, 8)),
}
"""For each tab that people type on, what one types into a cell of its first row, one after the other."""


@pytest.fixture
def full(tmp_path: Path) -> Iterator[House]:
    """A row on every tab that people type on."""
    house = make_house(tmp_path / "workspace", f"sqlite:///{tmp_path / 'test.db'}", in_memory=True)
    flags: dict[str, CellValue] = {"is_optimization_candidate": True, "candidate_period_key": "2026-Q2"}
    house.type_new("Intake", {"title": "Search"})
    house.done("pm.backlog_sync")
    house.type_into("Backlog", 2, flags)
    house.done("pm.backlog_sync")
    for tab in ("Metrics_Config", *(tab for tab in ROWS if tab != "Metrics_Config")):
        house.type_new(tab, ROWS[tab])
        house.done("pm.save_selected", tab=tab)
    house.done("pm.populate_initiatives")
    house.done("pm.populate_candidates")
    yield house
    house.workspace.close()


@contextmanager
def open_elsewhere() -> Iterator[None]:
    """Every workbook is open in another program."""

    def refuse(tabs: Any, _edits: Any, result: Any) -> None:
        result.refused.update({tab.place.name: WorkbookBusy("workbook_in_use", workbook="x", why="") for tab in tabs})

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("roadwright.sync.engine._write_workbook", refuse)
        yield


def save(house: House, tab: str) -> None:
    house.run(*_SAVES.get(tab, ("pm.save_selected",)), **({} if tab in _SAVES else {"tab": tab}))


_SAVES = {"Intake": ("pm.backlog_sync",), "Candidates": ("pm.populate_candidates",)}


def saved_as_typed(house: House, tab: str, column: str, value: CellValue) -> str:
    """What is wrong, if anything, once the edit was saved: in its row, or because it is not settled."""
    save(house, tab)
    row = house.rows(tab)[0]
    before = house.bytes()
    save(house, tab)
    shown = row.raw.get(column)
    if "CONFLICT" in row.text("run_status") or "FAILED" in row.text("run_status"):
        return f"{tab}: {row.text('run_status')}"
    if shown != value and str(value).split()[-1].strip("}") not in str(shown):
        return f"{tab}: shows {shown}"
    return "" if house.bytes() == before else f"{tab}: is written again"


def test_ones_own_edits_are_no_conflict(full: House) -> None:
    """Neither the second one after a refused write, nor one in a row that lost its mark."""
    wrong = []
    for tab, (column, values) in EDITS.items():
        for value in values[:2]:
            full.type_into(tab, 2, {column: value})
            with open_elsewhere():
                save(full, tab)
        full.type_into(tab, 2, {column: values[2]})
        wrong.append(saved_as_typed(full, tab, column, values[2]))
        full.type_into(tab, 2, {column: values[3], "updated_at": None})
        wrong.append(saved_as_typed(full, tab, column, values[3]))
    assert [said for said in wrong if said] == []


def test_what_nobody_touched_in_a_row_without_its_mark_is_no_conflict(house: House) -> None:
    """The row comes from an older copy of the workbook: it equals what that showed."""
    house.type_new("Backlog", {"title": "Search", "country": "UK", "department": "Sales"})
    house.done("pm.backlog_sync")
    older = house.copied("Backlog")
    house.type_into("Backlog", 2, {"country": "FR", "department": "Growth"})
    house.done("pm.backlog_sync")
    house.bring_back("Backlog", older)
    house.type_into("Backlog", 2, {"updated_at": None, "category": "Discovery"})
    house.done("pm.backlog_sync")
    row = house.row("Backlog", FIRST)
    shown = [row.text(name) for name in ("country", "department", "category", "run_status")]
    assert shown == ["FR", "Growth", "Discovery", "OK"]


def test_a_field_that_both_changed_is_a_conflict_without_the_mark_too(house: House) -> None:
    house.type_new("Backlog", {"title": "Search", "country": "UK", "department": "Sales"})
    house.done("pm.backlog_sync")
    older = house.copied("Backlog")
    house.type_into("Backlog", 2, {"country": "FR", "department": "Growth"})
    house.done("pm.backlog_sync")
    house.bring_back("Backlog", older)
    house.type_into("Backlog", 2, {"updated_at": None, "country": "ES"})
    house.done("pm.backlog_sync")
    assert house.status("Backlog", FIRST).startswith(
        'CONFLICT: country: the sheet has "ES", the database has "FR"; settle'
    )
    assert house.row("Backlog", FIRST).text("department") == "Growth"


def test_a_spelling_of_ones_own_is_no_conflict_on_a_tab(house: House) -> None:
    house.type_new("Metrics_Config", ROWS["Metrics_Config"])
    house.done("pm.save_selected", tab="Metrics_Config")
    house.type_new("Backlog", {"title": "Search"})
    house.done("pm.backlog_sync")
    house.done("pm.populate_initiatives")
    older = house.copied("KPI_Contributions")
    house.type_into("KPI_Contributions", 2, {"kpi_contribution_json": "gmv: 6"})
    save(house, "KPI_Contributions")
    house.bring_back("KPI_Contributions", older)
    house.type_into("KPI_Contributions", 2, {"kpi_contribution_json": "GMV: 6"})
    assert saved_as_typed(house, "KPI_Contributions", "kpi_contribution_json", "gmv: 6") == ""


def test_conflicts_with_intake_are_settled_on_selected_rows_only(house: House) -> None:
    house.type_new("Intake", *({"title": title, "country": "UK"} for title in ("Search", "Wallet", "Loans")))
    house.done("pm.backlog_sync")
    for row in (2, 3, 4):
        house.type_into("Backlog", row, {"country": "FR"})
    house.done("pm.backlog_sync")
    for row in (2, 3, 4):
        house.type_into("Intake", row, {"country": "ES"})
    assert house.done("pm.backlog_sync").summary["conflicts"] == 6
    sheet, database = ["on_conflict=sheet"], ["on_conflict=database"]

    def countries() -> list[str | None]:
        with house.workspace.store.transaction() as session:
            return list(session.scalars(select(Initiative.country).order_by(Initiative.id)))

    assert house.done("pm.backlog_sync", select=FIRST, options=sheet).summary["conflicts"] == 4
    assert countries() == ["ES", "FR", "FR"]
    assert house.done("pm.backlog_sync", tab="Intake", select="3", options=sheet).summary["conflicts"] == 2
    assert countries() == ["ES", "ES", "FR"]
    house.type_new("Intake", {"title": "Everything is synced all the same"})
    assert house.done("pm.backlog_sync", select="4", options=database).summary["conflicts"] == 0
    assert countries() == ["ES", "ES", "FR", None]
    assert house.run("pm.backlog_sync", select="INIT-000099", options=sheet).exit_code == 2


def test_a_column_that_was_computed_once_counts_as_shown(house: House) -> None:
    """An earlier version computed it: what it showed there nobody typed."""
    names = {"department": "Sales", "problem_statement": "Nobody finds what was bought before"}
    house.type_new("Backlog", {"title": "Search", **names})
    house.done("pm.backlog_sync")
    with house.workspace.store.transaction() as session:
        for copy in session.scalars(select(RowBaseline).where(RowBaseline.tab == "Backlog")):
            short = {name: in_short(BACKLOG.by_name[name], value) for name, value in names.items()}
            kept = {name: value for name, value in copy.values.items() if name not in names}
            copy.values = {**kept, COMPUTED: {**copy.values[COMPUTED], **short}}
        initiative = session.scalars(select(Initiative)).one()
        initiative.department, initiative.problem_statement = "Growth", "Another"
    house.type_into("Backlog", 2, {"country": "UK"})
    house.done("pm.backlog_sync")
    row = house.row("Backlog", FIRST)
    assert [row.text(name) for name in (*names, "country", "run_status")] == ["Growth", "Another", "UK", "OK"]
