"""The KPI registry as a tree: drivers on the left, what they drive to the right, the north star last. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from roadwright.domain.kpis import KpiLevel
from roadwright.domain.text import folded


@dataclass(frozen=True)
class Node:
    """Where a KPI stands: its column from the left, and its row from the top, which may lie between two."""

    key: str
    column: int
    row: float


@dataclass(frozen=True)
class Tree:
    """The nodes, and the edges from a driver to what it drives."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...]

    @property
    def columns(self) -> int:
        return max((node.column for node in self.nodes), default=-1) + 1

    @property
    def rows(self) -> float:
        return max((node.row for node in self.nodes), default=-1) + 1


def tree_of(levels: Mapping[str, str], driven_by: Mapping[str, Sequence[str] | None]) -> Tree:
    """The tree of these KPIs: by key their level, and the keys of what drives each.

    Keys are compared without case; drivers that are no KPI, and edges that lead back, are left out. A KPI stands at
    the middle of its drivers, so that edges rarely cross.
    """
    spelled = {folded(key): key for key in levels}
    drivers = {
        key: [
            spelled[folded(one)]
            for one in dict.fromkeys(driven_by.get(key) or ())
            if folded(one) in spelled and folded(one) != folded(key)
        ]
        for key in levels
    }
    depth: dict[str, int] = {}
    kept: dict[str, list[str]] = {key: [] for key in levels}

    def measure(key: str, above: frozenset[str]) -> int:
        if key not in depth:
            kept[key] = [one for one in drivers[key] if one not in above]
            depth[key] = max((1 + measure(one, above | {one}) for one in kept[key]), default=0)
        return depth[key]

    for key in levels:
        measure(key, frozenset({key}))
    stars = {key for key, level in levels.items() if level == KpiLevel.NORTH_STAR}
    others = max((depth[key] for key in levels if key not in stars), default=-1)
    column = {key: max(depth[key], others + 1) if key in stars else depth[key] for key in levels}
    drives = {key: [other for other in levels if key in kept[other]] for key in levels}

    def near(key: str) -> tuple[bool, list[str], str]:
        return not any(one in stars for one in drives[key]), sorted(drives[key]), key

    row: dict[str, float] = {}
    for number in range(max(column.values(), default=-1) + 1):
        mine = [key for key in levels if column[key] == number]

        def middle(key: str) -> float | None:
            known = [row[one] for one in kept[key] if one in row]
            return sum(known) / len(known) if known else None

        placed = sorted((key for key in mine if middle(key) is not None), key=lambda k: (middle(k) or 0.0, k))
        free = sorted((key for key in mine if middle(key) is None), key=near)
        floor = 0.0
        for key in [*placed, *free]:
            row[key] = max(floor, middle(key) or 0.0)
            floor = row[key] + 1
    nodes = tuple(Node(key, column[key], row[key]) for key in levels)
    return Tree(nodes, tuple((driver, key) for key in levels for driver in kept[key]))
