"""A tab that is as the last pass left it is not read again, and what is said of it is what reading it would say."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from contextlib import suppress

import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table, TableColumn, TableFormula
from sqlalchemy import delete, select, update
from sqlalchemy.exc import OperationalError

from roadwright.actions.execute import ActionResult
from roadwright.sheets.backend import Grid
from roadwright.sheets.backends.xlsx import XlsxWorkbook
from roadwright.sheets.values import CellValue
from roadwright.store.models import CachedTab, Initiative, Roadmap
from roadwright.sync import engine, tab_cache
from tests.house import House
from tests.sync.spreadsheet import opened
from tests.sync.test_random_work import People

pytestmark = pytest.mark.files


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tabs that were read since the list was last cleared; the short ones of lists are read each time."""
    names: list[str] = []
    read = XlsxWorkbook.read

    def counting(workbook: XlsxWorkbook, tab: str) -> Grid:
        names.extend([tab] if tab != "_Lists" else [])
        return read(workbook, tab)

    monkeypatch.setattr(XlsxWorkbook, "read", counting)
    return names


@pytest.fixture
def backlog(house: House, reads: list[str]) -> House:
    """Three ideas on the Backlog, just saved."""
    house.type_new("Backlog", *({"title": title, "engineering_tokens": 5} for title in ("One", "Two", "Three")))
    house.done("pm.save_selected", tab="Backlog")
    reads.clear()
    return house


def forget(house: House) -> None:
    with house.workspace.store.transaction() as session:
        session.execute(delete(CachedTab))


def change(house: House, key: str, **values: object) -> None:
    """Change an initiative behind the sheets' back."""
    with house.workspace.store.transaction() as session:
        session.execute(update(Initiative).where(Initiative.initiative_key == key).values(values))


def told(outcome: ActionResult) -> list[object]:
    rows = [(row.tab, row.row, row.key, row.run_status, row.notices) for row in outcome.rows]
    return [outcome.exit_code, str(outcome.error), rows, outcome.summary]


class TestNothingToDo:
    def test_no_tab_is_read(self, backlog: House, reads: list[str]) -> None:
        before = backlog.bytes()
        outcome = backlog.done("pm.save_selected", tab="Backlog")
        assert reads == []
        assert [row.key for row in outcome.rows] == ["INIT-000001", "INIT-000002", "INIT-000003"]
        assert {row.run_status for row in outcome.rows} == {"OK"}
        assert backlog.bytes() == before

    def test_not_in_a_sync_either(self, teams: House, reads: list[str]) -> None:
        teams.type_new("Ideas", {"title": "Faster search"}, {"title": "Dark mode"})
        teams.type_new("Complaints", {"title": "Slow checkout"})
        teams.done("pm.backlog_sync")
        reads.clear()
        outcome = teams.done("pm.backlog_sync")
        assert reads == []
        assert [row.run_status for row in outcome.rows] == ["OK"] * 6

    def test_nor_after_the_program_was_ended(self, backlog: House, reads: list[str]) -> None:
        backlog.workspace.store.close()
        backlog.done("pm.save_selected", tab="Backlog")
        assert reads == []

    def test_a_selection_keeps_the_other_rows_settled(self, backlog: House, reads: list[str]) -> None:
        backlog.done("pm.save_selected", tab="Backlog", select="INIT-000002")
        backlog.done("pm.save_selected", tab="Backlog")
        assert reads == []

    def test_a_warning_is_said_again(self, backlog: House, reads: list[str]) -> None:
        row = backlog.row("Backlog", "INIT-000002").number
        cells = {"earliest_start_date": dt.date(2026, 6, 1), "deadline_date": dt.date(2026, 5, 1)}
        backlog.type_into("Backlog", row, cells)
        first = backlog.done("pm.save_selected", tab="Backlog")
        reads.clear()
        again = backlog.done("pm.save_selected", tab="Backlog")
        assert reads == []
        assert [row.run_status for row in again.rows] == [row.run_status for row in first.rows]
        assert again.rows[1].run_status.startswith("WARNING: earliest_start_date: 2026-06-01 lies after")

    def test_the_tabs_of_other_teams_are_read_when_theirs_changed(self, teams: House, reads: list[str]) -> None:
        teams.type_new("Ideas", {"title": "Faster search"})
        teams.type_new("Intake", {"title": "Slow checkout"})
        teams.done("pm.backlog_sync")
        teams.type_new("Intake", {"title": "Dark mode"})
        reads.clear()
        outcome = teams.done("pm.backlog_sync")
        assert outcome.summary["created"] == 1
        assert "Ideas" not in reads


