"""Random small problems that use every rule, target and objective of the contract, with odd numbers and many ties."""

from __future__ import annotations

import random
from typing import Any

from roadwright.optimize import constraints

Json = dict[str, Any]

NUMBERS: dict[str, list[float]] = {
    "ties": [0, 1, 1, 2, 2, 3, 5],
    "plain": [0, 7, 12, 30, 55.5, 120],
    "odd": [0, 0.002, 0.1, 0.2, 0.3, 33.3, 1e-7, 120000, 4.5e6],
    "tiny": [2e-7, 3e-7, 5e-7, 1.1e-6],
}
KINDS = [*constraints.KINDS, "synergy_bonus"]
SIZES: list[list[float]] = [
    [1],
    [1e-6, 1],
    [1e-3, 1, 1e3],
    [0.002, 120000],
    [1e-7, 1e-2, 1e5, 1e8],
    [1e3, 1e9],
    [1e-8],
    [1e10],
]
COUNTRIES = ["UK", " uk ", "DE", "de+at", ""]


def random_problem(seed: int, size: int = 7) -> Json:
    """A problem of up to `size` candidates; the same for the same seed."""
    pick = random.Random(seed)
    numbers = NUMBERS[pick.choice(sorted(NUMBERS))]
    keys = [f"INIT-{place:06d}" for place in range(pick.randint(0, size))]
    pick.shuffle(keys)
    kpis: list[Json] = [
        {"key": "gmv", "level": "north_star"},
        {"key": "retention", "level": "strategic"},
        {"key": "latency", "level": "strategic", "direction": "decrease"},
    ]
    pick.shuffle(kpis)
    if pick.random() < 0.3:
        kpis[0]["direction"] = pick.choice(["increase", "decrease"])
    if pick.random() < 0.3:
        kpis[1]["baseline_value"] = pick.choice([*numbers, -3])

    def signed() -> float:
        return pick.choice(numbers) * pick.choice([1, 1, 1, -1])

    candidates: list[Json] = [
        {
            "key": key,
            "tokens": pick.choice(numbers) if pick.random() < 0.95 else None,
            "contributions": {kpi["key"]: signed() for kpi in kpis if pick.random() < 0.7},
            "dimensions": {"country": pick.choice(COUNTRIES), "department": pick.choice(["Growth", "Ops"])},
            "resources": {"days": pick.choice(numbers)} if pick.random() < 0.5 else {},
        }
        for key in keys
    ]
    total = sum(candidate["tokens"] or 0 for candidate in candidates)
    problem: Json = {
        "candidates": candidates,
        "kpis": kpis,
        "capacity": round(total * pick.choice([0, 0.3, 0.5, 0.5, 0.8, 1.2]), 7),
        "capacities": {"days": round(sum(pick.choice(numbers) for _ in keys) * 0.7, 7)},
        "objective": random_objective(pick),
        "outside": ["OUT-1"],
        "delivered": ["DONE-1"],
    }
    known = [*keys, "OUT-1", "DONE-1"]
    rows = [random_constraint(pick, known, numbers, signed) for _ in range(pick.randint(0, 6))]
    missing = {candidate["key"] for candidate in candidates if candidate["tokens"] is None} | {"OUT-1"}
    problem["constraints"] = [
        row for row in rows if row and not (row["type"] == "mandatory" and row["dimension_key"] in missing)
    ]
    targets = [random_target(pick, kpis, numbers, signed) for _ in range(pick.choice([0, 0, 1, 2, 3]))]
    problem["targets"] = [target for target in targets if target]
    return problem


def random_objective(pick: random.Random) -> Json:
    mode = pick.choice(["north_star", "weighted_kpis", "lexicographic"])
    if mode == "weighted_kpis":
        return {"mode": mode, "weights": {"gmv": pick.choice([0, 0.5]), "retention": 0.3, "latency": 1}}
    if mode == "lexicographic":
        order = pick.sample(["gmv", "retention", "latency"], pick.randint(1, 3))
        return {"mode": mode, "order": [{"kpi": kpi, "tolerance": pick.choice([0, 0, 0.1, 0.5])} for kpi in order]}
    return {"mode": mode}


def random_slice(pick: random.Random) -> tuple[str, str]:
    return pick.choice(
        [
            ("all", "all"),
            ("country", "Uk"),
            ("country", "DE+AT"),
            ("department", "growth "),
            ("country+department", "UK+Ops"),
            ("department+country", "Growth+de+at"),
            ("country", "Atlantis"),
            ("initiative", "INIT-000001"),
        ]
    )


