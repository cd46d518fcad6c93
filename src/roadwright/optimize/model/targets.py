"""What a target asks for, as the improvement that is needed, and what there is to say about its row."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import inf

from roadwright.domain.decimals import exact
from roadwright.domain.messages import Message, notice
from roadwright.domain.optimization import CAPACITY_ID, TOKENS, FindingKind, Severity, TargetKind
from roadwright.optimize.model.constraint import LinearRow
from roadwright.optimize.model.names import is_everything, slice_name
from roadwright.optimize.model.problem import Problem, ProblemFinding, Target


def target_words(target: Target) -> Message:
    """What a target asks for."""
    baseline = target.baseline_value
    return notice(
        "must_reach" if target.type is TargetKind.FLOOR else "should_reach",
        kpi=target.kpi_key,
        value=target.target_value,
        baseline=None if baseline is None else notice("from_baseline", value=baseline),
        slice=slice_name(target.dimension, target.dimension_key),
    )


def demand_of(problem: Problem, rule: str) -> Message:
    """What the rule with an id demands: a constraint, a target, or a total capacity."""
    row = problem.rows.get(rule)
    if row is not None:
        return target_words(row) if isinstance(row, Target) else row.words()
    resource = rule.removeprefix(f"{CAPACITY_ID}:") if rule != CAPACITY_ID else TOKENS
    capacity = problem.capacity if resource == TOKENS else problem.capacities[resource]
    return notice("capacity_is", limit=capacity, resource=resource)


def baseline_of(problem: Problem, target: Target) -> float | None:
    """The baseline that applies: the target's own, or for the whole portfolio the KPI's."""
    if target.baseline_value is not None:
        return target.baseline_value
    return problem.kpi[target.kpi_key].baseline_value if is_everything(target.dimension) else None


def need_of(problem: Problem, target: Target) -> Fraction:
    """The improvement that a target asks for, in the KPI's unit: positive is better, whatever the KPI's direction."""
    baseline = baseline_of(problem, target)
    change = exact(target.target_value) - (exact(baseline) if baseline is not None else 0)
    return problem.kpi[target.kpi_key].direction.sign * change


@dataclass(frozen=True, slots=True)
class Needed:
    """A target with its need."""

    target: Target
    need: Fraction

    @property
    def is_floor(self) -> bool:
        return self.target.type is TargetKind.FLOOR

    @property
    def counts_shortfall(self) -> bool:
        """Whether a shortfall of it is minimised: a goal that is not met from the start."""
        return not self.is_floor and self.need > 0


@dataclass(frozen=True)
class Goal:
    """A goal that is not met from the start, in whole numbers: its shortfall is max(0, need - sum), times `unit`.

    `least` and `most` are what the sum can be at all.
    """

    needed: Needed
    columns: list[int]
    numbers: list[int]
    unit: Fraction
    need: int
    least: int
    most: int

    @property
    def share(self) -> Fraction:
        """What one unit of shortfall is of the need."""
        return self.unit / self.needed.need

    @property
    def is_kinked(self) -> bool:
        """Whether it may be met and may be missed; else its shortfall is 0 or linear, and needs no column."""
        return self.least < self.need < self.most

    def missed_by_at_most(self, shortfall: int) -> LinearRow:
        """The row that keeps the shortfall within a whole number of units."""
        return LinearRow(self.columns, self.numbers, self.need - shortfall, inf, self.unit)


def needed_targets(problem: Problem) -> list[Needed]:
    """All targets, in the order of the problem."""
    return [Needed(target, need_of(problem, target)) for target in problem.targets]


def target_notices(problem: Problem) -> list[ProblemFinding]:
    """The rows whose target is taken as an increment, because a slice has no baseline of its own."""
    return [
        ProblemFinding(
            target.id,
            notice("target_is_increment", slice=slice_name(target.dimension, target.dimension_key)),
            Severity.INFO,
            FindingKind.TARGET,
        )
        for target in problem.targets
        if baseline_of(problem, target) is None and not is_everything(target.dimension)
    ]
