"""The main job by the API alone, on an empty workspace: all input is changed rows, no workbook is typed in."""

from __future__ import annotations

from typing import Any

from tests.api.conftest import Api
from tests.api.test_roadmaps import run

PERIOD, SET = "2026-Q2", "Q2 rules"


def put(api: Api, tab: str, identity: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A row changed, or a new one, which is saved."""
    stored = [row for row in api.rows(tab) if identity.items() <= row["identity"].items()]
    mark = {"mark": stored[0]["mark"]} if stored else {}
    [saved] = api.patch(tab, {"identity": identity, "changes": changes, **mark})
    assert saved["run_status"].partition(":")[0] in ("OK", "WARNING"), (tab, saved)
    return saved


def test_from_ideas_to_a_published_roadmap_by_rows(api: Api) -> None:
    keys = []
    for number in range(4):
        idea = {"title": f"Idea {number}", "department": "Growth" if number % 2 else "Care"}
        answer = api.call("POST", "/initiatives", json=idea)
        assert answer.status_code == 201, answer.text
        keys.append(answer.json()["initiative_key"])
    put(api, "Metrics_Config", {"kpi_key": "gmv"}, kpi_name="GMV", kpi_level="north_star", unit="GBP")
    for key in keys:
        one = {"initiative_key": key}
        flagged = {"is_optimization_candidate": True, "candidate_period_key": PERIOD}
        put(api, "Backlog", one, **flagged, engineering_tokens=40, lifecycle_status="under_review")
        rice = {"rice_reach": "1,000", "rice_impact": 2, "rice_confidence": "80 %", "rice_effort": 4}
        put(api, "Scoring_Inputs", one, **rice, active_scoring_framework="RICE")
        put(api, "KPI_Contributions", one, kpi_contribution_json="gmv: 10")

    _scored(api, keys)
    solved = _solved(api, keys)
    _published(api, keys, solved)


def _scored(api: Api, keys: list[str]) -> None:
    model = {"initiative_key": keys[0], "model_name": "more orders"}
    put(
        api,
        "MathModels",
        model,
        target_kpi_key="gmv",
        metric_chain_text="gmv",
        formula_text="orders * value_uplift",
        is_primary=True,
        approved_by_user=True,
    )
    run(api, "pm.seed_math_params")
    for name, value in (("orders", 5), ("value_uplift", 8)):
        put(api, "Params", {**model, "param_name": name}, value=value, approved=True)
    scored = run(api, "pm.score_selected")
    assert scored["summary"]["failed"] == 0, scored["rows"]
    [first, *_] = api.rows("Backlog")
    assert first["values"]["overall_score"] is not None
    [row] = [r for r in api.rows("KPI_Contributions") if r["identity"]["initiative_key"] == keys[0]]
    assert row["values"]["kpi_contribution_json"], row


def _solved(api: Api, keys: list[str]) -> str:
    scenario = {"scenario_name": "Q2"}
    set_name = {"constraint_set_name": SET}
    put(api, "Scenario_Config", scenario, period_key=PERIOD, capacity_total_tokens=85, objective_mode="north_star")
    put(api, "Scenario_Config", scenario, **set_name)
    rule = {**scenario, **set_name, "constraint_type": "mandatory", "dimension": "initiative"}
    put(api, "Constraints", {**rule, "dimension_key": keys[3]}, reason="the law")
    everything = {"dimension": "all", "dimension_key": "all", "kpi_key": "gmv", "floor_or_goal": "goal"}
    put(api, "Targets", {**scenario, **set_name, **everything}, target_value=30)
    run(api, "pm.populate_candidates", options={"scenario_name": "Q2"})
    candidate = {**scenario, "initiative_key": keys[0]}
    listed = [row["identity"]["initiative_key"] for row in api.rows("Candidates")]
    assert set(listed) == set(keys)
    put(api, "Candidates", candidate, engineering_tokens=41)
    solved = run(api, "pm.optimize_run_all_candidates", options={"scenario_name": "Q2"})
    result = api.get(f"/optimization-runs/{solved['optimization_run_id']}")["result"]
    assert len(result["selected"]) == 2
    assert keys[3] in result["selected"], "it is mandatory"
    assert {row["identity"]["initiative_key"] for row in api.rows("Results")} >= set(result["selected"])

    return str(solved["optimization_run_id"])


def _published(api: Api, keys: list[str], solved: str) -> None:
    put(api, "Gates", {"gate_policy": "strict", "gate": "tokens_present"}, severity="block")
    roadmap = {"roadmap_name": "Q2 roadmap"}
    source = {"source": "portfolio", "source_ref": solved}
    put(api, "Roadmaps", roadmap, period_key=PERIOD, **source, gate_policy="strict", owner="Anna")
    run(api, "pm.roadmap_create", options=roadmap)
    put(api, "Roadmap_Entries", {**roadmap, "initiative_key": keys[3]}, priority_rank=1)
    run(api, "pm.roadmap_check_gates", options=roadmap)
    for status in ("in_review", "approved"):
        run(api, "pm.roadmap_set_status", options={**roadmap, "status": status})
    run(api, "pm.roadmap_publish", options=roadmap)
    shown = api.get("/roadmaps/Q2 roadmap")
    assert (shown["status"], shown["version"], len(shown["entries"])) == ("published", 1, 2)
