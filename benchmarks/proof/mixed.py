"""The family in which everything of the contract comes together, with numbers of all other families.

Candidates without tokens, initiatives that are outside or delivered, a second resource, every type of rule, slices,
targets with and without baselines, all objectives.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from benchmarks.proof.building import (
    EVERYTHING,
    OTHERS,
    STAR,
    Json,
    brought,
    candidate,
    dependency,
    keys_of,
    kpis,
    objective,
    problem,
    slice_limit,
    slice_of,
    some_of,
    synergy,
    target_at,
    tokens_of,
    within,
)
from benchmarks.proof.numbers import PARTS, WHOLES, beside, share, signed, sized

Amount = Callable[[], float]
OUTSIDE, DELIVERED = "OUT-1", "DONE-1"


def mixed(seed: int, size: int | None = None) -> Json:
    """All types of rules together; numbers of every kind."""
    pick = random.Random(f"mixed {seed}")
    keys = keys_of(pick, size)
    tokens, gains = _amounts(pick), {kpi: _amounts(pick) for kpi in (STAR, *OTHERS)}
    candidates = []
    for key in keys:
        given = {kpi: signed(pick, gain()) if pick.random() < 0.75 else 0 for kpi, gain in gains.items()}
        one = candidate(pick, key, tokens(), given)
        if pick.random() < 0.05:
            one["tokens"] = None
        if pick.random() < 0.5:
            one["resources"] = {"days": tokens()}
        if pick.random() < 0.05:
            del one["dimensions"]["country"]
        candidates.append(one)
    chosen = [one for one in some_of(pick, candidates) if one["tokens"] is not None]
    found = kpis(pick, baseline=0.3)
    limit = beside(pick, tokens_of(chosen))
    days = beside(pick, [one.get("resources", {}).get("days", 0) for one in chosen])
    scale = max(1, len(keys) // 10)
    made = problem(
        candidates,
        kpis=found,
        capacity=limit * pick.choice([1, 1, 1, 2]),
        objective=objective(pick, (0.3, 0.3), [0, 0, 0.1, 0.01, 0.5]),
        rows=_rows(pick, candidates, chosen, gains, scale),
        targets=_targets(pick, candidates, chosen, found, gains),
    )
    return made | {"capacities": {"days": max(0.0, days)}, "outside": [OUTSIDE], "delivered": [DELIVERED]}


def _amounts(pick: random.Random) -> Amount:
    """Where numbers come from: few values with many ties, shares, decimals, or sizes far apart."""
    kind = pick.choice(["ties", "shares", "cents", "wide", "tiny", "large"])
    part, places = pick.choice(PARTS), pick.randint(4, 11)
    makers: dict[str, Amount] = {
        "ties": lambda: pick.choice([0, 1, 1, 2, 2, 3, 5]),
        "shares": lambda: share(pick, whole=pick.choice(WHOLES), part=part, places=places),
        "cents": lambda: round(pick.uniform(0.01, 99), 2),
        "wide": lambda: sized(pick, -3, 9),
        "tiny": lambda: pick.choice([2e-7, 3e-7, 5e-7, 1.1e-6, 1]),
        "large": lambda: pick.choice([0, 0.002, 0.1, 33.3, 1e-7, 120000, 4.5e6]),
    }
    return makers[kind]


def _rows(
    pick: random.Random, candidates: list[Json], chosen: list[Json], gains: dict[str, Amount], scale: int
) -> list[Json]:
    missing = {one["key"] for one in candidates if one["tokens"] is None}
    known = [*(one["key"] for one in candidates), OUTSIDE, DELIVERED]
    kept = {one["key"] for one in chosen} | {DELIVERED}
    rows: list[Json] = []
    for _ in range(pick.randint(0, 5) * scale):
        kind = pick.choice(["limit", "limit", "dependency", "dependency", "single", "synergy", "synergy"])
        if kind == "limit":
            rows.append(_limit(pick, candidates, chosen))
        elif kind == "dependency":
            rows.append(dependency(pick, known, kept if scale > 1 or pick.random() < 0.7 else None))
        elif kind == "synergy":
            kpi = pick.choice(list(gains))
            rows.append(synergy(pick, known, kpi, gains[kpi]()))
        else:
            key = pick.choice(known)
            if key in kept and pick.random() < 0.8:
                rows.append({"type": "mandatory", "dimension_key": key, "reason": "because"})
            elif key not in missing and key != OUTSIDE and scale == 1 and pick.random() < 0.1:
                rows.append({"type": "mandatory", "dimension_key": key})
            else:
                rows.append({"type": "exclude_initiative", "dimension": "initiative", "dimension_key": key})
    return rows


def _limit(pick: random.Random, candidates: list[Json], chosen: list[Json]) -> Json:
    """A floor or cap of tokens or days in a slice, or on one initiative."""
    kind = pick.choice(["capacity_cap", "capacity_cap", "capacity_floor"])
    chance = pick.random()
    if chance < 0.7 or not chosen:
        return slice_limit(pick, chosen or [{"tokens": 1, "dimensions": {}}], chosen, kind)
    field = "min_tokens" if kind == "capacity_floor" else "max_tokens"
    if chance < 0.8:
        one = pick.choice(candidates)
        limit = 0 if kind == "capacity_floor" or one["tokens"] is None else one["tokens"]
        return {"type": kind, "dimension": "initiative", "dimension_key": one["key"], field: limit}
    place = pick.choice([slice_of(pick), EVERYTHING])
    days = [one.get("resources", {}).get("days", 0) for one in within(chosen, place)]
    return {"type": kind, **place, field: max(0.0, beside(pick, days)), "resource": "days"}


def _targets(
    pick: random.Random, candidates: list[Json], chosen: list[Json], kpis: list[Json], gains: dict[str, Amount]
) -> list[Json | None]:
    targets = []
    for _ in range(pick.choice([0, 0, 1, 1, 2, 3])):
        kpi = pick.choice(kpis)
        place = pick.choice([EVERYTHING, slice_of(pick), {"dimension": "country", "dimension_key": "Atlantis"}])
        kind = "goal" if place["dimension_key"] == "Atlantis" else pick.choice(["floor", "goal", "goal"])
        some = pick.choice([chosen, chosen, candidates])
        change = beside(pick, brought(within(some, place), kpi["key"]))
        if pick.random() < 0.3:
            change = signed(pick, gains[kpi["key"]]()) * pick.choice([1, 1, 1e3])
        baseline = gains[kpi["key"]]() if pick.random() < 0.3 else None
        targets.append(target_at(kpi, change, place, kind, baseline=baseline))
    return targets
