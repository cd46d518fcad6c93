"""Optimizing a roadmap: its entries are the candidates, its locks are mandatory, and what was chosen shows on it."""

from __future__ import annotations

import pytest

from tests.actions.company import add_kpis, add_scenario, chosen, constrain
from tests.actions.roadmaps import (
    CHECK,
    CREATE,
    add_ideas,
    entry_row,
    judged,
    shown,
    stored_entry,
    stored_roadmap,
    type_entry,
    type_gates,
    type_roadmap,
)
from tests.house import House

RUN = "pm.optimize_run_all_candidates"
SELECTED = "pm.optimize_run_selected_candidates"
POPULATE = "pm.populate_candidates"


def growth(house: House, *more: dict[str, str | float]) -> list[str]:
    """A roadmap of four sized ideas, whose best two for 100 tokens are the second and third, and one without tokens."""
    add_kpis(house)
    keys = add_ideas(
        house,
        {"department": "Growth", "engineering_tokens": 60, "contributions": "gmv: 60"},
        {"department": "Growth", "engineering_tokens": 50, "contributions": "gmv: 55"},
        {"department": "Growth", "engineering_tokens": 50, "contributions": "gmv: 52"},
        {"department": "Growth", "engineering_tokens": 10, "contributions": "gmv: 1"},
        {"department": "Growth", "contributions": "gmv: 99"},
        *more,
    )
    type_gates(house, "sized", tokens_present="block")
    type_roadmap(house, "Growth", "filter", "department = Growth", gate_policy="sized")
    house.done(CREATE)
    return keys


def alerts(house: House) -> str:
    return "\n".join(row.text("message") for row in house.rows("Gaps_And_Alerts"))


def test_what_stands_on_the_roadmap_is_optimized_and_shown_as_chosen(house: House) -> None:
    a, b, c, d, e = growth(house)
    add_ideas(house, {"department": "Ops", "engineering_tokens": 1, "is_optimization_candidate": True})
    add_scenario(house, roadmap_name="growth")
    outcome = house.done(RUN)
    assert chosen(house) == [b, c]
    assert [row.text("initiative_key") for row in house.rows("Candidates")] == [a, b, c, d], "no flag is needed"
    assert {row.text("gate_status") for row in house.rows("Candidates")} == {"admitted"}
    assert f'{e}: blocked on roadmap "Growth": tokens_present: engineering_tokens is blank' in alerts(house)
    assert outcome.summary["answer"] == "2 of 4 candidates, 100 of 100 tokens"
    before = house.bytes()["Roadmaps.xlsx"]
    house.done(CHECK)
    assert house.bytes()["Roadmaps.xlsx"] == before, "a run changes no roadmap"
    adopt(house, "Growth", "opt-1")
    assert house.row("Roadmaps", "Growth").text("adopted_run") == "OPT-000001"
    assert stored_entry(house, "Growth", b).selected is True
    house.done("pm.refresh_tab", tab="Roadmap_Entries")
    assert shown(house, "Growth", "selected") == {a: False, b: True, c: True, d: False, e: None}
    assert house.row("Roadmaps", "Growth").values["tokens"] == 100
    house.type_into("Scenario_Config", 2, {"capacity_total_tokens": 60})
    house.done(RUN)
    house.done(CHECK)
    assert shown(house, "Growth", "selected")[a] is False
    adopt(house, "Growth", "OPT-000002")
    house.done(CHECK)
    expected = {a: True, b: False, c: False, d: False, e: None}
    assert shown(house, "Growth", "selected") == expected
    house.type_into("Scenario_Config", 2, {"capacity_total_tokens": 0.5})
    house.done(RUN)
    adopt(house, "Growth", "OPT-000003")
    house.done(CHECK)
    assert shown(house, "Growth", "selected") == dict.fromkeys(expected, False) | {e: None}, "an empty answer is one"
    assert house.row("Roadmaps", "Growth").values["tokens"] == 0
    adopt(house, "Growth", None)
    house.done(CHECK)
    assert shown(house, "Growth", "selected") == dict.fromkeys(expected)
    assert house.row("Roadmaps", "Growth").values["tokens"] == 170, "all that is admitted"


def adopt(house: House, roadmap: str, run: str | None) -> None:
    house.type_into("Roadmaps", house.row("Roadmaps", roadmap).number, {"adopted_run": run})
    house.done("pm.save_selected", tab="Roadmaps")


