"""Filters ask what roadmaps and runs decided: next quarter begins with what this one left out."""

from __future__ import annotations

from roadwright.services.backlog import find_initiatives
from tests.actions.company import add_candidates, add_kpis, add_scenario
from tests.house import House
from tests.services.roadmaps.curated import put_gate, put_roadmap

RUN = "pm.optimize_run_all_candidates"


def found(house: House, text: str) -> list[str]:
    with house.workspace.store.transaction() as session:
        return [initiative.initiative_key for initiative in find_initiatives(session, text)]


def test_what_a_roadmap_holds_chose_left_out_and_blocked(house: House) -> None:
    add_kpis(house)
    a, b, c, d = add_candidates(
        house,
        {"engineering_tokens": 60, "contributions": "gmv: 60"},
        {"engineering_tokens": 50, "contributions": "gmv: 55"},
        {"engineering_tokens": 50, "contributions": "gmv: 52"},
        {"contributions": "gmv: 52"},
    )
    put_gate(house, "sized", "tokens_present")
    put_roadmap(house, "Q3 open", (a, b, c, d), source="filter", source_ref="title is not empty", gate_policy="sized")
    put_roadmap(house, "By hand", (a, d), gate_policy="sized")
    add_scenario(house, roadmap_name="Q3 open")
    house.done(RUN, options=["explain_seconds=20"])
    assert found(house, 'on_roadmap = "q3 OPEN"') == [a, b, c, d]
    assert found(house, 'blocked_on = "Q3 open"') == [d]
    assert found(house, 'selected_on = "Q3 open" or not_selected_on = "Q3 open"') == [], "no run is adopted"
    assert found(house, "selected_on = 'By hand'") == [a]
    assert found(house, "last_run_price = 47") == [a]
    assert found(house, "last_run_price is empty") == [b, c, d], "what was chosen has no price"
    house.done("pm.refresh_tab", tab="Roadmaps")
    house.type_into("Roadmaps", house.row("Roadmaps", "Q3 open").number, {"adopted_run": "OPT-000001"})
    house.done("pm.save_selected", tab="Roadmaps")
    assert found(house, 'selected_on = "Q3 open"') == [b, c]
    assert found(house, 'not_selected_on = "Q3 open" and last_run_price < 50') == [a]
    assert found(house, 'not_selected_on in ("Q3 open") and blocked_on is empty') == [a]
    house.done(RUN)
    assert found(house, "last_run_price is not empty") == [], "the newest run counts, and it explained nothing"
    house.done("pm.explain_selection", options=["explain_seconds=20"])
    assert found(house, "last_run_price > 0") == [a]
