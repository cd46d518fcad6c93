"""Clients that go away: what was worked out for them alone ends."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import uvicorn

from roadwright.api.app import make_app
from roadwright.api.routes import what_if
from roadwright.api.state import Server
from tests.api.conftest import Api


def test_a_what_if_question_ends_with_its_client(
    server: Server, as_role: Callable[..., Api], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = threading.Event(), threading.Event()

    def solve(_server: Server, _body: Any, _worker: Any, stop: threading.Event) -> Any:
        begun.set()
        if stop.wait(30):
            ended.set()
        raise KeyError("nobody hears of it")

    monkeypatch.setattr(what_if, "_ask", solve)
    secret = as_role("viewer").headers
    config = uvicorn.Config(make_app(server), port=0, log_config=None, lifespan="off", ws="none")
    serving = uvicorn.Server(config)
    thread = threading.Thread(target=serving.run, daemon=True)
    thread.start()
    while not serving.started:
        time.sleep(0.01)
    server.port = serving.servers[0].sockets[0].getsockname()[1]
    client = http.client.HTTPConnection("127.0.0.1", server.port)
    headers = {**secret, "Content-Type": "application/json"}
    client.request("POST", "/api/v1/what-if", json.dumps({"scenario_name": "Plan"}), headers)
    try:
        assert begun.wait(20)
        assert not ended.wait(0.5), "the client is still there"
        client.close()
        assert ended.wait(20)
    finally:
        client.close()
        serving.should_exit = True
        thread.join(10)