class TestSomethingToDo:
    def test_what_a_person_types_is_saved(self, backlog: House) -> None:
        backlog.type_into("Backlog", backlog.row("Backlog", "INIT-000002").number, {"title": "Zwei"})
        backlog.done("pm.save_selected", tab="Backlog")
        with backlog.workspace.store.transaction() as session:
            titles = list(session.scalars(select(Initiative.title).order_by(Initiative.id)))
        assert titles == ["One", "Zwei", "Three"]

    def test_what_changed_in_the_database_is_shown(self, backlog: House) -> None:
        change(backlog, "INIT-000002", title="Zwei", engineering_tokens=7)
        backlog.done("pm.save_selected", tab="Backlog")
        row = backlog.row("Backlog", "INIT-000002")
        assert (row.values["title"], row.values["engineering_tokens"]) == ("Zwei", 7)

    def test_an_initiative_that_the_database_lost_comes_back(self, backlog: House) -> None:
        with backlog.workspace.store.transaction() as session:
            session.execute(delete(Initiative).where(Initiative.initiative_key == "INIT-000002"))
        assert backlog.done("pm.save_selected", tab="Backlog").summary["created"] == 1

    def test_what_changed_on_both_sides_is_a_conflict(self, backlog: House) -> None:
        change(backlog, "INIT-000002", title="Deux")
        backlog.type_into("Backlog", backlog.row("Backlog", "INIT-000002").number, {"title": "Zwei"})
        outcome = backlog.run("pm.save_selected", tab="Backlog")
        assert outcome.rows[1].run_status.startswith('CONFLICT: title: the sheet has "Zwei", the database has "Deux"')

    def test_a_row_that_was_copied_stands_twice(self, backlog: House) -> None:
        backlog.type_new("Backlog", {"initiative_key": "INIT-000001", "title": "One"})
        outcome = backlog.run("pm.save_selected", tab="Backlog")
        assert [row.run_status[:6] for row in outcome.rows] == ["OK", "OK", "OK", "FAILED"]

    def test_a_cell_that_cannot_be_read_is_said_each_time(self, backlog: House, reads: list[str]) -> None:
        row = backlog.row("Backlog", "INIT-000002").number
        backlog.type_into("Backlog", row, {"engineering_tokens": "many"})
        first = backlog.run("pm.save_selected", tab="Backlog")
        reads.clear()
        again = backlog.run("pm.save_selected", tab="Backlog")
        assert [row.run_status for row in again.rows] == [row.run_status for row in first.rows]
        assert again.rows[1].run_status.startswith("FAILED: engineering_tokens")
        assert reads == ["Backlog"]

    @pytest.mark.parametrize("status", ["OK\x00", "OK\ud800", " OK", 5, True, dt.date(2026, 5, 1), "#N/A"])
    def test_a_status_that_a_person_typed_is_put_right(self, backlog: House, status: CellValue) -> None:
        backlog.type_into("Backlog", backlog.row("Backlog", "INIT-000002").number, {"run_status": status})
        backlog.done("pm.save_selected", tab="Backlog", select="INIT-000001")
        backlog.done("pm.save_selected", tab="Backlog")
        told = f'WARNING: run_status is written by Roadwright; "{status}" was replaced'
        said = told if isinstance(status, dt.date) or status == 5 else "OK"
        assert backlog.row("Backlog", "INIT-000002").raw["run_status"] == said
        backlog.done("pm.save_selected", tab="Backlog")
        assert backlog.row("Backlog", "INIT-000002").raw["run_status"] == "OK"

    def test_the_key_of_a_moved_intake_row_stays_with_it(self, teams: House) -> None:
        teams.type_new("Ideas", {"title": "Faster search"}, {"title": "Dark mode"})
        teams.done("pm.backlog_sync")
        row = teams.row("Ideas", "INIT-000001")
        teams.type_new("Complaints", {"initiative_key": "INIT-000001", "title": "Faster search"})
        outcome = teams.run("pm.backlog_sync")
        said = {(row.tab, row.row): row.run_status[:6] for row in outcome.rows}
        assert said["Ideas", row.number] == "OK"
        assert said["Complaints", 2] == "FAILED"


