"""What a target asks for, as the improvement that is needed, and what there is to say about its row."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from roadwright.domain.optimization import Dimension, FindingKind, Severity, TargetKind, parse_dimension
from roadwright.optimize.model.numbers import exact
from roadwright.optimize.model.problem import Problem, ProblemFinding, Target


def is_everything(dimension: str) -> bool:
    """Whether a slice is the whole portfolio."""
    return parse_dimension(dimension) == (Dimension.ALL,)


def slice_name(dimension: str, dimension_key: str) -> str:
    """A slice in the user's words."""
    return "the whole portfolio" if is_everything(dimension) else f"{dimension} {dimension_key}"


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


def needed_targets(problem: Problem) -> list[Needed]:
    """All targets, in the order of the problem."""
    return [Needed(target, need_of(problem, target)) for target in problem.targets]


def target_notices(problem: Problem) -> list[ProblemFinding]:
    """The rows whose target is taken as an increment, because a slice has no baseline of its own."""
    return [
        ProblemFinding(
            target.id,
            f"{slice_name(target.dimension, target.dimension_key)} has no baseline_value: the target is taken as the "
            "change that the portfolio must bring there",
            Severity.INFO,
            FindingKind.TARGET,
        )
        for target in problem.targets
        if baseline_of(problem, target) is None and not is_everything(target.dimension)
    ]
