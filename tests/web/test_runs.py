"""Runs asked for on Home and followed in the ledger: in every browser the same, cancelled by who may."""

from __future__ import annotations

from contextlib import closing

import pytest

from roadwright.actions import ledger
from roadwright.actions.submit import ActionRequest, checked, submit
from roadwright.domain.roles import Role
from roadwright.workspace.workspace import open_workspace
from tests.web.conftest import Room, email

pytestmark = pytest.mark.thorough
_OUTSIDE = """where => [...document.querySelectorAll(where)].filter(one => {
    const box = one.getBoundingClientRect(), card = one.closest('.rw-card').getBoundingClientRect();
    return box.left < card.left || box.right > card.right || !box.width;
}).map(one => one.textContent)"""
"""Cells that are seen only when their table is scrolled."""


def test_a_step_is_run_and_everybody_sees_what_came_of_it(room: Room) -> None:
    other = room.open("/", Role.APPROVER)
    page = room.open("/", Role.PLANNER)
    before = page.locator("[data-testid=activity] li").first.inner_text()
    page.keyboard.press("3")
    for seen in (page, other):
        seen.wait_for_selector("[data-testid='run-pm.roadmap_check_gates'].done", timeout=30_000)
        assert "admitted" in seen.locator("[data-testid='run-pm.roadmap_check_gates'] .said").inner_text()
    page.wait_for_function(
        "text => !document.querySelector('[data-testid=activity] li').innerText.includes(text)", arg=before
    )
    assert room.checked(page) == []
    listed = room.goto(other, "/runs")
    first = listed.locator("[data-testid=ledger] tbody tr").first
    assert first.locator("td").nth(3).inner_text() == email(Role.PLANNER)
    first.locator("th a").click()
    listed.wait_for_selector("[data-testid=rows] tbody tr")
    assert listed.locator("h1").inner_text() == "Checked gates"
    room.close(page)
    room.close(other)


def _queued(room: Room, who: str) -> str:
    """A run that waits: something else has taken it and does not begin."""
    with closing(open_workspace(room.root)) as workspace:
        asked = checked(workspace, ActionRequest("pm.backlog_sync"))
        return submit(workspace, asked, f"web:{who}").run_id


@pytest.mark.parametrize("phone", [False, True])
def test_the_list_is_well_made_and_filtered_by_its_address(room: Room, phone: bool) -> None:
    page = room.open("/runs?action=pm.optimize_run_all_candidates", Role.VIEWER, phone=phone)
    assert page.locator("[data-testid=ledger] tbody tr").count() == 2
    assert room.checked(page) == []
    assert page.evaluate(_OUTSIDE, "[data-testid=ledger] tbody :is(th, td)") == []
    page.select_option("[data-testid=filter-action]", "pm.roadmap_publish")
    page.wait_for_function("document.querySelectorAll('[data-testid=ledger] tbody tr').length === 1")
    page.wait_for_url("**/runs?action=pm.roadmap_publish")
    page.select_option("[data-testid=filter-status]", "failed")
    page.wait_for_selector("text=No run is like this.")
    room.close(page)


def test_one_run_with_its_optimization_is_checked_again(room: Room) -> None:
    page = room.open("/runs/OPT-000002", Role.PLANNER)
    assert page.locator("h1").inner_text() == "Optimised: Growth first"
    assert "1,095" in page.locator("[data-testid=optimization]").inner_text()
    page.click("[data-testid=rows-warning]")
    page.wait_for_function("!document.querySelector('[data-testid=rows] tbody').innerText.includes('OK')")
    page.wait_for_url("**?rows=warning")
    page.click("[data-testid=rerun]")
    page.wait_for_selector("[data-testid=rerun-same]", timeout=30_000)
    assert room.checked(page) == []
    room.close(page)


def test_who_may_cancel(room: Room) -> None:
    run_id = _queued(room, email(Role.PLANNER))
    for role, buttons in ((Role.VIEWER, 0), (Role.APPROVER, 0), (Role.ADMIN, 1), (Role.PLANNER, 1)):
        page = room.open("/runs", role)
        assert page.locator(f"[data-testid=cancel-{run_id}]").count() == buttons, role
        if role is Role.APPROVER:
            page.evaluate("run => rw.act('cancel', {run})", run_id)
            page.wait_for_selector(".rw-notices .fail")
        if role is Role.PLANNER:
            page.click(f"[data-testid=cancel-{run_id}]")
            page.wait_for_selector(".rw-notices .ok")
        room.close(page)
    with closing(open_workspace(room.root)) as workspace:
        run = ledger.find_run(workspace.store, run_id)
        assert run is not None
        assert run.cancel_requested_at is not None


def test_a_run_that_is_not_there(room: Room) -> None:
    page = room.signed_in(Role.VIEWER).new_page()
    assert page.goto(f"{room.base}/runs/ACT-999999").status == 404
    page.context.close()