class TestNotReadAsItIsStored:
    """What was put into the database by other means may look otherwise in a cell, or be refused there."""

    @pytest.mark.parametrize(
        "values",
        [{"country": "UK "}, {"country": "a\r\nb"}, {"country": ""}, {"engineering_tokens": -3}, {"risk_level": "odd"}],
    )
    def test_the_row_is_read_again(self, backlog: House, reads: list[str], values: dict[str, object]) -> None:
        change(backlog, "INIT-000002", **values)
        backlog.done("pm.refresh_tab", tab="Backlog")
        reads.clear()
        outcome = backlog.done("pm.refresh_tab", tab="Backlog")
        assert reads == ["Backlog"]
        forget(backlog)
        assert told(backlog.done("pm.refresh_tab", tab="Backlog")) == told(outcome)

    def test_a_new_row_is_read_again(self, backlog: House, reads: list[str]) -> None:
        change(backlog, "INIT-000002", title="Zwei ")
        backlog.done("pm.populate_initiatives")
        reads.clear()
        backlog.done("pm.refresh_tab", tab="Scoring_Inputs")
        assert reads == ["Scoring_Inputs"]

    def test_an_identity_that_no_cell_can_show_is_said(self, house: House) -> None:
        house.type_new("Roadmaps", {"roadmap_name": "Plan", "period_key": "2026-Q2"})
        house.done("pm.save_selected", tab="Roadmaps")
        with house.workspace.store.transaction() as session:
            session.execute(update(Roadmap).values(roadmap_name="#N/A"))
        house.done("pm.refresh_tab", tab="Roadmaps")
        said = [row.run_status for row in house.run("pm.refresh_tab", tab="Roadmaps").rows]
        assert any(status.startswith("FAILED: roadmap_name: the cell shows the error #N/A") for status in said)

    def test_new_rows_of_a_table_that_calculates_are_read_again(self, backlog: House, reads: list[str]) -> None:
        place = backlog.place("KPI_Contributions")
        with opened(place.workbook, place.tab) as sheet:
            names = [str(cell.value) for cell in sheet[1]]
            table = Table(displayName="Ours", ref=f"A1:{get_column_letter(len(names))}2")
            table.tableColumns = [TableColumn(id=n, name=name) for n, name in enumerate(names, 1)]
            notes = table.tableColumns[names.index("Notes")]
            notes.calculatedColumnFormula = TableFormula(attr_text="Ours[[#This Row],[Title]]")
            sheet.add_table(table)
        backlog.done("pm.populate_initiatives")
        reads.clear()
        outcome = backlog.run("pm.save_selected", tab="KPI_Contributions")
        assert reads == ["KPI_Contributions"]
        assert {row.run_status[:14] for row in outcome.rows} == {"FAILED: notes:"}


