"""Overlap: capacity that two roadmaps of one period promise, and what is no overlap."""

from __future__ import annotations

import pytest

from roadwright.services.roadmaps.overlap import Overlap, of_roadmap, overlaps
from roadwright.services.roadmaps.standing import standing_warnings
from roadwright.store.models import OptimizationRun
from tests.actions.company import add_candidates, add_kpis, add_scenario
from tests.house import House
from tests.services.roadmaps.curated import change_entry, change_roadmap, put_initiatives, put_roadmap


def found(house: House) -> list[Overlap]:
    with house.workspace.store.transaction() as session:
        return overlaps(session)


@pytest.fixture
def keys(house: House) -> list[str]:
    return put_initiatives(house, {"title": "Reorder", "engineering_tokens": 60}, {"title": "Search"})


def test_an_initiative_on_two_roadmaps_of_one_period(house: House, keys: list[str]) -> None:
    put_roadmap(house, "Growth", keys)
    put_roadmap(house, "Core", keys[:1], status="published", period_key="q3 2026")
    [one] = found(house)
    assert one == Overlap(keys[0], "Reorder", 60, "Growth", "Core", "2026-Q3")
    assert str(one.warning()) == (
        f'{keys[0]} (Reorder, 60 tokens) is selected on both "Growth" and "Core" in 2026-Q3: its capacity is '
        "promised twice"
    )
    assert str(one.warning("Core")).startswith(f'{keys[0]} (Reorder, 60 tokens) is selected on "Growth" too')
    assert of_roadmap([one], "Core") == of_roadmap([one], "Growth") == [one]
    assert of_roadmap([one], "Other") == []
    with house.workspace.store.transaction() as session:
        assert standing_warnings(session) == {"growth": [one.warning("Growth")], "core": [one.warning("Core")]}


def test_whoever_approves_the_second_is_warned(house: House, keys: list[str]) -> None:
    put_roadmap(house, "Growth", keys[:1])
    put_roadmap(house, "Core", keys[:1], status="in_review")
    house.done("pm.refresh_tab", tab="Roadmaps")
    assert house.status("Roadmaps", "Core") == "OK"
    house.done("pm.roadmap_set_status", options=["roadmap_name=Core", "status=approved"])
    for name, other in (("Growth", "Core"), ("Core", "Growth")):
        assert house.status("Roadmaps", name) == (
            f'WARNING: {keys[0]} (Reorder, 60 tokens) is selected on "{other}" too in 2026-Q3: its capacity is '
            "promised twice"
        )
    house.done("pm.roadmap_set_status", options=["roadmap_name=Core", "status=draft"])
    assert {house.status("Roadmaps", name) for name in ("Growth", "Core")} == {"OK"}


def test_several_are_told_in_one_warning(house: House, keys: list[str]) -> None:
    put_roadmap(house, "Growth", keys)
    put_roadmap(house, "Core", keys)
    with house.workspace.store.transaction() as session:
        (warning,) = standing_warnings(session)["growth"]
    assert warning.code == "overlap_many"
    assert str(warning) == (
        f'2 initiatives (60 tokens) are selected on "Core" too in 2026-Q3, their capacity is promised twice: '
        f"{keys[0]}, {keys[1]}"
    )


def test_three_roadmaps_make_three_pairs(house: House, keys: list[str]) -> None:
    for name in ("a", "b", "c"):
        put_roadmap(house, name, keys[1:])
    assert [(one.one, one.other) for one in found(house)] == [("a", "b"), ("a", "c"), ("b", "c")]


@pytest.mark.parametrize("status", ["draft", "in_review", "archived"])
def test_what_is_not_approved_promises_nothing(house: House, keys: list[str], status: str) -> None:
    put_roadmap(house, "Growth", keys)
    put_roadmap(house, "Core", keys, status=status)
    assert found(house) == []
    with house.workspace.store.transaction() as session:
        assert standing_warnings(session) == {}


def test_other_periods_and_what_is_not_selected_are_no_overlap(house: House, keys: list[str]) -> None:
    put_roadmap(house, "Growth", keys)
    put_roadmap(house, "Later", keys, period_key="2026-Q4")
    put_roadmap(house, "Filtered", keys, source="filter", source_ref="title is not empty")
    assert found(house) == []  # nothing was optimized yet, so nothing of the filtered one is selected
    change_entry(house, "Filtered", keys[0], selected=True)
    change_entry(house, "Filtered", keys[1], selected=False)
    assert [one.initiative_key for one in found(house)] == [keys[0]]
    change_roadmap(house, "Filtered", period_key="2027-Q3")
    assert found(house) == []


def test_a_blocked_entry_promises_nothing(house: House, keys: list[str]) -> None:
    put_roadmap(house, "Growth", keys)
    put_roadmap(house, "Core", keys)
    change_entry(house, "Core", keys[0], gate_status="blocked")
    assert [one.initiative_key for one in found(house)] == [keys[1]]


def test_a_roadmap_and_the_one_whose_run_it_came_from_promise_once(house: House) -> None:
    add_kpis(house)
    keys = add_candidates(house, {"engineering_tokens": 60, "contributions": "gmv: 60"})
    add_scenario(house, "Plan", 100)
    house.done("pm.optimize_run_all_candidates")
    put_roadmap(house, "Universe", keys)
    put_roadmap(house, "Portfolio", keys, source="portfolio", source_ref="OPT-000001")
    assert len(found(house)) == 1
    with house.workspace.store.transaction() as session:
        session.query(OptimizationRun).one().roadmap_name = "UNIVERSE"
    assert found(house) == []
    put_roadmap(house, "Third", keys)
    assert [(one.one, one.other) for one in found(house)] == [("Universe", "Third"), ("Portfolio", "Third")]


def test_a_run_alerts_of_what_it_promises_a_second_time(house: House) -> None:
    add_kpis(house)
    keys = add_candidates(
        house,
        {"engineering_tokens": 60, "contributions": "gmv: 60"},
        {"engineering_tokens": 60, "contributions": "gmv: 50"},
    )
    put_roadmap(house, "Universe", keys, status="draft", period_key="2026-Q2", source="filter", source_ref="title != x")
    put_roadmap(house, "Core", keys, period_key="Q2 2026")
    add_scenario(house, "Plan", 100, roadmap_name="Universe")
    house.done("pm.optimize_run_all_candidates")
    alerts = [row for row in house.rows("Gaps_And_Alerts") if "promised twice" in row.text("message")]
    assert [(row.text("dimension_key"), row.text("kind"), row.text("severity")) for row in alerts] == [
        (keys[0], "data", "warning")
    ]
    assert alerts[0].text("message").endswith(': is selected on "Core" too in 2026-Q2: its capacity is promised twice')
    put_roadmap(house, "Portfolio", keys[:1], period_key="2026-Q2", source="portfolio", source_ref="OPT-000001")
    change_roadmap(house, "Core", status="archived")
    house.done("pm.optimize_run_all_candidates")
    assert not [row for row in house.rows("Gaps_And_Alerts") if "promised twice" in row.text("message")]
