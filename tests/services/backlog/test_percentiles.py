"""Where a score stands: within its framework, among what competes; and what a moving percentile leaves alone."""

from __future__ import annotations

from typing import cast

import pytest

from roadwright.domain.percentiles import Scored, by_score, percentiles
from roadwright.store.percentiles import score_percentiles
from tests.actions.company import add_initiatives, stored, type_by_key
from tests.house import Cells, House

SYNC, SCORE, SAVE = "pm.backlog_sync", "pm.score_selected", "pm.save_selected"


def test_a_percentile_is_the_share_that_scores_no_higher_within_the_group() -> None:
    scores = {"a": 1.0, "b": 2.0, "c": 2.0, "d": 9.0}
    scored = [Scored(key, "RICE", score) for key, score in scores.items()]
    assert percentiles([*scored, Scored("w", "WSJF", 0.1)]) == {"a": 25.0, "b": 75.0, "c": 75.0, "d": 100.0, "w": 100.0}
    assert percentiles([]) == {}
    assert percentiles([Scored("a", 1, 0.1 + 0.2), Scored("b", 1, 0.3)]) == {"a": 100.0, "b": 100.0}, "equal scores"
    assert by_score(scored) == {"RICE": [(25.0, 1.0, 1.0), (75.0, 2.0, 2.0), (100.0, 9.0, 9.0)]}


def rice(reach: float) -> Cells:
    inputs = {"rice_reach": reach, "rice_impact": 1, "rice_confidence": 1, "rice_effort": 1}
    return {"active_scoring_framework": "RICE", **inputs}


def scored(house: House, *reaches: float) -> list[str]:
    keys = add_initiatives(
        house, *({"title": f"Idea {word}"} for word in ("alpha", "beta", "gamma", "delta")[: len(reaches)])
    )
    house.done("pm.populate_initiatives")
    type_by_key(house, "Scoring_Inputs", {key: rice(reach) for key, reach in zip(keys, reaches, strict=True)})
    house.done(SCORE)
    house.done(SYNC)
    return keys


def shown(house: House, tab: str) -> dict[str, float | None]:
    return {
        row.text("initiative_key"): cast("float | None", row.values.get("score_percentile")) for row in house.rows(tab)
    }


def test_percentiles_stand_on_backlog_and_scoring_inputs(house: House) -> None:
    a, b, c, d = scored(house, 10, 20, 30, 40)
    right = {a: 25.0, b: 50.0, c: 75.0, d: 100.0}
    assert shown(house, "Scoring_Inputs") == shown(house, "Backlog") == right
    type_by_key(
        house,
        "Scoring_Inputs",
        {
            d: {
                "active_scoring_framework": "WSJF",
                "wsjf_business_value": 1,
                "wsjf_time_criticality": 1,
                "wsjf_risk_reduction": 1,
                "wsjf_job_size": 1,
            }
        },
    )
    house.done(SCORE)
    assert shown(house, "Scoring_Inputs") == pytest.approx({a: 100 / 3, b: 200 / 3, c: 100.0, d: 100.0})


def test_what_is_over_or_a_duplicate_is_not_counted(house: House) -> None:
    a, b, c, d = scored(house, 10, 20, 30, 40)
    type_by_key(house, "Backlog", {d: {"lifecycle_status": "done"}, c: {"duplicate_of": a}})
    house.done(SYNC)
    assert shown(house, "Backlog") == {a: 50.0, b: 100.0, c: None, d: None}


def test_a_moving_percentile_is_no_change_of_its_row(house: House) -> None:
    a, b, _ = scored(house, 10, 20, 30)
    marks = {row.text("initiative_key"): row.text("updated_at") for row in house.rows("Backlog")}
    was = stored(house, a)
    type_by_key(house, "Scoring_Inputs", {b: {"rice_reach": 5}})
    house.done(SCORE)
    house.done(SYNC)
    assert shown(house, "Backlog")[a] == pytest.approx(200 / 3)
    rows = {row.text("initiative_key"): row for row in house.rows("Backlog")}
    assert rows[a].text("updated_at") == marks[a]
    assert rows[b].text("updated_at") != marks[b]
    assert (stored(house, a).updated_at, stored(house, a).updated_source) == (was.updated_at, was.updated_source)
    before = house.bytes()
    outcome = house.done(SYNC)
    assert house.bytes() == before
    assert {row.run_status for row in outcome.rows} == {"OK"}, "nothing was typed over"
    house.type_into("Backlog", rows[a].number, {"department": "Growth"})
    house.done(SYNC)
    assert house.status("Backlog", a) == "OK"


def test_text_in_a_percentile_is_replaced_and_told(house: House) -> None:
    a, *_ = scored(house, 10, 20)
    house.type_into("Backlog", house.row("Backlog", a).number, {"score_percentile": "top"})
    house.done(SYNC)
    assert "score_percentile" in house.status("Backlog", a)
    assert shown(house, "Backlog")[a] == 50.0


def test_filters_ask_for_percentiles(house: House) -> None:
    from roadwright.services.backlog import find_initiatives

    _, b, c = scored(house, 10, 20, 30)
    with house.workspace.store.transaction() as session:
        found = find_initiatives(session, "score_percentile > 50")
        assert [initiative.initiative_key for initiative in found] == [b, c]
        assert score_percentiles(session)[c] == 100.0
