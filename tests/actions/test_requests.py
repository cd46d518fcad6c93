"""The tab Requests: each new row is run once, in order, and says what became of it, whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from roadwright.actions import ledger, requests
from roadwright.actions.asked import read_options
from roadwright.actions.execute import Door, execute
from roadwright.actions.registry import ACTIONS
from roadwright.actions.requests import Look, look_at_requests
from roadwright.domain.actions import ACTION_NAMES
from roadwright.domain.roles import Role
from roadwright.sheets.backend import WorkbookBusy
from roadwright.sheets.read import Row
from roadwright.store.models import ActionRun, SheetRequest
from roadwright.workspace.server_settings import RequestsSettings
from tests.house import House, small_house

SYNC = {"action": "pm.backlog_sync"}
REFRESH = {"action": "pm.refresh_tab", "tab": "Gates"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    yield from small_house(tmp_path)


def look(house: House) -> Look:
    return look_at_requests(house.workspace, house.place("Requests"))


def rows(house: House) -> list[Row]:
    return house.rows("Requests")


def runs(house: House) -> list[ActionRun]:
    with house.workspace.store.transaction() as session:
        return list(session.scalars(select(ActionRun).order_by(ActionRun.id)))


def do(house: House) -> None:
    """Do all runs that wait."""
    for run in runs(house):
        if run.status == "queued":
            execute(house.workspace, run, Door(lambda *_: None, lambda _: None))


def test_the_dropdown_offers_the_actions_that_there_are() -> None:
    assert [action.name for action in ACTIONS] == list(ACTION_NAMES)


def test_new_rows_are_run_once_in_order_and_tell_what_became_of_them(house: House) -> None:
    house.type_new("Intake", {"title": "Faster search"})
    house.type_new("Requests", {**SYNC, "requested_by": "anna", "notes": "for Monday"}, REFRESH)
    assert look(house) == Look(2, is_pending=True)
    assert [(row.text("run_id"), row.text("status")) for row in rows(house)] == [
        ("ACT-000001", "queued"),
        ("ACT-000002", "queued"),
    ]
    assert [(run.action, run.requested_by) for run in runs(house)] == [
        ("pm.backlog_sync", "requests:anna"),
        ("pm.refresh_tab", f"requests:{house.place('Requests').book}"),
    ]
    do(house)
    assert look(house) == Look(0, is_pending=False)
    first = rows(house)[0]
    assert first.text("status") == "success"
    assert "created 1" in first.text("summary")
    assert first.text("run_status") == "OK"
    assert first.text("notes") == "for Monday"
    before = house.bytes()
    assert look(house) == Look(0, is_pending=False)
    assert house.bytes() == before, "nothing to say leaves the workbook alone"
    assert len(runs(house)) == 2
    assert house.row("Backlog", "INIT-000001").text("title") == "Faster search"


def test_what_can_not_be_asked_for_is_said_in_the_row_and_runs_once_corrected(house: House) -> None:
    house.type_new(
        "Requests",
        {"action": "pm.backlog_snyc"},
        {**SYNC, "options": "on_conflcit=sheet"},
        {"tab": "Gates"},
        {**SYNC, "selection": "INIT-1"},
        {"action": "pm.roadmap_publish", "options": "roadmap_name=Q3"},
        {"notes": "mine alone"},
    )
    assert look(house).asked == 0
    found = rows(house)
    assert [row.text("status") for row in found] == ["refused"] * 5 + [""]
    assert "did you mean pm.backlog_sync?" in found[0].text("run_status")
    assert "on_conflcit" in found[1].text("run_status")
    assert "action" in found[2].text("run_status")
    assert "approver" in found[4].text("run_status")
    assert all(row.text("run_status").startswith("FAILED: ") for row in found[:5])
    assert found[5].text("run_status") == ""
    assert runs(house) == []
    house.type_into("Requests", found[0].number, {"action": "pm.backlog_sync"})
    assert look(house).asked == 1
    assert rows(house)[0].text("run_status") == "OK"
    assert rows(house)[0].text("status") == "queued"


def test_a_process_that_dies_before_it_answers_runs_no_row_twice(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.type_new("Requests", SYNC, SYNC, REFRESH)

    def dies(*_: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("roadwright.actions.requests.show_requests", dies)
        with pytest.raises(KeyboardInterrupt):
            look(house)
    assert len(runs(house)) == 3
    assert [row.text("run_id") for row in rows(house)] == [""] * 3
    house.type_new("Requests", SYNC)
    assert look(house).asked == 1, "a third row that says the same is a new one"
    assert [row.text("run_id") for row in rows(house)] == [f"ACT-00000{n}" for n in (1, 2, 3, 4)]


def test_a_workbook_that_is_open_is_answered_once_it_is_closed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.type_new("Requests", SYNC)
    book = type(house.workspace.open(house.place("Requests")))

    def is_open(*_: object) -> None:
        raise WorkbookBusy("workbook_changed", workbook="Requests.xlsx")

    with monkeypatch.context() as patched:
        patched.setattr(book, "write", is_open)
        for _ in range(2):
            with pytest.raises(WorkbookBusy):
                look(house)
    assert len(runs(house)) == 1
    look(house)
    assert rows(house)[0].text("run_id") == "ACT-000001"


def test_a_copied_row_is_not_run_again_and_says_so(house: House) -> None:
    house.type_new("Requests", SYNC)
    look(house)
    [row] = rows(house)
    copy = {name: value for name, value in row.raw.items() if name != "notes"}
    house.type_new("Requests", copy)
    assert look(house).asked == 0
    first, second = rows(house)
    assert first.text("run_status") == "OK"
    assert (
        second.text("run_status")
        == "SKIPPED: run_id: ACT-000001 is the run of row 2; clear run_id to run this row, too"
    )
    house.type_into("Requests", second.number, {"run_id": None})
    assert look(house).asked == 1
    assert rows(house)[1].text("run_id") == "ACT-000002"
    house.type_new("Requests", {**SYNC, "run_id": "ACT-000099"})
    assert look(house).asked == 0
    assert rows(house)[2].text("run_status").startswith('SKIPPED: run_id: "ACT-000099"')


def test_a_row_that_was_answered_and_changed_says_how_to_run_it(house: House) -> None:
    house.type_new("Requests", SYNC)
    look(house)
    house.type_into("Requests", 2, {"action": "pm.refresh_tab", "tab": "Gates"})
    assert look(house).asked == 0
    assert rows(house)[0].text("run_status").startswith("WARNING: the row was changed after ACT-000001")
    house.type_into("Requests", 2, {"run_id": None})
    assert look(house).asked == 1
    assert rows(house)[0].text("run_status") == "OK"


def test_a_copy_without_the_answer_that_is_saved_over_it_runs_nothing(house: House) -> None:
    house.type_new("Requests", SYNC)
    copy = house.copied("Requests")
    look(house)
    house.bring_back("Requests", copy)
    assert look(house).asked == 0
    assert rows(house)[0].text("run_id") == "ACT-000001"


def test_a_row_deleted_before_its_answer_is_another_one_when_it_is_typed_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.type_new("Requests", SYNC)
    with monkeypatch.context() as patched:
        patched.setattr("roadwright.actions.requests.show_requests", lambda *_: True)
        look(house)
        house.clear_row("Requests", 2)
        look(house)
    house.type_new("Requests", SYNC)
    assert look(house).asked == 1


def test_what_a_person_types_into_the_answer_is_replaced_and_told(house: House) -> None:
    house.type_new("Requests", {**SYNC, "summary": "please today"})
    look(house)
    do(house)
    look(house)
    [row] = rows(house)
    assert 'summary is computed; "please today" was replaced' in row.text("run_status")
    assert row.text("status") == "success"
    house.type_into("Requests", row.number, {"status": "done!"})
    look(house)
    assert rows(house)[0].text("status") == "success"
    assert "done!" in rows(house)[0].text("run_status")


def test_the_role_of_the_settings_decides(house: House) -> None:
    house.workspace.settings.requests = RequestsSettings(role=Role.VIEWER)
    house.type_new("Requests", SYNC)
    assert look(house).asked == 0
    assert "planner" in rows(house)[0].text("run_status")


def test_two_servers_take_up_a_row_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.type_new("Requests", SYNC)
    take_up = requests._take_up

    def after_another_server(*arguments: Any) -> SheetRequest:
        monkeypatch.undo()
        assert look(house).asked == 1
        return take_up(*arguments)

    monkeypatch.setattr(requests, "_take_up", after_another_server)
    assert look(house) == Look(0, is_pending=True)
    assert len(runs(house)) == 1


@pytest.mark.parametrize(
    ("text", "known", "said"),
    [
        ("on_conflict=sheet", ["on_conflict"], ["on_conflict=sheet"]),
        ("a=1; b=2", ["a", "b"], ["a=1", "b=2"]),
        ("a=1, b=2;", ["a", "b"], ["a=1", "b=2"]),
        ("a=1\nb=x, y; z", ["a", "b"], ["a=1", "b=x, y; z"]),
        ("filter=country in (UK, DE) and tokens >= 3, candidates=true", ["filter", "candidates"],
         ["filter=country in (UK, DE) and tokens >= 3", "candidates=true"]),
        ("a=1; typo=2", ["a"], ["a=1", "typo=2"]),
    ],
)  # fmt: skip
def test_options_as_people_type_them(text: str, known: list[str], said: list[str]) -> None:
    assert read_options(text, known) == said


def test_the_ledger_has_no_row_of_what_was_refused(house: House) -> None:
    house.type_new("Requests", {"action": "pm.nothing"})
    look(house)
    assert ledger.runs(house.workspace.store, 5) == []
