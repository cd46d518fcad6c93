"""What a selection really gives, in exact arithmetic on the original data, and which rules it breaks.

This does not use the linear model: it reads the rules again in their own words, so that a mistake in building, scaling
or solving the model can't hide here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from roadwright.domain.optimization import TOKENS, ConstraintType, capacity_id
from roadwright.optimize.model.matrix import PortfolioModel
from roadwright.optimize.model.numbers import exact, exact_sum, rounding_of
from roadwright.optimize.model.problem import Constraint
from roadwright.optimize.model.rules import Synergy
from roadwright.optimize.model.targets import Needed, is_everything


@dataclass(frozen=True, slots=True)
class TargetValue:
    """`achieved` is the signed change of the KPI in the slice, `improvement` and `shortfall` count better as more."""

    needed: Needed
    achieved: Fraction
    improvement: Fraction
    shortfall: Fraction


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a selection breaks, by how much, and the right-hand side it is measured against.

    `side` is -1 where too little is there, 1 where too much is, 0 for a rule without a number.
    """

    id: str
    amount: Fraction
    right_hand_side: Fraction
    side: int

    @property
    def is_rounding(self) -> bool:
        return self.amount <= rounding_of(self.right_hand_side)


@dataclass(frozen=True)
class Evaluation:
    """The figures of one selection."""

    selected: tuple[str, ...]
    used: dict[str, Fraction]
    achieved: dict[str, Fraction]
    improvement: dict[str, Fraction]
    targets: list[TargetValue]
    spent: dict[str, Fraction]
    """By id of a floor, cap or count: what it measures."""
    active: list[Synergy]
    violations: list[Violation]

    @property
    def relative_shortfall(self) -> Fraction:
        """The sum of shortfall / need over the goals that are not met from the start."""
        return sum(
            (value.shortfall / value.needed.need for value in self.targets if value.needed.counts_shortfall),
            Fraction(0),
        )


def evaluate(model: PortfolioModel, selected: Iterable[str]) -> Evaluation:
    """The exact figures of a selection of candidates of the model."""
    problem, index = model.problem, model.index
    chosen = frozenset(selected)
    places = index.columns_of(sorted(chosen))
    active = [s for s in model.resolved.synergies if all(index.candidates[place].key in chosen for place in s.members)]
    used = {
        resource: exact_sum(index.usage(resource)[place] for place in places)
        for resource in (TOKENS, *sorted(problem.capacities))
    }
    achieved = {kpi.key: _achieved(model, kpi.key, places, active) for kpi in problem.kpis}
    improvement = {kpi.key: kpi.direction.sign * achieved[kpi.key] for kpi in problem.kpis}
    targets = [_target(model, needed, places, active, achieved) for needed in model.targets]
    spent: dict[str, Fraction] = {}
    violations = [
        Violation(capacity_id(resource), used[resource] - exact(capacity), exact(capacity), 1)
        for resource, capacity in [(TOKENS, problem.capacity), *sorted(problem.capacities.items())]
    ]
    for constraint in problem.constraints:
        violations += _constraint(model, constraint, chosen, spent)
    violations += [
        Violation(value.needed.target.id, value.shortfall, value.needed.need, -1)
        for value in targets
        if value.needed.is_floor
    ]
    return Evaluation(
        tuple(sorted(chosen)),
        used,
        achieved,
        improvement,
        targets,
        spent,
        active,
        [violation for violation in violations if violation.amount > 0],
    )


def _achieved(model: PortfolioModel, kpi: str, places: Sequence[int], active: Iterable[Synergy]) -> Fraction:
    contributions = model.index.contributions(kpi)
    bonuses = [s.constraint.bonus_value or 0.0 for s in active if s.constraint.kpi_key == kpi]
    return exact_sum([contributions[place] for place in places] + bonuses)


def _target(
    model: PortfolioModel, needed: Needed, places: Sequence[int], active: list[Synergy], achieved: dict[str, Fraction]
) -> TargetValue:
    target = needed.target
    if is_everything(target.dimension):
        change = achieved[target.kpi_key]
    else:
        inside = set(model.index.in_slice(target.dimension, target.dimension_key))
        synergies = [s for s in active if s.members and inside.issuperset(s.members)]
        change = _achieved(model, target.kpi_key, [place for place in places if place in inside], synergies)
    improvement = model.problem.kpi[target.kpi_key].direction.sign * change
    met_from_the_start = not needed.is_floor and needed.need <= 0
    shortfall = Fraction(0) if met_from_the_start else max(Fraction(0), needed.need - improvement)
    return TargetValue(needed, change, improvement, shortfall)


def _constraint(
    model: PortfolioModel, row: Constraint, chosen: frozenset[str], spent: dict[str, Fraction]
) -> list[Violation]:
    if row.type in (ConstraintType.CAPACITY_FLOOR, ConstraintType.CAPACITY_CAP):
        return [_spending(model, row, chosen, spent)]
    if row.type is ConstraintType.CHOOSE_COUNT:
        count = Fraction(sum(member in chosen for member in row.members))
        spent[row.id] = count
        low, high = row.min_count, row.max_count
        missing = [] if low is None else [Violation(row.id, low - count, Fraction(low), -1)]
        return missing + ([] if high is None else [Violation(row.id, count - high, Fraction(high), 1)])
    return [Violation(row.id, Fraction(1), Fraction(1), 0)] if _broken(model, row, chosen) else []


def _spending(model: PortfolioModel, row: Constraint, chosen: frozenset[str], spent: dict[str, Fraction]) -> Violation:
    index = model.index
    places = index.in_slice(row.dimension or "", row.dimension_key)
    usage = index.usage(row.resource)
    total = exact_sum(usage[place] for place in places if index.candidates[place].key in chosen)
    spent[row.id] = total
    if row.type is ConstraintType.CAPACITY_FLOOR:
        limit = exact(row.min_tokens or 0.0)
        return Violation(row.id, limit - total, limit, -1)
    limit = exact(row.max_tokens or 0.0)
    return Violation(row.id, total - limit, limit, 1)


def _broken(model: PortfolioModel, row: Constraint, chosen: frozenset[str]) -> bool:
    """Whether a rule about initiatives is broken; what is delivered counts as the contract says for each type."""
    delivered = model.problem.delivered
    own = row.dimension_key in chosen
    there = [member in chosen for member in row.members]
    met = [member in chosen or member in delivered for member in row.members]
    broken = {
        ConstraintType.MANDATORY: not own and row.dimension_key not in delivered,
        ConstraintType.EXCLUDE_INITIATIVE: own,
        ConstraintType.EXCLUDE_PAIR: own and any(there),
        ConstraintType.BUNDLE: any(there) and not all(met),
        ConstraintType.REQUIRE_PREREQ: own and not all(met),
        ConstraintType.REQUIRE_ANY: own and not any(met),
        ConstraintType.SYNERGY_BONUS: False,
    }
    return broken[row.type]
