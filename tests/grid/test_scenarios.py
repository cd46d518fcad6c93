"""A what-if that is saved as a run: which rows change, what others share stays, and the sheets follow."""

from __future__ import annotations

from typing import Any

import pytest

from roadwright import tabs
from roadwright.actions.cancelling import CancelSwitch
from roadwright.actions.execute import Door, execute
from roadwright.actions.ledger import page_of_runs
from roadwright.actions.workbench import load_bench
from roadwright.grid.scenarios import NotSavedAsRun, SavedAsRun, save_as_run
from roadwright.services.portfolios.workbench.changes import Changes
from roadwright.store.models import OptimizationScenario
from tests.actions.company import add_candidates, add_kpis, add_scenario, aim, chosen, constrain
from tests.house import House

CAP = "capacity_cap:country:UK"


@pytest.fixture
def keys(house: House) -> list[str]:
    add_kpis(house)
    made = add_candidates(
        house,
        {"title": "One", "engineering_tokens": 60, "contributions": "gmv: 60", "country": "UK"},
        {"title": "Two", "engineering_tokens": 50, "contributions": "gmv: 55", "country": "UK"},
        {"title": "Three", "engineering_tokens": 40, "contributions": "gmv: 30"},
    )
    add_scenario(house, capacity=100, notes="ours")
    constrain(house, "capacity_cap", "UK", dimension="country", max_tokens=55)
    aim(house, "gmv", 100, "goal")
    for tab in ("scenario", "constraints", "targets"):
        house.done(f"pm.optimize_save_{tab}")
    return made


def because(changes: Changes, reason: str = "the board wants it") -> Changes:
    switches = {key: {"way": switch.way, "reason": reason} for key, switch in changes.switches.items()}
    return changes.changed(switches=switches)


def save(house: House, changes: Changes, name: str = "Plan") -> SavedAsRun:
    saved = save_as_run(house.workspace, "plan", changes, name=name, requested_by="web:anna@example.com")
    result = execute(house.workspace, saved.run, Door(lambda *_: None, lambda _: None, CancelSwitch()))
    assert result.status == "success", result
    return saved


def rules(house: House, scenario: str = "Plan") -> set[str]:
    return set(load_bench(house.workspace, scenario, "now").problem.rows)


def sheet(house: House, tab: str) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.values.items() if value is not None} for row in house.rows(tab)]


def test_changes_of_a_scenario_are_saved_in_place_run_and_shown(house: House, keys: list[str]) -> None:
    changes = Changes(capacity=120).edited(CAP, "max_tokens", 70, 55).switched(keys[0], "in")
    saved = save(house, because(changes))
    assert saved.tabs == (tabs.SCENARIO_CONFIG, tabs.CONSTRAINTS)
    assert chosen(house) == [keys[0], keys[2]]
    [scenario] = sheet(house, "Scenario_Config")
    assert (scenario["capacity_total_tokens"], scenario["notes"]) == (120, "ours")
    cap, mandate = sheet(house, "Constraints")
    assert cap["max_tokens"] == 70
    assert (mandate["constraint_type"], mandate["dimension_key"], mandate["reason"]) == (
        "mandatory",
        keys[0],
        "the board wants it",
    )
    asked = page_of_runs(house.workspace.store, 5).runs[0]
    assert (asked.action, asked.requested_by) == ("pm.optimize_run_all_candidates", "web:anna@example.com")
    assert not load_bench(house.workspace, "Plan").since


def test_a_new_name_makes_a_scenario_of_its_own_and_leaves_the_old_one(house: House, keys: list[str]) -> None:
    changes = Changes().toggled(CAP).weighed({"gmv": 1, "retention": 0.5}).put_into(keys[2], "2026-Q3")
    saved = save(house, changes, "Plan  B")
    assert saved.scenario_name == "Plan B"
    assert rules(house) == {CAP, "target_goal:all:all:gmv"}
    assert rules(house, "Plan B") == {f"exclude_initiative:{keys[2]}", "target_goal:all:all:gmv"}
    with house.workspace.store.transaction() as session:
        old, new = session.query(OptimizationScenario).order_by(OptimizationScenario.id)
        assert (old.objective_mode, new.objective_mode) == ("north_star", "weighted_kpis")
        assert new.objective_weights_json == {"gmv": 1, "retention": 0.5}
        assert (new.notes, new.period_key, new.capacity_total_tokens) == ("ours", "2026-Q2", 100)
    for tab in saved.tabs:
        house.done("pm.refresh_tab", tab=tab.name)
    assert [row["scenario_name"] for row in sheet(house, "Scenario_Config")] == ["Plan", "Plan B"]
    assert [row["scenario_name"] for row in sheet(house, "Constraints")] == ["Plan", "Plan B"]


