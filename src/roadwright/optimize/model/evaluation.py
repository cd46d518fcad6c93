"""What a selection really gives, in exact arithmetic on the original data, and which rules it breaks.

This does not use the linear model: each rule judges the selection by its own fields, so that a mistake in building,
scaling or solving the model can't hide here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from roadwright.domain.decimals import exact, exact_sum
from roadwright.domain.optimization import TOKENS, capacity_id
from roadwright.optimize.model.constraint import JudgedSelection, Violation
from roadwright.optimize.model.names import is_everything
from roadwright.optimize.model.portfolio_model import PortfolioModel
from roadwright.optimize.model.rules import Synergy
from roadwright.optimize.model.targets import Needed


@dataclass(frozen=True, slots=True)
class TargetValue:
    """`achieved` is the signed change of the KPI in the slice, `improvement` and `shortfall` count better as more."""

    needed: Needed
    achieved: Fraction
    improvement: Fraction
    shortfall: Fraction


@dataclass(frozen=True)
class Evaluation:
    """The figures of one selection."""

    selected: tuple[str, ...]
    used: dict[str, Fraction]
    achieved: dict[str, Fraction]
    improvement: dict[str, Fraction]
    targets: list[TargetValue]
    measured: dict[str, Fraction]
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
    violations = [
        Violation(capacity_id(resource), used[resource] - exact(capacity), exact(capacity), 1)
        for resource, capacity in [(TOKENS, problem.capacity), *sorted(problem.capacities.items())]
    ]
    selection = JudgedSelection(index, chosen, problem.delivered)
    for rule in problem.constraints:
        violations += rule.judge(selection)
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
        selection.measured,
        active,
        [violation for violation in violations if violation.amount > 0],
    )


def _achieved(model: PortfolioModel, kpi: str, places: Sequence[int], active: Iterable[Synergy]) -> Fraction:
    contributions = model.index.contributions(kpi)
    bonuses = [one.bonus.value for one in active if one.bonus.kpi_key == kpi]
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
