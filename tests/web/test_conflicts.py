"""Conflicts that a sheet raised: both values side by side, chosen field by field, settled by a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from roadwright.domain.roles import Role
from roadwright.workspace.workspace import open_workspace
from tests.house import Cells, House
from tests.web.conftest import Room

HOSTILE = '<img src=x onerror="document.title=1">'
KEY, OTHER = "INIT-000001", "INIT-000002"


@contextmanager
def house(room: Room) -> Iterator[House]:
    with closing(open_workspace(room.root)) as workspace:
        yield House(workspace)


def number_of(made: House, key: str) -> int:
    return made.row("Backlog", key).number


def clash(room: Room, here: dict[str, Cells], there: dict[str, Cells]) -> None:
    """Save cells of the Backlog, then others from an older copy of it."""
    with house(room) as made:
        copy = made.copied("Backlog")
        for key, cells in here.items():
            made.type_into("Backlog", number_of(made, key), cells)
        made.done("pm.backlog_sync")
        made.bring_back("Backlog", copy)
        for key, cells in there.items():
            made.type_into("Backlog", number_of(made, key), cells)
        made.done("pm.backlog_sync")


@pytest.fixture(scope="module")
def clashing(room: Room) -> Room:
    clash(
        room,
        {KEY: {"title": "Ours", "department": "Quality"}, OTHER: {"department": "Quality"}},
        {KEY: {"title": HOSTILE, "department": "Support"}, OTHER: {"department": "Support"}},
    )
    return room


def cells_of(room: Room, key: str, *names: str) -> list[str]:
    with house(room) as made:
        row = made.row("Backlog", key)
        return [row.text(name) for name in names]


@pytest.mark.parametrize(("phone", "dark"), [(False, False), (True, True)])
def test_it_is_well_made(clashing: Room, phone: bool, dark: bool) -> None:
    page = clashing.open("/conflicts", Role.PLANNER, phone=phone, dark=dark)
    assert clashing.checked(page) == []
    assert page.locator("[data-testid=conflicts] section").count() == 2
    assert HOSTILE in page.inner_text(f"[data-testid=clash-{KEY}]")
    assert not [word for word in page.inner_text("main").split() if "_" in word]
    clashing.close(page)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CONTRIBUTOR])
def test_whoever_does_not_plan_sees_both_values_and_settles_nothing(clashing: Room, role: Role) -> None:
    page = clashing.open("/conflicts", role)
    said = page.inner_text(f"[data-testid=clash-{OTHER}]")
    assert "In the sheet" in said
    assert ("Support" in said, "Quality" in said) == (True, True)
    assert page.locator("input[type=radio], [data-testid=settle]").count() == 0
    for number, act in enumerate(
        ("'settle'", "'choose-all', {value: 'sheet'}", "'choose', {field: 'x', value: 'sheet'}")
    ):
        page.evaluate(f"rw.act({act})")
        page.wait_for_selector(f".rw-notices .fail >> nth={number}")
    clashing.close(page)


def test_what_no_page_sends_is_refused(clashing: Room) -> None:
    page = clashing.open("/conflicts", Role.PLANNER)
    wrong = ("{field: 'x', value: 'sheet'}", "{field: {}, value: 'sheet'}", "{field: 'x', value: 'ask'}")
    for number, given in enumerate(wrong):
        page.evaluate(f"rw.act('choose', {given})")
        page.wait_for_selector(f".rw-notices .fail >> nth={number}")
    page.evaluate("rw.act('choose-all', {value: 'ask'})")
    page.wait_for_selector(f".rw-notices .fail >> nth={len(wrong)}")
    assert page.locator("[data-testid=settle]").is_disabled()
    clashing.close(page)


def test_home_leads_here_and_each_field_is_settled_by_itself(clashing: Room) -> None:
    page = clashing.open("/", Role.PLANNER)
    assert page.inner_text("[data-testid=need-conflicts] .n") == "2"
    page.click("[data-testid=go-conflicts]")
    page.wait_for_selector("body[data-live] [data-testid=settle]")
    assert page.locator("[data-testid=settle]").is_disabled()
    first = page.locator(f"[data-testid=clash-{KEY}]")
    first.locator("[data-testid=keep-database-title]").check()
    first.locator("[data-testid=keep-sheet-department]").check()
    page.wait_for_selector("[data-testid=settle]:has-text('Settle 2 fields')")
    page.click("[data-testid=settle]")
    page.wait_for_selector(f"[data-testid=clash-{KEY}]", state="detached", timeout=60_000)
    assert page.locator("[data-testid=conflicts] section").count() == 1
    assert cells_of(clashing, KEY, "title", "department", "run_status") == ["Ours", "Support", "OK"]
    assert cells_of(clashing, OTHER, "department")[0] == "Support"
    assert clashing.checked(page) == []
    clashing.close(page)


def test_all_at_once_by_keyboard(clashing: Room) -> None:
    page = clashing.open("/conflicts", Role.PLANNER)
    page.focus(f"[data-testid=clash-{OTHER}] input >> nth=0")
    page.keyboard.press("Space")
    page.wait_for_selector("[data-testid=settle]:has-text('Settle 1 field')")
    page.keyboard.press("ArrowDown")
    page.wait_for_function("document.activeElement.dataset.testid === 'keep-database-department'")
    page.wait_for_function("document.activeElement.checked")
    page.click("[data-testid=all-database]")
    page.click("[data-testid=settle]:enabled")
    page.wait_for_selector("[data-testid=conflicts]:has-text('Nothing is in conflict')", timeout=60_000)
    assert cells_of(clashing, OTHER, "department", "run_status") == ["Quality", "OK"]
    page = clashing.goto(page, "/")
    assert page.locator("[data-testid=need-conflicts]").count() == 0
    clashing.close(page)


def test_what_changed_since_it_was_chosen_is_not_settled(room: Room) -> None:
    clash(room, {KEY: {"country": "FR"}}, {KEY: {"country": "ES"}})
    page = room.open("/conflicts", Role.PLANNER)
    page.check(f"[data-testid=clash-{KEY}] [data-testid=keep-database-country]")
    page.wait_for_selector("[data-testid=settle]:enabled")
    with house(room) as made:
        made.type_into("Backlog", number_of(made, KEY), {"country": "DE"})
        made.done("pm.backlog_sync")
    _press_before_the_page_hears_of_it(page)
    page.wait_for_selector(f"[data-testid=clash-{KEY}]:has-text('DE')")
    assert cells_of(room, KEY, "country") == ["DE"]
    page.click("[data-testid=all-sheet]")
    page.click("[data-testid=settle]:enabled")
    page.wait_for_selector("[data-testid=conflicts]:has-text('Nothing is in conflict')", timeout=60_000)
    room.close(page)


def test_long_texts_and_close_numbers_are_told_apart(room: Room) -> None:
    long = "A word, and another one. " * 200
    clash(
        room,
        {KEY: {"problem_statement": long + "ours", "effort_engineering_days": 100.2, "country": None}},
        {KEY: {"problem_statement": long + "theirs", "effort_engineering_days": 100.4, "country": "blank"}},
    )
    page = room.open("/conflicts", Role.PLANNER, phone=True)
    assert room.checked(page) == []
    said = page.inner_text(f"[data-testid=clash-{KEY}]")
    missing = [text[-60:] for text in ("100.2", "100.4", long + "ours", long + "theirs") if text not in said]
    assert missing == []
    assert page.locator(f"[data-testid=clash-{KEY}] .nothing").count() == 1
    page.click("[data-testid=all-database]")
    page.click("[data-testid=settle]:enabled")
    page.wait_for_selector("[data-testid=conflicts]:has-text('Nothing is in conflict')", timeout=60_000)
    room.close(page)


def _press_before_the_page_hears_of_it(page: Any) -> None:
    page.evaluate("rw.act('settle')")


def test_run_again_settles_nothing_anew(room: Room) -> None:
    clash(room, {KEY: {"country": "FR"}}, {KEY: {"country": "ES"}})
    with house(room) as made:
        settled = made.done("pm.save_selected", tab="Backlog", select=KEY, options=["on_conflict=country: database"])
    clash(room, {KEY: {"country": "NL"}}, {KEY: {"country": "PT"}})
    page = room.open(f"/runs/{settled.run_id}", Role.PLANNER)
    page.click("[data-testid=run-again]")
    page.wait_for_url(lambda address: not address.endswith(settled.run_id))
    page.wait_for_selector("[data-testid=rows] tr:has-text('Conflict')", timeout=60_000)
    assert cells_of(room, KEY, "country") == ["PT"], "what was typed since is kept"
    page.click("[data-testid=conflicts]")
    page.wait_for_selector(f"[data-testid=clash-{KEY}]")
    room.close(page)
