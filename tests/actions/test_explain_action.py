"""pm.explain_selection: why in, why out, and what it would cost to change that, for a run that is kept."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from roadwright.actions.execute import ActionResult
from roadwright.services.portfolios.rerun import rerun_snapshot
from roadwright.store.models import OptimizationRun
from tests.actions.company import PERIOD, add_candidates, add_initiatives, add_kpis, add_scenario, constrain
from tests.house import House

EXPLAIN = "pm.explain_selection"
RUN = "pm.optimize_run_all_candidates"
SECONDS = ["explain_seconds=20"]


def three(house: House, capacity: float = 110) -> list[str]:
    """Initiatives of 60, 50 and 50 tokens worth 70, 50 and 40; the first two are the best for 110 tokens."""
    add_kpis(house)
    keys = add_candidates(
        house,
        {"engineering_tokens": 60, "contributions": "gmv: 70"},
        {"engineering_tokens": 50, "contributions": "gmv: 50"},
        {"engineering_tokens": 50, "contributions": "gmv: 40"},
    )
    add_scenario(house, capacity=capacity)
    return keys


def said(outcome: ActionResult) -> dict[str, str]:
    return {row.key: row.notices[0] if row.notices else row.run_status for row in outcome.rows}


def reasons(house: House) -> dict[str, str]:
    return {row.text("initiative_key"): row.text("reason") for row in house.rows("Results")}


def context(house: House, run_id: str = "OPT-000001") -> dict[str, object]:
    with house.workspace.store.transaction() as session:
        run = session.scalars(select(OptimizationRun).where(OptimizationRun.run_id == run_id)).one()
        assert rerun_snapshot(run).identical
        return run.context_json


def test_it_says_why_in_why_out_and_what_a_change_costs(house: House) -> None:
    a, b, c = three(house)
    house.done(RUN)
    outcome = house.done(EXPLAIN, options=SECONDS)
    assert outcome.optimization_run_id == "OPT-000001"
    assert (outcome.summary["explained"], outcome.summary["not_computed"]) == (4, 0)
    assert said(outcome) == {
        "capacity": "the capacity is 110 tokens: capacity 111 would bring nothing; the selection next changes at 160, "
        f"for 40 gmv; would bring in {c}",
        a: f"selected: best use of capacity; leaving it out costs 30 gmv; would bring in {c}",
        b: f"selected: best use of capacity; leaving it out costs 10 gmv; would bring in {c}",
        c: "not selected: within the capacity and the rules, the chosen ones together bring more; "
        f"forcing it in costs 10 gmv; would drop {b}",
    }
    rows = {row.key: (row.tab, row.row) for row in outcome.rows}
    assert rows == {"capacity": ("Scenario_Config", 2), a: ("Results", 2), b: ("Results", 3), c: ("Results", 4)}
    assert reasons(house) == {
        a: f"best use of capacity; leaving it out costs 30 gmv; would bring in {c}",
        b: f"best use of capacity; leaving it out costs 10 gmv; would bring in {c}",
        c: f"not selected: costs 10 gmv to force in; would drop {b}",
    }
    assert any("the capacity is 110" in row.text("message") for row in house.rows("Gaps_And_Alerts"))
    before = house.bytes()
    house.done(EXPLAIN, options=SECONDS)
    assert house.bytes() == before, "nothing new, so nothing is written"


def test_what_was_computed_is_kept_and_only_the_rest_is_computed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b, c = three(house)
    house.done(RUN)
    assert list(said(house.done(EXPLAIN, select=c.lower(), options=SECONDS))) == [c]
    assert reasons(house)[a] == "best use of capacity"
    assert "to force in" in reasons(house)[c]
    outcome = house.done(EXPLAIN, select=f"{c}, {a}", options=["explain_seconds=0"])
    assert said(outcome)[c].endswith(f"forcing it in costs 10 gmv; would drop {b}"), "known already"
    assert said(outcome)[a].startswith("SKIPPED: selected: best use of capacity; not computed: the time was up")
    assert outcome.summary["not_computed"] == 1
    assert "to force in" in reasons(house)[c]
    [left_open] = [r for r in house.rows("Gaps_And_Alerts") if "not computed" in r.text("message")]
    assert left_open.text("message").startswith("1 of 2 explanations were not computed")
    house.done(EXPLAIN, select="2", options=SECONDS)
    assert [r for r in house.rows("Gaps_And_Alerts") if "not computed" in r.text("message")] == []
    kept = context(house)["explanations"]
    assert isinstance(kept, list)
    assert {one["id"]: one["computed"] for one in kept} == {c: True, a: True}


def test_rows_can_be_selected_on_results_and_on_candidates(house: House) -> None:
    a, b, c = three(house)
    house.done(RUN)
    assert list(said(house.done(EXPLAIN, select="2,4-9", options=SECONDS))) == [a, c]
    outcome = house.done(EXPLAIN, tab="Candidates", select="3", options=SECONDS)
    assert [(row.tab, row.row, row.key) for row in outcome.rows] == [("Candidates", 3, b)]
    missing = house.run(EXPLAIN, select="40", options=SECONDS)
    assert (missing.exit_code, missing.error) == (2, "Results has no data in row 40")


def test_mandates_and_limits_can_be_asked_for_by_their_row(house: House) -> None:
    _, b, c = three(house)
    constrain(house, "mandatory", c, dimension="initiative", reason="promised")
    house.done(RUN)
    outcome = house.done(EXPLAIN, select=f"constraints!2, {c}, capacity", options=SECONDS)
    words = f"that {c} is mandatory costs 10 gmv; would bring in {b} and drop {c}"
    assert said(outcome)[f"mandatory:{c}"] == words
    assert ("Constraints", 2) in {(row.tab, row.row) for row in outcome.rows}
    assert said(house.done(EXPLAIN, select=f"mandatory:{c}", options=SECONDS)) == {f"mandatory:{c}": words}
    assert "selected: mandatory: promised" in said(outcome)[c]
    assert (outcome.rows[0].tab, outcome.rows[0].row) == ("Constraints", 2)
    assert reasons(house)[c] == f"mandatory: promised (costs 10 gmv; would bring in {b})"


def test_what_is_unknown_or_no_candidate_is_exit_2_in_words(house: House) -> None:
    three(house)
    rejected, elsewhere, unflagged = add_initiatives(
        house,
        {"lifecycle_status": "rejected", "is_optimization_candidate": True, "candidate_period_key": PERIOD},
        {"is_optimization_candidate": True, "candidate_period_key": "2027-Q1"},
        {},
    )
    empty = house.run(EXPLAIN)
    assert (empty.exit_code, empty.error) == (
        2,
        'scenario "Plan" is on Scenario_Config, but is not saved yet; run pm.optimize_save_scenario, which also '
        "says what may be wrong with its row",
    )
    house.done("pm.optimize_save_scenario")
    assert house.run(EXPLAIN).error == 'scenario "Plan" has no run yet; start with pm.optimize_run_all_candidates'
    house.done(RUN)
    for asked, words in (
        ("INIT-000099", "there is no initiative INIT-000099"),
        ("Moonshot", 'OPT-000001 has neither an initiative nor a row "Moonshot"'),
        (rejected, f"{rejected} was no candidate of OPT-000001: its lifecycle_status is rejected"),
        (elsewhere, "its candidate_period_key is 2027-Q1, and the run plans 2026-Q2"),
        (unflagged, "is_optimization_candidate is not set on the Backlog"),
    ):
        outcome = house.run(EXPLAIN, select=asked, options=SECONDS)
        assert outcome.exit_code == 2, asked
        assert words in str(outcome.error)
    named = house.run(EXPLAIN, options=["run_id=OPT-000077"])
    assert (named.exit_code, named.error) == (2, "there is no optimization run OPT-000077 (the newest is OPT-000001)")


def test_an_initiative_outside_the_candidates_that_a_rule_names_says_why(house: House) -> None:
    a, _, _ = three(house)
    [other] = add_initiatives(house, {})
    constrain(house, "require_prereq", a, other)
    house.done(RUN)
    outcome = house.done(EXPLAIN, select=f"{other},{a}", options=SECONDS)
    assert said(outcome)[other] == (
        f"{other} can't be selected: it is not a candidate, for is_optimization_candidate is not set on the Backlog"
    )
    assert f"needs {other}" in said(outcome)[a]


def test_an_infeasible_run_is_explained_by_its_conflict_and_repair(house: House) -> None:
    a, _, _ = three(house, capacity=50)
    constrain(house, "mandatory", a, dimension="initiative", reason="law")
    assert house.run(RUN).exit_code == 3
    outcome = house.done(EXPLAIN, options=SECONDS)
    assert outcome.summary["optimization_status"] == "infeasible"
    assert "way out" in str(outcome.summary["way_out"])
    assert {(row.tab, row.row) for row in outcome.rows} == {("Constraints", 2), ("Scenario_Config", 2)}
    assert f"{a} is mandatory: can't be met together with Scenario_Config!2" in said(outcome)[f"mandatory:{a}"]
    asked = house.done(EXPLAIN, select=a, options=SECONDS)
    assert said(asked)[a] == f"{a} is neither in nor out: no portfolio keeps all the rules"


def test_the_latest_answer_is_explained_though_a_later_run_is_infeasible(house: House) -> None:
    a, _, c = three(house)
    house.done(RUN)
    constrain(house, "capacity_floor", "all", dimension="all", min_tokens=500)
    assert house.run(RUN).exit_code == 3
    outcome = house.done(EXPLAIN, select=c, options=SECONDS)
    assert outcome.optimization_run_id == "OPT-000001"
    assert "to force in" in reasons(house)[c]
    named = house.done(EXPLAIN, options=[*SECONDS, "run_id=opt-000002"])
    assert named.summary["optimization_status"] == "infeasible"
    assert a in reasons(house)


def test_an_invalid_run_has_nothing_to_explain(house: House) -> None:
    a, _, _ = three(house)
    constrain(house, "mandatory", a)
    assert house.run(RUN).exit_code == 2
    outcome = house.run(EXPLAIN, options=SECONDS)
    assert outcome.exit_code == 2
    assert str(outcome.error).startswith("OPT-000001 has no portfolio to explain: invalid: ")


def test_with_several_scenarios_one_is_named_or_meant_by_its_rows(house: House) -> None:
    three(house)
    add_scenario(house, "Wide", capacity=160)
    for name in ("Plan", "Wide"):
        house.done(RUN, options=[f"scenario_name={name}"])
    assert house.run(EXPLAIN, options=SECONDS).exit_code == 2
    rows = {row.text("scenario_name"): row.number for row in house.rows("Results")}
    outcome = house.done(EXPLAIN, select=str(rows["Plan"]), options=SECONDS)
    assert (outcome.summary["scenario_name"], outcome.rows[0].row) == ("Plan", rows["Plan"])
    both = house.run(EXPLAIN, select=f"{rows['Plan']},{rows['Wide']}", options=SECONDS)
    assert (both.exit_code, "several scenarios" in str(both.error)) == (2, True)
    other = house.run(EXPLAIN, select=str(rows["Wide"]), options=[*SECONDS, "scenario_name=Plan"])
    assert (other.exit_code, other.error) == (2, "selected rows belong to Wide, but OPT-000001 is of Plan")
