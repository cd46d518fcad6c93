"""Published instances with known answers as Problem JSON: quadratic and multi-resource knapsacks, Greer & Ruhe.

data/README.md says where they come from and what their formats are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]
PROFIT: list[Json] = [{"key": "profit", "level": "north_star"}]
FRONT_UP_TO = 60
"""Tokens up to which the front of Greer and Ruhe is known."""
NORTH_STAR: Json = {"mode": "north_star"}


def quadratic_knapsack(path: Path) -> Json:
    """A quadratic knapsack: what a pair of items brings together is a synergy of the two."""
    numbers = iter([int(word) for word in path.read_text(encoding="ascii").split()])
    size = next(numbers)
    profits = [next(numbers) for _ in range(size)]
    pairs = {(one, two): next(numbers) for one in range(size) for two in range(one + 1, size)}
    capacity = next(numbers)
    weights = [next(numbers) for _ in range(size)]
    synergies = [
        {
            "type": "synergy_bonus",
            "dimension_key": "pair",
            "members": [f"I{one:03d}", f"I{two:03d}"],
            "kpi_key": "profit",
            "bonus_value": profit,
        }
        for (one, two), profit in pairs.items()
        if profit
    ]
    candidates = [
        {"key": f"I{place:03d}", "tokens": weight, "contributions": {"profit": profit}}
        for place, (weight, profit) in enumerate(zip(weights, profits, strict=True))
    ]
    return {
        "candidates": candidates,
        "kpis": PROFIT,
        "capacity": capacity,
        "objective": NORTH_STAR,
        "constraints": synergies,
    }


def multi_resource_knapsacks(path: Path) -> Iterator[tuple[float, Json]]:
    """(known optimum, problem) of each instance in a file of the OR-Library's mknap format.

    The first resource are the tokens, the others have names.
    """
    numbers = iter([float(word) for word in path.read_text(encoding="ascii").split()])
    for _ in range(int(next(numbers))):
        size, resources, optimum = int(next(numbers)), int(next(numbers)), next(numbers)
        profits = [next(numbers) for _ in range(size)]
        weights = [[next(numbers) for _ in range(size)] for _ in range(resources)]
        capacities = [next(numbers) for _ in range(resources)]
        names = [f"resource_{place}" for place in range(1, resources)]
        candidates = [
            {
                "key": f"I{place:03d}",
                "tokens": weights[0][place],
                "contributions": {"profit": profit},
                "resources": {name: weights[row][place] for row, name in enumerate(names, 1)},
            }
            for place, profit in enumerate(profits)
        ]
        yield (
            optimum,
            {
                "candidates": candidates,
                "kpis": PROFIT,
                "capacity": capacities[0],
                "capacities": dict(zip(names, capacities[1:], strict=True)),
                "objective": NORTH_STAR,
            },
        )


def greer_ruhe(path: Path) -> tuple[Json, list[tuple[float, float]]]:
    """The release planning example of Greer and Ruhe, and its whole front of (tokens, value)."""
    given = json.loads(path.read_text(encoding="utf-8"))
    candidates = [
        {"key": one["key"], "tokens": one["tokens"], "contributions": {"profit": one["value"]}}
        for one in given["candidates"]
    ]
    requires = [
        {"type": "require_prereq", "dimension_key": dependent, "members": [needed]}
        for dependent, needed in given["requires"]
    ]
    bundles = [{"type": "bundle", "dimension_key": "together", "members": members} for members in given["together"]]
    front = [(float(point[0]), float(point[1])) for point in given["front"]]
    problem = {
        "candidates": candidates,
        "kpis": PROFIT,
        "capacity": FRONT_UP_TO,
        "objective": NORTH_STAR,
        "constraints": [*requires, *bundles],
    }
    return problem, front
