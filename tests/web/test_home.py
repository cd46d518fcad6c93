"""Home: the pipeline, what needs a person, next steps, and what happened; what each role gets of it."""

from __future__ import annotations

import pytest

from roadwright.actions.next_steps import NextStep
from roadwright.domain.roles import Role
from roadwright.services.roadmaps.pipeline import Pipeline
from roadwright.sync.waiting import Waiting, WaitKind
from roadwright.web.pages.home.needs import _WORDS, backlog_of, needs
from roadwright.web.pages.home.stages import stages
from roadwright.web.pages.home.steps import cards
from tests.web.conftest import Room

EVERYWHERE = {name: f"/{name}" for name in ("home", "backlog", "runs", "roadmaps", "workbench", "scoring", "settings")}


@pytest.mark.parametrize(("phone", "dark"), [(False, False), (True, True)])
def test_it_is_well_made(shared_room: Room, phone: bool, dark: bool) -> None:
    page = shared_room.open("/", Role.APPROVER, phone=phone, dark=dark)
    assert shared_room.checked(page) == []
    ids = ["intake", "backlog", "scored", "candidates", "roadmaps", "run"]
    assert [page.locator(f"[data-testid=stage-{one}]").count() for one in ids] == [1] * 6
    for part in ("pipeline", "needs", "standing", "activity"):
        assert page.locator(f"[data-testid={part}]").count() == 1
    assert page.locator("[data-testid=activity] li").count() == 7
    shown = page.locator("main").inner_text()
    assert not [word for word in shown.split() if word.count("_") and "." not in word], "no stored words"
    shared_room.close(page)


def test_it_says_where_things_stand(shared_room: Room) -> None:
    page = shared_room.open("/", Role.VIEWER)
    latest = list(filter(None, page.locator("[data-testid=stage-run]").inner_text().split("\n")))
    assert latest[1:3] == ["12of 24 chosen", "optimal"]
    assert page.locator("[data-testid=stage-candidates] li").first.inner_text().split("\n") == ["2026-Q2", "24"]
    assert page.locator("[data-testid=need-blocked] .n").inner_text() == "4"
    assert page.locator("[data-testid=standing] .rw-chip.warn").count() == 1
    assert page.locator(".rw-step").count() == 0, "a viewer runs nothing"
    shared_room.close(page)


@pytest.mark.parametrize(("role", "steps"), [(Role.CONTRIBUTOR, 0), (Role.PLANNER, 4), (Role.APPROVER, 5)])
def test_what_a_role_may_not_run_is_absent(shared_room: Room, role: Role, steps: int) -> None:
    page = shared_room.open("/", role)
    assert page.locator(".rw-step").count() == steps
    if role is Role.CONTRIBUTOR:
        page.evaluate("rw.act('run', {name: 'pm.backlog_sync'})")
        page.wait_for_selector(".rw-notices .fail")
    shared_room.close(page)


def test_submit_an_idea_opens_its_dialog_on_the_backlog(shared_room: Room) -> None:
    page = shared_room.open("/", Role.CONTRIBUTOR)
    page.click("[data-testid=submit]")
    page.wait_for_selector("#submit[open]")
    shared_room.close(page)


def test_every_need_has_words_and_leads_to_what_it_is_about() -> None:
    assert set(_WORDS) == set(WaitKind)
    made = [Waiting(kind, 2, ("A<b>", "B", "C"), ("INIT-1", "INIT-2"), "Q2 x") for kind in WaitKind]
    shown = needs(made, EVERYWHERE, "")
    assert "<b>A" not in shown
    assert "A&lt;b&gt; · B and 1 more" in shown
    assert 'href="/roadmaps/Q2%20x?tab=gates"' in shown
    assert 'href="/runs/Q2%20x?rows=failed"' in shown
    assert shown.count("<li") == len(WaitKind)
    assert backlog_of(["INIT-1"]) == "/backlog?filter=initiative_key+%3D+INIT-1&open=INIT-1"
    assert "href" not in needs(made, {}, ""), "no way to a page that is not there"


def test_who_may_not_edit_is_led_to_look() -> None:
    shown = needs([Waiting(WaitKind.CONFLICTS, 1, ("Backlog, row 2",))], EVERYWHERE, "", may_edit=False)
    assert ("Settle" in shown, "See" in shown, 'href="/conflicts"' in shown) == (False, True, True)


def test_nothing_needed_says_so() -> None:
    assert "Nothing needs you. Last sync at 15:14." in needs([], EVERYWHERE, "Last sync at 15:14.")


def test_of_an_empty_workspace_all_stages_are_nought() -> None:
    empty = Pipeline(0, {}, {}, 0, {}, 0, {}, (), None, None)
    assert stages(empty, {}).count('<p class="big">0<small>') == 6


def test_the_first_step_with_work_is_the_one_to_do() -> None:
    steps = [NextStep("pm.backlog_sync"), NextStep("pm.score_selected", work=3), NextStep("pm.roadmap_publish", work=1)]
    assert cards(steps, {}).count("rw-step primary") == 1
    assert "3 scores out of date." in cards(steps, {})
    lacking = cards([NextStep("pm.roadmap_publish", lacks="approved roadmap")], {})
    assert "disabled" in lacking
    assert "No roadmap is approved." in lacking
