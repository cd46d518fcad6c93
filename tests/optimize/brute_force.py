"""The contract's model by enumeration of all subsets, in fractions, straight from the Problem JSON.

Shares no code with the optimizer, on purpose: it is the second opinion. It reads every rule for one selection at a
time, so that it can be asked about any selection and any part of the rules; the campaign's judge, which is fast, is
held against it. For a dozen candidates at most.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from hashlib import blake2b
from itertools import combinations
from typing import Any

from benchmarks.proof.contract import folded

Json = dict[str, Any]
NANO = Fraction(1, 10**9)


def number(value: float) -> Fraction:
    return Fraction(repr(value))


def is_over(value: Fraction, limit: Fraction) -> bool:
    """Whether a limit is broken by more than rounding."""
    return value - limit > NANO * max(Fraction(1), abs(limit))


@dataclass
class Best:
    """The enumerated answer: `values` of the stages in order, None where nothing is allowed."""

    selected: list[str]
    values: list[Fraction]
    optima: list[Fraction]


class Enumeration:
    def __init__(self, problem: Json) -> None:
        self.problem = problem
        self.delivered = set(problem.get("delivered", []))
        self.candidates = {c["key"]: c for c in problem["candidates"] if c.get("tokens") is not None}
        self.kpis = {kpi["key"]: kpi for kpi in problem["kpis"]}

    # --- figures -----------------------------------------------------------------------------------------------

    def sign(self, kpi: str) -> int:
        return -1 if self.kpis[kpi].get("direction") == "decrease" else 1

    def in_slice(self, key: str, dimension: str, dimension_key: str) -> bool:
        if dimension == "all":
            return True
        candidate = self.candidates[key]
        values = []
        for part in dimension.split("+"):
            value = key if part == "initiative" else candidate.get("dimensions", {}).get(part)
            if value is None:
                return False
            values.append(value)
        return folded("+".join(values)) == folded(dimension_key)

    def used(self, chosen: Iterable[str], resource: str) -> Fraction:
        total = Fraction(0)
        for key in chosen:
            candidate = self.candidates[key]
            total += number(
                candidate["tokens"] if resource == "tokens" else candidate.get("resources", {}).get(resource, 0)
            )
        return total

    def achieved(self, chosen: set[str], kpi: str, dimension: str = "all", dimension_key: str = "all") -> Fraction:
        inside = [key for key in chosen if self.in_slice(key, dimension, dimension_key)]
        total = sum((number(self.candidates[key].get("contributions", {}).get(kpi, 0)) for key in inside), Fraction(0))
        for row in self.rows("synergy_bonus"):
            remaining = [key for key in row["members"] if key not in self.delivered]
            if row["kpi_key"] != kpi or not (remaining or dimension == "all"):
                continue
            if all(key in inside for key in remaining):
                total += number(row["bonus_value"])
        return total

    def rows(self, kind: str) -> list[Json]:
        return [row for row in self.problem.get("constraints", []) if row["type"] == kind]

    def need(self, target: Json) -> Fraction:
        baseline = target.get("baseline_value")
        if baseline is None and target["dimension"] == "all":
            baseline = self.kpis[target["kpi_key"]].get("baseline_value")
        change = number(target["target_value"]) - (0 if baseline is None else number(baseline))
        return self.sign(target["kpi_key"]) * change

    def improvement(self, chosen: set[str], target: Json) -> Fraction:
        kpi = target["kpi_key"]
        return self.sign(kpi) * self.achieved(chosen, kpi, target["dimension"], target["dimension_key"])

    def shortfall(self, chosen: set[str]) -> Fraction:
        total = Fraction(0)
        for target in self.problem.get("targets", []):
            need = self.need(target)
            if target["type"] == "goal" and need > 0:
                total += max(Fraction(0), need - self.improvement(chosen, target)) / need
        return total

    # --- rules -------------------------------------------------------------------------------------------------

    def allowed(self, chosen: set[str], leave_out: frozenset[str] = frozenset()) -> bool:
        """Whether a selection keeps all rules but those whose id is left out."""

        capacities = {"tokens": self.problem["capacity"], **self.problem.get("capacities", {})}
        for resource, capacity in capacities.items():
            name = "capacity" if resource == "tokens" else f"capacity:{resource}"
            if name not in leave_out and is_over(self.used(chosen, resource), number(capacity)):
                return False
        for place, row in enumerate(self.problem.get("constraints", [])):
            if row.get("id", f"constraints[{place}]") not in leave_out and not self.keeps(chosen, row):
                return False
        for place, target in enumerate(self.problem.get("targets", [])):
            if target["type"] == "floor" and target.get("id", f"targets[{place}]") not in leave_out:
                need = self.need(target)
                if is_over(-self.improvement(chosen, target), -need):
                    return False
        return True

    def keeps(self, chosen: set[str], row: Json) -> bool:
        own: bool = row["dimension_key"] in chosen
        members = row.get("members", [])
        taken = [key in chosen for key in members]
        met = [key in chosen or key in self.delivered for key in members]
        kind = row["type"]
        if kind in ("capacity_floor", "capacity_cap"):
            inside = [key for key in chosen if self.in_slice(key, row["dimension"], row["dimension_key"])]
            used = self.used(inside, row.get("resource", "tokens"))
            if kind == "capacity_cap":
                return not is_over(used, number(row["max_tokens"]))
            return not is_over(-used, -number(row["min_tokens"]))
        low, high = row.get("min_count") or 0, len(members) if row.get("max_count") is None else row["max_count"]
        keeps: dict[str, bool] = {
            "mandatory": own or row["dimension_key"] in self.delivered,
            "exclude_initiative": not own,
            "exclude_pair": not (own and any(taken)),
            "bundle": all(met) or not any(taken),
            "require_prereq": not own or all(met),
            "require_any": not own or any(met),
            "choose_count": low <= sum(taken) <= high,
            "synergy_bonus": True,
        }
        return keeps[kind]

    # --- objective ---------------------------------------------------------------------------------------------

    def scale(self, kpi: str) -> Fraction:
        targets = [t for t in self.problem.get("targets", []) if t["kpi_key"] == kpi]
        for everything in (True, False):
            needs = [self.need(t) for t in targets if (t["dimension"] == "all") is everything]
            if any(need > 0 for need in needs):
                return max(needs)
        if targets and all(t["type"] == "goal" for t in targets):
            return Fraction(0)
        values = [self.sign(kpi) * number(c.get("contributions", {}).get(kpi, 0)) for c in self.candidates.values()]
        return sum((value for value in values if value > 0), Fraction(0))

    def stages(self) -> list[tuple[str, dict[str, Fraction], Fraction]]:
        """(kind, weights by KPI, tolerance) per stage."""
        objective = self.problem["objective"]
        star = next(kpi["key"] for kpi in self.problem["kpis"] if kpi["level"] == "north_star")
        if objective["mode"] == "north_star":
            return [("kpi", {star: Fraction(1)}, Fraction(0))]
        if objective["mode"] == "weighted_kpis":
            scales = {kpi: self.scale(kpi) for kpi, weight in objective["weights"].items() if weight > 0}
            weights = {kpi: number(objective["weights"][kpi]) / scale for kpi, scale in scales.items() if scale > 0}
            return [("kpi", weights, Fraction(0))]
        goals = [t for t in self.problem.get("targets", []) if t["type"] == "goal" and self.need(t) > 0]
        stages: list[tuple[str, dict[str, Fraction], Fraction]] = [("shortfall", {}, Fraction(0))] if goals else []
        stages += [("kpi", {o["kpi"]: Fraction(1)}, number(o.get("tolerance", 0))) for o in objective["order"]]
        if star not in {item["kpi"] for item in objective["order"]}:
            stages.append(("kpi", {star: Fraction(1)}, Fraction(0)))
        return stages

    def cost(self, chosen: set[str], kind: str, weights: dict[str, Fraction]) -> Fraction:
        if kind == "shortfall":
            return self.shortfall(chosen)
        if kind == "tokens":
            return self.used(chosen, "tokens")
        if kind == "keys":
            digests = [blake2b(key.encode(), digest_size=6).digest() for key in chosen]
            return sum((1 + Fraction(int.from_bytes(digest, "big"), 2**48) for digest in digests), Fraction(0))
        return -sum((w * self.sign(kpi) * self.achieved(chosen, kpi) for kpi, w in weights.items()), Fraction(0))

    def subsets(self) -> list[set[str]]:
        keys = sorted(self.candidates)
        return [set(some) for size in range(len(keys) + 1) for some in combinations(keys, size)]

    def best(self) -> Best | None:
        left = [chosen for chosen in self.subsets() if self.allowed(chosen)]
        if not left:
            return None
        optima = []
        stages = self.stages()
        for kind, weights, tolerance in stages:
            left, optimum = self.keep_best(left, kind, weights, tolerance)
            optima.append(optimum)
        kind, weights, _ = stages[-1]
        left, _ = self.keep_best(left, kind, weights, Fraction(0))
        for kind in ("shortfall", "tokens", "keys"):
            left, _ = self.keep_best(left, kind, {}, Fraction(0))
        chosen = left[0]
        values = [self.cost(chosen, kind, weights) for kind, weights, _ in stages]
        return Best(sorted(chosen), values, optima)

    def keep_best(
        self, left: list[set[str]], kind: str, weights: dict[str, Fraction], tolerance: Fraction
    ) -> tuple[list[set[str]], Fraction]:
        costs = [self.cost(chosen, kind, weights) for chosen in left]
        optimum = min(costs)
        slack = (NANO + tolerance) * abs(optimum)
        return [chosen for chosen, cost in zip(left, costs, strict=True) if cost <= optimum + slack], optimum


class Repairs(Enumeration):
    """What giving up rules costs, by enumeration."""

    def rule_ids(self) -> list[str]:
        capacities = ["capacity", *(f"capacity:{name}" for name in self.problem.get("capacities", {}))]
        rows = self.problem.get("constraints", [])
        constraints = [
            row.get("id", f"constraints[{place}]") for place, row in enumerate(rows) if row["type"] != "synergy_bonus"
        ]
        targets = self.problem.get("targets", [])
        floors = [t.get("id", f"targets[{place}]") for place, t in enumerate(targets) if t["type"] == "floor"]
        return capacities + constraints + floors

    def can_be_met(self, leave_out: frozenset[str]) -> bool:
        return any(self.allowed(chosen, leave_out) for chosen in self.subsets())

    def price(self, chosen: set[str]) -> Fraction:
        """The least cost of changing the rules so that a selection is allowed."""
        total = Fraction(0)
        capacities = {"tokens": self.problem["capacity"], **self.problem.get("capacities", {})}
        for resource, capacity in capacities.items():
            total += 2 * moved(self.used(chosen, resource), number(capacity), number(capacity))
        for row in self.problem.get("constraints", []):
            if not self.keeps(chosen, row):
                total += min(Fraction(1), self.move(chosen, row))
        for target in self.problem.get("targets", []):
            if target["type"] == "floor":
                need = self.need(target)
                total += min(Fraction(1), moved(-self.improvement(chosen, target), -need, need))
        return total

    def move(self, chosen: set[str], row: Json) -> Fraction:
        if row["type"] in ("capacity_floor", "capacity_cap"):
            inside = [key for key in chosen if self.in_slice(key, row["dimension"], row["dimension_key"])]
            used = self.used(inside, row.get("resource", "tokens"))
            if row["type"] == "capacity_cap":
                return moved(used, number(row["max_tokens"]), number(row["max_tokens"]))
            return moved(-used, -number(row["min_tokens"]), number(row["min_tokens"]))
        if row["type"] == "choose_count":
            count = Fraction(sum(key in chosen for key in row["members"]))
            low, high = row.get("min_count"), row.get("max_count")
            if low is not None and count < low:
                return moved(-count, -Fraction(low), Fraction(low))
            return moved(count, Fraction(high or 0), Fraction(high or 0))
        return Fraction(1)

    def cheapest(self) -> Fraction:
        return min(self.price(chosen) for chosen in self.subsets())


def moved(value: Fraction, limit: Fraction, measure: Fraction) -> Fraction:
    """By which share of `measure` (of 1 where that is 0) a limit has to move for a value."""
    return (value - limit) / (abs(measure) or 1) if is_over(value, limit) else Fraction(0)
