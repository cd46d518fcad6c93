"""What is submitted is checked, written down and queued; whoever executes it later does what was asked."""

from __future__ import annotations

import pytest

from roadwright.actions import ledger
from roadwright.actions.execute import Door, execute
from roadwright.actions.options import UsageError
from roadwright.actions.prune import PRUNE, PruneOptions
from roadwright.actions.submit import ActionRequest, checked, command, submit
from tests.house import House


def quiet(message: str, done: int | None = None, total: int | None = None) -> None:
    """No progress at the door."""


DOOR = Door(quiet, quiet)


def test_a_submitted_run_is_queued_until_it_is_executed(house: House) -> None:
    house.type_new("Backlog", {"title": "Search"})
    run = submit(house.workspace, checked(house.workspace, ActionRequest("pm.backlog_sync")), "api:ann")
    [queued] = ledger.runs(house.workspace.store, 1)
    assert (queued.status, queued.worker, queued.requested_by) == ("queued", None, "api:ann")
    result = execute(house.workspace, run, DOOR)
    assert (result.run_id, result.status, result.summary["created"]) == (run.run_id, "success", 1)
    assert ledger.runs(house.workspace.store, 1)[0].status == "success"


def test_the_options_of_a_queued_run_hold_when_it_is_executed(house: House) -> None:
    house.type_new("Backlog", {"title": "Search"}, {"title": "Filters"})
    house.done("pm.backlog_sync")
    asked = ActionRequest("pm.save_selected", "Backlog", "INIT-000002", {"on_conflict": "sheet"})
    run = submit(house.workspace, checked(house.workspace, asked), "api:ann")
    assert run.request_json == {"tab": "Backlog", "select": "INIT-000002", "options": ["on_conflict=sheet"]}
    assert [row.key for row in execute(house.workspace, run, DOOR).rows] == ["INIT-000002"]


def test_wrong_usage_is_told_before_anything_is_written_down(house: House) -> None:
    for asked, code in (
        (ActionRequest("pm.save_selected", "Runs"), "action_on_other_tabs"),
        (ActionRequest("pm.populate_candidates", select="7"), "action_without_selection"),
        (ActionRequest("pm.backlog_sync", options={"force": True}), "unknown_option"),
        (ActionRequest("pm.backlog_sync", options={"on_conflict": {"who": "sheet"}}), "option_unreadable"),
    ):
        with pytest.raises(UsageError) as wrong:
            checked(house.workspace, asked)
        assert wrong.value.message.code == code
    assert ledger.runs(house.workspace.store, 1) == []


def test_a_command_of_its_own_can_be_executed_from_the_ledger(house: House) -> None:
    run = submit(house.workspace, command(PRUNE, PruneOptions(older_than=3)), "cli:ann")
    assert run.request_json["options"] == ["older_than=3"]
    assert execute(house.workspace, run, DOOR).status == "success"


def test_a_run_is_executed_once(house: House) -> None:
    run = submit(house.workspace, checked(house.workspace, ActionRequest("pm.backlog_sync")), "api:ann")
    assert execute(house.workspace, run, DOOR).status == "success"
    again = execute(house.workspace, run, DOOR)
    assert (again.status, again.exit_code, ledger.runs(house.workspace.store, 1)[0].status) == ("failed", 2, "success")


@pytest.mark.parametrize(
    ("action", "options"),
    [
        ("pm.roadmap_create", {"roadmap_name": "\u200b"}),
        ("pm.roadmap_create", {"period_key": "  "}),
        ("pm.switch_framework", {"activating_batch": "9" * 5_000}),
        ("pm.switch_framework", {"activating_batch": "\u0663"}),
        ("pm.backlog_sync", {"on_conflict": True}),
    ],
)
def test_a_value_that_an_option_does_not_take_is_refused_in_words(
    house: House, action: str, options: dict[str, object]
) -> None:
    with pytest.raises(UsageError) as wrong:
        checked(house.workspace, ActionRequest(action, options=options))
    assert wrong.value.message.code == "option_unreadable"


def test_json_values_are_options_too(house: House) -> None:
    asked = ActionRequest("pm.roadmap_create", options={"roadmap_name": "New", "keys": ["INIT-1"], "filter": None})
    submission = checked(house.workspace, asked)
    assert submission.options.model_dump(exclude_unset=True) == {"roadmap_name": "New", "keys": "INIT-1"}
