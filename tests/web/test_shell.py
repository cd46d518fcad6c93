"""What all pages share: the frame, the theme, keys, and acts that a page does not take."""

from __future__ import annotations

import pytest

from roadwright.domain.roles import Role
from tests.web.conftest import Room


@pytest.mark.parametrize(("phone", "dark"), [(False, True), pytest.param(True, False, marks=pytest.mark.thorough)])
def test_the_frame_is_well_made(shared_room: Room, phone: bool, dark: bool) -> None:
    page = shared_room.open("/", phone=phone, dark=dark)
    assert ("body--dark" in page.evaluate("document.body.className")) == dark
    assert page.locator("nav[aria-label=Main]").count() == 1
    assert page.locator("main#main").count() == 1
    assert shared_room.checked(page) == []
    shared_room.close(page)


def test_the_theme_is_kept_for_the_person_and_does_not_flash(shared_room: Room) -> None:
    page = shared_room.open("/", Role.VIEWER)
    page.click("[data-testid=theme]")
    page.wait_for_selector("body.body--dark")
    page.wait_for_load_state("networkidle")
    again = shared_room.open("/", Role.VIEWER)
    assert "body--dark" in again.evaluate("document.body.className")
    html = again.context.request.get(shared_room.base + "/").text()
    assert html.index('classList.add("body--dark")') < html.index('<div id="app"')
    shared_room.close(page)
    shared_room.close(again)


def test_keys_lead_to_pages_and_list_themselves(shared_room: Room) -> None:
    page = shared_room.open("/?here=1")
    page.keyboard.press("?")
    page.wait_for_selector("dialog#rw-keys[open]")
    assert "Home" in page.locator("#rw-keys").inner_text()
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog#rw-keys", state="hidden")
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url(f"{shared_room.base}/")
    page.wait_for_selector("body[data-live] h1")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "rw-skip"
    shared_room.close(page)


@pytest.mark.parametrize(
    ("act", "values", "said"),
    [
        ("drop_everything", {}, "nothing that is called"),
        ("theme", {"theme": "pink"}, "not taken (theme)"),
        ("theme", {}, "not taken (theme)"),
        ("theme", {"theme": "dark", "more": 1}, "not taken (more)"),
    ],
)
def test_an_act_that_is_not_taken_is_refused(shared_room: Room, act: str, values: dict[str, object], said: str) -> None:
    page = shared_room.open("/")
    page.evaluate("([act, values]) => rw.act(act, values)", [act, values])
    page.wait_for_selector(".rw-notices .fail")
    assert said in page.locator(".rw-notices .fail").inner_text()
    page.evaluate("emitEvent('act', 'no dictionary'); emitEvent('act', null)")
    page.wait_for_function("document.querySelectorAll('.rw-notices .fail').length >= 2")
    shared_room.close(page)


def test_a_lost_connection_is_told_and_comes_back(shared_room: Room) -> None:
    page = shared_room.open("/")
    page.evaluate("window.socket.disconnect()")
    page.wait_for_selector(".rw-offline", state="visible")
    assert page.locator(".rw-offline").inner_text().startswith("Not connected; what you see is from ")
    page.evaluate("rw.act('theme', {theme: 'dark'})")
    page.wait_for_selector(".rw-notices .warn")
    page.evaluate("window.socket.connect()")
    page.wait_for_selector(".rw-offline", state="hidden")
    shared_room.close(page)


def test_every_page_comes_up_clean(shared_room: Room) -> None:
    page = shared_room.open("/", Role.ADMIN)
    for path in (
        *("/backlog", "/scoring", "/workbench/Growth%20first", "/roadmaps/Q2%20committed?tab=gates"),
        *("/report/Growth%20first", "/runs", "/runs/OPT-000002", "/settings"),
    ):
        shared_room.goto(page, path)
        assert shared_room.faults[page] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    shared_room.close(page)
