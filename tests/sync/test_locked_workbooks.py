"""Workbooks that someone has open, or that can't be written: nothing is overwritten, lost or doubled."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from roadwright.sheets.backend import SheetError
from roadwright.sheets.backends.xlsx import workbook as xlsx_workbook
from roadwright.sheets.backends.xlsx.swap import replace_workbook
from roadwright.store.models import ActionRun, Initiative
from roadwright.workspace.workspace import Workspace
from tests.house import House
from tests.sync.spreadsheet import lock_by_excel, lock_by_libreoffice, opened

pytestmark = pytest.mark.files


def titles(house: House) -> list[str]:
    with house.workspace.store.transaction() as session:
        return list(session.scalars(select(Initiative.title).order_by(Initiative.id)))


def last_run(house: House) -> ActionRun:
    with house.workspace.store.transaction() as session:
        return session.scalars(select(ActionRun).order_by(ActionRun.id.desc()).limit(1)).one()


def unlocked_is_complete(house: House, expected: list[str]) -> None:
    house.done("pm.backlog_sync")
    assert titles(house) == expected
    assert sorted(row.text("title") for row in house.rows("Backlog")) == sorted(expected)
    before = house.bytes()
    house.done("pm.backlog_sync")
    assert house.bytes() == before


@pytest.mark.parametrize(("lock", "program"), [(lock_by_libreoffice, "LibreOffice"), (lock_by_excel, "Excel")])
def test_new_ideas_in_an_open_workbook_wait_and_all_else_is_done(
    teams: House, lock: Callable[[Path, str], Path], program: str
) -> None:
    teams.type_new("Intake", {"title": "Search"}, {"title": "Wallet"})
    teams.type_new("Complaints", {"title": "Too slow"})
    intake = teams.file("Intake")
    before = intake.read_bytes()
    held = lock(intake, "Ann Smith")
    outcome = teams.run("pm.backlog_sync")
    assert (outcome.status, outcome.exit_code) == ("failed", 1)
    assert f"Intake.xlsx is open in {program} by Ann Smith" in str(outcome.error)
    assert str(held) in str(outcome.error)
    assert "new ideas wait for their keys" in str(outcome.error)
    assert last_run(teams).error == outcome.error
    assert intake.read_bytes() == before
    assert titles(teams) == ["Too slow"]
    assert teams.status("Complaints", "INIT-000003") == "OK"
    waiting = [row for row in outcome.rows if row.tab == "Intake"]
    assert {row.run_status for row in waiting} == {
        "FAILED: initiative_key: the row has no key yet, because its workbook is open in another program; "
        "close it and run pm.backlog_sync again"
    }
    teams.run("pm.backlog_sync")
    held.unlink()
    unlocked_is_complete(teams, ["Too slow", "Search", "Wallet"])
    given = [row.text("initiative_key") for row in teams.rows("Intake")]
    assert given == ["INIT-000001", "INIT-000002"], "keys that could not be written are not wasted"


def test_edits_in_an_open_workbook_are_saved_and_shown_later(house: House) -> None:
    house.type_new("Intake", {"title": "Search"})
    house.done("pm.backlog_sync")
    house.type_into("Intake", 2, {"title": "Faster search"})
    held = [lock_by_libreoffice(house.place(tab).workbook, tab) for tab in ("Intake", "Backlog")]
    outcome = house.run("pm.backlog_sync")
    assert outcome.exit_code == 1
    first, second = str(outcome.error).splitlines()
    assert first.startswith("the database is up to date, but Intake.xlsx is not: ")
    assert second.startswith("Central_Backlog.xlsx is not: ")
    assert "by Intake" in str(outcome.error)
    assert "by Backlog" in str(outcome.error)
    assert titles(house) == ["Faster search"]
    assert [row.run_status for row in outcome.rows] == ["OK", "OK"]
    assert house.row("Backlog", "INIT-000001").text("title") == "Search"
    for lock in held:
        lock.unlink()
    unlocked_is_complete(house, ["Faster search"])


def test_ideas_typed_on_an_open_backlog_wait(house: House) -> None:
    house.type_new("Intake", {"title": "Search"})
    house.type_new("Backlog", {"title": "Loans"})
    held = lock_by_libreoffice(house.place("Backlog").workbook, "Ann")
    outcome = house.run("pm.backlog_sync")
    assert outcome.exit_code == 1
    [waiting] = [row for row in outcome.rows if row.tab == "Backlog"]
    assert waiting.run_status.startswith("FAILED: initiative_key: the row is not saved, because it has no key yet.")
    assert titles(house) == ["Search"]
    held.unlink()
    unlocked_is_complete(house, ["Search", "Loans"])


def test_a_lock_does_not_matter_where_nothing_is_to_be_written(house: House) -> None:
    house.type_new("Intake", {"title": "Search"})
    house.done("pm.backlog_sync")
    lock_by_libreoffice(house.place("Intake").workbook, "Ann")
    house.done("pm.backlog_sync")


def test_a_workbook_that_becomes_free_in_time_is_waited_for(house: House) -> None:
    patient = House(
        Workspace(house.root, house.workspace.settings.model_copy(update={"lock_wait": 20.0}), house.workspace.store)
    )
    patient.type_new("Intake", {"title": "Search"})
    held = lock_by_libreoffice(house.place("Intake").workbook, "Ann")
    threading.Timer(0.3, held.unlink).start()
    assert patient.done("pm.backlog_sync").summary["created"] == 1
    assert titles(house) == ["Search"]


def test_a_row_typed_while_the_sync_runs_is_never_overwritten(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Someone saves the workbook between our reading and our writing."""
    house.type_new("Intake", {"title": "Search"})
    intake = house.file("Intake")
    meddled: list[bool] = []

    def meddle(path: Path, *more: object) -> None:
        if path == intake and not meddled:
            meddled.append(True)
            house.type_new("Intake", {"title": "Typed meanwhile"})
        replace_workbook(path, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(xlsx_workbook, "replace_workbook", meddle)
    outcome = house.run("pm.backlog_sync")
    assert outcome.exit_code == 1
    assert "Intake.xlsx was changed by someone else since it was read; nothing was written" in str(outcome.error)
    unlocked_is_complete(house, ["Search", "Typed meanwhile"])


def test_a_workbook_that_cannot_be_written_leaves_the_others_written(
    teams: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    teams.type_new("Intake", {"title": "Search"})
    teams.type_new("Ideas", {"title": "Loans"})
    intake = teams.file("Intake")

    def full(path: Path, *more: object) -> None:
        if path == intake:
            raise SheetError("file_unwritable", path=path, why="No space left on device")
        replace_workbook(path, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(xlsx_workbook, "replace_workbook", full)
    outcome = teams.run("pm.backlog_sync")
    assert outcome.exit_code == 1
    assert "No space left on device" in str(outcome.error)
    assert titles(teams) == ["Loans"]
    assert teams.rows("Backlog")[0].text("title") == "Loans"
    monkeypatch.undo()
    unlocked_is_complete(teams, ["Loans", "Search"])
    with teams.workspace.store.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Initiative)) == 2


def test_a_backlog_without_room_for_new_rows_holds_nothing_else_up(teams: House) -> None:
    teams.type_new("Intake", {"title": "Search"})
    teams.done("pm.backlog_sync")
    backlog = teams.place("Backlog")
    with opened(backlog.workbook, backlog.tab) as sheet:
        sheet.merge_cells("B3:C3")
    teams.type_new("Ideas", {"title": "Loans"})
    outcome = teams.run("pm.backlog_sync")
    assert outcome.exit_code == 1
    assert "Backlog!B3 belongs to merged cells, just where new rows have to go. Move it" in str(outcome.error)
    assert titles(teams) == ["Search", "Loans"]
    assert teams.status("Ideas", "INIT-000002") == "OK"
    with opened(backlog.workbook, backlog.tab) as sheet:
        sheet.unmerge_cells("B3:C3")
    unlocked_is_complete(teams, ["Search", "Loans"])
