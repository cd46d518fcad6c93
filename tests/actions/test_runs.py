"""The optimization runs: sheet to database to optimizer to sheet, with optima worked out by hand."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sqlalchemy import select

from roadwright.actions.execute import ActionResult
from roadwright.services.portfolios.rerun import rerun_snapshot
from roadwright.sheets.values import CellValue
from roadwright.store.models import OptimizationRun, Portfolio
from tests.actions.company import add_candidates, add_kpis, add_scenario, aim, chosen, constrain, stored
from tests.house import House

RUN = "pm.optimize_run_all_candidates"
SELECTED = "pm.optimize_run_selected_candidates"
Row = dict[str, CellValue | None]


def candidate(tokens: float | None, contributions: str | None = None, **more: CellValue | None) -> Row:
    row: Row = {"engineering_tokens": tokens, **more}
    return row if contributions is None else {**row, "contributions": contributions}


def four(house: House) -> list[str]:
    """Four candidates; the best two for 100 tokens are the second and the third, worth 107."""
    add_kpis(house)
    return add_candidates(
        house,
        candidate(60, "gmv: 60; latency: -30", country="UK", department="Growth"),
        candidate(50, "gmv: 55; retention: 0.01", country="UK"),
        candidate(50, "gmv: 52; latency: -20", country="DE"),
        candidate(10, "gmv: 1", country="DE"),
    )


def alerts(house: House, **where: str) -> list[Row]:
    rows = [dict(row.values) for row in house.rows("Gaps_And_Alerts")]
    return [row for row in rows if all(row.get(name) == value for name, value in where.items())]  # type: ignore[misc]


def run_of(house: House, run_id: str | None) -> OptimizationRun:
    with house.workspace.store.transaction() as session:
        found = session.scalars(select(OptimizationRun).where(OptimizationRun.run_id == run_id)).one()
        session.expunge(found)
    return found


# From sheet to sheet


def test_the_best_portfolio_stands_in_the_sheet(house: House) -> None:
    a, b, c, d = four(house)
    add_scenario(house, capacity=100)
    outcome = house.done(RUN)
    assert (outcome.status, outcome.exit_code, outcome.optimization_run_id) == ("success", 0, "OPT-000001")
    assert outcome.summary["optimization_status"] == "optimal"
    rows = house.rows("Results")
    assert [row.text("initiative_key") for row in rows] == [b, c, a, d], "chosen first, by contribution per token"
    assert [row.values["rank"] for row in rows] == [1, 2, 3, 4]
    assert [row.values["selected"] for row in rows] == [True, True, False, False]
    assert [row.values["allocated_tokens"] for row in rows] == [50, 50, 0, 0]
    assert [row.values["objective_contribution"] for row in rows] == [55, 52, 60, 1]
    assert [row.values["north_star_gain"] for row in rows] == [55, 52, 60, 1]
    assert rows[0].text("reason") == "best use of capacity"
    assert "bring more" in rows[2].text("reason")
    [run] = house.rows("Runs")
    shown = {name: run.values[name] for name in ("run_id", "status", "candidates", "selected_count", "capacity_used")}
    assert shown == {
        "run_id": "OPT-000001",
        "status": "optimal",
        "candidates": 4,
        "selected_count": 2,
        "capacity_used": 100,
    }
    assert (run.values["objective_value"], run.values["bound"], run.values["gap_percent"]) == (107, 107, 0)
    assert run.text("snapshot_hash").startswith("sha256:")
    assert run.text("summary") == "2 of 4 candidates, 100 of 100 tokens"
    assert len(house.rows("Candidates")) == 4, "the tab was brought up to date"
    with house.workspace.store.transaction() as session:
        portfolio = session.scalars(select(Portfolio)).one()
        assert [(item.initiative_key, item.rank, item.allocated_tokens) for item in portfolio.items] == [
            (b, 1, 50),
            (c, 2, 50),
        ]


def test_the_next_run_stands_above_and_notes_stay_with_their_rows(house: House) -> None:
    a, b, c, _ = four(house)
    add_scenario(house, capacity=100)
    aim(house, "gmv", 200, "goal")
    house.done(RUN)
    house.type_into("Results", house.row("Results", a).number, {"notes": "next time"})
    gap = next(row for row in house.rows("Gaps_And_Alerts") if row.text("kind") == "target")
    house.type_into("Gaps_And_Alerts", gap.number, {"notes": "told the board"})
    house.done(RUN)
    assert [row.text("run_id") for row in house.rows("Runs")] == ["OPT-000002", "OPT-000001"]
    assert house.row("Results", a).text("notes") == "next time"
    assert [row["notes"] for row in alerts(house, kind="target")] == ["told the board"]
    house.type_into("Scenario_Config", 2, {"capacity_total_tokens": 60})
    house.done(RUN)
    assert chosen(house) == [a]
    assert house.rows("Results")[0].text("notes") == "next time"
    assert {row.text("run_id") for row in house.rows("Results")} == {"OPT-000003"}
    assert [row.text("initiative_key") for row in house.rows("Results")][1:3] == [b, c]


def test_two_scenarios_are_shown_side_by_side(house: House) -> None:
    a, b, c, _ = four(house)
    add_scenario(house, "Plan", 100)
    add_scenario(house, "Small", 60)
    outcome = house.run(RUN)
    assert (outcome.exit_code, outcome.optimization_run_id) == (2, None)
    assert "there are several scenarios: Plan, Small" in str(outcome.error)
    assert house.rows("Scenario_Config")[0].text("run_status") == "OK", "what was saved says so all the same"
    house.done(RUN, options=["scenario_name=Plan"])
    house.done(RUN, options=["scenario_name=small"])
    assert chosen(house, "Plan") == [b, c]
    assert chosen(house, "Small") == [a]
    assert {row.text("scenario_name") for row in house.rows("Candidates")} == {"Small"}


def test_gaps_stand_on_one_scale(house: House) -> None:
    add_kpis(house)
    add_candidates(
        house,
        candidate(10, "gmv: 100; latency: -30; retention: 0.02", country="UK"),
        candidate(10, "gmv: 50; latency: -10; retention: -0.01", country="DE"),
    )
    add_scenario(house)
    aim(house, "gmv", 120, "floor")
    aim(house, "gmv", 200, "goal")
    aim(house, "latency", 900, "goal")
    aim(house, "retention", 0.41, "floor")
    aim(house, "gmv", 1120, "goal", dimension="country", dimension_key="uk", baseline_value=1000)
    aim(house, "latency", -25, "goal", dimension="country", dimension_key="DE")
    outcome = house.done(RUN)
    assert outcome.summary["answer"] == "2 of 2 candidates, 20 of 100 tokens, 4 of 6 targets missed"
    figures = {
        (row["kpi_key"], row["dimension_key"], row["target"]): (row["baseline"], row["achieved"], row["gap"])
        for row in alerts(house, kind="target")
        if row["target"] is not None
    }
    expected = {
        ("gmv", "all", 120): (None, 150, 0),
        ("gmv", "all", 200): (None, 150, 50),
        ("latency", "all", 900): (1000, 960, 60),
        ("retention", "all", 0.41): (0.4, 0.41, 0),
        ("gmv", "uk", 1120): (1000, 1100, 20),
        ("latency", "DE", -25): (None, -10, 15),
    }
    assert set(figures) == set(expected)
    for key, values in expected.items():
        assert figures[key] == pytest.approx(values, abs=1e-9), key
    severities = {(row["target"], row["severity"]) for row in alerts(house, kind="target") if row["target"]}
    assert (120, "info") in severities
    assert (200, "warning") in severities
    notice = [
        row for row in alerts(house, kind="target", severity="info") if "no baseline_value" in str(row["message"])
    ]
    assert len(notice) == 1
    assert house.rows("Targets")[5].text("run_status") == "OK", "a notice leaves its row OK"
    assert house.rows("Runs")[0].text("targets_met") == "2 of 6"


def test_a_north_star_that_should_decrease_is_gained_by_what_lowers_it(house: House) -> None:
    add_kpis(house, {"kpi_key": "churn", "kpi_name": "Churn", "kpi_level": "north_star", "direction": "decrease"})
    lower, higher = add_candidates(house, candidate(10, "churn: -5"), candidate(10, "churn: 7"))
    add_scenario(house)
    house.done(RUN)
    assert chosen(house) == [lower]
    assert [row.values["north_star_gain"] for row in house.rows("Results")] == [5, -7]
    assert house.rows("Runs")[0].values["objective_value"] == 5
    assert house.row("Results", higher).text("reason") == "not selected: it adds nothing to what is maximised"


def test_every_objective_mode_runs_from_the_sheet(house: House) -> None:
    a, b, c, d = four(house)
    add_scenario(house, "Weights", objective_mode="weighted_kpis", objective_weights_json="GMV: 0; latency: 1")
    add_scenario(house, "Order", objective_mode="lexicographic", objective_weights_json="retention > latency")
    house.done(RUN, options=["scenario_name=Weights"])
    # Latency alone: the first (-30) with the third (-20) would need 110 tokens; the tie-break leaves the rest idle.
    assert chosen(house, "Weights") == [a]
    house.done(RUN, options=["scenario_name=Order"])
    assert sorted(chosen(house, "Order")) == [b, c], "retention needs the second; latency then takes the third"
    assert house.rows("Runs")[0].values["objective_value"] == 107, "the last stage is the north star"
    assert d not in chosen(house, "Order")


def test_rules_bind_and_say_why(house: House) -> None:
    a, b, c, d = four(house)
    add_scenario(house, capacity=120)
    constrain(house, "mandatory", d, reason="promised")
    constrain(house, "require_prereq", b, a)
    constrain(house, "exclude_initiative", c, reason="legal")
    house.done(RUN)
    assert sorted(chosen(house)) == [a, b, d]
    reasons = {row.text("initiative_key"): row.text("reason") for row in house.rows("Results")}
    assert reasons[d] == "mandatory: promised"
    assert reasons[a] == f"needed by {b}"
    assert reasons[c] == "not selected: excluded by Constraints!4 (legal)"
    assert house.row("Candidates", d).values["is_mandatory"] is True


def test_dependencies_that_do_not_bind_are_shown(house: House) -> None:
    add_kpis(house)
    [done] = add_candidates(house, candidate(5, lifecycle_status="done"))
    one, two = add_candidates(
        house, candidate(10, "gmv: 5"), candidate(10, "gmv: 9", dependencies_initiatives="init-2; INIT-000001")
    )
    add_scenario(house, capacity=10, use_dependencies=False)
    house.done(RUN)
    assert (done, chosen(house)) == ("INIT-000001", [two])
    status = house.row("Results", two).text("dependency_status")
    assert f"needs {one}, not selected" in status
    assert f"needs {done}, delivered" in status
    assert len(alerts(house, kind="data", severity="warning", dimension_key=two)) == 1


# Initiatives that are no candidates, or done, in rules


def test_rules_may_name_initiatives_that_are_no_candidates_and_such_that_are_done(house: House) -> None:
    a, b, c, _ = four(house)
    outside, done = add_candidates(
        house, candidate(5, candidate_period_key="2026-Q4"), candidate(5, lifecycle_status="done")
    )
    add_scenario(house, capacity=110)
    constrain(house, "require_prereq", a, outside)
    constrain(house, "require_prereq", b, done)
    constrain(house, "mandatory", done, reason="was promised")
    constrain(house, "exclude_pair", c, outside)
    outcome = house.done(RUN)
    assert sorted(chosen(house)) == [b, c, "INIT-000004"]
    statuses = [row.text("run_status") for row in house.rows("Constraints")]
    assert statuses[0].startswith("WARNING: ")
    assert f"{outside} is not a candidate, so {a} can't be selected" in statuses[0]
    assert statuses[1:] == ["OK"] * 3
    assert house.row("Results", a).text("reason") == (
        f"not selected: needs {outside}, which can't be chosen (Constraints!2)"
    )
    notices = {row.row: row.notices for row in outcome.rows if row.tab == "Constraints"}
    assert "met" in notices[3][0]
    assert "fulfilled" in notices[4][0]
    assert "no effect" in notices[5][0]
    assert len(alerts(house, kind="constraint", severity="info")) == 3
    assert len(alerts(house, kind="constraint", severity="warning")) == 1


def test_a_mandatory_initiative_that_is_no_candidate_makes_the_run_invalid(house: House) -> None:
    four(house)
    [outside] = add_candidates(house, candidate(5, candidate_period_key="2026-Q4"))
    add_scenario(house)
    constrain(house, "mandatory", outside, reason="promised")
    house.done("pm.optimize_save_constraints")
    assert house.rows("Constraints")[0].text("run_status") == "OK", "saving judges no candidates"
    outcome = house.run(RUN)
    assert outcome.exit_code == 2
    assert f"Constraints!2: '{outside}' is mandatory, but it is not a candidate" in str(outcome.error)
    assert house.rows("Constraints")[0].text("run_status").startswith("FAILED: ")


def test_missing_tokens_leave_a_candidate_out_and_say_so(house: House) -> None:
    add_kpis(house)
    blank, fine = add_candidates(house, candidate(None, "gmv: 99", scope_mode="mvp"), candidate(10, "gmv: 1"))
    add_scenario(house)
    house.done(RUN)
    assert chosen(house) == [fine]
    assert house.row("Results", blank).text("reason") == "not selected: its engineering tokens are missing"
    [alert] = alerts(house, kind="data", dimension_key=blank)
    assert alert["severity"] == "warning"
    assert "tokens" in str(alert["message"])
    assert house.status("Candidates", blank).startswith("WARNING: engineering_tokens_mvp: is blank")
    house.type_into("Candidates", house.row("Candidates", blank).number, {"engineering_tokens": 7})
    house.done(RUN)
    assert sorted(chosen(house)) == [blank, fine], "what was typed on Candidates is saved by the run"
    assert alerts(house, kind="data") == []


def test_flagged_initiatives_without_a_period_are_listed(house: House) -> None:
    four(house)
    [lost] = add_candidates(house, candidate(5, candidate_period_key=None))
    add_scenario(house)
    house.done(RUN)
    [alert] = alerts(house, kind="data", dimension_key=lost)
    assert "candidate_period_key is blank" in str(alert["message"])


def test_no_candidate_at_all_is_an_empty_portfolio_and_an_alert(house: House) -> None:
    add_kpis(house)
    add_scenario(house)
    outcome = house.done(RUN)
    assert outcome.summary["answer"] == "0 of 0 candidates, 0 of 100 tokens"
    assert house.rows("Results") == []
    [alert] = alerts(house, kind="data")
    assert alert["message"] == "there are no candidates for 2026-Q2"


def test_contributions_to_kpis_that_were_taken_out_of_use_are_left_out_and_named(house: House) -> None:
    _, b, *_ = four(house)
    add_scenario(house, capacity=100)
    row = house.row("Metrics_Config", "retention").number
    house.type_into("Metrics_Config", row, {"is_active": False})
    house.done("pm.save_selected", tab="Metrics_Config", options=["force=true"])
    house.done(RUN)
    [alert] = alerts(house, kind="data")
    assert alert["dimension_key"] == b
    assert "its contribution to retention is left out" in str(alert["message"])


def test_figures_beyond_any_number_are_survived(house: House) -> None:
    add_kpis(house)
    keys = add_candidates(house, candidate(1, "gmv: 1e308"), candidate(1, "gmv: 1e308"), candidate(1, "gmv: 1e-300"))
    add_scenario(house)
    outcome = house.done(RUN)
    assert sorted(chosen(house))[:2] == keys[:2]
    assert outcome.summary["optimization_status"] in ("optimal", "feasible")


# Sets


def test_a_blank_set_name_means_the_only_set(house: House) -> None:
    _, b, c, _ = four(house)
    add_scenario(house, capacity=100)
    house.done(RUN)
    assert house.rows("Runs")[0].text("constraint_set_name") == "", "none, where there is none"
    constrain(house, "exclude_initiative", b)
    constrain(house, "exclude_initiative", c, scenario_name="Other", constraint_set_name="theirs")
    house.done(RUN)
    assert house.rows("Runs")[0].text("constraint_set_name") == "base"
    assert b not in chosen(house)
    aim(house, "gmv", 1, "goal", constraint_set_name="second")
    outcome = house.run(RUN)
    assert (outcome.exit_code, outcome.status) == (2, "failed")
    assert "has several sets: base, second" in str(outcome.error)
    assert house.rows("Scenario_Config")[0].text("run_status").startswith("FAILED: constraint_set_name: ")
    house.type_into("Scenario_Config", 2, {"constraint_set_name": "Second"})
    house.done(RUN)
    assert sorted(chosen(house)) == [b, c]
    house.type_into("Scenario_Config", 2, {"constraint_set_name": "third"})
    outcome = house.run(RUN)
    assert outcome.exit_code == 2
    assert 'names the set "third", but it has: base, second' in str(outcome.error)


def test_rows_deleted_from_the_set_bind_no_longer(house: House) -> None:
    _, b, c, _ = four(house)
    add_scenario(house, capacity=100, constraint_set_name="base")
    constrain(house, "exclude_initiative", b)
    house.done(RUN)
    assert b not in chosen(house)
    house.clear_row("Constraints", 2)
    house.done(RUN)
    assert sorted(chosen(house)) == [b, c]


# Invalid runs


def assert_invalid(house: House, outcome: ActionResult, place: str, words: str) -> None:
    assert (outcome.exit_code, outcome.status) == (2, "failed")
    assert outcome.summary["optimization_status"] == "invalid"
    assert f"{place}: " in str(outcome.error)
    assert words in str(outcome.error)
    run = house.rows("Runs")[0]
    assert run.text("status") == "invalid"
    assert run.text("summary").startswith("invalid: ")
    critical = alerts(house, severity="critical")
    assert any(place in str(alert["message"]) and words in str(alert["message"]) for alert in critical)


def test_a_bad_row_in_the_set_makes_the_run_invalid_and_nothing_is_lost(house: House) -> None:
    a, b, c, _ = four(house)
    add_scenario(house, capacity=100)
    house.done(RUN)
    constrain(house, "exclude_initiative", b)
    constrain(house, "mandatory", c)
    outcome = house.run(RUN)
    assert_invalid(house, outcome, "Constraints!3", "reason: is empty")
    assert chosen(house) == [b, c], "the earlier answer stays"
    assert {row.text("run_id") for row in house.rows("Results")} == {"OPT-000001"}
    assert "Results still shows OPT-000001" in house.rows("Runs")[0].text("summary")
    assert any("Results still shows OPT-000001" in str(alert["message"]) for alert in alerts(house))
    assert house.rows("Constraints")[0].text("run_status") == "OK"
    assert house.rows("Constraints")[1].text("run_status").startswith("FAILED: reason: is empty")
    house.type_into("Constraints", 3, {"reason": "law"})
    house.done(RUN)
    assert sorted(chosen(house))[0] != b
    assert alerts(house, severity="critical") == []
    assert a not in chosen(house)


def test_bad_rows_of_other_sets_and_scenarios_do_not_matter(house: House) -> None:
    _, b, c, _ = four(house)
    add_scenario(house, capacity=100, constraint_set_name="base")
    add_scenario(house, "Broken", -1)
    constrain(house, "exclude_initiative", "INIT-000099", constraint_set_name="bold")
    constrain(house, "exclude_initiative", "INIT-000099", scenario_name="Broken")
    constrain(house, "capacity_cap", "all", dimension="all", max_tokens=100)
    aim(house, "nonsense", 1, "goal", constraint_set_name="bold")
    house.done(RUN, options=["scenario_name=Plan"])
    assert chosen(house) == [b, c]
    assert house.status("Scenario_Config", "Broken").startswith("FAILED: capacity_total_tokens")


def test_a_bad_row_whose_set_can_not_be_read_could_be_in_it(house: House) -> None:
    four(house)
    add_scenario(house, capacity=100)
    constrain(house, "exclude_initiative", "INIT-000002", constraint_set_name=None)
    outcome = house.run(RUN)
    assert_invalid(house, outcome, "Constraints!2", "constraint_set_name: is empty")


def test_bad_rows_of_every_tab_are_named(house: House) -> None:
    a, *_ = four(house)
    add_scenario(house, capacity=100)
    house.done(RUN)
    house.type_into("Scenario_Config", 2, {"capacity_total_tokens": "lots"})
    house.type_into("Candidates", house.row("Candidates", a).number, {"engineering_tokens": -3})
    aim(house, "gvm", 5, "goal")
    outcome = house.run(RUN)
    assert_invalid(house, outcome, "Scenario_Config!2", '"lots" is not a number')
    assert "Candidates!2: " in str(outcome.error)
    assert "Targets!2: " in str(outcome.error)
    assert house.row("Candidates", a).raw["engineering_tokens"] == -3
    assert house.rows("Scenario_Config")[0].raw["capacity_total_tokens"] == "lots"
    assert stored(house, a).engineering_tokens == 60


def test_a_new_scenario_whose_row_is_wrong_is_named_and_not_said_to_be_missing(house: House) -> None:
    four(house)
    add_scenario(house, capacity=-5)
    outcome = house.run(RUN)
    assert (outcome.exit_code, outcome.optimization_run_id) == (2, None)
    assert "Scenario_Config!2: FAILED: capacity_total_tokens: -5 is out of range" in str(outcome.error)
    assert house.rows("Scenario_Config")[0].text("run_status").startswith("FAILED: capacity_total_tokens")


def test_a_conflict_makes_the_run_invalid_until_it_is_settled(house: House) -> None:
    four(house)
    add_scenario(house, capacity=100)
    house.done(RUN)
    older = dict(house.rows("Scenario_Config")[0].raw)
    house.type_into("Scenario_Config", 2, {"capacity_total_tokens": 60})
    house.done("pm.optimize_save_scenario")
    house.type_into("Scenario_Config", 2, {**older, "capacity_total_tokens": 120})  # a colleague's older copy
    outcome = house.run(RUN)
    assert_invalid(house, outcome, "Scenario_Config!2", 'the sheet has "120", the database has "60"')
    outcome = house.done(RUN, options=["on_conflict=database"])
    assert house.rows("Scenario_Config")[0].values["capacity_total_tokens"] == 60
    assert house.rows("Scenario_Config")[0].text("run_status") == "OK"
    assert house.rows("Runs")[0].values["capacity_total"] == 60
    house.done(RUN)
    assert house.rows("Runs")[0].values["capacity_total"] == 60


def test_without_a_north_star_a_run_is_invalid(house: House) -> None:
    add_candidates(house, candidate(5))
    add_scenario(house)
    outcome = house.run(RUN)
    assert outcome.exit_code == 2
    assert "north_star" in str(outcome.error)


# No answer


def test_infeasible_is_an_answer_with_exit_3(house: House) -> None:
    a, b, c, _ = four(house)
    add_scenario(house, capacity=100)
    house.done(RUN)
    constrain(house, "mandatory", a, reason="law")
    constrain(house, "mandatory", b, reason="board")
    outcome = house.run(RUN)
    assert (outcome.exit_code, outcome.status, outcome.error) == (3, "success", None)
    run = house.rows("Runs")[0]
    assert (run.text("status"), run.values["selected_count"]) == ("infeasible", None)
    assert run.text("summary") == "no portfolio keeps all the rules; Results still shows OPT-000001"
    assert chosen(house) == [b, c]
    [whole] = [row for row in alerts(house, kind="infeasible") if "the run is infeasible" in str(row["message"])]
    assert whole["severity"] == "critical"
    assert "Results still shows OPT-000001" in str(whole["message"])
    assert str(whole["recommendation"]).startswith("cheapest way out: change the capacity from 100 to 110")
    assert f"it would choose {a}, {b}" in str(whole["recommendation"])
    rows = {str(row["message"]).split(":")[0] for row in alerts(house, kind="infeasible", severity="critical")}
    assert rows == {"the run is infeasible; no portfolio keeps all the rules; Results still shows OPT-000001"} | {
        "Scenario_Config!2",
        "Constraints!2",
        "Constraints!3",
    }
    status = house.rows("Constraints")[0].text("run_status")
    assert status == f"WARNING: {a} is mandatory: can't be met together with Scenario_Config!2, Constraints!3"
    assert "change the capacity from 100 to 110" in house.rows("Scenario_Config")[0].text("run_status")
    clash = [row for row in alerts(house, kind="constraint") if "needs 110 tokens" in str(row["message"])]
    assert len(clash) == 1
    assert str(clash[0]["message"]).startswith("Scenario_Config!2: ")
    assert "needs 110 tokens" in house.rows("Scenario_Config")[0].text("run_status")


def test_infeasible_is_said_where_only_the_solver_finds_it(house: House) -> None:
    a, b, c, _ = four(house)
    add_scenario(house, capacity=100)
    constrain(house, "choose_count", "three", f"{a}, {b}, {c}", min_count=2)
    constrain(house, "exclude_pair", a, b)
    constrain(house, "exclude_pair", a, c)
    constrain(house, "exclude_pair", b, c)
    outcome = house.run(RUN)
    assert outcome.exit_code == 3
    assert house.rows("Runs")[0].text("summary").endswith("Results has no run of this scenario")
    assert {str(row["message"])[:13] for row in alerts(house, kind="infeasible", severity="critical")} >= {
        "Constraints!2",
        "Constraints!3",
    }
    assert house.rows("Constraints")[0].text("run_status").startswith("WARNING: at least 2 of ")
    assert house.rows("Results") == []


def test_no_answer_in_time_is_exit_1_and_unknown(house: House) -> None:
    _, b, c, _ = four(house)
    add_scenario(house, capacity=100)
    house.done(RUN)
    outcome = house.run(RUN, options=["time_limit=0.0000001"])
    assert (outcome.exit_code, outcome.status) == (1, "failed")
    assert outcome.optimization_run_id == "OPT-000002"
    assert "give it more time" in str(outcome.error)
    assert house.rows("Runs")[0].text("status") == "unknown"
    assert chosen(house) == [b, c]


# The same answer, always


def test_the_same_selection_in_any_order_of_rows(house: House) -> None:
    add_kpis(house)
    keys = add_candidates(house, *(candidate(10, "gmv: 5") for _ in range(6)))  # any three: ties all over
    add_scenario(house, capacity=30)
    constrain(house, "exclude_pair", keys[0], keys[1])
    constrain(house, "exclude_pair", keys[2], keys[3])
    house.done(RUN)
    first, snapshot = chosen(house), house.rows("Runs")[0].text("snapshot_hash")
    house.done(RUN)
    assert chosen(house) == first
    one, two = (dict(row.raw) for row in house.rows("Constraints"))
    house.type_into("Constraints", 2, two)
    house.type_into("Constraints", 3, one)
    house.done(RUN)
    assert house.rows("Runs")[0].text("snapshot_hash") == snapshot
    rows = [dict(row.raw) for row in house.rows("Backlog")]
    for number, row in enumerate(reversed(rows), start=2):
        house.type_into("Backlog", number, {**dict.fromkeys(rows[number - 2]), **row})
    house.done("pm.backlog_sync")
    assert [row.text("initiative_key") for row in house.rows("Backlog")] == list(reversed(keys))
    house.done(RUN)
    assert chosen(house) == first
    assert len(first) == 3


@pytest.mark.files
def test_the_same_selection_in_another_process(house: House) -> None:
    add_kpis(house)
    add_candidates(house, *(candidate(10, "gmv: 5") for _ in range(6)))
    add_scenario(house, capacity=30)
    house.done(RUN)
    first, snapshot = chosen(house), house.rows("Runs")[0].text("snapshot_hash")
    command = [sys.executable, "-c", "from roadwright.cli.entry import main; main()", "run", RUN, "-w", str(house.root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert chosen(house) == first
    assert [row.text("snapshot_hash") for row in house.rows("Runs")] == [snapshot, snapshot]


# Selected candidates


def test_ticked_rows_are_what_runs(house: House) -> None:
    a, b, c, d = four(house)
    add_scenario(house, capacity=200)
    outcome = house.run(SELECTED)
    assert outcome.exit_code == 2
    assert "no row of Candidates is ticked" in str(outcome.error)
    assert house.rows("Scenario_Config")[0].text("run_status") == "OK"
    house.done("pm.populate_candidates")
    for key in (a, d):
        house.type_into("Candidates", house.row("Candidates", key).number, {"is_selected_for_run": "yes"})
    house.done(SELECTED)
    assert [row.text("initiative_key") for row in house.rows("Results")] == [a, d]
    assert house.rows("Runs")[0].values["candidates"] == 2
    assert [row.values["is_selected_for_run"] for row in house.rows("Candidates")] == [True, False, False, True]
    assert [row.text("initiative_key") for row in house.rows("Candidates")] == [a, b, c, d]


def test_candidates_can_be_named_by_key_and_by_row(house: House) -> None:
    a, b, c, d = four(house)
    add_scenario(house, capacity=200)
    house.done("pm.optimize_save_scenario")
    house.done("pm.populate_candidates")
    house.done(SELECTED, select=f"{b.lower()}; init-3")
    assert sorted(row.text("initiative_key") for row in house.rows("Results")) == [b, c]
    house.done(SELECTED, select="4-30, 2")
    assert sorted(row.text("initiative_key") for row in house.rows("Results")) == [a, c, d]
    for wrong in ("INIT-000099", "77", f"{a}, nonsense"):
        outcome = house.run(SELECTED, select=wrong)
        assert outcome.exit_code == 2, wrong
        assert wrong.split(", ")[-1] in str(outcome.error)
    [other] = add_candidates(house, candidate(5, candidate_period_key="2026-Q4"))
    outcome = house.run(SELECTED, select=other)
    assert outcome.exit_code == 2
    assert f'{other}: no candidate of scenario "Plan"' in str(outcome.error)
    assert len(house.rows("Runs")) == 2


def test_a_tick_that_can_not_be_read_stops_the_run(house: House) -> None:
    a, b, *_ = four(house)
    add_scenario(house, capacity=200)
    house.done("pm.optimize_save_scenario")
    house.done("pm.populate_candidates")
    house.type_into("Candidates", 2, {"is_selected_for_run": "perhaps"})
    house.type_into("Candidates", 3, {"is_selected_for_run": True})
    outcome = house.run(SELECTED)
    assert_invalid(house, outcome, "Candidates!2", "is_selected_for_run")
    house.done(RUN)
    assert len(house.rows("Results")) == 4, "a run over all does not use the ticks"
    assert house.row("Candidates", a).raw["is_selected_for_run"] == "perhaps"
    assert stored(house, b).engineering_tokens == 50


# Writing again


def test_results_are_written_again_for_the_latest_runs_or_for_one(house: House) -> None:
    a, b, c, _ = four(house)
    add_scenario(house, capacity=100)
    house.done(RUN)
    house.type_into("Scenario_Config", 2, {"capacity_total_tokens": 60})
    house.done(RUN)
    assert chosen(house) == [a]
    for row in (*house.rows("Results"), *house.rows("Runs")):
        house.clear_row("Results", row.number)
        house.clear_row("Runs", row.number)
    house.done("pm.optimize_write_results")
    assert chosen(house) == [a]
    assert len(house.rows("Runs")) == 2
    house.done("pm.optimize_write_results", options=["run_id=opt-000001"])
    assert chosen(house) == [b, c]
    before = house.bytes()
    house.done("pm.optimize_write_results", options=["run_id=OPT-000001"])
    assert house.bytes() == before
    outcome = house.run("pm.optimize_write_results", options=["run_id=OPT-000009"])
    assert outcome.exit_code == 2
    assert "there is no run OPT-000009; the latest are OPT-000002, OPT-000001" in str(outcome.error)


@pytest.mark.files
def test_a_run_whose_sheet_is_locked_is_kept_and_written_later(house: House) -> None:
    _, b, c, _ = four(house)
    add_scenario(house, capacity=100)
    house.done("pm.optimize_save_scenario")
    lock = house.root / ".~lock.Optimization_Center.xlsx#"
    lock.write_text(",someone,desk,25.11.2026 10:00,file:///home/someone/.config/libreoffice/4;")
    outcome = house.run(RUN)
    assert (outcome.exit_code, outcome.status, outcome.optimization_run_id) == (1, "failed", "OPT-000001")
    assert "pm.optimize_write_results shows it" in str(outcome.error)
    assert house.rows("Results") == []
    assert run_of(house, "OPT-000001").status == "optimal"
    lock.unlink()
    house.done("pm.optimize_write_results")
    assert chosen(house) == [b, c]


def test_a_run_is_identical_when_it_is_solved_again_whatever_the_order_of_its_rows(house: House) -> None:
    """The sheet has the rows in another order than the snapshot."""
    keys = four(house)
    add_scenario(house, capacity=100)
    aim(house, "gmv", 500, "goal")
    aim(house, "gmv", 5, "goal", dimension="initiative", dimension_key=keys[1])
    constrain(house, "capacity_floor", dimension="all", dimension_key="all", min_tokens=1)
    constrain(house, "capacity_cap", dimension="initiative", dimension_key=keys[2], max_tokens=99)
    constrain(house, "capacity_cap", dimension="all", dimension_key="all", max_tokens=99)
    outcome = house.done("pm.optimize_run_all_candidates")
    run = run_of(house, outcome.optimization_run_id)
    assert run.inputs_snapshot_json is not None
    assert len(run.inputs_snapshot_json["constraints"]) == 3
    assert rerun_snapshot(run).differences == []
