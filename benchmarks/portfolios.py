"""Portfolio problems like a company's, of any size: skewed costs and values, slices with floors and caps, dependencies.

Made from a seed, so that everybody measures the same problems. Each is built around a random portfolio which keeps all
of its rules, so that it has an answer.
"""

from __future__ import annotations

import random
from typing import Any

Json = dict[str, Any]
COUNTRIES = ["UK", "Germany", "France", "Spain", "Italy", "Poland", "Brazil", "Japan"]
DEPARTMENTS = ["Growth", "Care", "Payments", "Risk", "Search", "Supply", "Finance", "People", "Platform", "Brand"]
KPIS: list[Json] = [
    {"key": "gmv", "level": "north_star", "unit": "GBP"},
    {"key": "retention", "level": "strategic", "baseline_value": 0.31},
    {"key": "latency", "level": "strategic", "direction": "decrease", "unit": "ms", "baseline_value": 420},
]


def portfolio(size: int, seed: int = 1, *, rules: int | None = None) -> Json:
    """The Problem JSON of `size` candidates and so many dependencies (a third of the candidates unless told)."""
    pick = random.Random(seed)
    candidates = [_candidate(pick, f"INIT-{place:06d}") for place in range(size)]
    keys = [candidate["key"] for candidate in candidates]
    kept = set(pick.sample(keys, round(0.4 * size)))
    chosen = [candidate for candidate in candidates if candidate["key"] in kept]
    return {
        "candidates": candidates,
        "kpis": KPIS,
        "capacity": sum(candidate["tokens"] for candidate in chosen),
        "capacities": {"design_days": sum(candidate["resources"]["design_days"] for candidate in chosen)},
        "objective": {"mode": "north_star"},
        "constraints": [
            *_slices(chosen),
            {"type": "mandatory", "dimension_key": min(kept)},
            {"type": "exclude_initiative", "dimension_key": min(set(keys) - kept)},
            *(_dependency(pick, keys, kept) for _ in range(size // 3 if rules is None else rules)),
            *(_synergy(pick, keys) for _ in range(size // 25)),
        ],
        "targets": _targets(chosen),
    }


def _candidate(pick: random.Random, key: str) -> Json:
    tokens = max(1, round(pick.lognormvariate(4, 0.8)))
    return {
        "key": key,
        "tokens": tokens,
        "contributions": {
            "gmv": round(tokens * pick.lognormvariate(6, 0.7)),
            "retention": round(pick.uniform(-0.0002, 0.001), 6),
            "latency": round(pick.uniform(-3, 1), 2),
        },
        "resources": {"design_days": pick.randint(0, 9)},
        "dimensions": {"country": pick.choice(COUNTRIES), "department": pick.choice(DEPARTMENTS)},
    }


def _slices(chosen: list[Json]) -> list[Json]:
    """Caps of all countries and of one slice of both dimensions, floors of some departments."""

    def spent(**slice: str) -> int:
        inside = (c for c in chosen if all(c["dimensions"][name] == value for name, value in slice.items()))
        return sum(candidate["tokens"] for candidate in inside)

    caps = [("country", country, spent(country=country)) for country in COUNTRIES]
    caps.append(("country+department", "UK+Growth", spent(country="UK", department="Growth")))
    floors = [(department, spent(department=department)) for department in DEPARTMENTS[:4]]
    return [
        *(
            {"type": "capacity_cap", "dimension": dimension, "dimension_key": key, "max_tokens": round(1.2 * limit)}
            for dimension, key, limit in caps
        ),
        *(
            {
                "type": "capacity_floor",
                "dimension": "department",
                "dimension_key": key,
                "min_tokens": round(0.8 * limit),
            }
            for key, limit in floors
        ),
    ]


def _dependency(pick: random.Random, keys: list[str], kept: set[str]) -> Json:
    """A rule between two to four candidates that the portfolio `kept` keeps."""
    while True:
        kind = pick.choice(["require_prereq"] * 4 + ["exclude_pair"] * 2 + ["require_any", "choose_count", "bundle"])
        own, *members = pick.sample(keys, {"require_any": 3, "choose_count": 4}.get(kind, 2))
        taken = [member in kept for member in members]
        if kind == "choose_count":
            if (own in kept) + sum(taken) <= 2:
                return {"type": kind, "dimension_key": "group", "members": [own, *members], "max_count": 2}
        elif kind == "bundle":
            if (own in kept) == all(taken):
                return {"type": kind, "dimension_key": "group", "members": [own, *members]}
        elif own not in kept or any(taken) != (kind == "exclude_pair"):
            return {"type": kind, "dimension_key": own, "members": members}


def _synergy(pick: random.Random, keys: list[str]) -> Json:
    return {
        "type": "synergy_bonus",
        "dimension_key": "together",
        "members": pick.sample(keys, 2),
        "kpi_key": "gmv",
        "bonus_value": round(pick.choice([1, 1, -1]) * pick.lognormvariate(10, 0.5)),
    }


def _targets(chosen: list[Json]) -> list[Json]:
    """A floor of one KPI, and a goal of another."""
    brought = {kpi: sum(candidate["contributions"][kpi] for candidate in chosen) for kpi in ("retention", "latency")}
    everything = {"dimension": "all", "dimension_key": "all"}
    return [
        everything
        | {"kpi_key": "retention", "target_value": round(0.31 + 0.9 * brought["retention"], 6), "type": "floor"},
        everything | {"kpi_key": "latency", "target_value": round(420 + 1.5 * brought["latency"], 2), "type": "goal"},
    ]
