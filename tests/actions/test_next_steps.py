"""The steps of a round that Home offers: what each has to do as the work goes on, and what it still lacks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from roadwright.actions.next_steps import NextStep, next_steps
from roadwright.domain.roles import Role
from roadwright.services.roadmaps.attention import score_faults
from roadwright.sync.written import BookState
from tests.actions.company import PERIOD, add_candidates, add_kpis, add_scenario, type_by_key
from tests.actions.roadmaps import CHECK, CREATE, SET_STATUS, type_gates, type_roadmap
from tests.house import House, small_house

SYNC, SCORE, OPTIMISE, PUBLISH = (
    *("pm.backlog_sync", "pm.score_selected", "pm.optimize_run_all_candidates"),
    "pm.roadmap_publish",
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    yield from small_house(tmp_path)


def steps(house: House, *books: BookState) -> dict[str, NextStep]:
    with house.workspace.store.transaction() as session:
        return {one.action: one for one in next_steps(session, score_faults(session), books)}


def work(house: House) -> list[int]:
    return [one.work for one in steps(house).values()]


@pytest.fixture
def planned(house: House) -> tuple[House, list[str]]:
    """Two candidates with their scores, a scenario that was run, and a roadmap that was judged."""
    add_kpis(house)
    keys = add_candidates(
        house,
        {"engineering_tokens": 60, "contributions": "gmv: 60", "active_scoring_framework": "RICE"},
        {"engineering_tokens": 50, "contributions": "gmv: 55"},
    )
    rice = {"rice_reach": 100, "rice_impact": 2, "rice_confidence": 0.5, "rice_effort": 3}
    type_by_key(house, "Scoring_Inputs", {keys[0]: rice})
    house.done(SCORE)
    type_gates(house, "sized", tokens_present="block")
    type_roadmap(house, "Plan", "keys", ", ".join(keys), gate_policy="sized", period_key=PERIOD)
    house.done(CREATE)
    add_scenario(house)
    house.done(OPTIMISE)
    return house, keys


def test_an_empty_workspace_is_synced_first_and_says_what_there_is_none_of(house: House) -> None:
    found = steps(house)
    assert list(found) == [SYNC, SCORE, CHECK, OPTIMISE, PUBLISH]
    assert work(house) == [1, 0, 0, 0, 0]
    assert [one.lacks for one in found.values()] == ["", "", "roadmap", "scenario", "approved roadmap"]
    assert {one.role for one in found.values()} == {Role.PLANNER, Role.APPROVER}
    assert found[PUBLISH].role is Role.APPROVER


def test_changed_workbooks_are_work_for_the_sync(house: House) -> None:
    add_candidates(house, {})
    intake, backlog = (house.place(tab).workbook for tab in ("Intake", "Backlog"))
    changed = BookState(intake, is_missing=False, is_changed=True, is_open=False)
    opened = BookState(backlog, is_missing=False, is_changed=False, is_open=True)
    assert steps(house, changed, opened)[SYNC].work == 1
    assert steps(house, opened)[SYNC].work == 0


def test_what_was_saved_since_is_work_for_the_steps_after_it(planned: tuple[House, list[str]]) -> None:
    house, keys = planned
    assert work(house) == [0, 0, 0, 0, 0]
    type_by_key(house, "Scoring_Inputs", {keys[0]: {"rice_confidence": 0.8}})
    house.done("pm.save_selected", tab="Scoring_Inputs")
    assert work(house) == [0, 1, 1, 1, 0], "its score is stale, its entry and its scenario may come out otherwise"
    house.done(SCORE)
    house.done(CHECK)
    house.done(OPTIMISE)
    assert work(house) == [0, 0, 0, 0, 0]
    house.type_into("Gates", 2, {"severity": "warn"})
    house.done("pm.save_selected", tab="Gates")
    assert work(house) == [0, 0, 2, 0, 0], "every entry is judged anew by another policy"
    house.type_into("Scenario_Config", 2, {"capacity_total_tokens": 70})
    house.done("pm.optimize_save_scenario")
    assert work(house) == [0, 0, 2, 1, 0]


def test_a_scenario_is_run_and_an_approved_roadmap_published_by_name(planned: tuple[House, list[str]]) -> None:
    house, _ = planned
    assert steps(house)[OPTIMISE].options == {"scenario_name": "Plan"}
    assert steps(house)[PUBLISH].lacks == "approved roadmap"
    for status in ("in_review", "approved"):
        house.done(SET_STATUS, options=["roadmap_name=Plan", f"status={status}", "by=Ada"])
    found = steps(house)[PUBLISH]
    assert (found.work, found.lacks, found.subject, found.options) == (1, "", "Plan", {"roadmap_name": "Plan"})
    house.done(PUBLISH, options=["roadmap_name=Plan", "by=Ada"])
    assert steps(house)[PUBLISH].work == 0
