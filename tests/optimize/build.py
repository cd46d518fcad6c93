"""Short ways to write down small problems in tests."""

from __future__ import annotations

from typing import Any

from roadwright.optimize import Solution, SolveOptions, parse_problem, solve

Json = dict[str, Any]


def candidate(key: str, tokens: float | None = 10, gmv: float = 1, **more: Any) -> Json:
    """A candidate that brings `gmv`; other KPIs in `contributions`, dimensions by name."""
    dimensions = {name: more.pop(name) for name in list(more) if name in ("country", "department", "category")}
    contributions = {"gmv": gmv} | more.pop("contributions", {})
    return {"key": key, "tokens": tokens, "contributions": contributions, "dimensions": dimensions} | more


def rule(kind: str, key: str = "group", *members: str, **more: Any) -> Json:
    row: Json = {"type": kind, "dimension_key": key, **more}
    return row | {"members": list(members)} if members else row


def target(value: float, kind: str = "floor", kpi: str = "gmv", at: str = "all/all", **more: Any) -> Json:
    dimension, key = at.split("/")
    return {"dimension": dimension, "dimension_key": key, "kpi_key": kpi, "target_value": value, "type": kind} | more


def problem(*candidates: Json, capacity: float = 100, **more: Any) -> Json:
    """A problem with the north star gmv, the KPI retention, and latency, which should decrease."""
    return {
        "candidates": list(candidates),
        "kpis": [
            {"key": "gmv", "level": "north_star"},
            {"key": "retention", "level": "strategic"},
            {"key": "latency", "level": "strategic", "direction": "decrease"},
        ],
        "capacity": capacity,
        "objective": {"mode": "north_star"},
    } | more


def answer(value: Json, **options: Any) -> Solution:
    return solve(parse_problem(value), SolveOptions(**options))


def said(solution: Solution) -> dict[str, str]:
    """The findings as id: severity (the last one of each id)."""
    return {finding.id: finding.severity.value for finding in solution.warnings}
