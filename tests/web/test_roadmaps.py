"""The page of a roadmap, in a browser: what people of each role see and do."""

from __future__ import annotations

from contextlib import closing

import pytest
from sqlalchemy import select

from roadwright.domain.roles import Role
from roadwright.store.models import Initiative, RoadmapEntry
from roadwright.store.roadmaps import find_roadmap
from roadwright.workspace.workspace import open_workspace
from tests.house import Cells, House
from tests.web.conftest import Room, email

pytestmark = pytest.mark.thorough

PATH = "/roadmaps/Q2%20committed"
CARD, OTHER, BLOCKED = "INIT-000001", "INIT-000007", "INIT-000010"


def entry(room: Room, key: str) -> dict[str, object]:
    """What the store says of an entry of Q2 committed."""
    with closing(open_workspace(room.root)) as workspace, workspace.store.transaction() as session:
        roadmap = find_roadmap(session, "Q2 committed")
        assert roadmap is not None
        found = session.scalars(
            select(RoadmapEntry).where(RoadmapEntry.roadmap_id == roadmap.id, RoadmapEntry.initiative_key == key)
        ).one()
        names = ("planned_period", "priority_rank", "is_locked", "waived_by", "waiver_reason", "gate_status")
        return {name: getattr(found, name) for name in names}


@pytest.mark.parametrize(("tab", "phone"), [("board", False), ("gates", True), ("versions", True), ("board", True)])
def test_it_is_well_made(room: Room, tab: str, phone: bool) -> None:
    page = room.open(f"{PATH}?tab={tab}&with=Q2%20open%20floor", Role.APPROVER, phone=phone, dark=phone)
    page.wait_for_selector(f"[data-testid={tab}]:not(.hidden)")
    if tab == "versions":
        page.wait_for_selector("[data-testid=totals]")
    assert room.checked(page) == []
    room.close(page)


@pytest.mark.parametrize(
    ("role", "has", "has_not"),
    [
        (Role.VIEWER, [], ["check-gates", "publish", f"waive-{BLOCKED}", f"plan-{CARD}", "new-roadmap-open"]),
        (Role.CONTRIBUTOR, [], ["check-gates", "publish", f"waive-{BLOCKED}", f"plan-{CARD}"]),
        (
            Role.PLANNER,
            ["check-gates", f"plan-{CARD}", "status-draft"],
            ["publish", f"waive-{BLOCKED}", "status-archived"],
        ),
        (Role.APPROVER, ["check-gates", "publish", f"waive-{BLOCKED}", "status-archived"], []),
    ],
)
def test_who_finds_which_controls(room: Room, role: Role, has: list[str], has_not: list[str]) -> None:
    page = room.open(PATH, role)
    assert [name for name in has if not page.locator(f"[data-testid={name}]").count()] == []
    assert [name for name in has_not if page.locator(f"[data-testid={name}]").count()] == []
    room.close(page)


def test_a_card_is_moved_and_ordered(room: Room) -> None:
    page = room.open(PATH, Role.PLANNER)
    counts = [page.locator(f"[data-testid=lane-{lane}] li").count() for lane in ("now", "next", "later", "unplanned")]
    assert counts == [12, 5, 2, 1]
    page.drag_and_drop(f"[data-testid=entry-{CARD}]", "[data-testid=lane-next] ol")
    page.wait_for_selector(
        f"[data-testid=lane-next] header p:has-text('6 entries') >> xpath=../../ol/li[@id='r-{CARD}']"
    )
    assert entry(room, CARD)["planned_period"] == "2026-Q3"
    page.click(f"[data-testid=plan-{OTHER}]")
    page.fill(f"#planned-{OTHER}", "2026-Q3")
    page.fill(f"#rank-{OTHER}", "nonsense")
    page.click("[data-testid=plan-save]")
    page.wait_for_selector(".rw-notices .fail")
    assert page.input_value(f"#rank-{OTHER}") == "nonsense"
    page.fill(f"#rank-{OTHER}", "1")
    page.select_option(f"#locked-{OTHER}", "TRUE")
    page.click("[data-testid=plan-save]")
    page.wait_for_selector(f"[data-testid=lane-next] #r-{OTHER}:has-text('locked')")
    assert entry(room, OTHER) | {"planned_period": "2026-Q3", "priority_rank": 1, "is_locked": True} == entry(
        room, OTHER
    )
    assert room.faults[page] == []
    room.close(page)


def test_two_people_at_one_card_choose_which_value_stays(room: Room) -> None:
    key = "INIT-000003"
    one, other = room.open(PATH, Role.PLANNER), room.open(PATH, Role.APPROVER)
    one.click(f"[data-testid=plan-{key}]")
    other.click(f"[data-testid=plan-{key}]")
    one.fill(f"#planned-{key}", "2026-Q3")
    one.click("[data-testid=plan-save]")
    one.wait_for_selector(f"[data-testid=lane-next] #r-{key}")
    other.fill(f"#planned-{key}", "2026-Q4")
    other.click("[data-testid=plan-save]")
    other.wait_for_selector("[data-testid=keep-mine]")
    assert "2026-Q3" in other.inner_text("[data-testid=asked]")
    other.click("[data-testid=keep-mine]")
    other.wait_for_selector(f"[data-testid=lane-later] #r-{key}")
    one.wait_for_selector(f"[data-testid=lane-later] #r-{key}")
    room.close(one)
    room.close(other)


