"""Ideas that come in by the API, and initiatives as programs read them."""

from __future__ import annotations

from collections.abc import Callable

from roadwright.domain.roles import Role
from tests.actions.company import add_initiatives
from tests.api.conftest import Api
from tests.house import House


def test_an_idea_enters_whatever_its_fields_say(as_role: Callable[..., Api]) -> None:
    contributor = as_role(Role.CONTRIBUTOR)
    answer = contributor.call("POST", "/initiatives", json={"title": "Faster search", "deadline_date": "someday"})
    assert answer.status_code == 201, answer.text
    idea = answer.json()
    assert idea["initiative_key"] == "INIT-000001"
    assert (idea["title"], idea["lifecycle_status"], idea["intake_source"]) == ("Faster search", "new", "api")
    assert idea["run_status"].startswith("WARNING: deadline_date")
    assert answer.headers["location"] == "/api/v1/initiatives/INIT-000001"
    untitled = contributor.call("POST", "/initiatives", json={"problem_statement": "slow"}).json()
    assert (untitled["title"], untitled["run_status"][:7]) == ("(untitled)", "WARNING")
    for wrong in ({"title": "x", "risk_level": "low"}, {"initiative_key": "INIT-000009"}, {"title": "x", "x": 1}):
        assert contributor.call("POST", "/initiatives", json=wrong).status_code == 422
    assert contributor.get("/initiatives")["total"] == 2


def test_the_same_idea_sent_twice_is_one(as_role: Callable[..., Api]) -> None:
    contributor, other = as_role(Role.CONTRIBUTOR), as_role(Role.PLANNER)
    headers = {"Idempotency-Key": "first"}
    keys = [
        contributor.call("POST", "/initiatives", json={"title": "A"}, headers=headers).json()["initiative_key"]
        for _ in range(2)
    ]
    assert keys == ["INIT-000001"] * 2
    again = contributor.call("POST", "/initiatives", json={"title": "B"}, headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "idempotency_key_of_other_body")
    assert other.call("POST", "/initiatives", json={"title": "B"}, headers=headers).status_code == 201
    refused = {"Idempotency-Key": "second"}
    assert contributor.call("POST", "/initiatives", json={"x": 1}, headers=refused).status_code == 422
    assert contributor.call("POST", "/initiatives", json={"title": "C"}, headers=refused).status_code == 201


def test_a_contributor_changes_their_own_new_ideas(house: House, as_role: Callable[..., Api]) -> None:
    anna, bob, planner = (
        as_role(role, name=name)
        for role, name in ((Role.CONTRIBUTOR, "anna"), (Role.CONTRIBUTOR, "bob"), (Role.PLANNER, "paula"))
    )
    key = anna.call("POST", "/initiatives", json={"title": "A"}).json()["initiative_key"]
    [row] = anna.rows("Backlog")
    body = {"mark": row["mark"], "changes": {"title": "Better A"}}
    assert bob.call("PATCH", f"/initiatives/{key}", json=body).json()["code"] == "idea_of_another"
    assert anna.call("PATCH", f"/initiatives/{key}", json=body).json()["values"]["title"] == "Better A"
    [row] = anna.rows("Backlog")
    beyond = {"mark": row["mark"], "changes": {"engineering_tokens": 5}}
    assert anna.call("PATCH", f"/initiatives/{key}", json=beyond).status_code == 422
    approved = {"mark": row["mark"], "changes": {"lifecycle_status": "approved_concept"}}
    assert anna.call("PATCH", f"/initiatives/{key}", json=approved).status_code == 422
    planner.patch(
        "Backlog", {"identity": row["identity"], "mark": row["mark"], "changes": {"lifecycle_status": "in_progress"}}
    )
    late = anna.call("PATCH", f"/initiatives/{key}", json={"mark": row["mark"], "changes": {"title": "C"}})
    assert (late.status_code, late.json()["code"]) == (403, "idea_looked_at")
    add_initiatives(house, {})
    assert anna.call("PATCH", "/initiatives/INIT-000002", json=body).json()["code"] == "idea_of_another"
    assert anna.call("PATCH", "/initiatives/INIT-000009", json=body).status_code == 404


def test_one_initiative_with_all_that_belongs_to_it(as_role: Callable[..., Api]) -> None:
    planner = as_role(Role.PLANNER, name="paula")
    planner.call("POST", "/initiatives", json={"title": "A"})
    [row] = planner.rows("Backlog")
    planner.patch("Backlog", {"identity": row["identity"], "mark": row["mark"], "changes": {"country": "UK"}})
    whole = planner.get("/initiatives/init-1")
    assert (whole["initiative_key"], whole["country"]) == ("INIT-000001", "UK")
    assert (whole["scores"], whole["models"], whole["roadmaps"]) == ([], [], [])
    assert [(h["action"], h["requested_by"]) for h in whole["history"] if h["requested_by"] != "server:follow"] == [
        ("rows.save", "api:token:paula"),
        ("ideas.submit", "api:token:paula"),
    ]
    assert planner.call("GET", "/initiatives/INIT-000009").status_code == 404
