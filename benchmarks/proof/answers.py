"""What explanations, frontiers and diagnoses of a small problem are worth, by enumeration.

Each judge gives what is wrong, in words; nothing where all is as the contract has it. Optima that differ by no more
than NEAR of themselves count as equal, those that differ by more than FAR as different; between the two either will do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import floor
from typing import Any

import numpy as np

from benchmarks.proof.contract import Aim, Json, Measure, most, number
from benchmarks.proof.enumeration import Best, Enumeration, Masks, Stage, Totals, totals
from roadwright.domain.optimization import RunStatus
from roadwright.optimize import Diagnosis, Explanation, Frontier
from roadwright.optimize.model.solution import LimitStep

NEAR, FAR = Fraction(4, 10**9), Fraction(2, 10**8)
FIELDS = {"capacity_floor": "min_tokens", "capacity_cap": "max_tokens"}


def with_ids(problem: Json) -> Json:
    """The problem with the default ids of its rows written down."""
    return problem | {
        name: [{"id": f"{name}[{place}]", **row} for place, row in enumerate(problem.get(name, []))]
        for name in ("constraints", "targets")
    }


def capacities(problem: Json) -> dict[str, float]:
    """The total capacities by their ids."""
    others = {f"capacity:{name}": value for name, value in problem.get("capacities", {}).items()}
    return {"capacity": problem["capacity"], **others}


def rules(problem: Json) -> list[str]:
    """The ids of all that a conflict can name."""
    rows = [row["id"] for row in problem["constraints"] if row["type"] != "synergy_bonus"]
    return [*capacities(problem), *rows, *(target["id"] for target in problem["targets"] if target["type"] == "floor")]


def with_only(problem: Json, kept: Collection[str]) -> Json:
    """The problem with some of its rules."""

    def are_kept(rows: Iterable[Json]) -> list[Json]:
        return [row for row in rows if row["id"] in kept or row["type"] in ("synergy_bonus", "goal")]

    return _with_capacities(problem, {name: ENOUGH for name in capacities(problem) if name not in kept}) | {
        "constraints": are_kept(problem["constraints"]),
        "targets": are_kept(problem["targets"]),
    }


ENOUGH = 1e12
"""More of a resource than all candidates of a small problem use."""


def _with_capacities(problem: Json, changed: dict[str, float]) -> Json:
    others = {name: changed.get(f"capacity:{name}", value) for name, value in problem.get("capacities", {}).items()}
    return problem | {"capacity": changed.get("capacity", problem["capacity"]), "capacities": others}


def without(problem: Json, rule: str) -> Json:
    return with_only(problem, [one for one in rules(problem) if one != rule])


def with_value(problem: Json, rule: str, field: str, value: float) -> Json:
    """The problem with a number of a row, or a capacity, at another value."""
    if rule in capacities(problem):
        return _with_capacities(problem, {rule: value})

    def changed(rows: Iterable[Json]) -> list[Json]:
        return [row | {field: value} if row["id"] == rule else row for row in rows]

    return problem | {"constraints": changed(problem["constraints"]), "targets": changed(problem["targets"])}


# --- explanations -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compared:
    """By how much other optima are better in the first stage that differs; None where that is too near to be told."""

    gain: Fraction
    stage: int
    is_close: bool


def compared(stages: Sequence[Stage], base: Sequence[Fraction], other: Sequence[Fraction]) -> Compared:
    """`other` optima against those of `base`, stage by stage."""
    is_close = False
    for at, (stage, one, two) in enumerate(zip(stages, base, other, strict=True)):
        gain = -stage.sign * (two - one)
        size = max(abs(one), abs(two))
        if abs(gain) > FAR * size:
            return Compared(gain, at, is_close)
        is_close = is_close or abs(gain) > NEAR * size / 4
    return Compared(Fraction(0), len(stages) - 1, is_close)


@dataclass(frozen=True)
class Explained:
    """A problem that has an answer, and what is asked about it."""

    problem: Json

    @cached_property
    def every(self) -> Enumeration:
        return Enumeration(self.problem)

    @cached_property
    def base(self) -> Best:
        best = self.every.best()
        assert best is not None
        return best

    def faults(self, explanations: Iterable[Explanation]) -> Iterator[str]:
        """What is wrong with explanations of the contract's answer."""
        for one in explanations:
            for fault in self._of(one):
                yield f"{one.id} ({one.kind}): {fault}; {one.message}"

    def _of(self, one: Explanation) -> Iterable[str]:
        if not one.computed:
            return ["not computed"]
        if one.kind in ("inside", "outside"):
            return self._of_initiative(one)
        if one.kind == "mandate":
            return self._of_variant(one, without(self.problem, one.id), 1)
        return self._of_limit(one) if one.kind == "limit" else []

    def _of_initiative(self, one: Explanation) -> Iterable[str]:
        kind = "exclude_initiative" if one.kind == "inside" else "mandatory"
        if (one.id in self.base.selected) != (one.kind == "inside"):
            yield "it is on the other side"
        wish = {"id": "the wish", "type": kind, "dimension_key": one.id}
        changed = self.problem | {"constraints": [*self.problem["constraints"], wish]}
        if Enumeration(changed).best() is None:
            if one.loss is not None:
                yield f"it costs {one.loss}, but it can't be had"
            yield from conflict_faults(changed, [*one.conflict, "the wish"])
        else:
            yield from self._of_variant(one, changed, -1)

    def _of_variant(self, one: Explanation, changed: Json, sign: int) -> Iterable[str]:
        other = Enumeration(changed)
        best = other.best()
        if best is None or one.loss is None:
            yield f"no loss, where there are {best}"
            return
        yield from self._of_gain(sign * number(one.loss), one.stage, best)
        selected = set(self.base.selected) - set(one.dropped) | set(one.added)
        selected ^= {one.id} if one.kind in ("inside", "outside") else set()
        if other.mask_of(selected) not in best.as_good:
            yield f"it gives {sorted(selected)}, which is not as good as {best.selected}"

    def _of_gain(self, gain: Fraction, stage: str | None, best: Best) -> Iterable[str]:
        right = compared(self.every.stages, self.base.optima, best.optima)
        if right.is_close:
            return
        sizes = [max(abs(one), abs(two)) for one, two in zip(self.base.optima, best.optima, strict=True)]
        if abs(gain - right.gain) > NEAR * max(sizes[right.stage], *sizes if not right.gain else [Fraction(0)]):
            yield f"the gain is {float(gain)}, not {float(right.gain)}"
        if right.gain and stage != self._names[right.stage]:
            yield f"it lies in {stage}, not in {self._names[right.stage]}"

    @cached_property
    def _names(self) -> list[str]:
        names = []
        for stage in self.every.stages:
            weights = stage.aim.weights
            if weights is None:
                names.append("goal_shortfall")
            else:
                names.append("weighted_kpis" if self.problem["objective"]["mode"] == "weighted_kpis" else min(weights))
        return names

    # A limit: what one unit brings, and the least change that brings anything

    def _of_limit(self, one: Explanation) -> Iterable[str]:
        field, value, direction, measure, bound = _limit(self.every, one.id)
        free = _aiming(without(self.problem, one.id), self.every.aims)
        uses = totals(measure, free.allowed)
        steps = sorted({use for use in uses.tolist() if Fraction(use, measure.unit) > most(bound)})
        surely: Fraction | None = None
        perhaps: list[Fraction] = []
        for use in steps:
            at = Fraction(use, measure.unit)
            found = self._gain_of(free, np.flatnonzero(uses <= floor(most(at) * measure.unit)))
            if found.gain > 0:
                surely = value + direction * (at - bound)
                break
            if found.is_close:
                perhaps.append(value + direction * (at - bound))
        step = one.next_step
        if step is None:
            if surely is not None:
                yield f"there is a next step at {float(surely)}"
        elif not any(right is not None and _is_at(step.after, right) for right in (surely, *perhaps)):
            yield f"the next step is at {step.after}, not at {surely and float(surely)}"
        else:
            yield from self._of_step(one.id, field, step)
        if one.unit is not None:
            yield from self._of_step(one.id, field, one.unit)
            if not _is_at(one.unit.before, value) or (one.unit.after - one.unit.before) * direction < 0:
                yield f"the unit goes from {one.unit.before} to {one.unit.after}"

    def _gain_of(self, free: Enumeration, left: Masks) -> Compared:
        optima = []
        for stage in free.stages:
            optimum, left = stage.kept(left)
            optima.append(stage.sign * optimum)
        return compared(self.every.stages, self.base.optima, optima)

    def _of_step(self, rule: str, field: str, step: LimitStep) -> Iterable[str]:
        if step.field != field:
            yield f"the field is {step.field}"
        other = _aiming(with_value(self.problem, rule, field, step.after), self.every.aims)
        best = other.best()
        assert best is not None
        yield from self._of_gain(number(step.gain), step.stage, best)
        selected = set(self.base.selected) - set(step.dropped) | set(step.added)
        if step.gain and other.mask_of(selected) not in best.as_good:
            yield f"at {step.after} it gives {sorted(selected)}, which is not as good as {best.selected}"


