"""The contract's answer to a small problem, by enumeration of all subsets in exact arithmetic.

All 2**n subsets are summed at once, in Python's whole numbers of any size, so that ten candidates take milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from hashlib import blake2b
from math import floor, lcm

import numpy as np
import numpy.typing as npt

from benchmarks.proof.contract import Aim, Contract, Json, Measure, most, number

Masks = npt.NDArray[np.int64]
"""Subsets: bit j stands for candidate j."""
Bools = npt.NDArray[np.bool_]
Totals = npt.NDArray[np.object_]
"""A Python int for each of some subsets."""
KEY_BITS = 48


@dataclass(frozen=True)
class Stage:
    """Something to minimise: a cost for each allowed subset in units of 1 / `unit`; `sign` makes a value of it."""

    aim: Aim
    costs: Totals
    unit: int
    sign: int

    def kept(self, left: Masks) -> tuple[Fraction, Masks]:
        """The least cost among some of the allowed subsets (by place), and those that stay when it is held."""
        costs = self.costs[left]
        least = Fraction(costs.min(), self.unit)
        kept: Masks = left[(costs <= floor(self.aim.held(least) * self.unit)).astype(bool)]
        return least, kept


@dataclass(frozen=True)
class Best:
    """The answer that the contract names, and what else is as good.

    `optima` are the stages' own optima in the order of the stages, `as_good` the subsets that keep all of them,
    `selected` is the one of these that the tie-break leaves.
    """

    selected: list[str]
    optima: list[Fraction]
    as_good: frozenset[int]


class Enumeration(Contract):
    """One problem, and all its subsets."""

    def mask_of(self, keys: Iterable[str]) -> int:
        """The subset of those keys that are candidates."""
        return sum(1 << self.place[key] for key in keys if key in self.place)

    def keys_of(self, mask: int) -> list[str]:
        return [candidate["key"] for place, candidate in enumerate(self.candidates) if mask >> place & 1]

    # --- rules --------------------------------------------------------------------------------------------------

    @cached_property
    def allowed(self) -> Masks:
        """The subsets that keep every rule, within rounding."""
        masks = np.arange(1 << len(self.candidates), dtype=np.int64)
        for row in self.constraints:
            if row["type"] not in ("capacity_floor", "capacity_cap", "synergy_bonus"):
                masks = masks[self.keeps(masks, row)]
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

    def keeps(self, masks: Masks, row: Json) -> Bools:
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

    def _shortfall(self, aim: Aim) -> Stage:
        """The goals' shortfall / need, summed."""
        total: Totals = np.zeros(len(self.allowed), dtype=object)
        unit = 1
        for target in self.goals:
            measure, need = self.improvement(target), self.need(target)
            # In units that measure the need as a whole number, so that shortfall / need is one whole number by another.
            fine = lcm(measure.unit, need.denominator)
            wanted = int(need * fine)
            missing = np.maximum(wanted - totals(measure, self.allowed) * (fine // measure.unit), 0)
            common = lcm(unit, wanted)
            total = total * (common // unit) + missing * (common // wanted)
            unit = common
        return Stage(aim, total, unit, 1)

    @cached_property
    def stages(self) -> list[Stage]:
        """What is optimised, one after the other."""
        return [self._stage(aim) for aim in self.aims]

    def _stage(self, aim: Aim) -> Stage:
        if aim.weights is None:
            return self._shortfall(aim)
        measure = self.improvements(aim.weights)
        return Stage(aim, -totals(measure, self.allowed), measure.unit, -1)

    def _tie_break(self) -> list[Stage]:
        digests = [blake2b(c["key"].encode(), digest_size=KEY_BITS // 8).digest() for c in self.candidates]
        keys = Measure([2**KEY_BITS + int.from_bytes(digest, "big") for digest in digests], [], 2**KEY_BITS)
        measures = [self.usage("tokens"), keys]
        return [
            self._shortfall(Aim(None)),
            *(Stage(Aim({}), totals(measure, self.allowed), measure.unit, 1) for measure in measures),
        ]

    def best(self) -> Best | None:
        """The contract's answer, None where nothing is allowed."""
        left = np.arange(len(self.allowed))
        if not len(left):
            return None
        optima = []
        for stage in self.stages:
            optimum, left = stage.kept(left)
            optima.append(stage.sign * optimum)
        as_good = frozenset(self.allowed[left].tolist())
        for stage in self._tie_break():
            _, left = stage.kept(left)
        return Best(self.keys_of(int(self.allowed[left[0]])), optima, as_good)

    def values(self, mask: int) -> list[Fraction]:
        """The stages' values of one allowed subset."""
        (at,) = np.flatnonzero(self.allowed == mask)
        return [stage.sign * Fraction(stage.costs[at], stage.unit) for stage in self.stages]


def totals(measure: Measure, masks: Masks) -> Totals:
    """What each subset sums up to, in the measure's units."""
    sums = np.array([0], dtype=object)
    for value in measure.values:
        sums = np.concatenate([sums, sums + value])
    found = sums[masks]
    for members, bonus in measure.bonuses:
        found = found + ((masks & members) == members).astype(object) * bonus
    return found


def _at_most(masks: Masks, measure: Measure, limit: Fraction) -> Masks:
    kept: Masks = masks[(totals(measure, masks) <= floor(most(limit) * measure.unit)).astype(bool)]
    return kept


def _at_least(masks: Masks, measure: Measure, limit: Fraction) -> Masks:
    kept: Masks = masks[(-totals(measure, masks) <= floor(most(-limit) * measure.unit)).astype(bool)]
    return kept
