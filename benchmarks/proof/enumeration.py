"""The contract's answer to a small problem, by enumeration of all subsets in whole numbers.

Written from the contract and the Problem JSON alone: shares no code with the optimizer. Every sum is taken in whole
numbers of its last decimal (Python's, of any size) for all 2**n subsets at once, so that ten candidates take
milliseconds.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from hashlib import blake2b
from math import floor, lcm
from typing import Any

import numpy as np
import numpy.typing as npt

Json = dict[str, Any]
Masks = npt.NDArray[np.int64]
"""Subsets: bit j stands for candidate j."""
Bools = npt.NDArray[np.bool_]
Totals = npt.NDArray[np.object_]
"""A Python int for each of some subsets."""
ROUNDING = Fraction(1, 10**9)
KEY_BITS = 48


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

    def totals(self, masks: Masks) -> Totals:
        """The sum for each subset."""
        sums = np.array([0], dtype=object)
        for value in self.values:
            sums = np.concatenate([sums, sums + value])
        found = sums[masks]
        for members, bonus in self.bonuses:
            found = found + ((masks & members) == members).astype(object) * bonus
        return found

    def total(self, mask: int) -> Fraction:
        """The sum for one subset."""
        chosen = sum(value for place, value in enumerate(self.values) if mask >> place & 1)
        return Fraction(chosen + sum(bonus for group, bonus in self.bonuses if mask & group == group), self.unit)


@dataclass(frozen=True)
class Stage:
    """Something to minimise: a cost for each allowed subset in units of 1 / `unit`; `sign` makes a value of it."""

    name: str
    costs: Totals
    unit: int
    sign: int
    tolerance: Fraction = Fraction(0)


@dataclass(frozen=True)
class Best:
    """The answer that the contract names, and what else is as good.

    `optima` are the stages' own optima in the order of the stages, `as_good` the subsets that keep all of them,
    `selected` is the one of these that the tie-break leaves.
    """

    selected: list[str]
    optima: list[Fraction]
    as_good: frozenset[int]


class Enumeration:
    """One problem, and all its subsets."""

    def __init__(self, problem: Json) -> None:
        self.problem = problem
        self.candidates = sorted((c for c in problem["candidates"] if c.get("tokens") is not None), key=_key)
        self.place = {candidate["key"]: place for place, candidate in enumerate(self.candidates)}
        self.delivered = frozenset(problem.get("delivered", []))
        self.kpis = {kpi["key"]: kpi for kpi in problem["kpis"]}
        self.constraints: list[Json] = problem.get("constraints", [])
        self.targets: list[Json] = problem.get("targets", [])

    def mask_of(self, keys: Iterable[str]) -> int:
        """The subset of those keys that are candidates."""
        return sum(1 << self.place[key] for key in keys if key in self.place)

    def keys_of(self, mask: int) -> list[str]:
        return [candidate["key"] for place, candidate in enumerate(self.candidates) if mask >> place & 1]

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
            members = self.mask_of(left)
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

    # --- rules --------------------------------------------------------------------------------------------------

    @cached_property
    def allowed(self) -> Masks:
        """The subsets that keep every rule, within rounding."""
        masks = np.arange(1 << len(self.candidates), dtype=np.int64)
        for row in self.constraints:
            if row["type"] not in ("capacity_floor", "capacity_cap", "synergy_bonus"):
                masks = masks[self._keeps(masks, row)]
        for resource, limit in {"tokens": self.problem["capacity"], **self.problem.get("capacities", {})}.items():
            masks = _at_most(masks, self.usage(resource), number(limit))
        for row in self.constraints:
            if row["type"] in ("capacity_floor", "capacity_cap"):
                use = self.usage(row.get("resource") or "tokens", row["dimension"], row["dimension_key"])
                if row["type"] == "capacity_cap":
                    masks = _at_most(masks, use, number(row["max_tokens"]))
                else:
                    masks = _at_least(masks, use, number(row["min_tokens"]))
        for target in self.targets:
            if target["type"] == "floor":
                masks = _at_least(masks, self.improvement(target), self.need(target))
        return masks

    def _keeps(self, masks: Masks, row: Json) -> Bools:
        """Which subsets keep a rule about initiatives."""
        own = self._taken(masks, row["dimension_key"])
        members = row.get("members", [])
        taken = [self._taken(masks, key) for key in members]
        met = [one | (key in self.delivered) for one, key in zip(taken, members, strict=True)]
        no = np.zeros(len(masks), dtype=bool)
        any_taken, any_met = (np.logical_or.reduce([no, *some]) for some in (taken, met))
        all_met = np.logical_and.reduce([~no, *met])
        low, high = row.get("min_count"), row.get("max_count")
        count = sum((one.astype(np.int64) for one in taken), np.zeros(len(masks), dtype=np.int64))
        kept: dict[str, Bools] = {
            "mandatory": own | (row["dimension_key"] in self.delivered),
            "exclude_initiative": ~own,
            "exclude_pair": ~(own & any_taken),
            "bundle": all_met | ~any_taken,
            "require_prereq": ~own | all_met,
            "require_any": ~own | any_met,
            "choose_count": (count >= (low or 0)) & (count <= (len(members) if high is None else high)),
        }
        return kept[row["type"]]

    def _taken(self, masks: Masks, key: str) -> Bools:
        place = self.place.get(key)
        return np.zeros(len(masks), dtype=bool) if place is None else (masks >> place & 1).astype(bool)

    # --- objective ----------------------------------------------------------------------------------------------

    @cached_property
    def goals(self) -> list[Json]:
        """The goals that are not met from the start."""
        return [target for target in self.targets if target["type"] == "goal" and self.need(target) > 0]

    def shortfall(self) -> Stage:
        """The goals' shortfall / need, summed."""
        total: Totals = np.zeros(len(self.allowed), dtype=object)
        unit = 1
        for target in self.goals:
            measure, need = self.improvement(target), self.need(target)
            # In units that measure the need as a whole number, so that shortfall / need is one whole number by another.
            fine = lcm(measure.unit, need.denominator)
            wanted = int(need * fine)
            missing = np.maximum(wanted - measure.totals(self.allowed) * (fine // measure.unit), 0)
            common = lcm(unit, wanted)
            total = total * (common // unit) + missing * (common // wanted)
            unit = common
        return Stage("shortfall", total, unit, 1)

    def kpi_stage(self, name: str, weights: dict[str, Fraction], tolerance: Fraction = Fraction(0)) -> Stage:
        measure = self.achieved({kpi: weight * self.sign(kpi) for kpi, weight in weights.items()})
        return Stage(name, -measure.totals(self.allowed), measure.unit, -1, tolerance)

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
    def stages(self) -> list[Stage]:
        """What is optimised, one after the other."""
        objective = self.problem["objective"]
        if objective["mode"] == "north_star":
            return [self.kpi_stage(self.star, {self.star: Fraction(1)})]
        if objective["mode"] == "weighted_kpis":
            scales = {kpi: self.scale(kpi) for kpi, weight in objective["weights"].items() if weight > 0}
            weights = {kpi: number(objective["weights"][kpi]) / scale for kpi, scale in scales.items() if scale > 0}
            return [self.kpi_stage("weighted_kpis", weights)]
        order = [(item["kpi"], number(item.get("tolerance") or 0)) for item in objective["order"]]
        if self.star not in [kpi for kpi, _ in order]:
            order.append((self.star, Fraction(0)))
        stages = [self.shortfall()] if self.goals else []
        return stages + [self.kpi_stage(kpi, {kpi: Fraction(1)}, tolerance) for kpi, tolerance in order]

    def _tie_break(self) -> list[Stage]:
        tokens = self.usage("tokens")
        digests = [blake2b(c["key"].encode(), digest_size=KEY_BITS // 8).digest() for c in self.candidates]
        keys = Measure([2**KEY_BITS + int.from_bytes(digest, "big") for digest in digests], [], 2**KEY_BITS)
        return [
            self.shortfall(),
            *(Stage("tie-break", measure.totals(self.allowed), measure.unit, 1) for measure in (tokens, keys)),
        ]

    def best(self) -> Best | None:
        """The contract's answer, None where nothing is allowed."""
        left = np.arange(len(self.allowed))
        if not len(left):
            return None
        optima = []
        for stage in self.stages:
            optimum, left = _kept(stage, left, stage.tolerance)
            optima.append(stage.sign * optimum)
        # A tolerance says what later stages may give up: there is none after the last one.
        _, left = _kept(self.stages[-1], left, Fraction(0))
        as_good = frozenset(self.allowed[left].tolist())
        for stage in self._tie_break():
            _, left = _kept(stage, left, Fraction(0))
        return Best(self.keys_of(int(self.allowed[left[0]])), optima, as_good)

    def values(self, mask: int) -> list[Fraction]:
        """The stages' values of one allowed subset."""
        (at,) = np.flatnonzero(self.allowed == mask)
        return [stage.sign * Fraction(stage.costs[at], stage.unit) for stage in self.stages]


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


def _at_most(masks: Masks, measure: Measure, limit: Fraction) -> Masks:
    kept: Masks = masks[(measure.totals(masks) <= floor(most(limit) * measure.unit)).astype(bool)]
    return kept


def _at_least(masks: Masks, measure: Measure, limit: Fraction) -> Masks:
    kept: Masks = masks[(-measure.totals(masks) <= floor(most(-limit) * measure.unit)).astype(bool)]
    return kept


def _kept(stage: Stage, left: Masks, tolerance: Fraction) -> tuple[Fraction, Masks]:
    """The least cost among the subsets that are left, and those of them that stay when it is held."""
    costs = stage.costs[left]
    least = costs.min()
    kept: Masks = left[(costs <= floor(least + (tolerance + ROUNDING) * abs(least))).astype(bool)]
    return Fraction(least, stage.unit), kept