def _aiming(problem: Json, aims: list[Aim]) -> Enumeration:
    """A changed problem with the aims of another: a weighted sum is compared on the scales that it had."""
    every = Enumeration(problem)
    every.__dict__["aims"] = aims  # the place of the cached property
    return every


def _is_at(said: float, right: Fraction) -> bool:
    return abs(number(said) - right) <= NEAR * max(Fraction(1), abs(right))


def _limit(every: Enumeration, rule: str) -> tuple[str, Fraction, int, Measure, Fraction]:
    """(field, value, which way it relaxes, what uses it, its value on that scale)."""
    problem = every.problem
    if rule in capacities(problem):
        value = number(capacities(problem)[rule])
        return "capacity", value, 1, every.usage(rule.partition(":")[2] or "tokens"), value
    for row in problem["constraints"]:
        if row["id"] == rule:
            use = every.usage(row.get("resource") or "tokens", row["dimension"], row["dimension_key"])
            field = FIELDS[row["type"]]
            value = number(row[field])
            return (field, value, 1, use, value) if field == "max_tokens" else (field, value, -1, _minus(use), -value)
    (target,) = (target for target in problem["targets"] if target["id"] == rule)
    direction = -every.sign(target["kpi_key"])
    bound = -every.need(target)
    return "target_value", number(target["target_value"]), direction, _minus(every.improvement(target)), bound


