"""Every call and the role that it needs: the one table that is asked before anything of a call is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from roadwright.domain.roles import Role

PREFIX = "/api/v1"

ROLES: Mapping[str, Role | None] = MappingProxyType(
    {
        "GET /health": None,
        "GET /openapi.json": Role.VIEWER,
        "GET /docs": Role.VIEWER,
        "GET /ready": Role.VIEWER,
        "GET /me": Role.VIEWER,
        "GET /actions": Role.VIEWER,
        "GET /metrics": Role.VIEWER,
        "POST /runs": Role.VIEWER,  # and what the action needs, see actions.registry
        "GET /runs": Role.VIEWER,
        "GET /runs/{run_id}": Role.VIEWER,
        "POST /runs/{run_id}/cancel": Role.PLANNER,
        "GET /runs/{run_id}/events": Role.VIEWER,
        "GET /events": Role.VIEWER,
        "GET /tabs": Role.VIEWER,
        "GET /tabs/{name}/rows": Role.VIEWER,
        "GET /tabs/{name}": Role.VIEWER,
        "PATCH /tabs/{name}/rows": Role.PLANNER,
        "GET /initiatives": Role.VIEWER,
        "POST /initiatives": Role.CONTRIBUTOR,
        "GET /initiatives/{key}": Role.VIEWER,
        "PATCH /initiatives/{key}": Role.CONTRIBUTOR,
        "POST /what-if": Role.VIEWER,
        "GET /optimization-runs": Role.VIEWER,
        "GET /optimization-runs/{run_id}": Role.VIEWER,
        "GET /optimization-runs/{run_id}/frontier": Role.VIEWER,
        "GET /roadmaps": Role.VIEWER,
        "GET /roadmaps/{name}/versions/{number}": Role.VIEWER,
        "GET /roadmaps/{name}/drift": Role.VIEWER,
        "GET /roadmaps/{name}": Role.VIEWER,
        "GET /compare": Role.VIEWER,
    }
)
"""By method and path below the prefix; None needs no sign-in. What is not listed here is not there."""


READS = frozenset({"POST /what-if"})
"""Calls that change nothing, although their method is not GET: a token made for some actions may send them."""


def _pattern(template: str) -> re.Pattern[str]:
    escaped = re.escape(template).replace(r"\{name\}", ".+")  # names of people may hold a slash
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", escaped))


_PATTERNS = [(call, method, _pattern(path)) for call in ROLES for method, path in [call.split(" ", 1)]]


def call_of(method: str, path: str) -> str | None:
    """The call, as the table names it; None where there is none."""
    if not path.startswith(PREFIX):
        return None
    rest = path[len(PREFIX) :]
    return next((call for call, verb, pattern in _PATTERNS if verb == method and pattern.fullmatch(rest)), None)


def is_path(path: str) -> bool:
    """Whether there is a call of this path, with whatever method."""
    return any(pattern.fullmatch(path[len(PREFIX) :]) for _, _, pattern in _PATTERNS)
