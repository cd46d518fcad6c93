"""Rows over the API: listed, and saved by the same reading, checking and merging as the rows of a sheet."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from roadwright.domain.roles import Role
from roadwright.store.models import ActionRun
from tests.actions.company import add_initiatives, add_kpis
from tests.api.conftest import Api
from tests.house import Cells, House

SCENARIO = {
    "period_key": "2026-Q2",
    "capacity_total_tokens": 100,
    "objective_mode": "north_star",
}
CAP = {
    "constraint_set_name": "base",
    "constraint_type": "capacity_cap",
    "dimension": "country",
    "dimension_key": "UK",
}


def new(identity: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"identity": identity, "changes": changes}


def edit(row: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"identity": row["identity"], "mark": row["mark"], "changes": changes}


def noted(api: Api) -> int:
    """How many edits the ledger knows."""
    with api.server.workspace.store.transaction() as session:
        return session.query(ActionRun).filter_by(action="rows.save").count()


@pytest.fixture
def backlog(house: House, api: Api) -> Api:
    add_initiatives(house, {"country": "UK", "engineering_tokens": 5}, {"country": "DE"}, {"title": "Odd, one; two"})
    return api


def test_rows_are_read_with_their_mark(backlog: Api) -> None:
    rows = backlog.rows("Backlog")
    assert [row["identity"]["initiative_key"] for row in rows] == ["INIT-000001", "INIT-000002", "INIT-000003"]
    assert rows[0]["values"]["country"] == "UK"
    assert rows[0]["values"]["engineering_tokens"] == 5
    assert rows[0]["run_status"] == "OK"
    assert rows == backlog.rows("Backlog"), "to read changes nothing"
    assert len({row["mark"] for row in rows}) == 3


def test_typed_text_is_read_as_in_a_cell(backlog: Api) -> None:
    [row, *_] = backlog.rows("Backlog")
    [saved] = backlog.patch(
        "Backlog",
        edit(
            row,
            engineering_tokens="1,500",
            risk_level="High",
            is_optimization_candidate="yes",
            deadline_date="2026-05-31",
        ),
    )
    assert saved["run_status"].startswith("OK"), saved
    told = {
        n: saved["values"][n]
        for n in ("engineering_tokens", "risk_level", "is_optimization_candidate", "deadline_date")
    }
    assert told == {
        "engineering_tokens": 1500,
        "risk_level": "high",
        "is_optimization_candidate": True,
        "deadline_date": "2026-05-31",
    }
    [again] = backlog.patch("Backlog", edit(saved, engineering_tokens=12.5, dependencies_initiatives=["INIT-000002"]))
    assert again["values"]["engineering_tokens"] == 12.5
    assert again["values"]["dependencies_initiatives"] == ["INIT-000002"]
    assert saved["mark"] != again["mark"]
    assert noted(backlog) == 2


def test_a_bad_row_stops_no_neighbour_and_leaves_nothing(backlog: Api) -> None:
    one, two, _ = backlog.rows("Backlog")
    [half, _] = backlog.patch("Backlog", edit(one, engineering_tokens="plenty", country="IT"), edit(two))
    assert half["run_status"].endswith("(everything else on this row is saved)")
    assert (half["values"]["country"], half["values"]["engineering_tokens"]) == ("IT", 5)
    one = backlog.rows("Backlog")[0]
    assert one["run_status"] == "OK"
    bad, good = backlog.patch("Backlog", edit(one, engineering_tokens="plenty"), edit(two, country="FR"))
    assert bad["run_status"].startswith("FAILED: engineering_tokens")
    assert bad["values"] == one["values"]
    assert bad["mark"] == one["mark"]
    assert (good["run_status"], good["values"]["country"]) == ("OK", "FR")
    assert backlog.rows("Backlog")[0] == one


def test_two_people_edit_one_row(backlog: Api) -> None:
    [seen, *_] = backlog.rows("Backlog")
    backlog.patch("Backlog", edit(seen, country="FR"))
    [other] = backlog.patch("Backlog", edit(seen, department="Growth"))
    assert (other["run_status"], other["values"]["country"]) == ("OK", "FR"), "other fields of one row merge"
    [conflict] = backlog.patch("Backlog", edit(seen, country="ES"))
    assert conflict["run_status"].startswith("CONFLICT: country")
    assert conflict["values"]["country"] == "FR"
    assert backlog.rows("Backlog")[0]["run_status"] == "OK", "a conflict is answered and kept nowhere"
    [kept] = backlog.patch("Backlog", {**edit(seen, country="ES"), "on_conflict": "database"})
    assert (kept["run_status"], kept["values"]["country"]) == ("OK", "FR")
    [settled] = backlog.patch("Backlog", edit(seen, country="ES"), on_conflict="sheet")
    assert (settled["run_status"], settled["values"]["country"]) == ("OK", "ES")
    [same] = backlog.patch("Backlog", edit(seen, country="ES"))
    assert same["run_status"] == "OK", "both say the same by now"


def test_a_stored_row_needs_its_mark(backlog: Api) -> None:
    [row, *_] = backlog.rows("Backlog")
    equal, other, foreign = (
        backlog.patch("Backlog", {"identity": row["identity"], "changes": changes, **more})[0]
        for changes, more in (({"country": "UK"}, {}), ({"country": "ES"}, {}), ({"country": "ES"}, {"mark": "abc"}))
    )
    assert equal["run_status"] == "OK"
    assert other["run_status"].startswith("FAILED: mark")
    assert foreign["run_status"].startswith("FAILED: mark")
    assert backlog.rows("Backlog")[0] == row


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"colour": "red"}, "no_column_to_change"),
        ({"overall_score": 5}, "column_is_computed"),
        ({"run_status": "OK"}, "column_is_computed"),
    ],
)
def test_a_column_that_is_nobodys_to_change_saves_nothing(backlog: Api, changes: dict[str, Any], code: str) -> None:
    one, two, _ = backlog.rows("Backlog")
    body = {"rows": [edit(one, country="FR"), edit(two, **changes)]}
    answer = backlog.call("PATCH", "/tabs/Backlog/rows", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert backlog.rows("Backlog")[0] == one


def test_initiatives_enter_as_ideas_only(backlog: Api) -> None:
    for tab in ("Backlog", "Scoring_Inputs", "KPI_Contributions"):
        [row] = backlog.patch(tab, new({"initiative_key": "INIT-000099"}))
        assert row["run_status"].startswith("FAILED"), tab
    assert (
        backlog.call("PATCH", "/tabs/Intake/rows", json={"rows": [new({"initiative_key": "INIT-000001"})]}).status_code
        == 422
    )


def test_rows_of_sets_are_added_moved_and_removed(api: Api) -> None:
    [scenario] = api.patch("Scenario_Config", new({"scenario_name": "Q2"}, **SCENARIO))
    assert scenario["run_status"] == "OK"
    identity = {"scenario_name": "Q2", **CAP}
    [cap] = api.patch("Constraints", new(identity, max_tokens="50"))
    assert (cap["run_status"], cap["values"]["max_tokens"]) == ("OK", 50)
    [moved] = api.patch("Constraints", edit(cap, dimension_key="DE", max_tokens=40))
    assert (moved["run_status"], moved["identity"]["dimension_key"]) == ("OK", "DE")
    assert [row["identity"]["dimension_key"] for row in api.rows("Constraints")] == ["DE"]
    [second] = api.patch("Constraints", new(identity, max_tokens=60))
    [taken] = api.patch("Constraints", edit(moved, dimension_key="UK"))
    assert taken["run_status"].startswith("FAILED")
    assert len(api.rows("Constraints")) == 2
    stale = {**edit(cap), "identity": moved["identity"], "remove": True}
    [conflict] = api.patch("Constraints", stale)
    assert conflict["run_status"].startswith("CONFLICT")
    [gone] = api.patch("Constraints", {**edit(moved), "remove": True})
    assert (gone["run_status"], gone["mark"]) == ("OK", None)
    [twice] = api.patch("Constraints", {**edit(moved), "remove": True})
    assert twice["run_status"].startswith("FAILED")
    assert [row["identity"] for row in api.rows("Constraints")] == [second["identity"]]


def test_rows_that_stay_are_not_removed(api: Api) -> None:
    [row] = api.patch("Scenario_Config", new({"scenario_name": "Q2"}, **SCENARIO))
    [kept] = api.patch("Scenario_Config", {**edit(row), "remove": True})
    assert kept["run_status"].startswith("FAILED")
    [renamed] = api.patch("Scenario_Config", edit(row, scenario_name="Q2 plan"))
    assert renamed["identity"] == {"scenario_name": "Q2 plan"}
    assert [row["identity"]["scenario_name"] for row in api.rows("Scenario_Config")] == ["Q2 plan"]


def test_a_new_row_lacks_nothing_that_it_needs(api: Api) -> None:
    [row] = api.patch("Scenario_Config", new({"scenario_name": "Q2"}, period_key="2026-Q2"))
    assert row["run_status"].startswith("FAILED: capacity_total_tokens")
    assert api.rows("Scenario_Config") == []


def test_the_registry_is_judged_as_a_whole(house: House, api: Api) -> None:
    add_kpis(house)
    rows = {row["identity"]["kpi_key"]: row for row in api.rows("Metrics_Config")}
    [second] = api.patch("Metrics_Config", edit(rows["retention"], kpi_level="north_star"))
    assert second["run_status"].startswith("FAILED")
    swapped = api.patch(
        "Metrics_Config", edit(rows["retention"], kpi_level="north_star"), edit(rows["gmv"], kpi_level="strategic")
    )
    assert [row["run_status"] for row in swapped] == ["OK", "OK"]
    [renamed] = api.patch("Metrics_Config", edit(rows["visits"], kpi_key="sessions"))
    assert renamed["run_status"] == "OK"
    assert "visits" not in {row["identity"]["kpi_key"] for row in api.rows("Metrics_Config")}


def test_one_primary_model_each(house: House, api: Api) -> None:
    add_kpis(house)
    add_initiatives(house, {})
    model = {"target_kpi_key": "gmv", "is_primary": True, "formula_text": "value = 2"}
    first, second = api.patch(
        "MathModels",
        new({"initiative_key": "INIT-000001", "model_name": "a"}, **model),
        new({"initiative_key": "INIT-000001", "model_name": "b"}, **model),
    )
    assert first["run_status"].startswith("FAILED")
    assert second["run_status"].startswith("FAILED")
    [alone] = api.patch("MathModels", new({"initiative_key": "INIT-000001", "model_name": "a"}, **model))
    assert not alone["run_status"].startswith("FAILED"), alone
    [renamed] = api.patch("MathModels", edit(alone, model_name="main"))
    assert renamed["identity"]["model_name"] == "main"
    assert len(api.rows("MathModels")) == 1


def test_gates_are_waived_by_an_approver_in_their_own_name(
    house: House, as_role: Callable[..., Api], signed_in: Callable[[str, Role], Api]
) -> None:
    add_initiatives(house, {})
    planner = as_role(Role.PLANNER)
    [entry] = planner.patch("Roadmap_Entries", new({"roadmap_name": "Q3", "initiative_key": "INIT-000001"}))
    assert entry["run_status"] == "OK"
    waived = {"rows": [edit(entry, waived_by="anna@example.com", waiver_reason="must")]}
    assert planner.call("PATCH", "/tabs/Roadmap_Entries/rows", json=waived).status_code == 403
    anna = signed_in("anna@example.com", Role.APPROVER)
    other = {"rows": [edit(entry, waived_by="bob", waiver_reason="must")]}
    assert anna.call("PATCH", "/tabs/Roadmap_Entries/rows", json=other).json()["code"] == "waived_by_another"
    assert anna.call("PATCH", "/tabs/Roadmap_Entries/rows", json=waived).json()["rows"][0]["run_status"] == "OK"


def test_a_waiver_does_not_move_to_another_initiative(
    house: House, as_role: Callable[..., Api], signed_in: Callable[[str, Role], Api]
) -> None:
    add_initiatives(house, {}, {})
    anna, planner = signed_in("anna@example.com", Role.APPROVER), as_role(Role.PLANNER)
    identity = {"roadmap_name": "Q3", "initiative_key": "INIT-000001"}
    [entry] = anna.patch("Roadmap_Entries", new(identity, waived_by="anna@example.com", waiver_reason="must"))
    [moved] = planner.patch("Roadmap_Entries", edit(entry, initiative_key="INIT-000002"))
    assert moved["run_status"].startswith("FAILED: the entry is waived")
    [kept] = planner.rows("Roadmap_Entries")
    assert (kept["identity"], kept["values"]["waived_by"]) == (identity, "anna@example.com")


def test_candidates_are_changed_as_they_are_listed(house: House, api: Api) -> None:
    add_kpis(house)
    candidate: Cells = {"is_optimization_candidate": True, "candidate_period_key": "2026-Q2", "engineering_tokens": 5}
    add_initiatives(house, candidate, {})
    api.patch("Scenario_Config", new({"scenario_name": "Q2 Plan"}, **SCENARIO))
    [row] = api.rows("Candidates")
    [changed] = api.patch("Candidates", edit(row, engineering_tokens="1,500"))
    assert changed["run_status"].startswith("OK")
    assert changed == {**api.rows("Candidates")[0], "run_status": changed["run_status"]}
    assert (changed["identity"]["scenario_name"], changed["values"]["engineering_tokens"]) == ("Q2 Plan", 1500)
    none = {"scenario_name": "Q2 Plan", "initiative_key": "INIT-000002"}
    assert api.patch("Candidates", new(none, engineering_tokens=1))[0]["run_status"].startswith("FAILED")


def test_a_text_that_no_cell_holds_is_refused(backlog: Api) -> None:
    row = backlog.rows("Backlog")[0]
    long = "x" * 32_768
    [failed] = backlog.patch("Backlog", edit(row, problem_statement=long, country="FR"))
    assert failed["run_status"].startswith("FAILED: problem_statement: has 32768 characters")
    assert (failed["values"]["problem_statement"], failed["values"]["country"]) == (None, "FR")
    idea = backlog.call("POST", "/initiatives", json={"title": "T", "problem_statement": "\U0001f600" * 17_000}).json()
    assert (idea["title"], idea["problem_statement"]) == ("T", None)
    assert idea["run_status"].startswith("WARNING: problem_statement")


def test_pages_filters_and_order(house: House, api: Api) -> None:
    add_initiatives(house, *({"country": "UK" if n % 2 else "DE", "engineering_tokens": n} for n in range(7)))
    found, cursor = [], None
    while True:
        query = {"limit": 3} | ({} if cursor is None else {"cursor": cursor})
        page = api.get("/tabs/Backlog/rows", params=query)
        assert page["total"] == 7
        found += [row["values"]["engineering_tokens"] for row in page["rows"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == list(range(7))
    falling = api.rows("Backlog", sort="-engineering_tokens", filter="country = uk")
    assert [row["values"]["engineering_tokens"] for row in falling] == [5, 3, 1]
    assert api.call("GET", "/tabs/Backlog/rows?filter=colour = red").status_code == 422
    assert api.call("GET", "/tabs/Backlog/rows?sort=colour").json()["code"] == "no_column_to_sort"
    assert api.call("GET", "/tabs/Backlog/rows?cursor=x").json()["code"] == "no_cursor"
    listed = api.get("/initiatives", params={"filter": "country = UK", "limit": 2})
    assert (len(listed["items"]), listed["total"]) == (2, 3)
    assert listed["items"][0]["initiative_key"] == "INIT-000002"


def test_rows_of_every_tab_can_be_listed_filtered_and_sorted(house: House, api: Api) -> None:
    add_kpis(house)
    add_initiatives(house, {})
    for tab in api.get("/tabs")["items"]:
        name, column = tab["name"], tab["identity"][0]
        for query in ({}, {"filter": f"{column} is not empty"}, {"sort": f"-{column}"}):
            assert api.call("GET", f"/tabs/{name}/rows", params=query).status_code == 200, (name, query)
    assert (
        api.rows("Metrics_Config", filter="kpi_level = strategic and is_active = true")[0]["values"]["kpi_key"]
        == "retention"
    )


def test_an_unknown_tab_names_the_nearest(api: Api) -> None:
    answer = api.call("GET", "/tabs/Backlogs/rows")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_tab_of_this_name")
    assert "Backlog" in answer.json()["detail"]
    assert api.get("/tabs/backlog")["name"] == "Backlog"


def test_too_many_rows_are_refused(api: Api) -> None:
    rows = [new({"initiative_key": f"INIT-{n}"}) for n in range(1001)]
    assert api.call("PATCH", "/tabs/Backlog/rows", json={"rows": rows}).status_code == 422


def test_hostile_values_are_told_and_harm_nobody(backlog: Api) -> None:
    [row, *_] = backlog.rows("Backlog")
    for value in ("=1+1", "a\x00b", "\ud800", "x" * 40_000, {"a": 1}, ["a"], True, 1e308, "<script>"):
        body = {"rows": [edit(row, title=value)]}
        import json

        answer = backlog.call(
            "PATCH",
            "/tabs/Backlog/rows",
            content=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code in (200, 422), (value, answer.text)
    assert len(backlog.rows("Backlog")) == 3


def test_the_sheet_follows(house: House, backlog: Api) -> None:
    [row, *_] = backlog.rows("Backlog")
    backlog.patch("Backlog", edit(row, country="FR"))
    runs = backlog.get("/runs", params={"action": "pm.refresh_tab"})["items"]
    ended = backlog.get(f"/runs/{runs[0]['run_id']}", params={"wait": 20})
    assert (ended["status"], ended["requested_by"]) == ("success", "server:follow")
    assert house.row("Backlog", "INIT-000001").values["country"] == "FR"


def test_many_people_edit_at_once_and_nothing_is_lost(house: House, api: Api) -> None:
    add_initiatives(house, *({} for _ in range(12)))
    seen = api.rows("Backlog")
    answers: list[str] = []

    def save(row: dict[str, Any]) -> None:
        [saved] = api.patch("Backlog", edit(row, country=f"C {row['identity']['initiative_key']}"))
        answers.append(saved["run_status"])

    threads = [threading.Thread(target=save, args=(row,)) for row in seen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["OK"] * 12
    for row in api.rows("Backlog"):
        assert row["values"]["country"] == f"C {row['identity']['initiative_key']}"