def _minus(measure: Measure) -> Measure:
    return Measure([-one for one in measure.values], [(mask, -one) for mask, one in measure.bonuses], measure.unit)


# --- frontiers --------------------------------------------------------------------------------------------------


def token_faults(problem: Json, found: Frontier) -> Iterator[str]:
    """What is wrong with a frontier of value against tokens: of every level of tokens the contract's answer."""
    every = Enumeration(problem)
    tokens = every.usage("tokens")
    spent = totals(tokens, every.allowed)
    points: list[tuple[int, Best]] = []
    left = np.arange(len(every.allowed))
    while len(left):
        best = _best_of(every, left)
        as_good = np.array([at for at in left.tolist() if every.allowed[at] in best.as_good])
        least = int(spent[as_good].min())
        points.append((least, best))
        strictly = max(Fraction(1), abs(Fraction(least)) / 10**8)
        left = left[(spent[left] <= floor(least - strictly)).astype(bool)]
    yield from _same(
        found, [Fraction(least, tokens.unit) for least, _ in points[::-1]], [p.tokens for p in found.points]
    )
    for point, (least, best) in zip(found.points, points[::-1], strict=False):
        mask = every.mask_of(point.selected)
        if mask not in best.as_good:
            yield f"{point.selected} is not as good as {best.selected} at {float(Fraction(least, tokens.unit))}"
    if len(every.stages) == 1:
        costs = [
            every.stages[0].costs[np.flatnonzero(every.allowed == every.mask_of(p.selected))[0]] for p in found.points
        ]
        yield from _dominance(
            spent,
            every.stages[0].costs,
            [(number(p.tokens) * tokens.unit, c) for p, c in zip(found.points, costs, strict=True)],
        )