def random_constraint(pick: random.Random, known: list[str], numbers: list[float], signed: Any) -> Json | None:
    kind = pick.choice(KINDS)
    if kind in ("capacity_floor", "capacity_cap"):
        dimension, key = random_slice(pick)
        if dimension == "initiative" and key not in known:
            return None
        field, factor = ("min_tokens", 0.5) if kind == "capacity_floor" else ("max_tokens", 2)
        limit = pick.choice(numbers) * factor
        resource = {"resource": "days"} if pick.random() < 0.3 else {}
        return {"type": kind, "dimension": dimension, "dimension_key": key, field: limit, **resource}
    if kind in ("mandatory", "exclude_initiative"):
        return {"type": kind, "dimension": "initiative", "dimension_key": pick.choice(known), "reason": "because"}
    if kind in ("exclude_pair", "require_prereq", "require_any"):
        own, *members = pick.sample(known, min(len(known), 2 if kind == "exclude_pair" else pick.randint(2, 3)))
        return {"type": kind, "dimension_key": own, "members": members}
    members = pick.sample(known, pick.randint(2, min(4, len(known))))
    row: Json = {"type": kind, "dimension_key": "group", "members": members}
    if kind == "choose_count":
        low, high = sorted(pick.randint(0, len(members)) for _ in range(2))
        row |= pick.choice([{"min_count": low}, {"max_count": high}, {"min_count": low, "max_count": high}])
    if kind == "synergy_bonus":
        row |= {"kpi_key": pick.choice(["gmv", "retention", "latency"]), "bonus_value": signed()}
    return row


def random_target(pick: random.Random, kpis: list[Json], numbers: list[float], signed: Any) -> Json | None:
    kpi = pick.choice(kpis)
    dimension, key = random_slice(pick)
    if dimension == "initiative":
        return None
    target: Json = {
        "dimension": dimension,
        "dimension_key": key,
        "kpi_key": kpi["key"],
        "target_value": signed(),
        "type": pick.choice(["floor", "goal", "goal"]),
    }
    if pick.random() < 0.3:
        target["baseline_value"] = signed()
    has_baseline = "baseline_value" in target or (dimension == "all" and "baseline_value" in kpi)
    if kpi.get("direction") == "decrease" and not has_baseline and target["target_value"] >= 0:
        return None
    return target


def wild_problem(seed: int) -> Json:
    """Numbers from 1e-8 to 1e10 in one problem, and limits that stand at sums of the costs or just beside them."""
    pick = random.Random(seed)
    sizes = pick.choice(SIZES)

    def number() -> float:
        size = pick.choice(sizes)
        return pick.choice([size, round(size * pick.randint(1, 9), 12), size * pick.random()])

    def signed() -> float:
        return number() * pick.choice([1, 1, 1, -1])

    def beside(total: float) -> float:
        difference = pick.choice([0, 0, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 3e-8, 0.1]) * pick.choice([1, -1])
        return max(0.0, total * (1 + difference) if pick.random() < 0.5 else total + difference)

    keys = [f"K{place}" for place in range(pick.randint(2, 7))]
    candidates: list[Json] = [
        {
            "key": key,
            "tokens": number(),
            "contributions": {"gmv": signed(), "retention": signed()},
            "dimensions": {"country": pick.choice("AB")},
        }
        for key in keys
    ]

    def total(field: str, country: str | None = None) -> float:
        some = [c for c in candidates if country in (None, c["dimensions"]["country"]) and pick.random() < 0.5]
        return float(sum(c["contributions"]["retention"] if field == "retention" else c["tokens"] for c in some))

    rows: list[Json] = []
    for kind, field in (("capacity_cap", "max_tokens"), ("capacity_floor", "min_tokens")):
        if pick.random() < 0.4:
            country = pick.choice("AB")
            limit = beside(total("tokens", country))
            rows.append({"type": kind, "dimension": "country", "dimension_key": country, field: limit})
    if pick.random() < 0.4:
        members = pick.sample(keys, 2)
        bonus = {"kpi_key": pick.choice(["gmv", "retention"]), "bonus_value": signed()}
        rows.append({"type": "synergy_bonus", "dimension_key": "duo", "members": members, **bonus})
    if pick.random() < 0.4:
        own, other = pick.sample(keys, 2)
        kind = pick.choice(["require_prereq", "exclude_pair"])
        rows.append({"type": kind, "dimension_key": own, "members": [other]})
    wanted = total("retention")
    target: Json = {
        "dimension": "all",
        "dimension_key": "all",
        "kpi_key": "retention",
        "type": pick.choice(["floor", "goal"]),
    }
    target["target_value"] = beside(abs(wanted)) * (1 if wanted >= 0 else -1)
    objectives: list[Json] = [
        {"mode": "north_star"},
        {"mode": "weighted_kpis", "weights": {"gmv": 0.7, "retention": 0.3}},
        {"mode": "lexicographic", "order": [{"kpi": "retention", "tolerance": pick.choice([0, 0.01])}]},
    ]
    return {
        "candidates": candidates,
        "kpis": [{"key": "gmv", "level": "north_star"}, {"key": "retention", "level": "strategic"}],
        "capacity": beside(total("tokens")),
        "objective": pick.choice(objectives),
        "constraints": rows,
        "targets": [target] if pick.random() < 0.5 else [],
    }