def test_a_run_that_a_roadmap_cant_adopt_fails_its_cell(house: House) -> None:
    growth(house)
    type_roadmap(house, "Small", "filter", "engineering_tokens = 50")
    house.done(CREATE)
    add_scenario(house, "Plan", roadmap_name="Growth")
    add_scenario(house, "Half", 50, roadmap_name="Small")
    add_scenario(house, "Odd", constraint_set_name="unheard of", roadmap_name="Growth")
    for name in ("Plan", "Half", "Odd"):
        house.run(RUN, options=[f"scenario_name={name}"])
    known = "the answered runs over it are: OPT-000001 (Plan)"
    for run, why in (
        ("OPT-000009", f'there is no run "OPT-000009"; {known}'),
        ("OPT-000003", f"OPT-000003 chose nothing, it ended invalid; {known}"),
        ("OPT-000002", f"OPT-000002 is of scenario Half, and its candidates were not this roadmap's entries; {known}"),
    ):
        adopt(house, "Growth", run)
        assert house.status("Roadmaps", "Growth").startswith(f"FAILED: adopted_run: {why}")
        assert stored_roadmap(house, "Growth").adopted_run is None


def test_a_waived_entry_is_a_candidate_and_a_lock_is_mandatory(house: House) -> None:
    a, b, c, d, e = growth(house)
    house.type_into("Backlog", 6, {"brief_description": "still no size"})
    type_entry(house, "Growth", d, is_locked=True)
    type_entry(house, "Growth", e, waived_by="Ann", waiver_reason="sized next week")
    house.done("pm.save_selected", tab="Roadmap_Entries")
    add_scenario(house, roadmap_name="Growth")
    house.done(POPULATE)
    rows = {row.text("initiative_key"): row for row in house.rows("Candidates")}
    assert {key: row.values["is_mandatory"] for key, row in rows.items()} == {
        a: False,
        b: False,
        c: False,
        d: True,
        e: False,
    }
    assert rows[e].text("gate_status") == "waived"
    house.done(RUN)
    assert d in chosen(house)
    assert house.row("Results", d).text("reason") == "mandatory: locked on roadmap Growth"


def test_a_lock_that_cant_be_kept_is_named_by_its_row(house: House) -> None:
    a, b, *_ = growth(house)
    for key in (a, b):
        type_entry(house, "Growth", key, is_locked=True)
    house.done(CHECK)
    add_scenario(house, capacity=70, roadmap_name="Growth")
    outcome = house.run(RUN)
    assert outcome.exit_code == 3
    for key in (a, b):
        assert f"Roadmap_Entries!{entry_row(house, 'Growth', key)}" in alerts(house)


def test_a_lock_and_a_mandate_of_the_same_initiative_go_together(house: House) -> None:
    *_, d, _ = growth(house)
    type_entry(house, "Growth", d, is_locked=True)
    house.done(CHECK)
    add_scenario(house, roadmap_name="Growth")
    constrain(house, "mandatory", d, dimension="initiative", reason="the board")
    house.done(RUN)
    assert d in chosen(house)


def test_a_lock_on_a_blocked_entry_has_no_effect_and_warns(house: House) -> None:
    *_, e = growth(house)
    type_entry(house, "Growth", e, is_locked=True)
    house.done(CHECK)
    said = "WARNING: is_locked: has no effect while the entry is blocked"
    assert str(shown(house, "Growth", "run_status")[e]).startswith(said)
    add_scenario(house, roadmap_name="Growth")
    outcome = house.done(POPULATE)
    [told] = [row for row in outcome.rows if row.key == e]
    assert (told.tab, told.row) == ("Roadmap_Entries", entry_row(house, "Growth", e))
    assert told.run_status.startswith(
        "WARNING: is_locked has no effect, because it is no candidate: blocked on roadmap"
    )
    house.done(RUN)
    assert f"{e}: is_locked has no effect" in alerts(house)
    assert e not in chosen(house)


@pytest.mark.parametrize("status", ["done", "rejected", "withdrawn"])
def test_what_is_over_never_takes_part(house: House, status: str) -> None:
    a, b, *_ = growth(house)
    house.type_into("Backlog", 3, {"lifecycle_status": status})
    house.done("pm.backlog_sync")
    add_scenario(house, roadmap_name="Growth")
    outcome = house.done(POPULATE)
    assert [row.run_status for row in outcome.rows if row.key == b] == [f"SKIPPED: lifecycle_status is {status}"]
    house.done(RUN)
    assert b not in chosen(house)
    assert judged(house, "Growth")[b] == "admitted"
    assert a in chosen(house)


def test_next_quarter_what_was_delivered_fulfils_prerequisites(house: House) -> None:
    a, b, c, *_ = growth(house)
    add_scenario(house, roadmap_name="Growth", constraint_set_name="base")
    constrain(house, "require_prereq", b, a)
    house.done(RUN)
    assert b not in chosen(house), "both together need more than the capacity"
    house.type_into("Backlog", 2, {"lifecycle_status": "done"})
    house.done("pm.backlog_sync")
    type_roadmap(house, "Q4", "list", f"{b}, {c}", period_key="2026-Q4")
    house.done(CREATE, select="Q4")
    house.type_into("Scenario_Config", 2, {"roadmap_name": "Q4", "period_key": "2026-Q4"})
    house.done(RUN)
    assert chosen(house) == [b, c]
    assert shown(house, "Q4", "selected") == {b: True, c: True}


