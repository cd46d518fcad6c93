"""A run explains its answer: what forcing in costs, what a mandate costs, what a limit is worth."""

from __future__ import annotations

import pytest

from tests.house import House


@pytest.fixture
def planned(house: House) -> House:
    """Three initiatives of 60, 50 and 50 tokens worth 70, 50 and 40 under a capacity of 110."""
    house.type_new("Intake", *({"title": name} for name in ("Large", "Middle", "Small")))
    house.done("pm.backlog_sync")
    for row, tokens in ((2, 60), (3, 50), (4, 50)):
        house.type_into(
            "Backlog",
            row,
            {"engineering_tokens": tokens, "is_optimization_candidate": True, "candidate_period_key": "2026-Q2"},
        )
    house.done("pm.save_selected", tab="Backlog")
    house.type_new("Metrics_Config", {"kpi_key": "gmv", "kpi_name": "GMV", "kpi_level": "north_star"})
    house.done("pm.save_selected", tab="Metrics_Config")
    house.done("pm.populate_initiatives")
    for row, value in ((2, 70), (3, 50), (4, 40)):
        house.type_into("KPI_Contributions", row, {"kpi_contribution_json": f"gmv: {value}"})
    house.done("pm.save_selected", tab="KPI_Contributions")
    house.type_new(
        "Scenario_Config",
        {
            "scenario_name": "Q2",
            "period_key": "2026-Q2",
            "capacity_total_tokens": 110,
            "objective_mode": "north_star",
        },
    )
    return house


def reasons(house: House) -> dict[str, str]:
    return {row.text("title"): row.text("reason") for row in house.rows("Results")}


def test_what_is_left_out_says_what_it_would_cost_to_force_in(planned: House) -> None:
    planned.done("pm.optimize_run_all_candidates", options=["explain_seconds=20"])
    assert reasons(planned) == {
        "Large": "best use of capacity; leaving it out costs 30 gmv; would bring in INIT-000003",
        "Middle": "best use of capacity; leaving it out costs 10 gmv; would bring in INIT-000003",
        "Small": "not selected: costs 10 gmv to force in; would drop INIT-000002",
    }


def test_a_mandate_says_what_it_costs(planned: House) -> None:
    planned.type_new(
        "Constraints",
        {
            "scenario_name": "Q2",
            "constraint_set_name": "base",
            "constraint_type": "mandatory",
            "dimension": "initiative",
            "dimension_key": "INIT-000003",
            "reason": "promised",
        },
    )
    planned.done("pm.optimize_run_all_candidates", options=["explain_seconds=20"])
    assert reasons(planned)["Small"] == "mandatory: promised (costs 10 gmv; would bring in INIT-000002)"
    said = [row.text("message") for row in planned.rows("Gaps_And_Alerts")]
    assert any("INIT-000003 is mandatory costs 10 gmv" in message for message in said)


def test_no_time_for_explanations_leaves_plain_reasons(planned: House) -> None:
    planned.done("pm.optimize_run_all_candidates")
    assert reasons(planned)["Small"].startswith("not selected: within the capacity and the rules")
