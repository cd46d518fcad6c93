"""Families of problems whose numbers are hard to tell apart in floating point, made from seeds.

What an optimizer on floating point gets wrong lies here: sums that differ in the last decimal, goals a million times
what is on offer, small numbers beside large ones. Every problem is valid, many have no answer. With a `size` a family
makes problems of so many candidates, built around a portfolio that keeps the rules between initiatives.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal

from benchmarks.proof.building import (
    EVERYTHING,
    OTHERS,
    STAR,
    Json,
    Maker,
    brought,
    candidate,
    dependencies,
    direction,
    keys_of,
    kpis,
    lexicographic,
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
from benchmarks.proof.mixed import mixed
from benchmarks.proof.numbers import PARTS, WHOLES, beside, share, signed, sized, total


def near_equal(seed: int, size: int | None = None) -> Json:
    """Thirds, sixths, sevenths and ninths with 4 to 11 decimals, as formulas in sheets give them."""
    pick = random.Random(f"near equal {seed}")
    keys = keys_of(pick, size)
    shares = _shares(pick)
    gains = pick.choice(["whole", "whole", "whole", "equal", "tokens", "shares", "ratio"])
    candidates = []
    for key in keys:
        tokens = shares()
        gain = _gain(pick, gains, tokens, shares)
        candidates.append(candidate(pick, key, tokens, {STAR: gain, "retention": shares(), "latency": 0}))
    chosen = some_of(pick, candidates)
    rows = dependencies(pick, keys, chosen, pick.choice([0, 0, 0, 0.2, 0.4]))
    for kind in ("capacity_cap", "capacity_cap", "capacity_floor"):
        if pick.random() < 0.2:
            rows.append(slice_limit(pick, candidates, chosen, kind))
    if pick.random() < 0.2:
        rows.append(synergy(pick, keys, STAR, _gain(pick, gains, shares(), shares)))
    found = kpis(pick, decrease=0.1, baseline=0.1)
    targets = []
    if pick.random() < 0.25:
        kpi = next(kpi for kpi in found if kpi["key"] == "retention")
        change = beside(pick, brought(chosen, "retention"))
        targets.append(target_at(kpi, change, EVERYTHING, pick.choice(["floor", "goal"])))
    made = problem(
        candidates,
        kpis=found,
        capacity=_rounded(pick, beside(pick, tokens_of(chosen))),
        objective=objective(pick, (0.7, 0.1), [0, 0, 0.01, 0.001]),
        rows=rows,
        targets=targets,
    )
    if pick.random() < 0.2:
        return _with_days(pick, made, chosen, shares)
    return made


def _shares(pick: random.Random) -> Callable[[], float]:
    """Where a problem's shares come from: one total or several, one number of decimals or several."""
    wholes: list[float] = pick.choice([[pick.choice(WHOLES)], WHOLES, [100, 200, 1000], [100, 50]])
    parts = pick.choice([[pick.choice(PARTS)], PARTS, [3, 6], [7, 9]])
    places = pick.choice([[pick.randint(4, 11)], [4, 5, 6, 7, 8, 9, 10, 11], [6, 9], [5, 6, 7], [7, 8]])

    def make() -> float:
        return share(pick, whole=pick.choice(wholes), part=pick.choice(parts), places=pick.choice(places))

    return make


def _gain(pick: random.Random, kind: str, tokens: float, shares: Callable[[], float]) -> float:
    if kind == "whole":
        return float(pick.randint(1, 60))
    if kind == "equal":
        return 1.0
    if kind == "tokens":
        return tokens
    if kind == "shares":
        return shares()
    return round(tokens * pick.choice([3, 3, 3.0001, 2.9999]), 6)


def _rounded(pick: random.Random, value: float) -> float:
    """A capacity as it stands, or rounded as people round it."""
    rounded = round(value, pick.choice([0, 1, 2, 2, 4]))
    return pick.choice([value, value, rounded or value])


def _with_days(pick: random.Random, made: Json, chosen: list[Json], amount: Callable[[], float]) -> Json:
    """The same with a second resource, whose capacity stands at what the chosen ones need."""
    for one in made["candidates"]:
        if pick.random() < 0.8:
            one["resources"] = {"days": amount()}
    need = [one.get("resources", {}).get("days", 0) for one in chosen]
    return made | {"capacities": {"days": max(0.0, beside(pick, need))}}


