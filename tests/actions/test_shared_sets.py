"""Rules for every scenario that names their set: rows of Constraints and Targets without a scenario_name."""

from __future__ import annotations

from tests.actions.company import add_candidates, add_kpis, add_scenario, aim, chosen, constrain
from tests.house import House

RUN = "pm.optimize_run_all_candidates"
SAVE = "pm.optimize_save_constraints"


def three(house: House) -> list[str]:
    add_kpis(house)
    return add_candidates(
        house,
        {"engineering_tokens": 50, "country": "UK", "contributions": "gmv: 60"},
        {"engineering_tokens": 50, "country": "DE", "contributions": "gmv: 50"},
        {"engineering_tokens": 50, "country": "DE", "contributions": "gmv: 40"},
    )


def alerts(house: House) -> str:
    return "\n".join(row.text("message") for row in house.rows("Gaps_And_Alerts"))


def test_one_set_serves_many_scenarios_beside_their_own_rows(house: House) -> None:
    a, b, c = three(house)
    for name in ("One", "Two"):
        add_scenario(house, name, constraint_set_name="base")
    add_scenario(house, "Three")
    constrain(house, "exclude_initiative", a, scenario_name=None)
    constrain(house, "exclude_initiative", b, scenario_name="two", constraint_set_name="BASE")
    constrain(house, "exclude_initiative", a, scenario_name="Two")
    aim(house, "gmv", 100, "goal", scenario_name=None)
    for name in ("One", "Two", "Three"):
        house.done(RUN, options=[f"scenario_name={name}"])
    assert [chosen(house, name) for name in ("One", "Two", "Three")] == [[b, c], [c], [a, b]]
    runs = {row.text("scenario_name"): row for row in house.rows("Runs")}
    assert {name: (row.text("constraint_set_name"), row.text("targets_met")) for name, row in runs.items()} == {
        "One": ("base", "0 of 1"),
        "Two": ("base", "0 of 1"),
        "Three": ("", ""),
    }
    assert "the scenario names no set and has none of its own" in alerts(house)
    assert {row.text("run_status") for row in house.rows("Constraints")} == {"OK"}


def test_a_rule_that_failed_stops_every_scenario_that_uses_it(house: House) -> None:
    a, b, c = three(house)
    add_scenario(house, "One", constraint_set_name="base")
    add_scenario(house, "Other", constraint_set_name="else")
    add_scenario(house, "Own")
    add_scenario(house, "Free")
    constrain(house, "exclude_initiative", a, scenario_name=None)
    constrain(house, "capacity_cap", "DE", scenario_name=None, dimension="country", max_tokens="lots")
    constrain(house, "exclude_initiative", b, scenario_name=None, constraint_set_name="else")
    constrain(house, "exclude_initiative", b, scenario_name="Own")
    for name, code in (("One", 2), ("Other", 0), ("Own", 2), ("Free", 0)):
        outcome = house.run(RUN, options=[f"scenario_name={name}"])
        assert outcome.exit_code == code, name
        if code:
            assert "Constraints!3" in str(outcome.error)
    house.type_into("Constraints", 3, {"max_tokens": 50})
    house.done(RUN, options=["scenario_name=Own"])
    assert chosen(house, "Own") == [c], "a set of its own has the shared rows of that name, too"


def test_rows_of_a_shared_set_are_saved_set_by_set(house: House) -> None:
    a, b, c = three(house)
    add_scenario(house, "One", constraint_set_name="base")
    constrain(house, "exclude_initiative", a, scenario_name=None)
    constrain(house, "exclude_initiative", b, scenario_name=None)
    constrain(house, "exclude_initiative", c, scenario_name="One")
    assert house.done(SAVE).summary["created"] == 3
    copy = house.copied("Constraints")
    house.type_into("Constraints", 2, {"reason": "first"})
    house.done(SAVE)
    house.clear_row("Constraints", 3)
    assert house.done(SAVE, select="base").summary["removed"] == 1
    house.bring_back("Constraints", copy)
    house.type_into("Constraints", 2, {"reason": "second"})
    outcome = house.run(SAVE)
    assert [row.run_status.split(":")[0] for row in outcome.rows] == ["CONFLICT", "SKIPPED", "OK"]
    house.run(SAVE, options=["on_conflict=sheet"])
    assert house.rows("Constraints")[0].text("reason") == "second"
    house.type_into("Constraints", 4, {"scenario_name": None})
    house.done("pm.save_selected", tab="Constraints")
    add_scenario(house, "Two", constraint_set_name="base")
    house.done(RUN, options=["scenario_name=Two"])
    assert c not in chosen(house, "Two")


def test_the_same_rule_in_both_has_two_ids_and_the_same_answer(house: House) -> None:
    a, b, _ = three(house)
    add_scenario(house, "Plan", constraint_set_name="base")
    constrain(house, "mandatory", a, reason="own")
    constrain(house, "mandatory", a, reason="shared", scenario_name=None)
    house.done(RUN)
    assert set(chosen(house)) == {a, b}
    house.type_into("Scenario_Config", 2, {"capacity_total_tokens": 40})
    outcome = house.run(RUN)
    assert outcome.exit_code == 3
    named = house.run(RUN, options=["scenario_name=Plan"])
    assert named.exit_code == 3


def test_a_set_that_nobody_has_rows_of_is_invalid(house: House) -> None:
    three(house)
    add_scenario(house, "Plan", constraint_set_name="bse")
    constrain(house, "exclude_initiative", "INIT-000001", scenario_name=None)
    outcome = house.run(RUN)
    assert outcome.exit_code == 2
    assert 'names the set "bse", but it has: base' in str(outcome.error)
