"""Who gets in: nobody without signing in, each role to its calls, and how a browser is kept apart from strangers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from roadwright.api.app import make_app
from roadwright.api.calls import PREFIX, ROLES
from roadwright.api.limits import LARGEST_BODY
from roadwright.api.serving import http_config
from roadwright.api.state import Server
from roadwright.domain.roles import Role
from roadwright.services.people.accounts import add_user, disable_user, set_role
from roadwright.services.people.keys import revoke_token
from tests.api.conftest import ORIGIN, PASSWORD, Api

CALLS = [(*call.partition(" ")[::2], role) for call, role in ROLES.items()]
_FILLED = {"{run_id}": "ACT-999999", "{name}": "Backlog", "{key}": "INIT-999999", "{number}": "1"}


def _path(template: str) -> str:
    for part, value in _FILLED.items():
        template = template.replace(part, value)
    return template


def _is_stream(path: str) -> bool:
    return path.endswith("events")


def test_every_call_needs_the_role_of_the_table(as_role: Callable[..., Api]) -> None:
    callers = {role: as_role(role) for role in Role}
    for method, template, needed in CALLS:
        path = _path(template)
        for role, caller in callers.items():
            if _is_stream(path) and role.may(needed or role):
                continue  # it would never end
            status = caller.call(method, path, json=None if method == "GET" else {}).status_code
            refused = status == 403
            assert refused == (needed is not None and not role.may(needed)), (method, path, role, status)
            assert status < 500 or path == "/ready", (method, path, role, status)


def test_without_signing_in_only_health_answers(client: TestClient) -> None:
    for method, template, needed in CALLS:
        answer = client.request(method, PREFIX + _path(template))
        assert answer.status_code == (200 if needed is None else 401), (method, template)
    assert client.get(f"{PREFIX}/nothing").status_code == 401
    assert client.get(f"{PREFIX}/me", headers={"Authorization": "Bearer rw_nothing"}).status_code == 401
    assert client.get(f"{PREFIX}/me", headers={"Authorization": "Basic eDp5"}).status_code == 401


def test_every_described_call_is_in_the_table(server: Server) -> None:
    paths = make_app(server).openapi()["paths"]
    described = {f"{method.upper()} {path.removeprefix(PREFIX)}" for path, calls in paths.items() for method in calls}
    assert described <= ROLES.keys()
    assert ROLES.keys() - described <= {"GET /openapi.json"}


def test_what_there_is_not_says_so(api: Api) -> None:
    missing = api.call("GET", "/nothing")
    assert (missing.status_code, missing.json()["code"]) == (404, "no_such_path")
    assert missing.headers["content-type"] == "application/problem+json"
    wrong = api.call("DELETE", "/runs")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "no_such_method")
    bad = api.call("POST", "/runs", content=b"{not json", headers={"Content-Type": "application/json"})
    assert bad.status_code == 422
    both = api.call("POST", "/runs", json={"action": 5, "colour": "red"})
    assert (both.status_code, len(both.json()["errors"])) == (422, 2)
    assert {error["field"] for error in both.json()["errors"]} == {"body.action", "body.colour"}


def test_a_large_body_is_refused_before_it_is_read(api: Api) -> None:
    told = api.call("POST", "/runs", content=b"{}", headers={"Content-Length": str(LARGEST_BODY + 1)})
    assert (told.status_code, told.json()["code"]) == (413, "body_too_large")
    streamed = api.call("POST", "/runs", content=(b" " * 1024 * 1024 for _ in range(6)))
    assert streamed.status_code == 413


def test_a_fault_is_told_by_its_number_only(
    api: Api, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the secret inside")

    monkeypatch.setattr("roadwright.api.routes.runs.ledger.find_run", broken)
    answer = api.call("GET", "/runs/ACT-000001")
    assert (answer.status_code, answer.json()["code"]) == (500, "server_fault")
    assert "secret inside" not in answer.text
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert answer.json()["request_id"] in capsys.readouterr().err


def test_an_unknown_host_is_refused(client: TestClient) -> None:
    for host in ("evil.example", "127.0.0.1:9999", "127.0.0.1:8765.evil.example", ""):
        assert client.get(f"{PREFIX}/health", headers={"Host": host}).status_code == 400, host
    for host in ("127.0.0.1:8765", "localhost:8765", "LOCALHOST"):
        assert client.get(f"{PREFIX}/health", headers={"Host": host}).status_code == 200, host


def test_a_served_name_is_known(server: Server) -> None:
    server.hosts = ("roadwright.example.com",)
    assert server.knows_host("Roadwright.example.com")
    assert not server.knows_host("example.com")


def test_the_key_is_exchanged_for_a_cookie_while_no_user_exists(server: Server, client: TestClient) -> None:
    assert client.get("/?key=wrong").status_code == 401
    answer = client.get(f"/?key={server.key}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("roadwright_8765_")
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.casefold()
    assert client.get(f"{PREFIX}/me").json()["role"] == "admin"
    with server.workspace.store.transaction() as session:
        add_user(session, "anna@example.com", Role.ADMIN, PASSWORD)
    assert client.get(f"{PREFIX}/me").status_code == 401
    assert client.get(f"/?key={server.key}").status_code == 401


def test_a_write_by_cookie_comes_from_our_own_pages(server: Server, client: TestClient) -> None:
    client.get(f"/?key={server.key}")
    body = {"action": "pm.backlog_sync"}
    for headers in ({}, {"Origin": "http://evil.example"}, {"Origin": "null"}):
        assert client.post(f"{PREFIX}/runs", json=body, headers=headers).status_code == 403
    assert client.post(f"{PREFIX}/runs", json=body, headers={"Origin": ORIGIN}).status_code == 202


def test_what_protects_pages_stands_on_every_answer(client: TestClient) -> None:
    for path in ("/api/v1/health", "/sign-in", "/api/v1/nothing"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        for rule in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert rule in policy
        assert "script-src 'self' 'nonce-" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin", "no-referrer would send Origin: null with our own forms"


def _lose_role(session: Session) -> None:
    set_role(session, "anna@example.com", Role.VIEWER)


def _lose_account(session: Session) -> None:
    disable_user(session, "anna@example.com")


def test_sessions_end_with_sign_out_role_and_account(
    server: Server, client: TestClient, signed_in: Callable[[str, Role], Api]
) -> None:
    anna = signed_in("anna@example.com", Role.PLANNER)
    assert anna.get("/me") == {"who": "anna@example.com", "role": "planner", "actions": None}
    assert client.post("/sign-out", headers={"Origin": ORIGIN}).status_code == 303
    assert anna.call("GET", "/me").status_code == 401
    for ends in (_lose_role, _lose_account):
        credentials = {"email": "Anna@Example.com", "password": PASSWORD}
        assert client.post("/sign-in", json=credentials, headers={"Origin": ORIGIN}).status_code == 204
        with server.workspace.store.transaction() as session:
            ends(session)
        assert anna.call("GET", "/me").status_code == 401
    answer = client.post(
        "/sign-in", data={"email": "anna@example.com", "password": PASSWORD}, headers={"Origin": ORIGIN}
    )
    assert answer.status_code == 401


def test_failed_attempts_to_sign_in_have_to_wait(server: Server, client: TestClient) -> None:
    with server.workspace.store.transaction() as session:
        add_user(session, "anna@example.com", Role.ADMIN, PASSWORD)
    wrong = {"email": "anna@example.com", "password": "guessed"}
    statuses = [client.post("/sign-in", json=wrong, headers={"Origin": ORIGIN}).status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    right = {"email": "anna@example.com", "password": PASSWORD}
    assert client.post("/sign-in", json=right, headers={"Origin": ORIGIN}).status_code == 429


def test_forwarded_headers_of_trusted_proxies_only_are_believed(server: Server) -> None:
    said = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https"}
    wrong = {"email": "anna@example.com", "password": "not this one"}

    def status(trusted: list[str], address: str, *, times: int = 1) -> tuple[int, bool]:
        config = http_config(make_app(server), trusted)
        config.load()
        client = TestClient(config.loaded_app, base_url=ORIGIN, client=(address, 1))
        for number in range(times):
            headers = {**said, "Origin": ORIGIN, "X-Forwarded-For": f"6.6.6.{number}"}
            answer = client.post("/sign-in", json={**wrong, "email": f"{number}@example.com"}, headers=headers)
        return answer.status_code, "strict-transport-security" in answer.headers

    assert status(["10.0.0.1"], "10.0.0.1") == (403, True), "https, and no Origin of it"
    assert status(["10.0.0.1"], "10.0.0.2") == (401, False), "a stranger says so"
    assert status([], "127.0.0.1") == (401, False)
    assert status([], "10.0.0.2", times=6)[0] == 429, "nobody gets another address by saying so"


def test_a_revoked_token_lets_nobody_in(server: Server, api: Api) -> None:
    assert api.get("/me")["who"] == "token:the admin"
    with server.workspace.store.transaction() as session:
        revoke_token(session, "the admin")
    assert api.call("GET", "/me").status_code == 401


def test_a_token_of_some_actions_runs_these_and_reads(as_role: Callable[..., Api]) -> None:
    limited = as_role(Role.VIEWER, "pm.backlog_sync")
    assert limited.call("POST", "/runs", json={"action": "pm.backlog_sync"}).status_code == 202
    refused = limited.call("POST", "/runs", json={"action": "pm.save_selected", "tab": "Gates"})
    assert (refused.status_code, refused.json()["code"]) == (403, "action_not_of_token")
    strong = as_role(Role.ADMIN, "pm.backlog_sync")
    assert strong.call("PATCH", "/tabs/Gates/rows", json={"rows": []}).json()["code"] == "token_of_actions"
    assert strong.call("GET", "/tabs").status_code == 200


def test_approving_and_publishing_need_an_approver(as_role: Callable[..., Api]) -> None:
    planner, approver = as_role(Role.PLANNER), as_role(Role.APPROVER)
    moves = {"in_review": 202, "approved": 403, "archived": 403}
    for status, expected in moves.items():
        body = {"action": "pm.roadmap_set_status", "options": {"roadmap_name": "Q3", "status": status}}
        assert planner.call("POST", "/runs", json=body).status_code == expected, status
        assert approver.call("POST", "/runs", json=body).status_code == 202
    publish = {"action": "pm.roadmap_publish", "options": {"roadmap_name": "Q3"}}
    assert planner.call("POST", "/runs", json=publish).json()["code"] == "action_needs_role"
    other = {**publish, "options": {"roadmap_name": "Q3", "by": "somebody else"}}
    assert approver.call("POST", "/runs", json=other).json()["code"] == "decided_by_another"


def test_nothing_secret_is_stored_as_it_is_or_logged(
    server: Server, client: TestClient, signed_in: Callable[[str, Role], Api], capfd: pytest.CaptureFixture[str]
) -> None:
    client.get(f"/?key={server.key}")
    anna = signed_in("anna@example.com", Role.ADMIN)
    anna.call("POST", "/runs", json={"action": "pm.backlog_sync"})
    [cookie] = [c.value for c in client.cookies.jar if c.name == server.cookie][-1:]
    said = capfd.readouterr()
    engine = server.workspace.store.engine
    with engine.connect() as connection:
        stored = "\n".join(connection.connection.dbapi_connection.iterdump())  # type: ignore[union-attr]
    for secret in (server.key, PASSWORD, str(cookie)):
        assert secret not in said.out + said.err
        assert secret not in stored