def far_goals(seed: int, size: int | None = None) -> Json:
    """Goals with targets up to a million times what the candidates bring, several at once, and others just in reach."""
    pick = random.Random(f"far goals {seed}")
    keys = keys_of(pick, size, least=2, most=9)
    gains = {kpi: _far_amounts(pick) for kpi in (STAR, *OTHERS)}
    tens = pick.choice([1, 10, 10, 0.5])
    candidates = [
        candidate(
            pick,
            key,
            pick.randint(1, 12) * tens,
            {kpi: signed(pick, gain()) if pick.random() < 0.7 else 0 for kpi, gain in gains.items()},
        )
        for key in keys
    ]
    chosen = some_of(pick, candidates)
    rows = dependencies(pick, keys, chosen, pick.choice([0, 0, 0.2]))
    for _ in range(pick.choice([0, 0, 0, 1, 2])):
        helped = pick.choice(list(gains))
        rows.append(synergy(pick, keys, helped, gains[helped]()))
    found = kpis(pick, baseline=0.3)
    targets = [_goal(pick, pick.choice(found), candidates, chosen) for _ in range(pick.choice([1, 1, 1, 2, 2, 3, 4]))]
    if pick.random() < 0.15:
        kpi = pick.choice(found)
        targets.append(target_at(kpi, beside(pick, brought(chosen, kpi["key"])), EVERYTHING, "floor"))
    return problem(
        candidates,
        kpis=found,
        capacity=pick.choice(
            [total(tokens_of(chosen)), total(tokens_of(candidates)), total(tokens_of(candidates)) - tens]
        ),
        objective=objective(pick, (0.15, 0.2), [0, 0, 0.01, 0.05]),
        rows=rows,
        targets=targets,
    )


def _far_amounts(pick: random.Random) -> Callable[[], float]:
    """Where contributions come from: of about one size, of many, or hundreds of thousands beside halves and tenths."""
    low, high = pick.choice([(0, 2), (-1, 5), (-3, 6), (2, 3), (-2, 0)])
    makers: list[Callable[[], float]] = [
        lambda: sized(pick, low, high),
        lambda: round(pick.uniform(0, 20), 1),
        lambda: pick.choice(
            [pick.randint(1, 9) * 1e5, pick.randint(100, 999) * 1e3, 0.1, 0.25, 1.2, pick.randint(1, 9)]
        ),
    ]
    return pick.choice(makers)


def _goal(pick: random.Random, kpi: Json, candidates: list[Json], chosen: list[Json]) -> Json | None:
    """A goal just in reach of the chosen ones, or 2 to 1,000,000 times the largest contribution."""
    place = pick.choice([EVERYTHING, EVERYTHING, EVERYTHING, slice_of(pick)])
    key, sign = kpi["key"], direction(kpi)
    offers = [abs(value) for value in brought(within(candidates, place), key)]
    factor = pick.choice([1, 1, 2, 10, 1e3, 1e4, 1e5, 1e6, 1e6])
    if factor == 1:
        change = beside(pick, brought(within(chosen, place), key))
    else:
        change = float(f"{(max(offers, default=0) or 1) * factor:.{pick.randint(1, 6)}g}") * sign
    baseline = pick.choice([None, None, None, 0.31, 1e6, 12.5, 0])
    return target_at(kpi, change, place, "goal", baseline=baseline)


def wide_stages(seed: int, size: int | None = None) -> Json:
    """Numbers from 0.001 to 1e9 in one stage, in several stages and in their tolerances; optima that are 0 or small."""
    pick = random.Random(f"wide stages {seed}")
    keys = keys_of(pick, size)
    sizes = {kpi: pick.choice([(-3, 9), (-3, 9), (-3, 0), (3, 9), (0, 4)]) for kpi in (STAR, *OTHERS)}
    losses = {kpi: pick.choice([0, 0.2, 0.5, 0.5, 0.95]) for kpi in sizes}

    def contribution(kpi: str) -> float:
        if pick.random() < 0.25:
            return 0
        value = pick.choice([sized(pick, *sizes[kpi]), sized(pick, *sizes[kpi]), 0.001, 1, pick.randint(1, 50) * 100])
        return signed(pick, value, losses[kpi])

    candidates = [
        candidate(pick, key, pick.choice([0, 1, 1, 2, 5, 10, 0.5]), {kpi: contribution(kpi) for kpi in sizes})
        for key in keys
    ]
    chosen = some_of(pick, candidates)
    rows = dependencies(pick, keys, chosen, pick.choice([0, 0, 0.2, 0.4]))
    for _ in range(pick.choice([0, 0, 1, 2])):
        helped = pick.choice(list(sizes))
        rows.append(synergy(pick, keys, helped, sized(pick, *sizes[helped])))
    found = kpis(pick)
    targets = []
    if pick.random() < 0.2:
        kpi = pick.choice(found)
        change = beside(pick, brought(chosen, kpi["key"]))
        targets.append(target_at(kpi, change, EVERYTHING, pick.choice(["goal", "floor"])))
    return problem(
        candidates,
        kpis=found,
        capacity=pick.choice([total(tokens_of(chosen)), 5, 20, total(tokens_of(candidates))]),
        objective=objective(pick, (0.1, 0.15), [0, 0, 0, 0.01, 0.05, 0.001, 1e-6]),
        rows=rows,
        targets=targets,
    )


