"""A server in this process, and callers of each role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from roadwright.api.app import make_app
from roadwright.api.state import Server
from roadwright.domain.roles import Role
from roadwright.jobs.logs import log_as_json
from roadwright.jobs.worker import make_worker
from roadwright.services.people.accounts import add_user
from roadwright.services.people.keys import make_token
from tests.house import House, small_house

ORIGIN = "http://127.0.0.1:8765"
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _logs() -> None:
    log_as_json()


class Api:
    """Calls the API below its prefix, as one caller."""

    def __init__(self, server: Server, client: TestClient, secret: str | None) -> None:
        self.server = server
        self.client = client
        self.headers = {} if secret is None else {"Authorization": f"Bearer {secret}"}

    def call(self, method: str, path: str, **more: Any) -> Any:
        headers = {**self.headers, **more.pop("headers", {})}
        return self.client.request(method, f"/api/v1{path}", headers=headers, **more)

    def get(self, path: str, **more: Any) -> Any:
        """The answer of a call that works."""
        response = self.call("GET", path, **more)
        assert response.status_code == 200, response.text
        return response.json()

    def patch(self, tab: str, *rows: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
        """Rows changed, each as it is answered."""
        response = self.call("PATCH", f"/tabs/{tab}/rows", json={"rows": list(rows), **more})
        assert response.status_code == 200, response.text
        found: list[dict[str, Any]] = response.json()["rows"]
        assert len(found) == len(rows)
        return found

    def rows(self, tab: str, **query: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(f"/tabs/{tab}/rows", params=query)["rows"]
        return found


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An empty workspace on SQLite, whose workbooks are in memory."""
    yield from small_house(tmp_path)


@pytest.fixture
def server(house: House) -> Iterator[Server]:
    """Its server, with a worker."""
    made = Server(house.workspace)
    made.worker = make_worker(house.workspace)
    made.worker.start()
    yield made
    made.is_closing = True
    made.worker.stop(5)


@pytest.fixture
def client(server: Server) -> TestClient:
    return TestClient(make_app(server), base_url=ORIGIN, raise_server_exceptions=False, follow_redirects=False)


@pytest.fixture
def as_role(server: Server, client: TestClient) -> Callable[..., Api]:
    """A caller with a token of a role, perhaps for some actions only."""

    def make(role: Role | str, *actions: str, name: str | None = None) -> Api:
        with server.workspace.store.transaction() as session:
            called = name or f"{role} {len(actions)}"
            made = make_token(session, called, Role(role), made_by="test", actions=actions)
        return Api(server, client, made.secret)

    return make


@pytest.fixture
def api(as_role: Callable[..., Api]) -> Api:
    """An admin."""
    return as_role(Role.ADMIN, name="the admin")


@pytest.fixture
def signed_in(server: Server, client: TestClient) -> Callable[[str, Role], Api]:
    """A user with a session cookie."""

    def make(email: str, role: Role) -> Api:
        with server.workspace.store.transaction() as session:
            add_user(session, email, role, PASSWORD)
        answer = client.post("/sign-in", json={"email": email, "password": PASSWORD}, headers={"Origin": ORIGIN})
        assert answer.status_code == 204, answer.text
        caller = Api(server, client, None)
        caller.headers = {"Origin": ORIGIN}
        return caller

    return make
