"""What the families share: candidates, a hidden portfolio that limits are set at, and rules between initiatives."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.proof.numbers import beside, signed, total

Json = dict[str, Any]
EVERYTHING: dict[str, str] = {"dimension": "all", "dimension_key": "all"}
COUNTRIES = ["UK", "Germany", "Perú"]
DEPARTMENTS = ["Growth", "Risk"]
STAR, OTHERS = "revenue", ["retention", "latency"]


def keys_of(pick: random.Random, size: int | None, *, least: int = 4, most: int = 10) -> list[str]:
    """As many keys as a problem has candidates, in no order."""
    number = size or pick.choice([pick.randint(least, most)] * 5 + [pick.randint(2, 11)])
    keys = [f"INIT-{place:06d}" for place in pick.sample(range(10 * number), number)]
    pick.shuffle(keys)
    return keys


def candidate(pick: random.Random, key: str, tokens: float, contributions: dict[str, float]) -> Json:
    """A candidate in some slice; a contribution of 0 is sometimes left out."""
    given = {kpi: value for kpi, value in contributions.items() if value or pick.random() < 0.5}
    dimensions = {"country": pick.choice(COUNTRIES), "department": pick.choice(DEPARTMENTS)}
    return {"key": key, "tokens": tokens, "contributions": given, "dimensions": dimensions}


def kpis(pick: random.Random, *, decrease: float = 0.25, baseline: float = 0.2) -> list[Json]:
    """A north star and two others, some of which should decrease or have a baseline."""
    found: list[Json] = [{"key": STAR, "level": "north_star"}, *({"key": k, "level": "strategic"} for k in OTHERS)]
    for kpi in found:
        if pick.random() < decrease:
            kpi["direction"] = "decrease"
        if pick.random() < baseline:
            kpi["baseline_value"] = pick.choice([0, 0.31, 420, -3, 1234567.8, 1e-3])
    pick.shuffle(found)
    return found


def direction(kpi: Json) -> int:
    return -1 if kpi.get("direction") == "decrease" else 1


def some_of(pick: random.Random, candidates: list[Json]) -> list[Json]:
    """A portfolio that limits are set at: any part of the candidates, rarely none or all."""
    share = pick.choice([0.2, 0.4, 0.5, 0.5, 0.7, 0.9])
    return [one for one in candidates if pick.random() < share] or pick.sample(candidates, 1)


def tokens_of(candidates: Iterable[Json]) -> list[float]:
    return [one["tokens"] for one in candidates if one["tokens"] is not None]


def brought(candidates: Iterable[Json], kpi: str) -> list[float]:
    return [one["contributions"].get(kpi, 0) for one in candidates]


def slice_of(pick: random.Random) -> dict[str, str]:
    """A slice as a row names it, in one of the spellings that mean the same."""
    country, department = pick.choice(COUNTRIES), pick.choice(DEPARTMENTS)
    return pick.choice(
        [
            {"dimension": "country", "dimension_key": pick.choice([country, country.upper(), f" {country} "])},
            {"dimension": "department", "dimension_key": pick.choice([department, department.lower()])},
            {"dimension": "country+department", "dimension_key": f"{country}+{department}"},
        ]
    )


def within(candidates: Iterable[Json], place: dict[str, str]) -> list[Json]:
    """The candidates in a slice that `slice_of` named (or in `all`)."""
    if place["dimension"] == "all":
        return list(candidates)
    wanted = [part.strip().casefold() for part in place["dimension_key"].split("+")]
    names = place["dimension"].split("+")
    return [c for c in candidates if [c["dimensions"].get(name, "").strip().casefold() for name in names] == wanted]


def slice_limit(pick: random.Random, candidates: list[Json], chosen: list[Json], kind: str) -> Json:
    """A floor or cap at what the chosen ones use in a slice, or one unit beside it."""
    place = slice_of(pick)
    limit = max(0.0, beside(pick, tokens_of(within(chosen, place)) or tokens_of(pick.sample(candidates, 1))))
    field = "min_tokens" if kind == "capacity_floor" else "max_tokens"
    return {"type": kind, **place, field: limit}


def target_at(
    kpi: Json, change: float, place: dict[str, str], kind: str, *, baseline: float | None = None
) -> Json | None:
    """A target for a signed change of a KPI, above its baseline where it has one; None where no row can say it."""
    row: Json = {**place, "kpi_key": kpi["key"], "type": kind}
    if baseline is not None:
        row["baseline_value"] = baseline
    elif place["dimension"] == "all":
        baseline = kpi.get("baseline_value")
    if baseline is None and direction(kpi) < 0 and change >= 0:
        return None
    return row | {"target_value": total([change, baseline or 0])}


def dependency(pick: random.Random, keys: list[str], kept: set[str] | None = None) -> Json:
    """A rule between initiatives; one that the portfolio `kept` keeps, where that is given."""
    while True:
        kinds = ["require_prereq", "require_prereq", "exclude_pair", "require_any", "choose_count", "bundle"]
        kind = pick.choice(kinds)
        own, *members = pick.sample(keys, min(len(keys), {"require_any": 3, "choose_count": 4}.get(kind, 2)))
        row: Json = {"type": kind, "dimension_key": own, "members": members}
        if kind in ("bundle", "choose_count"):
            row |= {"dimension_key": "group", "members": [own, *members]}
        if kind == "choose_count":
            low = pick.randint(0, len(members))
            row |= pick.choice([{"max_count": low + 1}, {"min_count": min(low, 1), "max_count": low + 1}])
        if kept is None or _is_kept(row, kept):
            return row


def _is_kept(row: Json, kept: set[str]) -> bool:
    own, taken = row["dimension_key"] in kept, [key in kept for key in row["members"]]
    answers: dict[str, bool] = {
        "require_prereq": not own or all(taken),
        "require_any": not own or any(taken),
        "exclude_pair": not (own and any(taken)),
        "bundle": all(taken) or not any(taken),
        "choose_count": row.get("min_count", 0) <= sum(taken) <= row.get("max_count", len(taken)),
    }
    return answers[row["type"]]


def synergy(pick: random.Random, keys: list[str], kpi: str, bonus: float) -> Json:
    """A bonus, or as often as not a loss, for two or three together."""
    members = pick.sample(keys, min(len(keys), pick.choice([2, 2, 3])))
    return {
        "type": "synergy_bonus",
        "dimension_key": "together",
        "members": members,
        "kpi_key": kpi,
        "bonus_value": signed(pick, bonus, 0.5),
    }


def dependencies(pick: random.Random, keys: list[str], chosen: list[Json], share: float) -> list[Json]:
    """Some rules between initiatives that the chosen ones keep: about `share` times the number of candidates."""
    kept = {one["key"] for one in chosen}
    expected = share * len(keys)
    number = int(expected) + (pick.random() < expected % 1)
    return [dependency(pick, keys, kept) for _ in range(number)]


def lexicographic(pick: random.Random, tolerances: list[float], *, most: int = 3) -> Json:
    """One to three KPIs in some order."""
    order = pick.sample([STAR, *OTHERS], pick.randint(1, most))
    return {"mode": "lexicographic", "order": [_item(kpi, pick.choice(tolerances)) for kpi in order]}


def _item(kpi: str, tolerance: float) -> Json:
    return {"kpi": kpi, "tolerance": tolerance} if tolerance else {"kpi": kpi}


def weighted(pick: random.Random) -> Json:
    """Two or three KPIs, with weights as people write them."""
    kpis = pick.sample([STAR, *OTHERS], pick.randint(2, 3))
    weights = [pick.choice([0.7, 0.3, 0.5, 1, 0.333333, 10, 0.001]) for _ in kpis]
    return {"mode": "weighted_kpis", "weights": dict(zip(kpis, weights, strict=True))}


def objective(pick: random.Random, chances: tuple[float, float], tolerances: list[float]) -> Json:
    """The chances are those of `north_star` and of `weighted_kpis`; what is left is lexicographic."""
    chance = pick.random()
    if chance < chances[0]:
        return {"mode": "north_star"}
    return weighted(pick) if chance < sum(chances) else lexicographic(pick, tolerances)


def problem(
    candidates: list[Json],
    *,
    kpis: list[Json],
    capacity: float,
    objective: Json,
    rows: list[Json],
    targets: list[Json | None],
) -> Json:
    """The Problem JSON; without the targets that could not be said."""
    parts = {"candidates": candidates, "kpis": kpis, "capacity": max(0.0, capacity), "objective": objective}
    return parts | {"constraints": rows, "targets": [target for target in targets if target]}


Maker = Callable[[int, int | None], Json]
"""Makes the problem of a seed: of 2 to 11 candidates, or of a given number of them."""
