"""Our writes are told from saves of people, also where both come in the same moment."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from roadwright.cli.main import app
from roadwright.jobs.watching import Watch
from roadwright.sync.written import file_digest, is_as_written, note_written, unread_books
from roadwright.workspace.workspace import open_workspace
from tests.house import House

pytestmark = pytest.mark.files


def is_ours(house: House, tab: str) -> bool:
    """Whether a watch takes the workbook of this tab for one that we wrote."""
    digest = file_digest(house.file(tab))
    assert digest is not None
    return is_as_written(house.workspace.store, house.place(tab).workbook, digest)


def found(house: House, tab: str) -> None:
    """A watch finds the workbook of this tab as it is."""
    digest = file_digest(house.file(tab))
    assert digest is not None
    note_written(house.workspace.store, {house.place(tab).workbook: digest})


def test_what_is_written_over_a_save_that_nobody_found_yet_is_not_taken_for_ours(house: House) -> None:
    house.type_new("Backlog", {"title": "Faster search"})
    found(house, "Backlog")
    house.done("pm.backlog_sync")
    assert is_ours(house, "Backlog"), "the watch found the save, and the sync was asked for"
    house.type_into("Backlog", house.row("Backlog", "INIT-000001").number, {"country": "UK", "risk_level": "odd"})
    house.done("pm.refresh_tab", tab="Backlog")  # shows a fault, and saves nothing
    assert str(house.row("Backlog", "INIT-000001").text("run_status")).startswith("FAILED")
    assert not is_ours(house, "Backlog")
    house.done("pm.backlog_sync")
    found(house, "Backlog")
    house.type_into("Backlog", house.row("Backlog", "INIT-000001").number, {"risk_level": "low"})
    found(house, "Backlog")
    house.done("pm.backlog_sync")
    assert is_ours(house, "Backlog")


def test_lists_that_follow_are_ours_and_change_nothing_that_is_to_be_read(house: House) -> None:
    house.type_new("Metrics_Config", {"kpi_key": "gmv", "kpi_name": "GMV", "kpi_level": "north_star"})
    house.done("pm.save_selected", tab="Constraints")  # nobody has to read it, however old the workspace is
    before = file_digest(house.file("Constraints"))
    house.type_new("Gates", {"gate_policy": "strict", "gate": "tokens_present", "severity": "warn"})
    house.done("pm.save_selected", tab="Metrics_Config")
    assert file_digest(house.file("Constraints")) != before
    assert is_ours(house, "Constraints")
    assert not is_ours(house, "Gates")


def test_a_watch_begins_with_what_nobody_has_still_to_read(house: House) -> None:
    house.type_new("Backlog", {"title": "Faster search"})
    house.done("pm.backlog_sync")
    assert house.place("Backlog").workbook not in unread_books(house.workspace)
    watch = Watch(house.workspace, None, lambda: None)
    watch.start()
    watch.stop()
    assert is_ours(house, "Backlog")


def test_an_import_that_is_synced_at_once_is_ours_and_one_that_is_not_waits_to_be_read(house: House) -> None:
    root, file = house.root, house.root.parent / "Jira.csv"

    def imported(title: str, *more: str) -> None:
        file.write_text(f"Issue key,Summary,Status\nPAY-1,{title},To Do\n", encoding="utf-8")
        house.workspace.close()
        answer = CliRunner().invoke(app, ["import", str(file), "-w", str(root), "--yes", *more])
        assert answer.exit_code == 0, answer.output
        house.workspace = open_workspace(root)

    imported("Refund")
    tab = house.workspace.intake()[-1].full_name
    assert is_ours(house, tab)
    imported("Refunds")
    assert is_ours(house, tab)
    imported("Refunds by card", "--no-sync")
    assert not is_ours(house, tab)
    assert house.place(tab).workbook in unread_books(house.workspace)
    imported("Refunds by bank")
    assert not is_ours(house, tab), "it stands over what nobody has found yet"
    house.workspace.close()