def _same(found: Frontier, right: Sequence[Fraction], said: Sequence[float]) -> Iterator[str]:
    if found.status is not (RunStatus.OPTIMAL if right else RunStatus.INFEASIBLE):
        yield f"it is {found.status}: {found.message}"
    if len(said) != len(right) or not all(_is_at(one, two) for one, two in zip(said, right, strict=True)):
        yield f"its points are at {list(said)}, not at {[float(one) for one in right]}"


def _best_of(every: Enumeration, left: Masks) -> Best:
    """The contract's answer among some of the allowed subsets (by place)."""
    optima = []
    for stage in every.stages:
        optimum, left = stage.kept(left)
        optima.append(stage.sign * optimum)
    as_good = every.allowed[left].tolist()
    return Best(every.keys_of(as_good[0]), optima, frozenset(as_good))


def _dominance(firsts: Totals, seconds: Totals, points: Sequence[tuple[Any, Any]]) -> Iterator[str]:
    """Of two costs: points that an allowed subset beats, and subsets that no point is as good as."""
    for first, second in points:
        slack = [FAR * max(Fraction(1), abs(first)), FAR * abs(second)]
        if bool(((firsts <= first - slack[0]) & (seconds <= second)).any()) or bool(
            ((firsts <= first) & (seconds < second - slack[1])).any()
        ):
            yield f"the point {float(first)}, {float(second)} is dominated"
    for first, second in set(zip(firsts.tolist(), seconds.tolist(), strict=True)):
        if not any(one <= first + FAR * abs(first) and other <= second + FAR * abs(second) for one, other in points):
            yield f"no point is as good as {first}, {second}"
            return


def kpi_faults(problem: Json, kpis: tuple[str, str], found: Frontier) -> Iterator[str]:
    """What is wrong with a frontier between two KPIs that was made without a resolution."""
    every = Enumeration(problem)
    measures = [every.improvements({kpi: Fraction(1)}) for kpi in kpis]
    firsts, seconds = (-totals(measure, every.allowed) for measure in measures)
    if found.status is not (RunStatus.OPTIMAL if len(every.allowed) else RunStatus.INFEASIBLE):
        yield f"it is {found.status}: {found.message}"
    points = []
    for point in found.points:
        mask = every.mask_of(point.selected)
        if mask not in every.allowed:
            yield f"{point.selected} breaks a rule"
            return
        points.append((-measures[0].total(mask) * measures[0].unit, -measures[1].total(mask) * measures[1].unit))
    yield from _dominance(firsts, seconds, points)
    for (one, _), (two, _) in pairwise(points):
        if not one > two:
            yield f"points are not in the order of {kpis[0]}: {float(one)}, {float(two)}"


# --- diagnoses --------------------------------------------------------------------------------------------------


def conflict_faults(problem: Json, conflict: Sequence[str]) -> Iterator[str]:
    """What is wrong with a conflict: rows that can be met together, or one that is not needed for it."""
    unknown = set(conflict) - set(rules(problem))
    if unknown:
        yield f"the conflict names {unknown}"
        return
    if len(Enumeration(with_only(problem, conflict)).allowed):
        yield f"{list(conflict)} can be met together"
        return
    for rule in conflict:
        if not len(Enumeration(with_only(problem, [one for one in conflict if one != rule])).allowed):
            yield f"{rule} is not needed for the conflict {list(conflict)}"


