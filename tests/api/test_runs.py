"""Runs over the API: asked for, waited for, cancelled, followed, sent twice, and kept in order."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from roadwright.actions import ledger
from roadwright.actions.registry import BY_NAME
from roadwright.actions.submit import ActionRequest, checked, submit
from roadwright.api.events import Hub
from roadwright.api.routes.runs import _while_valid
from roadwright.api.state import Caller, Server
from roadwright.domain.roles import Role
from roadwright.jobs.worker import make_worker
from roadwright.services.people.accounts import disable_user
from roadwright.services.people.keys import digest_of, revoke_token
from roadwright.services.portfolios.drafts import solve_draft
from roadwright.store.models import ActionRun
from tests.actions.company import add_candidates, add_kpis, add_scenario
from tests.api.conftest import ORIGIN, Api
from tests.house import House

SYNC = {"action": "pm.backlog_sync"}


def asked(api: Api, **body: object) -> str:
    answer = api.call("POST", "/runs", json=body or SYNC)
    assert answer.status_code == 202, answer.text
    run_id: str = answer.json()["run_id"]
    assert answer.headers["location"] == f"/api/v1/runs/{run_id}"
    return run_id


def test_an_action_is_queued_done_and_told(api: Api) -> None:
    run_id = asked(api)
    run = api.get(f"/runs/{run_id}", params={"wait": 30})
    assert (run["status"], run["exit_code"], run["tries"]) == ("success", 0, 1)
    assert run["requested_by"] == "api:token:the admin"
    assert run["summary"]["failed"] == 0
    assert api.get("/runs")["items"][0]["run_id"] == run_id
    assert api.call("GET", "/runs/ACT-000999").status_code == 404


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"action": "pm.backlog_snyc"}, "unknown_action_near"),
        ({**SYNC, "select": "INIT-000001"}, "selection_settles_nothing"),
        ({"action": "pm.roadmap_set_status", "options": {"roadmap_name": "Q3"}}, "status_missing"),
        ({"action": "pm.populate_initiatives", "select": "7"}, "populate_by_keys"),
        ({"action": "pm.populate_candidates", "tab": "Gates"}, "action_on_other_tabs"),
        ({"action": "pm.save_selected", "tab": "Nowhere"}, "unknown_tab"),
        ({"action": "pm.backlog_sync", "options": {"colour": "red"}}, "unknown_option"),
        ({"action": "pm.save_selected", "tab": "Gates", "options": {"force": "perhaps"}}, "option_unreadable"),
    ],
)
def test_wrong_usage_is_refused_and_stands_in_no_ledger(api: Api, body: dict[str, object], code: str) -> None:
    answer = api.call("POST", "/runs", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert api.get("/runs")["total"] == 0


def test_runs_are_listed_by_page_status_and_action(api: Api) -> None:
    ids = [asked(api) for _ in range(3)]
    for run_id in ids:
        api.get(f"/runs/{run_id}", params={"wait": 30})
    first = api.get("/runs", params={"limit": 2})
    assert ([run["run_id"] for run in first["items"]], first["total"]) == ([ids[2], ids[1]], 3)
    rest = api.get("/runs", params={"limit": 2, "before": first["next"]})
    assert ([run["run_id"] for run in rest["items"]], rest["next"]) == ([ids[0]], None)
    assert api.get("/runs", params={"status": "failed"})["total"] == 0
    assert api.get("/runs", params={"action": "pm.backlog_sync", "status": "success"})["total"] == 3


def test_the_same_request_twice_is_one_run(api: Api, as_role: Callable[..., Api]) -> None:
    headers = {"Idempotency-Key": "once"}
    first, second = (api.call("POST", "/runs", json=SYNC, headers=headers).json()["run_id"] for _ in range(2))
    assert first == second
    other = api.call("POST", "/runs", json={"action": "pm.refresh_tab", "tab": "Gates"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_of_other_body")
    planner = as_role(Role.PLANNER)
    assert planner.call("POST", "/runs", json=SYNC, headers=headers).json()["run_id"] != first


def test_the_same_request_at_the_same_time_is_one_run(api: Api) -> None:
    found: list[str] = []

    def send() -> None:
        answer = api.call("POST", "/runs", json=SYNC, headers={"Idempotency-Key": "race"})
        found.append(answer.json()["run_id"])

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1


def test_a_queued_run_is_cancelled_by_who_asked_or_an_admin(server: Server, as_role: Callable[..., Api]) -> None:
    assert server.worker is not None
    server.worker.stop(5)
    planner, other, admin = as_role(Role.PLANNER, name="p"), as_role(Role.PLANNER, name="o"), as_role(Role.ADMIN)
    mine, theirs = asked(planner), asked(planner)
    assert other.call("POST", f"/runs/{mine}/cancel").json()["code"] == "run_of_another"
    assert planner.call("POST", f"/runs/{mine}/cancel").json()["status"] == "cancelled"
    again = planner.call("POST", f"/runs/{mine}/cancel")
    assert again.status_code == 409
    assert admin.call("POST", f"/runs/{theirs}/cancel").status_code == 202


def test_events_of_a_run_end_with_it(api: Api) -> None:
    run_id = asked(api)
    text = api.call("GET", f"/runs/{run_id}/events").text
    last = text.strip().split("\n\n")[-1].splitlines()
    assert "event: end" in last
    [data] = [json.loads(line.removeprefix("data: ")) for line in last if line.startswith("data: ")]
    assert (data["run_id"], data["status"]) == (run_id, "success")


@pytest.mark.parametrize("door", ["token", "user", "sign-out"])
def test_a_stream_ends_within_a_second_once_its_listener_may_hear_no_more(
    server: Server, client: TestClient, as_role: Callable[..., Api], signed_in: Callable[..., Api], door: str
) -> None:
    caller = as_role(Role.VIEWER, name="ears") if door == "token" else signed_in("ben@example.com", Role.VIEWER)
    secret = caller.headers.get("Authorization", "").removeprefix("Bearer ") or client.cookies[server.cookie]
    listener = Caller("ben", Role.VIEWER, digest=digest_of(secret), by_cookie=door != "token")

    async def seconds() -> float:
        found = _while_valid(server, listener)
        assert await anext(found)
        loop, begun = asyncio.get_running_loop(), 0.0
        async for is_valid in found:
            if not is_valid:
                return loop.time() - begun
            if not begun:
                begun = loop.time()
                await asyncio.to_thread(ends)
            await asyncio.sleep(0.05)
        raise AssertionError

    def ends() -> None:
        if door == "sign-out":
            assert client.post("/sign-out", headers={"Origin": ORIGIN}).status_code == 303
            return
        with server.workspace.store.transaction() as session:
            if door == "token":
                revoke_token(session, "ears")
            else:
                disable_user(session, "ben@example.com")

    assert asyncio.run(seconds()) < 1


def test_events_are_kept_for_those_who_come_back(house: House, api: Api) -> None:
    hub = Hub(house.workspace.store)
    hub._look()
    api.get(f"/runs/{asked(api)}", params={"wait": 30})
    hub._look()
    _, events = hub.since(0)
    assert [(event.kind, event.data["status"]) for event in events] == [("run", "success")]
    assert hub.place_of(events[0].id) == 1
    assert hub.place_of("another-9") == 0
    assert hub.place_of(None) == 1


def test_rows_that_changed_are_told(house: House, api: Api) -> None:
    hub = Hub(house.workspace.store)
    hub._look()
    identity = {"gate_policy": "strict", "gate": "tokens_present"}
    api.patch("Gates", {"identity": identity, "changes": {"severity": "block"}})
    hub._look()
    said = [event.data for event in hub.since(0)[1] if event.kind == "rows"]
    assert said[0]["tabs"] == ["Gates"]


def test_a_dead_workers_run_is_taken_again_three_times_at_most(house: House) -> None:
    store = house.workspace.store
    run = submit(house.workspace, checked(house.workspace, ActionRequest("pm.backlog_sync")), "test", for_worker=True)
    for number in range(1, 4):
        waiting = ledger.waiting_for_worker(store)
        assert waiting is not None
        assert waiting.id == run.id
        ledger.claim(store, waiting)
        ledger.leave(waiting)  # its process is gone
        ledger.find_run(store, run.run_id)
        found = ledger.find_run(store, run.run_id)
        assert found is not None
        assert (found.tries, found.status) == (number, "queued" if number < 3 else "failed")
    assert ledger.waiting_for_worker(store) is None


def test_runs_begin_in_the_order_in_which_they_were_asked_for(house: House) -> None:
    ended: list[str] = []

    def hear(run: ActionRun) -> None:
        ended.append(run.run_id)

    worker = make_worker(house.workspace, hear)
    submission = checked(house.workspace, ActionRequest("pm.refresh_tab", "Gates"))
    ids = [submit(house.workspace, submission, "test", for_worker=True).run_id for _ in range(12)]
    worker.start()
    deadline = time.monotonic() + 60
    while len(ended) < len(ids) and time.monotonic() < deadline:
        time.sleep(0.05)
    worker.stop()
    assert sorted(ended) == ids  # two may end at the same moment, and are heard of in any order
    with house.workspace.store.transaction() as session:
        assert list(session.scalars(select(ActionRun.run_id).order_by(ActionRun.started_at))) == ids


def test_a_solve_holds_up_nobodys_save(house: House, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    add_kpis(house)
    add_candidates(house, {"engineering_tokens": 60, "contributions": "gmv: 60"})
    add_scenario(house, capacity=100)
    is_saved, is_solving = threading.Event(), threading.Event()

    def slow(*args: object, **more: object) -> None:
        is_solving.set()
        assert is_saved.wait(30)
        solve_draft(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("roadwright.actions.pm.optimization.solve_draft", slow)
    solving = asked(api, action="pm.optimize_run_all_candidates")
    assert is_solving.wait(30)
    saved = api.get(f"/runs/{asked(api, action='pm.save_selected', tab='Gates')}", params={"wait": 30})
    assert saved["status"] == "success"
    is_saved.set()
    assert api.get(f"/runs/{solving}", params={"wait": 60})["optimization_run_id"] == "OPT-000001"


def test_what_if_is_answered_and_kept_nowhere(house: House, api: Api) -> None:
    add_kpis(house)
    keys = add_candidates(
        house,
        {"engineering_tokens": 60, "contributions": "gmv: 60"},
        {"engineering_tokens": 50, "contributions": "gmv: 55"},
        {"engineering_tokens": 50, "contributions": "gmv: 52"},
    )
    add_scenario(house, capacity=100)
    house.done("pm.save_selected", tab="Scenario_Config")
    [scenario] = [row["identity"]["scenario_name"] for row in api.rows("Scenario_Config")]
    before = api.get("/runs")["total"]

    def ask(**question: object) -> dict[str, Any]:
        answer = api.call("POST", "/what-if", json={"scenario_name": scenario, **question})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    forced = ask(force_in=[keys[0]])
    assert (forced["added"], forced["dropped"]) == ([keys[0]], [keys[1], keys[2]])
    assert forced["objective_change"] == -47
    assert ask(capacity="160")["added"] == [keys[0]]
    assert ask(capacity=160)["solution"]["objective_value"] == 167
    same = ask(force_out=[keys[0]])
    assert (same["added"], same["dropped"], same["objective_change"]) == ([], [], 0)
    infeasible = ask(force_in=keys)
    assert infeasible["solution"]["status"] == "infeasible"
    assert infeasible["conflict"]
    assert infeasible["repair"]
    assert infeasible["objective_change"] is None
    unknown = api.call("POST", "/what-if", json={"scenario_name": "nothing"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_scenario")
    wrong = api.call("POST", "/what-if", json={"scenario_name": scenario, "force_in": ["INIT-000099"]})
    assert wrong.json()["detail"].startswith("force_in:")
    assert wrong.status_code == 422
    assert api.get("/runs")["total"] == before
    assert api.get("/optimization-runs")["total"] == 0


def test_the_actions_are_described(api: Api) -> None:
    listed = {action["name"]: action for action in api.get("/actions")["items"]}
    assert listed.keys() == BY_NAME.keys()
    assert listed["pm.roadmap_publish"]["role"] == "approver"
    assert {o["name"] for o in listed["pm.save_selected"]["options"]} == {"on_conflict", "force"}


def test_ready_and_metrics_tell_how_the_work_stands(api: Api) -> None:
    api.get(f"/runs/{asked(api)}", params={"wait": 30})
    ready = api.call("GET", "/ready")
    assert (ready.status_code, ready.json()["ready"]) == (200, True)
    text = api.call("GET", "/metrics").text
    assert 'roadwright_runs{action="pm.backlog_sync",status="success"} 1.0' in text
    assert "roadwright_queue_length 0.0" in text
