"""Settings: what a role may not use is absent; users, tokens that are shown once, health."""

from __future__ import annotations

from contextlib import closing

import pytest

from roadwright.domain.roles import Role
from roadwright.services.people.accounts import add_user
from roadwright.workspace.workspace import open_workspace
from tests.web.conftest import PASSWORD, Room, email

pytestmark = pytest.mark.thorough

PARTS = ("profile", "users", "tokens", "filters", "health", "files")


@pytest.mark.parametrize(
    ("role", "parts"),
    [
        (Role.VIEWER, ["profile", "filters"]),
        (Role.CONTRIBUTOR, ["profile", "filters"]),
        (Role.PLANNER, ["profile", "tokens", "filters"]),
        (Role.ADMIN, list(PARTS)),
    ],
)
def test_each_role_gets_its_own(shared_room: Room, role: Role, parts: list[str]) -> None:
    page = shared_room.open("/settings", role, phone=role is Role.PLANNER)
    assert [one for one in PARTS if page.locator(f"[data-testid={one}]").count()] == parts
    if role is Role.ADMIN:
        page.wait_for_selector(".rw-health li")
    assert shared_room.checked(page) == []
    shared_room.close(page)


def test_the_last_admin_stays_and_others_move(shared_room: Room) -> None:
    page = shared_room.open("/settings", Role.ADMIN)
    page.select_option(f"[data-testid='role-{email(Role.ADMIN)}']", "viewer")
    page.wait_for_selector(".rw-notices .fail")
    page.click("[data-testid=new-user]")
    page.fill("#field-email", "new@example.com")
    page.fill("#field-password", PASSWORD)
    page.click("[data-testid=new-user-save]")
    page.wait_for_selector("[data-testid='user-new@example.com']")
    page.select_option("[data-testid='role-new@example.com']", "planner")
    page.wait_for_selector(".rw-notices .ok:has-text('planner')")
    page.click("[data-testid='disable-user-new@example.com']")
    page.wait_for_selector("[data-testid='enable-user-new@example.com']")
    assert page.input_value(f"[data-testid='role-{email(Role.ADMIN)}']") == "admin"
    shared_room.close(page)


def test_a_token_is_shown_once_and_may_not_do_more_than_its_maker(shared_room: Room) -> None:
    page = shared_room.open("/settings", Role.PLANNER)
    page.click("[data-testid=new-token]")
    roles = page.locator("[data-testid=token-role] option")
    assert [roles.nth(n).get_attribute("value") for n in range(roles.count())] == ["viewer", "contributor", "planner"]
    page.fill("[data-testid=token-name]", "dashboard")
    page.click("[data-testid=token-save]")
    secret = page.locator("[data-testid=token-secret]").inner_text()
    headers = {"Authorization": f"Bearer {secret}"}
    me = page.context.request.get(f"{shared_room.base}/api/v1/me", headers=headers).json()
    assert (me["who"], me["role"]) == ("token:dashboard", "viewer")
    page.evaluate("rw.act('make-token', {name: 'more', role: 'admin', expires: '', action: ''})")
    page.wait_for_selector(".rw-notices .fail")
    page.reload()
    page.wait_for_selector("body[data-live] [data-testid=token-dashboard]")
    assert secret not in page.content()
    other = shared_room.open("/settings", Role.APPROVER)
    assert other.locator("[data-testid=token-dashboard]").count() == 0
    other.evaluate("rw.act('revoke-token', {name: 'dashboard'})")
    other.wait_for_selector(".rw-notices .fail")
    page.click("[data-testid=revoke-dashboard]")
    page.wait_for_selector("[data-testid=token-dashboard]", state="detached")
    assert page.context.request.get(f"{shared_room.base}/api/v1/me", headers=headers).status == 401
    shared_room.close(page)
    shared_room.close(other)


def test_the_look_is_chosen_and_kept(shared_room: Room) -> None:
    page = shared_room.open("/settings", Role.CONTRIBUTOR)
    page.click("[data-testid=density-compact]")
    page.wait_for_selector("body[data-density=compact]")
    page.click("[data-testid=theme-dark]")
    page.wait_for_selector("body.body--dark")
    page.wait_for_function("window.socket.connected")
    shared_room.goto(page, "/settings")
    assert page.locator("[data-testid=theme-dark]").get_attribute("aria-checked") == "true"
    assert page.evaluate("document.body.dataset.density") == "compact"
    shared_room.close(page)


def test_a_password_is_changed_which_ends_all_sessions(shared_room: Room) -> None:
    me, chosen = "mover", "another horse battery"
    with closing(open_workspace(shared_room.root)) as workspace, workspace.store.transaction() as session:
        add_user(session, email(me), Role.VIEWER, PASSWORD)
    page = shared_room.open("/settings", me, anew=True)
    page.click("[data-testid=password-open]")
    for old, then in (("not my password", ".rw-notices .fail"), (PASSWORD, "form input[name=password]")):
        page.fill("#field-old", old)
        page.fill("#field-new", chosen)
        page.click("[data-testid=password-save]")
        page.wait_for_selector(then)
    answers = [
        page.context.request.post(
            f"{shared_room.base}/sign-in",
            data={"email": email(me), "password": tried},
            headers={"Origin": shared_room.base},
        ).status
        for tried in (PASSWORD, chosen)
    ]
    assert answers == [401, 204]
    shared_room.close(page)
