"""Problems with more bonuses in pairs than candidates: several for the same two, tiny beside large, tokens of 0."""

from __future__ import annotations

import random
from itertools import combinations

from benchmarks.proof.building import (
    OTHERS,
    STAR,
    Json,
    candidate,
    dependencies,
    keys_of,
    kpis,
    objective,
    problem,
    some_of,
    tokens_of,
)
from benchmarks.proof.numbers import sized, total


def paired(seed: int, size: int | None = None) -> Json:
    pick = random.Random(f"paired {seed}")
    keys = keys_of(pick, size or pick.randint(6, 10))
    sizes = pick.choice([(0, 1), (0, 2), (0, 2), (-3, 9), (0, 18)])
    losses = pick.choice([0, 0, 0, 0.1])
    free = pick.choice([0, 0, 0.3])
    candidates = [
        candidate(
            pick,
            key,
            0 if pick.random() < free else pick.choice([1, 2, 3, 3, 5, 8, 2.5, 100 / 3]),
            {kpi: pick.choice([0, 1, -1, sized(pick, 0, 1)]) for kpi in (STAR, *OTHERS)},
        )
        for key in keys
    ]
    chosen = some_of(pick, candidates)
    found = kpis(pick, decrease=pick.choice([0, 0, 0.25]))
    rewarded = pick.choice([[STAR], [STAR], [STAR, "retention"]])
    rows = dependencies(pick, keys, chosen, pick.choice([0, 0, 0.2]))
    pairs = list(combinations(keys, 2))
    share = pick.choice([0.5, 0.8, 1])
    for pair in pairs + pick.choices(pairs, k=pick.choice([0, 0, 5, 20])):
        if pick.random() < share:
            kpi = pick.choice(rewarded)
            sign = next(-1 if one.get("direction") == "decrease" else 1 for one in found if one["key"] == kpi)
            bonus = sign * sized(pick, *sizes) * (-1 if pick.random() < losses else 1)
            members = pick.sample(pair, 2)
            row = {"type": "synergy_bonus", "dimension_key": "together", "members": members}
            rows.append(row | {"kpi_key": kpi, "bonus_value": bonus})
    return problem(
        candidates,
        kpis=found,
        capacity=pick.choice([total(tokens_of(chosen)), total(tokens_of(chosen)), 10]),
        objective=objective(pick, (0.6, 0.2), [0, 0, 0.05]),
        rows=rows,
        targets=[],
    )