def diagnosis_faults(problem: Json, found: Diagnosis) -> Iterator[str]:
    """What is wrong with the diagnosis of a problem that has no answer."""
    if found.message:
        yield found.message
    if not found.conflict_minimal:
        yield "the conflict is not minimal"
    yield from conflict_faults(problem, [row.id for row in found.conflict])
    repair = found.repair
    if repair is None:
        yield "there is no repair"
        return
    prices = repair_prices(problem)
    least = min(prices)
    if not repair.proved:
        yield "the repair is not proved"
    # Each rule may be missed by what is rounding, which the price may count or not.
    slack = (1 + len(rules(problem))) * 2 * NEAR
    if abs(number(repair.cost) - least) > slack * max(Fraction(1), least):
        yield f"the repair costs {repair.cost}, the cheapest {float(least)}"
    changed = problem
    total = Fraction(0)
    for change in repair.changes:
        total += number(change.cost)
        if change.field is None:
            changed = without(changed, change.id)
            continue
        before = _limit_value(problem, change.id, change.field)
        if before != change.before or change.after is None:
            yield f"{change.id} goes from {change.before}, not from {before}"
            return
        changed = with_value(changed, change.id, change.field, change.after)
    if abs(total - number(repair.cost)) > slack * max(Fraction(1), total):
        yield f"the changes cost {float(total)}, the repair {repair.cost}"
    after = Enumeration(changed)
    best = after.best()
    if best is None:
        yield f"with {[change.message for change in repair.changes]} there is no answer either"
    elif repair.selected != best.selected:
        yield f"the repaired problem gives {best.selected}, not {repair.selected}"


def _limit_value(problem: Json, rule: str, field: str) -> float:
    if field == "capacity":
        return capacities(problem)[rule]
    (row,) = (row for row in [*problem["constraints"], *problem["targets"]] if row["id"] == rule)
    value: float = row[field]
    return value


def repair_prices(problem: Json) -> list[Fraction]:
    """What changing the rules costs for each subset to be allowed, in the order of the subsets."""
    every = Enumeration(problem)
    masks = np.arange(1 << len(every.candidates), dtype=np.int64)
    prices = [Fraction(0)] * len(masks)

    def add(missing: Iterable[Fraction], unit: Fraction, factor: int, *, can_be_dropped: bool = True) -> None:
        for at, amount in enumerate(missing):
            if amount > 0:
                moved = factor * amount / (abs(unit) or 1)
                prices[at] += min(moved, Fraction(1)) if can_be_dropped else moved

    def beyond(measure: Measure, limit: Fraction) -> list[Fraction]:
        """By how much each subset is beyond an upper limit; 0 where that is rounding."""
        sums = [Fraction(one, measure.unit) for one in totals(measure, masks).tolist()]
        return [one - limit if one > most(limit) else Fraction(0) for one in sums]

    for name, capacity in capacities(problem).items():
        use = every.usage(name.partition(":")[2] or "tokens")
        add(beyond(use, number(capacity)), number(capacity), 2, can_be_dropped=False)
    for row in problem["constraints"]:
        if row["type"] in FIELDS:
            _, value, _, use, bound = _limit(every, row["id"])
            add(beyond(use, bound), value, 1)
        elif row["type"] == "choose_count":
            counted = Measure([int(c["key"] in row["members"]) for c in every.candidates], [], 1)
            if row.get("max_count") is not None:
                add(beyond(counted, Fraction(row["max_count"])), Fraction(row["max_count"]), 1)
            if row.get("min_count") is not None:
                add(beyond(_minus(counted), -Fraction(row["min_count"])), Fraction(row["min_count"]), 1)
        elif row["type"] != "synergy_bonus":
            kept = every.keeps(masks, row)
            add((Fraction(not one) for one in kept.tolist()), Fraction(1), 1)
    for target in problem["targets"]:
        if target["type"] == "floor":
            need = every.need(target)
            add(beyond(_minus(every.improvement(target)), -need), need, 1)
    return prices