def exact_limits(seed: int, size: int | None = None) -> Json:
    """Floors, caps and capacities that sums meet exactly, or miss by one unit of the last decimal.

    Also where that unit is just what counts as rounding (1e-6 beside 1,000, 1e-5 beside 10,000, 1e-9 beside 1), and
    where a sum lies right at the edge of it.
    """
    pick = random.Random(f"exact limits {seed}")
    keys = keys_of(pick, size)
    power, places = pick.choice(
        [(2, 0), (2, 1), (2, 2), (3, 6), (3, 6), (3, 5), (4, 5), (0, 9), (1, 8), (5, 4), (2, 3)]
    )
    odd = pick.random() < 0.7

    def amount() -> float:
        ten = float(f"1e{power - 1}")
        return round(pick.uniform(1, 10) * ten if odd else pick.randint(1, 9) * ten, places)

    whole_gains = pick.random() < 0.5
    candidates = [
        candidate(
            pick,
            key,
            amount(),
            {STAR: pick.randint(1, 40) if whole_gains else amount(), "retention": amount(), "latency": amount()},
        )
        for key in keys
    ]
    chosen = some_of(pick, candidates)
    capacity = beside(pick, tokens_of(chosen))
    if pick.random() < 0.25:
        capacity = _at_the_edge(pick, chosen, 10 ** max(0, power - 1))
    rows = dependencies(pick, keys, chosen, pick.choice([0, 0, 0.2]))
    for _ in range(pick.choice([1, 1, 2, 3]) * max(1, len(keys) // 40)):
        rows.append(slice_limit(pick, candidates, chosen, pick.choice(["capacity_cap", "capacity_floor"])))
    if pick.random() < 0.3:
        place = slice_of(pick)
        limit = total(tokens_of(within(chosen, place)))
        rows += [
            {"type": "capacity_floor", **place, "min_tokens": limit},
            {"type": "capacity_cap", **place, "max_tokens": limit},
        ]
    if pick.random() < 0.15:
        rows.append(synergy(pick, keys, pick.choice([STAR, "retention"]), amount()))
    found = kpis(pick)
    targets = []
    for kpi in found:
        if pick.random() < 0.3:
            where = pick.choice([EVERYTHING, EVERYTHING, slice_of(pick)])
            change = beside(pick, brought(within(chosen, where), kpi["key"]))
            baseline = pick.choice([None, None, 0.5, round(pick.uniform(0, 100), places)])
            targets.append(target_at(kpi, change, where, pick.choice(["floor", "floor", "goal"]), baseline=baseline))
    made = problem(
        candidates,
        kpis=found,
        capacity=capacity,
        objective=objective(pick, (0.5, 0.15), [0, 0, 0.01]),
        rows=rows,
        targets=targets,
    )
    return _with_days(pick, made, chosen, amount) if pick.random() < 0.4 else made


def _at_the_edge(pick: random.Random, chosen: list[Json], step: int) -> float:
    """A round capacity that the chosen ones exceed by what is still rounding, or just more; changes one of them."""
    capacity = (total(tokens_of(chosen)) // step + 1) * step
    over = float(Decimal(repr(round(capacity * pick.choice([1, 1, 1.01, 0.99, 1.1, 2]), 3))).scaleb(-9))
    one = pick.choice(chosen)
    others = [-tokens for tokens in tokens_of(chosen)]
    one["tokens"] = total([one["tokens"], capacity, over, *others])
    return float(capacity)


def small_beside_large(seed: int, size: int | None = None) -> Json:
    """Contributions a millionth to a billionth of others, which decide where the large ones are equal or cancel out."""
    pick = random.Random(f"small beside large {seed}")
    keys = keys_of(pick, size)
    large = float(10 ** pick.randint(5, 9))
    places = pick.randint(0, 6)
    step = float(f"1e-{places}")

    def contribution() -> float:
        small = round(pick.randint(-9, 30) * step, places)
        big = large * pick.choice([0, 0, 1, 1, 1, 2, 5, -1, -2])
        return float(pick.choice([small, total([big, small]), big, pick.choice([0.01, 1, 120, -0.5])]))

    candidates = [
        candidate(
            pick,
            key,
            pick.choice([1, 2, 3, 5, 10, 10, 0.25, 120000]),
            {kpi: contribution() if pick.random() < 0.8 else 0 for kpi in (STAR, *OTHERS)},
        )
        for key in keys
    ]
    chosen = some_of(pick, candidates)
    rows = dependencies(pick, keys, chosen, pick.choice([0, 0, 0.2, 0.3]))
    for _ in range(pick.choice([0, 0, 1, 1, 2])):
        rows.append(synergy(pick, keys, pick.choice([STAR, *OTHERS]), pick.choice([large, step, abs(contribution())])))
    found = kpis(pick)
    targets = []
    for kind in ("goal", "floor"):
        if pick.random() < 0.25:
            kpi = pick.choice(found)
            change = beside(pick, brought(chosen, kpi["key"]))
            targets.append(target_at(kpi, change, EVERYTHING, kind))
    aim = lexicographic(pick, [0, 0, 0.01]) if pick.random() < 0.4 else objective(pick, (0.7, 0.3), [0])
    return problem(
        candidates,
        kpis=found,
        capacity=pick.choice([total(tokens_of(chosen)), total(tokens_of(candidates)), 10, 20]),
        objective=aim,
        rows=rows,
        targets=targets,
    )


FAMILIES: dict[str, Maker] = {
    "near_equal": near_equal,
    "far_goals": far_goals,
    "wide_stages": wide_stages,
    "exact_limits": exact_limits,
    "small_beside_large": small_beside_large,
    "mixed": mixed,
}
