"""The data of one optimization problem, validated and immutable, and the faults that make one invalid.

A Problem comes from `roadwright.optimize.parse.parse_problem` only, so that every Problem there is has been validated.
Numbers are floats whose shortest decimal text is their meaning (see `roadwright.optimize.exact`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from roadwright.domain.errors import InputError
from roadwright.domain.kpis import Direction, KpiLevel
from roadwright.domain.optimization import ConstraintType, FindingKind, ObjectiveMode, Severity, TargetKind


@dataclass(frozen=True, slots=True)
class Candidate:
    """An initiative that may be selected.

    `tokens` is its cost (None: missing data, it is left out of the model), `contributions` are signed changes in each
    KPI's own unit, `resources` what it uses of other named resources (absent: nothing).
    """

    key: str
    tokens: float | None
    contributions: Mapping[str, float]
    dimensions: Mapping[str, str]
    resources: Mapping[str, float]
    deadline_date: str | None


@dataclass(frozen=True, slots=True)
class Kpi:
    key: str
    level: KpiLevel
    direction: Direction
    unit: str | None
    baseline_value: float | None


@dataclass(frozen=True, slots=True)
class Constraint:
    """One rule or synergy. `id` names its row; `has_own_id` is False where it was given by position.

    `unused` holds known fields that this type has no use for; they are warned about, and change nothing.
    """

    id: str
    has_own_id: bool
    type: ConstraintType
    dimension: str | None
    dimension_key: str
    members: tuple[str, ...]
    min_tokens: float | None
    max_tokens: float | None
    resource: str
    kpi_key: str | None
    bonus_value: float | None
    min_count: int | None
    max_count: int | None
    reason: str | None
    unused: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Target:
    id: str
    has_own_id: bool
    dimension: str
    dimension_key: str
    kpi_key: str
    target_value: float
    baseline_value: float | None
    type: TargetKind


@dataclass(frozen=True, slots=True)
class OrderItem:
    """One stage of a lexicographic objective; later stages may give up `tolerance` (a share) of its optimum."""

    kpi: str
    tolerance: float


@dataclass(frozen=True, slots=True)
class Objective:
    mode: ObjectiveMode
    weights: Mapping[str, float]
    order: tuple[OrderItem, ...]
    unused: Mapping[str, object]


@dataclass(frozen=True)
class Problem:
    """A validated problem. `outside` are known initiatives that are no candidates; `delivered` those that are done."""

    candidates: tuple[Candidate, ...]
    kpis: tuple[Kpi, ...]
    capacity: float
    capacities: Mapping[str, float]
    objective: Objective
    constraints: tuple[Constraint, ...]
    targets: tuple[Target, ...]
    outside: frozenset[str]
    delivered: frozenset[str]

    @cached_property
    def kpi(self) -> dict[str, Kpi]:
        """The KPIs by key."""
        return {kpi.key: kpi for kpi in self.kpis}

    @cached_property
    def north_star(self) -> Kpi:
        """The one KPI of level north_star."""
        return next(kpi for kpi in self.kpis if kpi.level is KpiLevel.NORTH_STAR)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that makes a problem invalid: where (a row's id, else its place in the JSON), and what to do."""

    id: str
    message: str


class InvalidProblem(InputError, ValueError):
    """A problem that is wrong by itself; `faults` are all of them, in the order of the input."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.id}: {fault.message}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class ProblemFinding:
    """Something to tell about a valid problem: `id` is a row's id, a candidate's key, or ``objective``."""

    id: str
    message: str
    severity: Severity
    kind: FindingKind