class TestOtherThanItWas:
    def test_another_version_of_the_program_reads_anew(
        self, backlog: House, reads: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tab_cache, "_code", lambda: b"newer")
        backlog.done("pm.save_selected", tab="Backlog")
        assert reads == ["Backlog"]

    def test_a_header_elsewhere_is_read_anew(self, backlog: House) -> None:
        place = backlog.place("Backlog")
        with opened(place.workbook, place.tab) as sheet:
            sheet.insert_rows(1)
        outcome = backlog.run("pm.save_selected", tab="Backlog")
        assert "row 1 should hold the header" in str(outcome.error)

    def test_values_of_formulas_may_come_out_otherwise_after_a_write(self, backlog: House, reads: list[str]) -> None:
        place = backlog.place("Backlog")
        with opened(place.workbook, place.tab) as sheet:
            column = sheet.max_column + 1
            sheet.cell(1, column, "my sum")
            for row in range(2, 5):
                sheet.cell(row, column, f"=A{row}")
        change(backlog, "INIT-000002", title="Zwei")
        backlog.done("pm.save_selected", tab="Backlog")
        reads.clear()
        backlog.done("pm.save_selected", tab="Backlog")
        assert reads == ["Backlog"]
        reads.clear()
        backlog.done("pm.save_selected", tab="Backlog")
        assert reads == []

    def test_a_row_of_formats_alone_is_no_data(self, backlog: House) -> None:
        backlog.clear_row("Backlog", backlog.row("Backlog", "INIT-000003").number)
        assert len(backlog.done("pm.save_selected", tab="Backlog").rows) == 2

    def test_a_database_that_is_held_keeps_no_answer_back(
        self, backlog: House, reads: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refused(*_: object) -> None:
            raise OperationalError("insert into cached_tabs", {}, Exception("database is locked"))

        change(backlog, "INIT-000002", title="Zwei")
        with monkeypatch.context() as patched:
            patched.setattr(engine, "remember", refused)
            backlog.done("pm.save_selected", tab="Backlog")
        reads.clear()
        backlog.done("pm.save_selected", tab="Backlog")
        assert reads == ["Backlog"]

    def test_sets_are_always_read(self, house: House, reads: list[str]) -> None:
        house.type_new("Gates", {"gate_policy": "strict", "gate": "tokens_present", "severity": "block"})
        house.done("pm.save_selected", tab="Gates")
        reads.clear()
        house.done("pm.save_selected", tab="Gates")
        assert reads == ["Gates"]


ODD = [None, None, 5, 0, 2.5, 1 / 3, 0.8, "X", " x ", "12%", "1,234.5", "1.234,5", True, "TRUE", dt.date(2026, 5, 1)]
ODD += ["init-2", "INIT-000001, INIT-000002", "RICE", "medium", "custom", "#N/A", "a\nb", "\u00a0", "gmv", '{"gmv": 3}']
SAVED = ("Backlog", "Scoring_Inputs", "KPI_Contributions", "Metrics_Config", "Params", "MathModels", "Scenario_Config")


def type_anything(house: House, chance: random.Random) -> None:
    tab = chance.choice(SAVED)
    spec, rows = house.place(tab).spec, house.rows(tab)
    columns = chance.sample([column.name for column in spec.columns], 3)
    cells = {name: chance.choice(ODD) for name in columns}
    if rows and chance.random() < 0.7:
        house.type_into(tab, chance.choice(rows).number, cells)
    else:
        house.type_new(tab, cells)


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.thorough) for seed in range(2, 6))])
def test_what_is_recalled_is_what_would_be_read(teams: House, seed: int) -> None:
    people, chance = People(teams, seed), random.Random(seed)
    deeds: list[Callable[[], None]] = [people.work, *[lambda: type_anything(teams, chance)] * 4]
    for _ in range(8):
        with suppress(KeyError):  # the column is gone from the tab
            chance.choice(deeds)()
        action, tab = chance.choice([("pm.backlog_sync", None), *(("pm.save_selected", tab) for tab in SAVED)])
        teams.run(action, tab=tab)
        if chance.random() < 0.3:
            teams.run("pm.populate_initiatives")
        recalled, after = told(teams.run(action, tab=tab)), teams.bytes()
        forget(teams)
        assert told(teams.run(action, tab=tab)) == recalled
        assert teams.bytes() == after
