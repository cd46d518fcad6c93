"""The contract's figures of a problem: what is used, achieved, needed and optimised, from the Problem JSON alone.

Shares no code with the optimizer. Every sum is taken in whole numbers of its last decimal.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any

Json = dict[str, Any]
ROUNDING = Fraction(1, 10**9)


def number(value: float) -> Fraction:
    """What the decimal text of a number denotes."""
    return Fraction(repr(value))


def most(limit: Fraction) -> Fraction:
    """The largest value that an upper limit allows: a violation up to 1e-9 * max(1, |limit|) is rounding."""
    return limit + ROUNDING * max(Fraction(1), abs(limit))


def folded(text: str) -> str:
    """The form in which the values of slices compare: one normal form, without case and outer blanks."""
    return "+".join(" ".join(unicodedata.normalize("NFC", part).casefold().split()) for part in text.split("+"))


@dataclass(frozen=True)
class Measure:
    """A sum over what is selected, in whole numbers of 1 / `unit`: a value per candidate, bonuses of whole groups."""

    values: list[int]
    bonuses: list[tuple[int, int]]
    """(mask of the members, bonus)"""
    unit: int

    @classmethod
    def of(cls, values: Sequence[Fraction], bonuses: Sequence[tuple[int, Fraction]] = ()) -> Measure:
        unit = lcm(*(value.denominator for value in values), *(bonus.denominator for _, bonus in bonuses))
        return cls(
            [int(value * unit) for value in values], [(mask, int(bonus * unit)) for mask, bonus in bonuses], unit
        )

    def total(self, mask: int) -> Fraction:
        """The sum for one subset."""
        chosen = sum(value for place, value in enumerate(self.values) if mask >> place & 1)
        return Fraction(chosen + sum(bonus for group, bonus in self.bonuses if mask & group == group), self.unit)


@dataclass(frozen=True)
class Aim:
    """A stage: a weighted sum of improvements to maximise, or (None) the goals' shortfall / need to minimise.

    Later stages may give up a share `tolerance` of its optimum.
    """

    weights: dict[str, Fraction] | None
    tolerance: Fraction = Fraction(0)

    def held(self, optimum: Fraction) -> Fraction:
        """The most that the cost of a selection may be afterwards, by the least cost; where that is 0, just that."""
        return optimum + (self.tolerance + ROUNDING) * abs(optimum)


class Contract:
    """One problem, read by the contract."""

    def __init__(self, problem: Json) -> None:
        self.problem = problem
        self.candidates = sorted((c for c in problem["candidates"] if c.get("tokens") is not None), key=_key)
        self.place = {candidate["key"]: place for place, candidate in enumerate(self.candidates)}
        self.delivered = frozenset(problem.get("delivered", []))
        self.kpis = {kpi["key"]: kpi for kpi in problem["kpis"]}
        self.constraints: list[Json] = problem.get("constraints", [])
        self.targets: list[Json] = problem.get("targets", [])

    # --- sums ---------------------------------------------------------------------------------------------------

    def inside(self, dimension: str, dimension_key: str) -> list[bool]:
        """Which candidates lie in a slice."""
        parts = [part.strip().lower() for part in dimension.split("+")]
        if parts == ["all"]:
            return [True] * len(self.candidates)
        return [_value(candidate, parts) == folded(dimension_key) for candidate in self.candidates]

    def usage(self, resource: str, dimension: str = "all", dimension_key: str = "all") -> Measure:
        """What is used of a resource in a slice."""
        use = [c["tokens"] if resource == "tokens" else c.get("resources", {}).get(resource) for c in self.candidates]
        inside = self.inside(dimension, dimension_key)
        return Measure.of([number(u or 0) if is_in else Fraction(0) for u, is_in in zip(use, inside, strict=True)])

    def achieved(self, weights: dict[str, Fraction], dimension: str = "all", dimension_key: str = "all") -> Measure:
        """The weighted sum of KPIs that a slice achieves, with the synergies whose members all lie in it."""
        inside = self.inside(dimension, dimension_key)
        values = [
            sum((w * number(c.get("contributions", {}).get(kpi) or 0) for kpi, w in weights.items()), Fraction(0))
            for c in self.candidates
        ]
        slice_mask = sum(1 << place for place, is_in in enumerate(inside) if is_in)
        bonuses = []
        for row in self.constraints:
            if row["type"] != "synergy_bonus" or row["kpi_key"] not in weights:
                continue
            left = [key for key in row["members"] if key not in self.delivered]
            members = sum(1 << self.place[key] for key in left if key in self.place)
            is_known = all(key in self.place for key in left)
            if is_known and members & slice_mask == members and (left or dimension == "all"):
                bonuses.append((members, weights[row["kpi_key"]] * number(row["bonus_value"])))
        return Measure.of([v if is_in else Fraction(0) for v, is_in in zip(values, inside, strict=True)], bonuses)

    def sign(self, kpi: str) -> int:
        return -1 if self.kpis[kpi].get("direction") == "decrease" else 1

    def need(self, target: Json) -> Fraction:
        """The improvement that a target asks for."""
        baseline = target.get("baseline_value")
        if baseline is None and target["dimension"] == "all":
            baseline = self.kpis[target["kpi_key"]].get("baseline_value")
        change = number(target["target_value"]) - (0 if baseline is None else number(baseline))
        return self.sign(target["kpi_key"]) * change

    def improvement(self, target: Json) -> Measure:
        """What counts towards a target."""
        kpi = target["kpi_key"]
        return self.achieved({kpi: Fraction(self.sign(kpi))}, target["dimension"], target["dimension_key"])

    @cached_property
    def goals(self) -> list[Json]:
        """The goals that are not met from the start."""
        return [target for target in self.targets if target["type"] == "goal" and self.need(target) > 0]

    def scale(self, kpi: str) -> Fraction:
        """What one unit of weight stands for; 0 leaves the KPI out."""
        targets = [target for target in self.targets if target["kpi_key"] == kpi]
        for everything in (True, False):
            needs = [self.need(target) for target in targets if (target["dimension"] == "all") is everything]
            if any(need > 0 for need in needs):
                return max(needs)
        if targets and all(target["type"] == "goal" for target in targets):
            return Fraction(0)
        gains = [self.sign(kpi) * number(c.get("contributions", {}).get(kpi) or 0) for c in self.candidates]
        return sum((gain for gain in gains if gain > 0), Fraction(0))

    @cached_property
    def star(self) -> str:
        (star,) = (key for key, kpi in self.kpis.items() if kpi["level"] == "north_star")
        return str(star)

    @cached_property
    def aims(self) -> list[Aim]:
        """What is optimised, one after the other."""
        objective = self.problem["objective"]
        if objective["mode"] == "north_star":
            return [Aim({self.star: Fraction(1)})]
        if objective["mode"] == "weighted_kpis":
            scales = {kpi: self.scale(kpi) for kpi, weight in objective["weights"].items() if weight > 0}
            return [Aim({k: number(objective["weights"][k]) / scale for k, scale in scales.items() if scale > 0})]
        order = [(item["kpi"], number(item.get("tolerance") or 0)) for item in objective["order"]]
        if self.star not in [kpi for kpi, _ in order]:
            order.append((self.star, Fraction(0)))
        # A tolerance says what later stages may give up: there is none after the last one.
        tolerances = [*(tolerance for _, tolerance in order[:-1]), Fraction(0)]
        aims = [Aim({kpi: Fraction(1)}, tolerance) for (kpi, _), tolerance in zip(order, tolerances, strict=True)]
        return [Aim(None), *aims] if self.goals else aims

    def improvements(self, weights: dict[str, Fraction]) -> Measure:
        """The weighted sum of improvements that is to be maximised."""
        return self.achieved({kpi: weight * self.sign(kpi) for kpi, weight in weights.items()})


def _key(candidate: Json) -> str:
    key: str = candidate["key"]
    return key


def _value(candidate: Json, parts: list[str]) -> str | None:
    """A candidate's value of a dimension, the parts of a composite one joined."""
    dimensions = candidate.get("dimensions", {})
    values = [candidate["key"] if part == "initiative" else dimensions.get(part) for part in parts]
    if not all(value and value.strip() for value in values):
        return None
    return folded("+".join(values))
