"""Odd and hostile requests: each is told what is wrong with it; none is a fault, and none takes long."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from roadwright.api.app import make_app
from roadwright.api.calls import ROLES
from roadwright.api.state import Server
from roadwright.domain.roles import Role
from roadwright.services.people.accounts import add_user
from roadwright.services.people.keys import make_token
from tests.api.conftest import ORIGIN, Api
from tests.house import make_house

JSON = {"Content-Type": "application/json"}
DEEP = b"[" * 100_000 + b"]" * 100_000
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "no json": b"{not json",
    "deep": DEEP,
    "deep object": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "nan": b'{"rows": [{"identity": {"initiative_key": NaN}, "changes": {"engineering_tokens": Infinity}}]}',
    "huge int": b'{"limit": ' + b"9" * 10_000 + b', "time_limit": 1e999}',
    "surrogate": b'{"action": "\\ud800", "title": "\\udfff", "scenario_name": "\\ud800"}',
    "nul": b'{"action": "pm.\\u0000", "title": "\\u0000", "scenario_name": "\\u0000", "tab": "\\u0000"}',
    "not utf-8": b'{"action": "\xff\xfe"}',
    "bom": b'\xef\xbb\xbf{"action": "pm.backlog_sync"}',
    "null": b"null",
    "list": b"[]",
    "number": b"5",
    "string": b'"pm.backlog_sync"',
    "twice": b'{"action": "pm.backlog_sync", "action": 5, "title": "a", "title": ["b"]}',
    "wrong types": b'{"action": {}, "rows": {}, "title": {"a": 1}, "scenario_name": [], "force_in": 3, "changes": []}',
    "proto": b'{"__proto__": {"role": "admin"}, "constructor": 1, "__class__": 2}',
}
ROWS: list[dict[str, Any]] = [
    {"identity": {"initiative_key": ["a"]}, "changes": {}},
    {"identity": {"initiative_key": "INIT-000001"}, "mark": "\x00", "changes": {"title": "\x00"}},
    {"identity": {"initiative_key": "INIT-000001"}, "mark": "x" * 2_000, "changes": {"title": "\ud800"}},
    {"identity": {"initiative_key": 10**400}, "changes": {"engineering_tokens": 10**400}},
    {"identity": {"initiative_key": True}, "changes": {"deadline_date": {"a": []}}},
    {"identity": {}, "changes": {"title": "a" * 100_000}},
    {"identity": {"initiative_key": "INIT-" + "9" * 300}, "changes": {"title": ["a", ["b"]]}},
    {"identity": {"initiative_key": "INIT-000001"}, "changes": {"engineering_tokens": "9" * 5_000}},
    {"identity": {"initiative_key": "INIT-000001"}, "changes": {"deadline_date": "9999-99-99", "country": "\u202e"}},
]
FILTERS = [
    "(" * 5_000 + "title = a" + ")" * 5_000,
    "not " * 5_000 + "title = a",
    " and ".join(["title = a"] * 1_500),
    "title = '\x00'",
    "title = '\ud800'.",
    "engineering_tokens > " + "9" * 1_000,
    "deadline_date > 99999-01-01",
    "title in (" + ", ".join(["a"] * 5_000) + ")",
    "title contains '%_\\'; drop table users --'",
    "= = =",
    "",
]
PATHS = [
    "/tabs/../../etc/passwd",
    "/tabs/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "/tabs/%00",
    "/tabs/%ff%fe",
    "/tabs/" + "a" * 5_000,
    "/tabs/Backlog%0d%0aX-Evil:%20yes",
    "/initiatives/INIT-%00",
    "/initiatives/" + "9" * 2_000,
    "/initiatives/INIT-" + "9" * 400,
    "/runs/ACT-" + "9" * 400,
    "/runs/%F0%9F%98%80",
    "/optimization-runs/OPT-" + "9" * 400,
    "/roadmaps/%00",
    "/roadmaps/x/versions/" + "9" * 50,
    "/roadmaps/x/versions/-1",
    "/compare?a=%00&b=%00",
    "/runs?limit=99999999999999999999",
    "/runs?before=%00",
    "/runs?status=%00",
    "/runs?action=%00",
    "/tabs/Backlog/rows?cursor=%00",
    "/tabs/Backlog/rows?cursor=" + "A" * 3_999,
    "/tabs/Backlog/rows?sort=%00,--title",
    "/tabs/Backlog/rows?limit=-1",
]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """An admin, on one server for all: nothing of this changes anything."""
    folder: Path = tmp_path_factory.mktemp("hostile")
    house = make_house(folder / "workspace", f"sqlite:///{folder / 'test.db'}", in_memory=True)
    server = Server(house.workspace)
    client = TestClient(make_app(server), base_url=ORIGIN, raise_server_exceptions=False, follow_redirects=False)
    with house.workspace.store.transaction() as session:
        add_user(session, "anna@example.com", Role.ADMIN, None)
        made = make_token(session, "hostile", Role.ADMIN, made_by="test")
    caller = Api(server, client, made.secret)
    caller.call("POST", "/initiatives", json={"title": "Faster search"})
    yield caller
    house.workspace.close()


def told(answer: Any) -> None:
    """It is refused, or done, and says so in words."""
    assert answer.status_code < 500, (answer.status_code, answer.text[:300])
    if answer.status_code >= 400:
        assert answer.json()["detail"], answer.text
        assert "Traceback" not in answer.text


@pytest.mark.parametrize("name", BODIES)
def test_bodies(api: Api, name: str) -> None:
    for call in ROLES:
        method, _, path = call.partition(" ")
        if method != "GET" and "cancel" not in path:
            path = path.replace("{name}", "Backlog").replace("{key}", "INIT-000001")
            told(api.call(method, path, content=BODIES[name], headers=JSON))
    for typed in (JSON, {"Content-Type": "application/x-www-form-urlencoded"}, {"Content-Type": "text/odd"}):
        answer = api.client.post("/sign-in", content=BODIES[name], headers={**typed, "Origin": ORIGIN})
        assert answer.status_code in (401, 413, 422, 429), (answer.status_code, answer.text[:200])


@pytest.mark.parametrize("number", range(len(ROWS)))
def test_rows(api: Api, number: int) -> None:
    for tab in ("Backlog", "Metrics_Config", "Constraints", "Roadmap_Entries", "Intake", "Runs", "Requests"):
        body = json.dumps({"rows": [ROWS[number]]}).encode()
        told(api.call("PATCH", f"/tabs/{tab}/rows", content=body, headers=JSON))
    told(api.call("POST", "/initiatives", content=json.dumps(ROWS[number]["changes"]).encode(), headers=JSON))


@pytest.mark.parametrize("number", range(len(FILTERS)))
def test_filters(api: Api, number: int) -> None:
    wanted = quote(FILTERS[number].encode("utf-8", "surrogatepass"))
    for path in ("/tabs/Backlog/rows", "/initiatives"):
        told(api.call("GET", f"{path}?filter={wanted}"))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:40])
def test_paths(api: Api, path: str) -> None:
    answer = api.call("GET", path)
    told(answer)
    assert "x-evil" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer " + "x" * 60_000},
        {"Authorization": "Bearer \x80\xff"},
        {"Authorization": ""},
        {"Cookie": "a=b; " * 5_000},
        {"Cookie": "roadwright_8765_x=\x80; =; ;;; a"},
        {"Origin": "null"},
        {"Host": "127.0.0.1:8765:8765"},
        {"Host": "[::1"},
        {"Host": "127.0.0.1:99999999"},
        {"Host": "a@127.0.0.1:8765"},
        {"Host": "127.0.0.1:8765/../x"},
        {"Content-Length": "-5"},
        {"Content-Length": "\u0665".encode().decode("latin-1")},
        {"Idempotency-Key": "x" * 201},
        {"Idempotency-Key": "\x80\x00"[:1]},
        {"Last-Event-ID": "x-" + "9" * 5_000},
        {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"},
    ],
    ids=lambda headers: f"{next(iter(headers))} {next(iter(headers.values()))[:20]}",
)
def test_headers(api: Api, headers: dict[str, str]) -> None:
    raw: dict[Any, Any] = {name: value.encode("latin-1") for name, value in headers.items()}
    told(api.call("POST", "/runs", content=b'{"action": "pm.nothing"}', headers={**JSON, **raw}))
    told(api.client.get("/api/v1/me", headers=raw))


def test_texts_that_no_database_takes_are_refused_by_name(api: Api) -> None:
    for title in ("a\x00b", "a\ud800b"):
        body = json.dumps({"title": title}).encode()
        answer = api.call("POST", "/initiatives", content=body, headers=JSON)
        assert answer.status_code in (201, 422), answer.text
        if answer.status_code == 201:
            assert answer.json()["run_status"].startswith("WARNING: title")


def test_what_is_not_there_names_the_nearest(api: Api) -> None:
    for path, near in (("/tabs/Backlgo", "Backlog"), ("/tabs/roadmap entries", "Roadmap_Entries")):
        answer = api.call("GET", path)
        assert answer.status_code in (200, 404)
        if answer.status_code == 404:
            assert near in answer.json()["detail"]
