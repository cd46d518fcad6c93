"""Who may open pages and their sockets, and what ends when a session ends."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from roadwright.domain.roles import Role
from roadwright.services.people.accounts import add_user, disable_user, set_role, users
from roadwright.workspace.workspace import open_workspace
from tests.web.conftest import PASSWORD, Room, email


def test_a_signed_out_person_signs_in_and_comes_back(shared_room: Room) -> None:
    page = shared_room.page(shared_room.browser.new_context())
    page.goto(f"{shared_room.base}/?asked=for")
    assert page.url == f"{shared_room.base}/sign-in?then=/%3Fasked%3Dfor"
    page.fill("#email", email(Role.PLANNER))
    page.fill("#password", "wrong wrong wrong")
    page.click("button")
    assert page.locator(".wrong").inner_text() == "This address and password don't go together."
    page.fill("#email", email(Role.PLANNER))
    page.fill("#password", PASSWORD)
    page.click("button")
    page.wait_for_selector("body[data-live] h1")
    assert page.url == f"{shared_room.base}/?asked=for"
    shared_room.close(page)


def test_nobody_is_led_elsewhere(shared_room: Room) -> None:
    context = shared_room.browser.new_context()
    for elsewhere in ("//evil.example", "/\\\\evil.example", "https://evil.example", "evil"):
        form = {"email": email(Role.VIEWER), "password": PASSWORD, "then": elsewhere}
        answer = context.request.post(
            f"{shared_room.base}/sign-in", form=form, headers={"Origin": shared_room.base}, max_redirects=0
        )
        assert (answer.status, answer.headers["location"]) == (303, "/"), elsewhere
    context.close()


def test_files_need_no_session_and_nicegui_does(shared_room: Room) -> None:
    context = shared_room.browser.new_context()
    styles = context.request.get(f"{shared_room.base}/sign-in").text().split('stylesheet" href="')[1].split('"')[0]
    answer = context.request.get(shared_room.base + styles)
    assert answer.status == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    assert context.request.get(f"{shared_room.base}/static/other/rw.css").status == 404
    for path in ("/_nicegui/3.18.0/static/nicegui.js", "/_nicegui_ws/socket.io/?EIO=4&transport=polling", "/nothing"):
        assert context.request.get(shared_room.base + path).status == 401, path
    context.close()


def test_what_is_not_there(shared_room: Room) -> None:
    context = shared_room.signed_in()
    page = context.request.get(f"{shared_room.base}/nothing", headers={"Accept": "text/html"})
    assert (page.status, "There is no such page" in page.text()) == (404, True)
    call = context.request.get(f"{shared_room.base}/api/v1/nothing")
    assert (call.status, call.json()["code"]) == (404, "no_such_path")
    assert context.request.put(f"{shared_room.base}/api/v1/runs", headers={"Origin": shared_room.base}).status == 405
    context.close()


_SOCKET = """([address, seconds]) => new Promise(done => {
    const socket = new WebSocket(address);
    socket.onopen = () => done("open"); socket.onerror = () => done("refused");
})"""


def test_a_socket_is_opened_by_our_own_pages_only(shared_room: Room) -> None:
    address = shared_room.base.replace("http", "ws") + "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
    own = shared_room.open("/")
    assert own.evaluate(_SOCKET, [address, 0]) == "open"
    own.goto("about:blank")
    assert own.evaluate(_SOCKET, [address, 0]) == "refused", "another origin"
    shared_room.close(own)
    stranger = shared_room.page(shared_room.browser.new_context())
    stranger.goto(f"{shared_room.base}/sign-in")
    assert stranger.evaluate(_SOCKET, [address, 0]) == "refused", "no session"
    shared_room.close(stranger)


LEAVER = "leaver@example.com"


def _sign_out(shared_room: Room, page: Any) -> None:
    page.context.request.post(f"{shared_room.base}/sign-out", headers={"Origin": shared_room.base})


def _other_role(shared_room: Room, page: Any) -> None:
    with closing(open_workspace(shared_room.root)) as workspace, workspace.store.transaction() as session:
        set_role(session, LEAVER, Role.VIEWER)
        set_role(session, LEAVER, Role.CONTRIBUTOR)


def _disabled(shared_room: Room, page: Any) -> None:
    with closing(open_workspace(shared_room.root)) as workspace, workspace.store.transaction() as session:
        disable_user(session, LEAVER)


@pytest.mark.parametrize(
    "ends", [_sign_out, *(pytest.param(one, marks=pytest.mark.thorough) for one in (_other_role, _disabled))]
)
def test_an_open_page_ends_with_its_session(shared_room: Room, ends: Any) -> None:
    with closing(open_workspace(shared_room.root)) as workspace, workspace.store.transaction() as session:
        if LEAVER not in [user.email for user in users(session)]:
            add_user(session, LEAVER, Role.CONTRIBUTOR, PASSWORD)
    page = shared_room.open("/", "leaver", anew=True)
    ends(shared_room, page)
    page.wait_for_url(f"{shared_room.base}/sign-in?then=*", timeout=10_000)
    shared_room.close(page)


def test_who_and_role_are_shown(shared_room: Room) -> None:
    page = shared_room.open("/", Role.PLANNER)
    page.click("[data-testid=who]")
    assert page.locator(".rw-who p").inner_text().split("\n")[:2] == [email(Role.PLANNER), "planner"]
    shared_room.close(page)
