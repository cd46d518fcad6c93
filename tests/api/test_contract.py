"""The description of the API: complete, readable without anything from outside, and kept by every answer."""

from __future__ import annotations

import re
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from roadwright.api.app import make_app
from roadwright.api.calls import PREFIX, ROLES
from roadwright.api.state import Server
from tests.actions.company import add_initiatives, add_kpis
from tests.api.conftest import Api
from tests.house import House

_ENDLESS = {"/api/v1/events", "/api/v1/runs/{run_id}/events"}


def test_every_call_is_described_with_its_role_and_errors(server: Server) -> None:
    described = make_app(server).openapi()
    assert described["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    for path, calls in described["paths"].items():
        for method, call in calls.items():
            role = ROLES[f"{method.upper()} {path.removeprefix(PREFIX)}"]
            assert call.get("x-role") == (None if role is None else str(role))
            assert call["summary"]
            assert call["description"], path
            problems = {status for status in call["responses"] if status >= "400"}
            assert {"401", "403", "500"} <= problems, path
            for status in problems - ({"503"} if path.endswith("/ready") else set()):
                assert list(call["responses"][status]["content"]) == ["application/problem+json"]
    assert "HTTPValidationError" not in described["components"]["schemas"]


def test_the_page_needs_nothing_from_outside(api: Api) -> None:
    page = api.call("GET", "/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert not re.search(r"(src|href)=['\"](https?:)?//", page.text)
    assert "<script" not in page.text
    for path in make_app(api.server).openapi()["paths"]:
        assert path in page.text


_odd = settings(max_examples=4, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.mark.filterwarnings("ignore")
def test_no_call_answers_otherwise_than_described(house: House, api: Api) -> None:
    """Odd requests of every call: no fault, and nothing that the description does not have."""
    add_kpis(house)
    add_initiatives(house, {"title": "Search"}, {"title": "Checkout"})
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app=api.client.app, headers=_headers(api))
    asked = 0
    for found in schema.exclude(path=list(_ENDLESS)).get_all_operations():

        @_odd
        @given(found.ok().as_strategy())  # type: ignore[union-attr]
        def check(case: Any) -> None:
            nonlocal asked
            asked += 1
            case.query.pop("wait", None)
            case.call_and_validate(headers=_headers(api), excluded_checks=[ignored_auth, positive_data_acceptance])

        check()
    assert asked > 50


def _headers(api: Api) -> dict[str, str]:
    return {**api.headers, "Host": "127.0.0.1:8765"}