def test_a_prerequisite_that_is_blocked_is_not_fulfilled(house: House) -> None:
    a, b, _, _, e = growth(house)
    add_scenario(house, roadmap_name="Growth", constraint_set_name="base")
    constrain(house, "require_prereq", b, e)
    house.done(RUN)
    assert b not in chosen(house)
    assert f"needs {e}, which can't be chosen" in house.row("Results", b).text("reason")
    assert a in chosen(house)


def test_a_roadmap_that_is_not_there_is_wrong_input(house: House) -> None:
    growth(house)
    add_scenario(house, roadmap_name="Grwth")
    for action in (POPULATE, RUN):
        outcome = house.run(action)
        assert outcome.exit_code == 2
        assert 'roadmap "Grwth" (did you mean Growth?), but there is no such roadmap' in str(outcome.error)
    assert house.status("Scenario_Config", "Plan") == "OK", "a roadmap may be made later"


def test_entries_that_nobody_judged_are_judged_before_the_run(house: House) -> None:
    a, *_, e = growth(house)
    type_roadmap(house, "Hand", gate_policy="sized")
    house.done("pm.save_selected", tab="Roadmaps")
    for key in (a, e):
        house.type_new("Roadmap_Entries", {"roadmap_name": "Hand", "initiative_key": key})
    house.done("pm.save_selected", tab="Roadmap_Entries")
    assert judged(house, "Hand") == {a: None, e: None}
    add_scenario(house, roadmap_name="Hand")
    house.done(RUN)
    assert chosen(house) == [a]
    assert stored_entry(house, "Hand", e).gate_status == "blocked"


def test_a_policy_that_is_not_there_stops_a_run_that_has_to_judge(house: House) -> None:
    a, *_ = growth(house)
    type_roadmap(house, "Hand", gate_policy="nobody's")
    house.done("pm.save_selected", tab="Roadmaps")
    house.type_new("Roadmap_Entries", {"roadmap_name": "Hand", "initiative_key": a})
    house.done("pm.save_selected", tab="Roadmap_Entries")
    add_scenario(house, roadmap_name="Hand")
    outcome = house.run(RUN)
    assert outcome.exit_code == 2
    assert """roadmap "Hand" can't be judged: gate_policy: there is no policy "nobody's\"""" in str(outcome.error)


def test_two_roadmaps_of_the_same_initiatives_choose_apart(house: House) -> None:
    a, b, c, *_ = growth(house)
    type_roadmap(house, "Small", "filter", "engineering_tokens = 50")
    house.done(CREATE)
    add_scenario(house, "Plan", roadmap_name="Growth")
    add_scenario(house, "Half", 50, roadmap_name="Small")
    for name in ("Plan", "Half"):
        house.done(RUN, options=[f"scenario_name={name}"])
    adopt(house, "Small", "OPT-000002")
    adopt(house, "Growth", "OPT-000001")
    house.done(CHECK)
    assert shown(house, "Small", "selected") == {b: True, c: False}
    assert shown(house, "Growth", "selected")[c] is True
    assert a in judged(house, "Growth")


def test_ticked_entries_only(house: House) -> None:
    a, b, *_ = growth(house)
    add_scenario(house, roadmap_name="Growth")
    house.done(POPULATE)
    house.type_into("Candidates", house.row("Candidates", a).number, {"is_selected_for_run": True})
    house.done(SELECTED)
    assert chosen(house) == [a]
    outcome = house.run(SELECTED, select=b)
    assert outcome.exit_code == 0


def test_a_roadmap_made_from_a_portfolio_has_adopted_its_run(house: House) -> None:
    a, b, c, *_ = growth(house)
    add_scenario(house, roadmap_name="Growth")
    house.done(RUN)
    type_roadmap(house, "Chosen", "portfolio", "opt-1")
    house.done(CREATE, select="Chosen")
    assert house.row("Roadmaps", "Chosen").text("adopted_run") == "OPT-000001"
    assert house.status("Roadmaps", "Chosen") == "OK"
    assert shown(house, "Chosen", "selected") == {b: True, c: True}
    before = house.bytes()
    house.done(CREATE, select="Chosen")
    assert house.bytes() == before
    house.type_into("Scenario_Config", 2, {"capacity_total_tokens": 60})
    house.done(RUN)
    house.type_into("Roadmaps", house.row("Roadmaps", "Chosen").number, {"source_ref": "OPT-000002"})
    house.done(CREATE, select="Chosen")
    assert house.row("Roadmaps", "Chosen").text("adopted_run") == "OPT-000002"
    assert shown(house, "Chosen", "selected") == {b: True, c: True, a: True}