def test_rules_that_others_share_are_copied_before_they_are_changed(house: House, keys: list[str]) -> None:
    constrain(house, "exclude_initiative", keys[1], scenario_name=None, constraint_set_name="law")
    constrain(house, "exclude_pair", keys[0], keys[2], scenario_name=None, constraint_set_name="law")
    add_scenario(house, "Other", constraint_set_name="law")
    house.done("pm.optimize_save_constraints")
    house.done("pm.optimize_save_scenario")
    with pytest.raises(NotSavedAsRun):
        save_as_run(house.workspace, "Other", Changes(), name="plan", requested_by="web:x")
    shared = f"exclude_initiative:{keys[1]}"
    saved = save_as_run(house.workspace, "Other", Changes().toggled(shared), name="Other", requested_by="web:x")
    assert saved.scenario_name == "Other"
    assert rules(house, "Other") == {f"exclude_pair:{keys[0]}"}
    with house.workspace.store.transaction() as session:
        other = session.query(OptimizationScenario).filter_by(scenario_name="Other").one()
        assert other.constraint_set_name == "law of Other"
    add_scenario(house, "Third", constraint_set_name="law")
    house.done("pm.optimize_save_scenario")
    assert rules(house, "Third") == {shared, f"exclude_pair:{keys[0]}"}


def test_a_scenario_without_rules_gets_a_set_for_its_first_ones(house: House, keys: list[str]) -> None:
    add_scenario(house, "Bare")
    house.done("pm.optimize_save_scenario")
    changes = Changes().changed(added=[{"type": "bundle", "dimension_key": "x", "members": [keys[0], keys[2]]}])
    save_as_run(house.workspace, "Bare", changes, name="Bare", requested_by="web:x")
    assert rules(house, "Bare") == {"bundle:x"}


def test_a_rule_that_is_switched_off_and_on_again_with_another_reason_stays(house: House, keys: list[str]) -> None:
    constrain(house, "mandatory", keys[0], reason="old")
    house.done("pm.optimize_save_constraints")
    id = f"mandatory:{keys[0]}"
    changes = because(Changes(capacity=160).toggled(CAP).toggled(id).switched(keys[0], "in"), "new")
    save(house, changes)
    assert rules(house) == {id, "target_goal:all:all:gmv"}
    assert {row.get("reason") for row in sheet(house, "Constraints") if row["constraint_type"] == "mandatory"} == {
        "new"
    }


@pytest.mark.parametrize(
    ("changes", "name", "code"),
    [
        (Changes().switched("INIT-000001", "in"), "Plan", "switches_without_reason"),
        (Changes(), "  ", "scenario_name_length"),
        (Changes(), "x" * 300, "scenario_name_length"),
        (Changes().toggled("capacity_cap:country:ES"), "Plan", "changes_are_gone"),
        (Changes().toggled("dependency:INIT-000003"), "Plan", "rules_stand_elsewhere"),
        (Changes().changed(added=[{"type": "bundle", "dimension_key": "x", "members": ["INIT-000001"]}]), "Plan",
         "invalid_problem"),
    ],
)  # fmt: skip
def test_what_can_not_be_saved_saves_nothing(
    house: House, keys: list[str], changes: Changes, name: str, code: str
) -> None:
    house.type_into("Backlog", house.rows("Backlog")[2].number, {"dependencies_initiatives": keys[0]})
    house.done("pm.backlog_sync")
    before = rules(house)
    with pytest.raises(NotSavedAsRun) as refused:
        save_as_run(house.workspace, "Plan", changes.changed(capacity=77), name=name, requested_by="web:x")
    assert refused.value.message.code == code
    assert rules(house) == before
    assert load_bench(house.workspace, "Plan", "now").problem.capacity == 100
