"""Roadmaps and runs over the API: the main job, from ideas to a published roadmap, without a sheet being typed in."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from tests.api.conftest import Api

_FILE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def run(api: Api, action: str, **more: Any) -> dict[str, Any]:
    answer = api.call("POST", "/runs", json={"action": action, **more})
    assert answer.status_code == 202, answer.text
    ended: dict[str, Any] = api.get(f"/runs/{answer.json()['run_id']}", params={"wait": 60})
    assert ended["status"] in ("success", "partial"), ended
    return ended


@pytest.fixture
def published(api: Api) -> Api:
    """Ideas submitted, scored by hand, optimized and published, by the API alone."""
    kpi = {"kpi_name": "GMV", "kpi_level": "north_star", "unit": "GBP"}
    api.patch("Metrics_Config", {"identity": {"kpi_key": "gmv"}, "changes": kpi})
    for number in range(3):
        api.call("POST", "/initiatives", json={"title": f"Idea {number}"})
    period = {"is_optimization_candidate": True, "candidate_period_key": "2026-Q2"}
    for number, row in enumerate(api.rows("Backlog")):
        changes = {**period, "engineering_tokens": 40 + number, "lifecycle_status": "under_review"}
        api.patch("Backlog", {"identity": row["identity"], "mark": row["mark"], "changes": changes})
    for number, row in enumerate(api.rows("KPI_Contributions")):
        changes = {"kpi_contribution_json": f"gmv: {10 + number}"}
        [saved] = api.patch("KPI_Contributions", {"identity": row["identity"], "mark": row["mark"], "changes": changes})
        assert saved["run_status"] == "OK", saved
    scenario = {"period_key": "2026-Q2", "capacity_total_tokens": 85, "objective_mode": "north_star"}
    api.patch("Scenario_Config", {"identity": {"scenario_name": "Q2"}, "changes": scenario})
    solved = run(api, "pm.optimize_run_all_candidates", options={"scenario_name": "Q2"})
    made = {"roadmap_name": "Q2 roadmap", "period_key": "2026-Q2", "run_id": solved["optimization_run_id"]}
    run(api, "pm.roadmap_create", options=made)
    for status in ("in_review", "approved"):
        run(api, "pm.roadmap_set_status", options={"roadmap_name": "Q2 roadmap", "status": status})
    run(api, "pm.roadmap_publish", options={"roadmap_name": "Q2 roadmap"})
    return api


def names_the_nearest(api: Api, optimization: str) -> None:
    """What is asked for and is not there is a 404 that says what was likely meant, or how far keys go."""
    runs = api.get("/runs")["items"]
    newest = runs[0]["run_id"]
    [solved] = [run["run_id"] for run in runs if run["optimization_run_id"] == optimization]
    for method, path, code, named in (
        ("GET", "/roadmaps/Q2 roadmep", "unknown_roadmap", "did you mean Q2 roadmap"),
        ("GET", "/roadmaps/Q2 roadmap/versions/7", "unknown_version", "did you mean Q2 roadmap@1"),
        ("GET", "/initiatives/INIT-000999", "no_such_initiative", "INIT-000003"),
        ("GET", "/initiatives/INIT_2", "no_such_initiative", "did you mean INIT-000002"),
        ("PATCH", "/initiatives/idea 01", "no_such_initiative", "did you mean INIT-000002"),
        ("GET", f"/runs/ACT-{10**11}", "no_action_run", newest),
        ("GET", "/runs/ACT0002", "no_action_run", "did you mean ACT-000002"),
        ("GET", f"/runs/{optimization}", "no_action_run_but_optimization", f"did you mean {solved}"),
        ("POST", "/runs/ACT-000999/cancel", "no_action_run", newest),
        ("GET", "/optimization-runs/OPT-000009", "no_run_of_this_key", optimization),
        ("GET", "/optimization-runs/OPT-000009/frontier", "no_run_of_this_key", optimization),
        ("GET", f"/optimization-runs/{solved}", "no_run_of_this_key", f"did you mean {optimization}"),
        ("POST", "/what-if", "unknown_scenario", "did you mean Q2"),
    ):
        body = {"PATCH": {"changes": {"title": "x"}}, "POST": {"scenario_name": "Q22"}}.get(method)
        answer = api.call(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, code), path
        assert named in answer.json()["detail"], answer.json()["detail"]


def test_from_ideas_to_a_published_roadmap(published: Api) -> None:
    [line] = published.get("/roadmaps")["items"]
    assert (line["roadmap_name"], line["status"], line["version"]) == ("Q2 roadmap", "published", 1)
    roadmap = published.get("/roadmaps/Q2 roadmap")
    assert {entry["initiative_key"] for entry in roadmap["entries"]} == {"INIT-000002", "INIT-000003"}
    assert [version["number"] for version in roadmap["versions"]] == [1]
    assert roadmap["versions"][0]["published_by"] == "token:the admin"
    version = published.get("/roadmaps/Q2 roadmap/versions/1")
    assert (version["number"], version["roadmap"]["roadmap_name"]) == (1, "Q2 roadmap")
    book = published.call("GET", "/roadmaps/Q2 roadmap/versions/1?format=xlsx")
    assert book.headers["content-type"] == _FILE
    assert "Q2-roadmap-v1.xlsx" in book.headers["content-disposition"]
    openpyxl.load_workbook(io.BytesIO(book.content))
    for form in ("md", "csv"):
        assert "INIT-000003" in published.call("GET", f"/roadmaps/Q2 roadmap/versions/1?format={form}").text

    [listed] = published.get("/optimization-runs")["items"]
    names_the_nearest(published, listed["run_id"])
    whole = published.get(f"/optimization-runs/{listed['run_id']}")
    assert set(whole["result"]["selected"]) == {"INIT-000002", "INIT-000003"}
    curve = published.get(f"/optimization-runs/{listed['run_id']}/frontier")
    assert len(curve["points"]) >= 3
    assert published.get(f"/optimization-runs/{listed['run_id']}/frontier") == curve

    [row] = [r for r in published.rows("Backlog") if r["identity"]["initiative_key"] == "INIT-000003"]
    change = {"engineering_tokens": 60}
    published.patch("Backlog", {"identity": row["identity"], "mark": row["mark"], "changes": change})
    drift = published.get("/roadmaps/Q2 roadmap/drift")
    assert "INIT-000003" in str(drift)
    compared = published.get("/compare", params={"a": "Q2 roadmap@1", "b": listed["run_id"]})
    assert compared["a"]["label"] == "Q2 roadmap@1" if "label" in compared.get("a", {}) else compared
    for form in ("xlsx", "md", "csv"):
        told = published.call("GET", f"/compare?a=Q2 roadmap@1&b=Q2 roadmap&format={form}")
        assert (told.status_code, bool(told.content)) == (200, True)
    assert published.call("GET", "/compare?a=x&b=y").status_code == 404
