"""The workbench as people use it: change one thing, see the answer and its price, keep it or not."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import update

from roadwright.store.models import Initiative
from roadwright.workspace.workspace import open_workspace
from tests.web.conftest import Room

CHECK, WELCOME, FRIEND = "INIT-000008", "INIT-000016", "INIT-000015"
HOSTILE = '<img src=x onerror="window.hit=1"> :key {{7*7}} </script>'
ANSWERED = "document.body.dataset.solving === '0'"
PRICED = "![...document.querySelectorAll('.p .dim')].some(one => one.textContent === 'pricing…')"


def settled(page: Any, *, priced: bool = False) -> None:
    """Wait until the newest answer is shown, and its prices where they matter."""
    page.wait_for_function(f"{ANSWERED}{f' && {PRICED}' if priced else ''}", timeout=30_000)


def bench(room: Room, name: str = "Growth%20first", role: str = "planner", **more: Any) -> Any:
    page = room.open(f"/workbench/{name}", role, **more)
    settled(page)
    return page


def figures(page: Any) -> str:
    return str(page.inner_text("[data-testid=answer-strip]")).replace("\n", " ")


def press(page: Any, test: str) -> None:
    page.click(f"[data-testid={test}]")
    settled(page)


@pytest.fixture(scope="module", autouse=True)
def _hostile(room: Room) -> None:
    """Titles are typed by anybody."""
    with closing(open_workspace(room.root)) as workspace, workspace.store.transaction() as session:
        session.execute(update(Initiative).where(Initiative.initiative_key == FRIEND).values(title=HOSTILE))


def test_a_switch_changes_the_answer_and_the_link_opens_the_same(room: Room) -> None:
    page = bench(room, role="viewer")
    assert "equals the saved run" in figures(page)
    assert page.evaluate("document.documentElement.scrollHeight") <= page.viewport_size["height"]
    assert page.locator("[data-testid=save]").count() == 0
    assert page.inner_text("tbody[data-side=in] .rw-count") == "12"
    press(page, f"switch-{WELCOME}-in")
    assert "unsaved what-if" in figures(page)
    assert "−£7k" in figures(page)
    assert page.inner_text("[data-testid=announced]") == ("12 chosen, plus 1.52 million pounds, 7 thousand pounds less")
    row = page.locator(f"tbody[data-side=in] #r-{WELCOME}.marked")
    assert "changed" in row.inner_text()
    settled(page, priced=True)
    assert "your switch" in row.inner_text()
    other = room.page(page.context)
    room.goto(other, page.url.removeprefix(room.base))
    settled(other)
    assert figures(other).partition("Proved")[0] == figures(page).partition("Proved")[0]
    assert other.get_attribute(f"[data-testid=switch-{WELCOME}-in]", "aria-checked") == "true"
    other.close()
    press(page, "undo")
    assert "equals the saved run" in figures(page)
    page.wait_for_function("!location.search.includes('w=')")
    assert room.checked(page) == []
    assert page.evaluate("window.hit") is None
    times = page.evaluate("rw.answers")
    assert len(times) >= 2
    room.close(page)


@pytest.mark.thorough
def test_rules_that_clash_name_the_switch_and_offer_it_first(room: Room) -> None:
    page = bench(room)
    press(page, f"switch-{CHECK}-out")
    said = page.inner_text("[data-testid=conflict]")
    assert "your switch" in said
    assert "Set “Trader details check” back to auto" in said
    assert room.checked(page) == []
    press(page, "repair")
    assert page.inner_text("[data-testid=conflict]") == ""
    assert "equals the saved run" in figures(page)
    press(page, f"switch-{CHECK}-out")
    press(page, "repair-1")
    assert "unsaved what-if" in figures(page)
    assert page.get_attribute(f"[data-testid='rule-mandatory:{CHECK}']", "aria-checked") == "false"
    press(page, "reset")
    assert "equals the saved run" in figures(page)
    room.close(page)


@pytest.mark.thorough
def test_capacity_numbers_in_rules_and_new_rules(room: Room) -> None:
    page = bench(room)
    page.fill("[data-testid=capacity]", "1140")
    page.press("[data-testid=capacity]", "Enter")
    page.wait_for_function("document.querySelector('[data-testid=answer-strip]').innerText.includes('1,140')")
    settled(page)
    assert "+£63k" in figures(page)
    assert page.input_value("[data-testid=capacity-slider]") == "1140"
    edit = "[data-testid='edit-capacity_floor:department:Operations-min_tokens']"
    page.fill(edit, "400")
    page.press(edit, "Enter")
    page.wait_for_selector("[data-testid=rules] .rw-mark:has-text('edited')")
    settled(page)
    goal = "[data-testid='edit-target_goal:country:Spain:gmv-target_value']"
    assert page.input_value(goal) == "3,350,000"
    page.fill(goal, "9,000,000")
    page.press(goal, "Enter")
    page.wait_for_selector("[data-testid=targets]:has-text('of £9.00M goal')")
    settled(page)
    page.fill("[data-testid=capacity]", "-5")
    page.press("[data-testid=capacity]", "Enter")
    page.wait_for_selector(".rw-notices .fail")
    settled(page)
    page.click("[data-testid=add-rule]")
    page.select_option("[data-testid=rule-kind]", "exclude_pair")
    page.wait_for_selector("[data-testid=rule-members]")
    page.select_option("[data-testid=rule-kind]", "bundle")
    page.wait_for_selector("[data-testid=rule-members][multiple]")
    assert page.eval_on_selector("[data-testid=rule-members]", "one => getComputedStyle(one).overflowY") == "auto"
    page.select_option("[data-testid=rule-kind]", "exclude_pair")
    page.wait_for_selector("[data-testid=rule-members]:not([multiple])")
    page.select_option("[data-testid=rule-dimension_key]", "INIT-000012")
    page.select_option("[data-testid=rule-members]", "INIT-000012")
    page.click("[data-testid=rule-send]")
    page.wait_for_selector("#add-dialog .fault")
    page.select_option("[data-testid=rule-members]", "INIT-000024")
    page.click("[data-testid=rule-send]")
    page.wait_for_selector("[data-testid=remove-0]")
    settled(page)
    sides = [page.locator(f"tbody[data-side=in] #r-{key}").count() for key in ("INIT-000012", "INIT-000024")]
    assert sorted(sides) == [0, 1]
    press(page, "remove-0")
    room.close(page)


@pytest.mark.thorough
def test_the_keyboard_is_enough(room: Room) -> None:
    page = bench(room)
    page.keyboard.press("ArrowDown")
    first = page.evaluate("document.activeElement.dataset.key")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.key") != first
    page.keyboard.press("ArrowUp")
    page.keyboard.press("x")
    settled(page)
    page.wait_for_function("document.querySelector('[data-testid=conflict]').innerText !== ''")
    page.keyboard.press("a")
    page.wait_for_function("document.querySelector('[data-testid=conflict]').innerText === ''")
    assert page.evaluate("document.activeElement.dataset.key") == first
    page.keyboard.press("u")
    page.wait_for_function("document.querySelector('[data-testid=conflict]').innerText !== ''")
    page.keyboard.press("c")
    assert page.evaluate("document.activeElement.id") == "capacity"
    page.keyboard.press("Control+s")
    page.wait_for_selector("#save-form")
    page.keyboard.press("Escape")
    assert not page.is_visible("#save-form")
    room.close(page)


@pytest.mark.thorough
def test_the_evidence_comes_later_and_firmness_when_asked(room: Room) -> None:
    page = bench(room)
    page.wait_for_function("document.querySelector('[data-testid=curve]').innerText.includes('the rules can’t be met')")
    assert "Next step up at 1,140 tokens: +£63k for 40 more." in page.inner_text("[data-testid=curve]")
    page.click("[data-testid=firm]")
    page.wait_for_selector(".rw-firm[title*='of 40 trials']")
    assert page.inner_text(f"#r-{CHECK} .firm") == "100 %"
    page.click("[data-testid=slice-country]")
    page.wait_for_selector("[data-testid=usage] >> text=Spain")
    press(page, "tab-periods")
    page.wait_for_selector(".rw-lanes td[data-period='2026-Q3'] .rw-lane")
    page.select_option("[data-testid=period-INIT-000012]", "2026-Q3")
    page.wait_for_selector(".rw-lanes td[data-period='2026-Q3'] #lane-INIT-000012")
    settled(page)
    page.drag_and_drop(
        "#lane-INIT-000012",
        ".rw-lanes tr:has(#lane-INIT-000012) td[data-period='2026-Q2']",
        source_position={"x": 20, "y": 10},
    )
    page.wait_for_selector(".rw-lanes td[data-period='2026-Q2'] #lane-INIT-000012")
    settled(page)
    assert room.checked(page) == []
    press(page, "tab-compare")
    page.wait_for_selector("[data-testid=compare] >> text=Baseline")
    assert "Balanced" in page.inner_text("[data-testid=compare]")
    page.wait_for_url("**tab=compare**")
    assert room.checked(page) == []
    room.close(page)


@pytest.mark.thorough
def test_on_a_phone_and_in_the_dark(room: Room) -> None:
    page = bench(room, "Balanced", role="viewer", phone=True)
    assert page.is_visible(f"[data-testid=switch-{WELCOME}-in]")
    assert not page.is_visible("[data-testid=firm]")
    assert room.checked(page) == []
    room.close(page)
    page = bench(room, "balanced", dark=True)
    page.evaluate("rw.act('weight', {kpi: 'gmv', value: '1'})")
    page.wait_for_function("document.querySelector('[data-testid=answer-strip]').innerText.includes('unsaved')")
    settled(page)
    assert "objective" in figures(page)
    assert room.checked(page) == []
    room.close(page)


def test_what_a_browser_sends_is_not_believed(room: Room) -> None:
    page = bench(room, role="viewer")
    for act, values in (
        ("save", {"name": "Mine"}),
        ("switch", {"key": "INIT-000099", "way": "in"}),
        ("switch", {"key": CHECK, "way": "gone"}),
        ("edit", {"id": "mandatory:INIT-000001", "field": "id", "value": "1"}),
        ("capacity", {"value": "nan"}),
        ("rule", {"id": "<b>", "on": False}),
        ("put", {"key": CHECK, "value": "1999"}),
        ("repair", {"place": 7}),
    ):
        page.evaluate(f"rw.act({json.dumps(act)}, {json.dumps(values)})")
        if act != "repair":
            page.wait_for_selector(".rw-notices .fail")
            page.evaluate("document.querySelector('.rw-notices').replaceChildren()")
    assert "equals the saved run" in figures(page)
    room.close(page)


@pytest.mark.thorough
def test_saving_asks_why_and_the_run_becomes_the_baseline(room: Room) -> None:
    page = bench(room)
    press(page, f"switch-{WELCOME}-in")
    page.click("[data-testid=save]")
    page.fill(f"[data-testid=reason-{WELCOME}]", " ")
    page.click("[data-testid=save-send]")
    page.wait_for_selector("#save-dialog .fault")
    page.fill(f"[data-testid=reason-{WELCOME}]", "Promised to the press")
    page.fill("[data-testid=save-name]", "With a welcome")
    page.click("[data-testid=save-send]")
    page.wait_for_url("**/workbench/With%20a%20welcome")
    page.wait_for_selector("body[data-live]")
    page.wait_for_function(
        "document.querySelector('.rw-state')?.innerText.includes('equals the saved run')", timeout=60_000
    )
    assert "baseline OPT-" in page.inner_text("#bench-stands-on")
    assert "Promised to the press" in page.inner_text("[data-testid=rules]")
    assert "12 of 24" in figures(page)
    room.close(page)
    with closing(open_workspace(room.root)) as workspace:
        from roadwright.actions.workbench import load_bench

        saved = load_bench(workspace, "With a welcome")
        assert saved.baseline is not None
        assert f"mandatory:{WELCOME}" in saved.problem.rows


def test_a_scenario_that_is_not_there_and_a_link_that_is_gone(room: Room) -> None:
    page = room.open("/workbench/Growth%20fist", "viewer")
    assert "Growth first" in page.inner_text("main")
    room.close(page)
    page = bench(room, "Growth%20first?w=aaaaaaaaaaaa", role="viewer")
    page.wait_for_selector(".rw-notices .warn")
    assert "equals the saved run" in figures(page)
    room.close(page)
