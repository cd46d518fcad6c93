"""The Next Release Problem as a portfolio: requirements cost tokens, customers bring profit and require them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class NextRelease:
    """`costs` and `customers` in the order of the file; all numbers of requirements count from 1."""

    costs: list[int]
    dependencies: list[tuple[int, int]]
    """(A, B): requirement B requires requirement A."""
    customers: list[tuple[int, list[int]]]
    """(profit, requirements) of each customer."""

    def budget(self, percent: int) -> int:
        """That share of the total cost, rounded half up."""
        return (sum(self.costs) * percent + 50) // 100


@dataclass(frozen=True, slots=True)
class Optimum:
    instance: str
    percent: int
    budget: int
    value: int


def read(path: Path) -> NextRelease:
    """The instance in a file of the NRP format (see data/README.md)."""
    numbers = iter([int(word) for word in path.read_text(encoding="ascii").split()])
    costs = [next(numbers) for _ in range(next(numbers)) for _ in range(next(numbers))]
    dependencies = [(next(numbers), next(numbers)) for _ in range(next(numbers))]
    customers = [(next(numbers), [next(numbers) for _ in range(next(numbers))]) for _ in range(next(numbers))]
    return NextRelease(costs, dependencies, customers)


def optima() -> list[Optimum]:
    """The proven optima of the instances in data/."""
    with (DATA / "nrp_optima.csv").open(encoding="ascii", newline="") as file:
        return [
            Optimum(row["instance"], int(row["budget_percent"]), int(row["budget"]), int(row["optimum"]))
            for row in csv.DictReader(file)
        ]


def problem(release: NextRelease, budget: int) -> dict[str, Any]:
    """The Problem JSON of an instance at a budget."""
    requirements = [{"key": f"R{number:05d}", "tokens": cost} for number, cost in enumerate(release.costs, 1)]
    customers = [
        {"key": f"C{number:05d}", "tokens": 0, "contributions": {"profit": profit}}
        for number, (profit, _) in enumerate(release.customers, 1)
    ]
    needs: dict[str, list[int]] = {}
    for first, then in release.dependencies:
        needs.setdefault(f"R{then:05d}", []).append(first)
    for number, (_, wanted) in enumerate(release.customers, 1):
        if wanted:
            needs[f"C{number:05d}"] = wanted
    return {
        "candidates": requirements + customers,
        "kpis": [{"key": "profit", "level": "north_star"}],
        "capacity": budget,
        "objective": {"mode": "north_star"},
        "constraints": [
            {
                "type": "require_prereq",
                "dimension_key": key,
                "members": [f"R{number:05d}" for number in dict.fromkeys(numbers)],
            }
            for key, numbers in needs.items()
        ],
    }
