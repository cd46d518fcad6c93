"""The page Scoring & KPIs, in a browser."""

from __future__ import annotations

import re
from contextlib import closing

import pytest
from sqlalchemy import select

from roadwright.domain.messages import Message
from roadwright.domain.roles import Role
from roadwright.store.models import Initiative, InitiativeParam, OrganizationMetricsConfig
from roadwright.web.pages.scoring.params import pointed
from roadwright.workspace.workspace import open_workspace
from tests.web.conftest import Room

pytestmark = pytest.mark.thorough


def param(room: Room, name: str) -> tuple[float | None, bool]:
    with closing(open_workspace(room.root)) as workspace, workspace.store.transaction() as session:
        found = session.scalars(
            select(InitiativeParam).where(
                InitiativeParam.param_name == name, InitiativeParam.model_name == "buyers who dare"
            )
        ).one()
        return found.value, found.approved


def stars(room: Room) -> list[str]:
    with closing(open_workspace(room.root)) as workspace, workspace.store.transaction() as session:
        level = OrganizationMetricsConfig.kpi_level
        return list(session.scalars(select(OrganizationMetricsConfig.kpi_key).where(level == "north_star")))


@pytest.mark.parametrize(("phone", "dark"), [(False, False), (True, True)])
def test_it_is_well_made(room: Room, phone: bool, dark: bool) -> None:
    page = room.open("/scoring", Role.PLANNER, phone=phone, dark=dark)
    page.wait_for_selector("[data-testid=stale]:not(:has-text('looking'))")
    page.click("summary:has-text('As a table')")
    page.click("[data-testid=node-gmv]")
    page.wait_for_selector("[data-testid=kpi] h3:has-text('Targets on it')")
    assert "New search index" in page.inner_text("[data-testid=kpi]")
    assert room.checked(page) == []
    room.close(page)


def test_a_viewer_only_looks(room: Room) -> None:
    page = room.open("/scoring", Role.VIEWER)
    assert page.locator("[data-testid=score], [data-testid=edit-registry], [data-testid=params] input").count() == 0
    page.evaluate("rw.act('score')")
    page.wait_for_selector(".rw-notices .fail")
    room.close(page)


def test_a_param_is_typed_wrongly_rightly_and_approved(room: Room) -> None:
    page = room.open("/scoring", Role.PLANNER)
    page.click("[data-testid=approve-rate_after]")
    page.wait_for_selector(".rw-notices .fail")
    field = page.locator("[data-testid=value-rate_after]")
    field.fill("a lot")
    field.press("Tab")
    page.wait_for_selector("[data-testid=value-rate_after][aria-invalid=true]")
    assert page.input_value("[data-testid=value-rate_after]") == "a lot"
    assert param(room, "rate_after") == (None, False)
    field.fill("0.5")
    field.press("Tab")
    page.wait_for_selector("[data-testid=value-rate_after]:not([aria-invalid])")
    page.click("[data-testid=approve-rate_after]")
    page.wait_for_selector("[data-testid=param-rate_after]", state="detached")
    assert param(room, "rate_after") == (0.5, True)
    assert room.faults[page] == []
    room.close(page)


def test_two_north_stars_are_a_fault_and_nothing_is_saved(room: Room) -> None:
    page = room.open("/scoring", Role.PLANNER)
    page.click("[data-testid=edit-registry]")
    page.wait_for_selector("[data-testid=registry-form]")
    keys = page.eval_on_selector_all("[name=kpi_key]", "all => all.map(one => one.value)")
    place, star = keys.index("repeat_rate"), keys.index("gmv")
    page.select_option(f"#registry-kpi_level-{place}", "north_star")
    page.fill(f"#registry-kpi_name-{star}", "All that is sold")
    page.click("[data-testid=registry-save]")
    page.wait_for_selector("[data-testid=registry-form] tr.fault")
    assert page.locator("[data-testid=registry-form] tr.fault").count() == 2
    assert page.input_value(f"#registry-kpi_name-{star}") == "All that is sold"
    assert room.checked(page) == []
    assert stars(room) == ["gmv"]
    page.select_option(f"#registry-kpi_level-{place}", "strategic")
    page.click("[data-testid=registry-save]")
    page.wait_for_selector("[data-testid=node-gmv]:has-text('All that is sold')")
    room.close(page)


def test_a_faulty_formula_stays_typed_and_is_marked_at_its_character(room: Room) -> None:
    typed = "a = 1\n  value = a + sqr(b)"
    page = room.open("/scoring", Role.PLANNER)
    page.locator("[data-testid=models] summary").first.click()
    page.click("[data-testid=edit-0]")
    page.wait_for_selector("#model-formula")
    page.fill("#model-formula", typed)
    page.click("[data-testid=model-save]")
    page.wait_for_selector("[data-testid=asked] .fault")
    assert page.input_value("#model-formula") == typed
    assert "line 2" in page.inner_text("[data-testid=asked] .fault")
    mark = page.locator("[data-testid=asked] .rw-formula .bad")
    assert mark.evaluate("one => [one.previousSibling.data, one.lastChild.data, one.nextSibling.data]") == [
        *("  value = a + ", "sqr", "(b)")
    ]
    assert room.checked(page) == []
    room.close(page)


def test_a_formula_is_shown_with_a_mark_under_what_is_wrong_in_it() -> None:
    def drawn(formula: str, line: int, place: int | None) -> str:
        fault = Message("at_line", params={"line": line, "place": place, "what": Message("empty_formula")})
        return re.sub('<span class="sr-only">.*?</span>', "", pointed(formula, fault))

    assert drawn("a = 1\r\nvalue = <b> + a", 2, 8) == (
        '<div class="rw-formula"><code>a = 1</code><code>value = <b class="bad">&lt;</b>b&gt; + a</code></div>'
    )
    assert '<code>a +<b class="bad">\u00a0</b></code>' in drawn("a +", 1, 3)
    assert '<code><b class="bad">b = 2</b></code>' in drawn("a = 1\nb = 2", 2, None)


def test_scoring_runs_and_is_told(room: Room) -> None:
    page = room.open("/scoring", Role.PLANNER)
    page.click("[data-testid=score]")
    page.wait_for_selector(".rw-notices > div:has-text('core')", timeout=60_000)
    room.close(page)


def test_the_framework_is_switched_for_all_that_have_one(room: Room) -> None:
    def frameworks() -> dict[str, str]:
        with closing(open_workspace(room.root)) as workspace, workspace.store.transaction() as session:
            name = Initiative.active_scoring_framework
            rows = session.execute(select(Initiative.initiative_key, name).where(name.is_not(None)))
            return {key: str(framework) for key, framework in rows}

    before = frameworks()
    assert set(before.values()) > {"WSJF"}
    page = room.open("/scoring", Role.PLANNER)
    page.click("[data-testid=switch]")
    page.select_option("#switch-framework", "WSJF")
    page.click("[data-testid=switch-now]")
    page.wait_for_selector("[data-testid=asked]", state="hidden")
    page.wait_for_selector(".rw-notices > div:has-text('framework')", timeout=60_000)
    assert frameworks() == dict.fromkeys(before, "WSJF")
    assert room.faults[page] == []
    room.close(page)