def test_an_approver_waives_with_a_reason_and_a_planner_may_not(room: Room) -> None:
    planner = room.open(f"{PATH}?tab=gates", Role.PLANNER)
    planner.evaluate(f"rw.act('waived', {{key: '{BLOCKED}', mark: 'x', reason: 'because I say so'}})")
    planner.wait_for_selector(".rw-notices .fail")
    assert entry(room, BLOCKED)["waived_by"] is None
    room.close(planner)
    page = room.open(f"{PATH}?tab=gates", Role.APPROVER)
    page.click(f"[data-testid=waive-{BLOCKED}]")
    page.fill("[data-testid=waiver-reason]", "too short")
    page.click("[data-testid=waiver-save]")
    assert entry(room, BLOCKED)["waived_by"] is None
    page.fill("[data-testid=waiver-reason]", "The board wants to see it tried <img src=x onerror=alert(1)>")
    assert room.checked(page) == []
    page.click("[data-testid=waiver-save]")
    page.wait_for_selector(f"[data-testid=gates-{BLOCKED}].waived")
    assert entry(room, BLOCKED)["waived_by"] == email(Role.APPROVER)
    assert page.locator("main img").count() == 0
    page.click(f"[data-testid=unwaive-{BLOCKED}]")
    page.wait_for_selector(f"[data-testid=gates-{BLOCKED}].blocked")
    room.close(page)


def test_drift_is_shown_and_a_version_published_after_a_preview(room: Room) -> None:
    page = room.open(f"{PATH}?tab=board", Role.APPROVER)
    page.click("[data-testid=plan-INIT-000006]")
    page.fill("#planned-INIT-000006", "2026-Q3")
    page.click("[data-testid=plan-save]")
    page.wait_for_selector("[data-testid=road-strip]:has-text('since v1'):not(:has-text('no drift'))")
    page.click("[data-testid=road-strip] .state a")
    page.wait_for_selector("[data-testid=drift]")
    page.wait_for_url("**with=Q2+committed%40v1**")
    assert "against Q2 committed, v1" in page.inner_text("main")
    page.click("[data-testid=publish]")
    page.wait_for_selector("[data-testid=publish-now]")
    asked = page.inner_text("[data-testid=asked]")
    assert "This makes v2" in asked
    assert "Risk level is high; at most medium is accepted" in asked
    assert "risk level:" not in asked.casefold(), "the gate has no more to say"
    page.click("[data-testid=publish-now]")
    page.wait_for_selector("[data-testid=road-strip]:has-text('no drift since v2')", timeout=30_000)
    page.click("[data-testid=publish]")
    page.wait_for_selector("[data-testid=asked]:has-text('Equal content')")
    assert room.faults[page] == []
    room.close(page)


def test_a_roadmap_is_made_and_adopts_a_run(room: Room) -> None:
    name = "Q2 short list"
    page = room.open(PATH, Role.PLANNER)
    page.click("[data-testid=new-roadmap-open]")
    page.fill("[data-testid=new-name]", name)
    page.fill("[data-testid=new-period]", "2026-Q2")
    page.select_option("[data-testid=new-source]", "keys")
    page.fill("[data-testid=new-ref]", f"{CARD}, {OTHER}")
    page.click("[data-testid=new-save]")
    page.wait_for_url("**/roadmaps/Q2%20short%20list", timeout=30_000)
    page.wait_for_selector(f"[data-testid=entry-{OTHER}]")
    assert page.locator("[data-testid^=entry-]").count() == 2
    with closing(open_workspace(room.root)) as workspace:
        house, scenario = House(workspace), "The short list"
        fields: Cells = {"period_key": "2026-Q2", "capacity_total_tokens": 2000, "objective_mode": "north_star"}
        house.type_new("Scenario_Config", {"scenario_name": scenario, "roadmap_name": name, **fields})
        done = house.done("pm.optimize_run_all_candidates", options=[f"scenario_name={scenario}"])
    run = str(done.optimization_run_id)
    page.click("[data-testid=tab-versions]")
    page.select_option("[data-testid=adopt-run]", run)
    page.click("[data-testid=adopt]")
    page.wait_for_selector(f"[data-testid=versions]:has-text('It shows the choice of {run}')")
    with closing(open_workspace(room.root)) as workspace, workspace.store.transaction() as session:
        roadmap = find_roadmap(session, name)
        assert roadmap is not None
        assert roadmap.adopted_run == run
    assert room.faults[page] == []
    room.close(page)


def test_by_keyboard_alone(room: Room) -> None:
    page = room.open(PATH, Role.APPROVER)
    page.keyboard.press("2")
    page.wait_for_selector("[data-testid=gates]:not(.hidden)")
    page.wait_for_url("**tab=gates**")
    page.keyboard.press("w")
    page.wait_for_selector("dialog[open] [data-testid=waiver-reason]")
    page.keyboard.press("Escape")
    page.wait_for_selector("[data-testid=asked]", state="hidden")
    page.keyboard.press("3")
    page.wait_for_selector("[data-testid=versions]:not(.hidden)")
    room.close(page)


def test_hostile_words_stay_words(room: Room) -> None:
    with closing(open_workspace(room.root)) as workspace, workspace.store.transaction() as session:
        session.scalars(
            select(Initiative).where(Initiative.initiative_key == CARD)
        ).one().title = "<img src=x onerror=alert(1)>"
        session.scalars(select(Initiative).where(Initiative.initiative_key == OTHER)).one().title = ":evil {x}"
    page = room.open(f"{PATH}?tab=versions&with=%3Cimg%20src%3Dx%3E&v=:evil", Role.APPROVER)
    page.wait_for_selector("[data-testid=compare] [role=alert]")
    page.click("[data-testid=tab-board]")
    assert page.inner_text(f"#r-{CARD} a") == "<img src=x onerror=alert(1)>"
    assert page.locator("main img").count() == 0
    assert room.checked(page) == []
    page.goto(f"{room.base}/roadmaps/No%20such")
    page.wait_for_selector("h1:has-text('Not found')")
    room.close(page)
