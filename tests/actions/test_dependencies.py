"""Runs that obey what the Backlog says of dependencies, from sheet to sheet."""

from __future__ import annotations

from roadwright.store.models import OptimizationRun
from tests.actions.company import add_candidates, add_kpis, add_scenario, chosen, constrain
from tests.house import Cells, House

RUN = "pm.optimize_run_all_candidates"


def candidate(tokens: float, gmv: float, **more: str) -> Cells:
    return {"engineering_tokens": tokens, "contributions": f"gmv: {gmv}", **more}


def alerts(house: House) -> str:
    return "\n".join(row.text("message") for row in house.rows("Gaps_And_Alerts"))


def hashes(house: House) -> list[str | None]:
    with house.workspace.store.transaction() as session:
        return [run.snapshot_hash for run in session.query(OptimizationRun).order_by(OptimizationRun.id)]


def test_what_the_backlog_names_is_chosen_too_unless_the_scenario_says_otherwise(house: House) -> None:
    add_kpis(house)
    one, two, three = add_candidates(
        house, candidate(60, 5), candidate(50, 60, dependencies_initiatives="init-1"), candidate(60, 40)
    )
    add_scenario(house, capacity=100)
    house.done(RUN)
    assert chosen(house) == [three], "both together need more than the capacity"
    assert house.row("Candidates", two).values["prerequisite_keys"] == [one]
    house.type_into("Scenario_Config", 2, {"capacity_total_tokens": 110})
    house.done(RUN)
    assert set(chosen(house)) == {one, two}
    assert house.row("Results", one).text("reason").startswith(f"needed by {two}")
    assert house.row("Results", two).text("dependency_status") == f"needs {one}, selected"
    house.type_into("Scenario_Config", 2, {"capacity_total_tokens": 100, "use_dependencies": False})
    house.done(RUN)
    assert chosen(house) == [two]
    assert house.row("Candidates", two).values.get("prerequisite_keys") in (None, [])
    assert f"{two}: needs {one}, not selected" in alerts(house)
    first, _, third = hashes(house)
    assert first != third


def test_dependencies_that_cant_be_met_are_named_by_their_id(house: House) -> None:
    add_kpis(house)
    rejected, under_way, done = add_candidates(
        house,
        candidate(5, 1, lifecycle_status="rejected"),
        candidate(5, 1, lifecycle_status="in_progress", candidate_period_key="2026-Q4"),
        candidate(5, 1, lifecycle_status="done"),
    )
    blocked, free = add_candidates(
        house,
        candidate(10, 90, dependencies_initiatives=rejected),
        candidate(10, 10, dependencies_initiatives=f"{under_way}, {done}"),
    )
    add_scenario(house)
    house.done(RUN)
    assert chosen(house) == [free]
    assert house.row("Results", blocked).text("reason") == (
        f"not selected: needs {rejected}, which can't be chosen (dependency:{blocked})"
    )
    assert (
        house.row("Results", free).text("dependency_status")
        == f"needs {under_way}, in progress; needs {done}, delivered"
    )
    told = alerts(house)
    assert f"needs {rejected}, which is rejected and no candidate of this run" in told
    assert f"needs {under_way}, which is in_progress and no candidate: counted as met" in told
    constrain(house, "mandatory", blocked, reason="the board")
    outcome = house.run(RUN)
    assert outcome.exit_code == 3
    assert f"dependency:{blocked}: {blocked} needs {rejected}: can't be met together with Constraints!2" in alerts(
        house
    )
    explained = house.run("pm.explain_selection", select=f"dependency:{free}")
    assert explained.exit_code == 2, "what is met demands nothing, so it is no rule"


def test_a_circle_is_all_or_none_and_warned(house: House) -> None:
    add_kpis(house)
    a, b, c = add_candidates(
        house,
        candidate(60, 50, dependencies_initiatives="INIT-000002"),
        candidate(60, 50, dependencies_initiatives="INIT-000001; INIT-000002"),
        candidate(50, 30),
    )
    add_scenario(house, capacity=110)
    house.done(RUN)
    assert chosen(house) == [c]
    assert "prerequisites in a circle" in alerts(house)
    assert "names itself in dependencies_initiatives" in alerts(house)
    house.type_into("Scenario_Config", 2, {"capacity_total_tokens": 120})
    house.done(RUN)
    assert set(chosen(house)) == {a, b}


def test_what_is_not_ticked_blocks_what_needs_it(house: House) -> None:
    add_kpis(house)
    one, two = add_candidates(house, candidate(60, 5), candidate(10, 60, dependencies_initiatives="init-1"))
    add_scenario(house)
    house.done("pm.populate_candidates")
    outcome = house.done("pm.optimize_run_selected_candidates", select=two)
    assert outcome.summary["optimization_status"] == "optimal"
    assert chosen(house) == []
    assert f"needs {one}, which is new and no candidate of this run" in alerts(house)
