"""Who may open pages and their sockets, and what ends when a session ends."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from roadwright.domain.roles import Role
from roadwright.services.people.accounts import disable_user, set_role
from roadwright.workspace.workspace import open_workspace
from tests.web.conftest import PASSWORD, Room, email


def test_a_signed_out_person_signs_in_and_comes_back(room: Room) -> None:
    page = room.page(room.browser.new_context())
    page.goto(f"{room.base}/?asked=for")
    assert page.url == f"{room.base}/sign-in?then=/%3Fasked%3Dfor"
    page.fill("#email", email(Role.PLANNER))
    page.fill("#password", "wrong wrong wrong")
    page.click("button")
    assert page.locator(".wrong").inner_text() == "This address and password don't go together."
    page.fill("#email", email(Role.PLANNER))
    page.fill("#password", PASSWORD)
    page.click("button")
    page.wait_for_selector("body[data-live] h1")
    assert page.url == f"{room.base}/?asked=for"
    room.close(page)


def test_nobody_is_led_elsewhere(room: Room) -> None:
    context = room.browser.new_context()
    for elsewhere in ("//evil.example", "/\\\\evil.example", "https://evil.example", "evil"):
        form = {"email": email(Role.VIEWER), "password": PASSWORD, "then": elsewhere}
        answer = context.request.post(f"{room.base}/sign-in", form=form, headers={"Origin": room.base}, max_redirects=0)
        assert (answer.status, answer.headers["location"]) == (303, "/"), elsewhere
    context.close()


def test_files_need_no_session_and_nicegui_does(room: Room) -> None:
    context = room.browser.new_context()
    styles = context.request.get(f"{room.base}/sign-in").text().split('stylesheet" href="')[1].split('"')[0]
    answer = context.request.get(room.base + styles)
    assert answer.status == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    assert context.request.get(f"{room.base}/static/other/rw.css").status == 404
    for path in ("/_nicegui/3.18.0/static/nicegui.js", "/_nicegui_ws/socket.io/?EIO=4&transport=polling", "/nothing"):
        assert context.request.get(room.base + path).status == 401, path
    context.close()


def test_what_is_not_there(room: Room) -> None:
    context = room.signed_in()
    page = context.request.get(f"{room.base}/nothing", headers={"Accept": "text/html"})
    assert (page.status, "There is no such page" in page.text()) == (404, True)
    call = context.request.get(f"{room.base}/api/v1/nothing")
    assert (call.status, call.json()["code"]) == (404, "no_such_path")
    assert context.request.put(f"{room.base}/api/v1/runs", headers={"Origin": room.base}).status == 405
    context.close()


_SOCKET = """([address, seconds]) => new Promise(done => {
    const socket = new WebSocket(address);
    socket.onopen = () => done("open"); socket.onerror = () => done("refused");
})"""


def test_a_socket_is_opened_by_our_own_pages_only(room: Room) -> None:
    address = room.base.replace("http", "ws") + "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
    own = room.open("/")
    assert own.evaluate(_SOCKET, [address, 0]) == "open"
    own.goto("about:blank")
    assert own.evaluate(_SOCKET, [address, 0]) == "refused", "another origin"
    room.close(own)
    stranger = room.page(room.browser.new_context())
    stranger.goto(f"{room.base}/sign-in")
    assert stranger.evaluate(_SOCKET, [address, 0]) == "refused", "no session"
    room.close(stranger)


def _sign_out(room: Room, page: Any) -> None:
    page.context.request.post(f"{room.base}/sign-out", headers={"Origin": room.base})


def _other_role(room: Room, page: Any) -> None:
    with closing(open_workspace(room.root)) as workspace, workspace.store.transaction() as session:
        set_role(session, email(Role.CONTRIBUTOR), Role.VIEWER)
        set_role(session, email(Role.CONTRIBUTOR), Role.CONTRIBUTOR)


def _disabled(room: Room, page: Any) -> None:
    with closing(open_workspace(room.root)) as workspace, workspace.store.transaction() as session:
        disable_user(session, email(Role.CONTRIBUTOR))


@pytest.mark.parametrize("ends", [_sign_out, _other_role, _disabled])
def test_an_open_page_ends_with_its_session(room: Room, ends: Any) -> None:
    page = room.open("/", Role.CONTRIBUTOR, anew=True)
    ends(room, page)
    page.wait_for_url(f"{room.base}/sign-in?then=*", timeout=10_000)
    room.close(page)


def test_who_and_role_are_shown(room: Room) -> None:
    page = room.open("/", Role.PLANNER)
    page.click("[data-testid=who]")
    assert page.locator(".rw-who p").inner_text().split("\n")[:2] == [email(Role.PLANNER), "planner"]
    room.close(page)
