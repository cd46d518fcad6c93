"""The data of one optimization problem, typed and immutable, and the faults that make one invalid.

Parts are built directly, or read from JSON; `roadwright.optimize.reading` puts them together and checks what they say
of each other, so that every Problem that is solved has been validated. The meaning of a float is its shortest decimal
text.
"""

from __future__ import annotations

from dataclasses import dataclass as plain_dataclass
from dataclasses import field, replace
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from roadwright.domain.errors import InputError
from roadwright.domain.kpis import Direction, KpiLevel
from roadwright.domain.messages import Message
from roadwright.domain.optimization import CANDIDATE_DIMENSIONS, FindingKind, ObjectiveMode, Severity, TargetKind
from roadwright.optimize.model.constraint import Constraint
from roadwright.optimize.model.schema import (
    STRICT,
    Fault,
    Name,
    Number,
    Numbers,
    Signed,
    SignedNumbers,
    Text,
    fields_of,
)

DIMENSIONS = frozenset(dimension.value for dimension in CANDIDATE_DIMENSIONS)


def _given(values: dict[str, str | None]) -> dict[str, str]:
    """The dimensions that have a value; unknown names stay, to be refused."""
    return {name: value or "" for name, value in values.items() if (value and value.strip()) or name not in DIMENSIONS}


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Candidate:
    """An initiative that may be selected.

    `tokens` is its cost (None: missing data, it is left out of the model), `contributions` are signed changes in each
    KPI's own unit, `resources` what it uses of other named resources (absent: nothing).
    """

    key: Text
    tokens: Number | None = None
    contributions: SignedNumbers = field(default_factory=dict)
    dimensions: Annotated[dict[Name, Name | None], AfterValidator(_given)] = field(default_factory=dict)
    resources: Numbers = field(default_factory=dict)
    deadline_date: Text | None = None


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Kpi:
    key: Text
    level: Annotated[KpiLevel, Field(strict=False)]
    direction: Annotated[Direction, Field(strict=False)] = Direction.INCREASE
    unit: Text | None = None
    baseline_value: Signed | None = None


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Target:
    """A KPI level to reach in a slice. `id` names its row, and changes nothing."""

    id: Text
    dimension: Text
    dimension_key: Text
    kpi_key: Text
    target_value: Signed
    baseline_value: Signed | None = None
    type: Annotated[TargetKind, Field(strict=False)]

    def with_number(self, field: str, value: float) -> Self:
        """The target with another number."""
        number: dict[str, Any] = {field: value}
        return replace(self, **number)

    def about(self) -> dict[str, str | None]:
        """The slice and KPI that the row is about, as people read them."""
        return {"dimension": self.dimension, "dimension_key": self.dimension_key, "kpi_key": self.kpi_key}


@dataclass(frozen=True, kw_only=True, config=STRICT)
class OrderItem:
    """One stage of a lexicographic objective; later stages may give up `tolerance` (a share) of its optimum."""

    kpi: Text
    tolerance: Number = 0.0


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Objective:
    """What is maximised. Fields that the mode has no use for are in `unused`."""

    mode: Annotated[ObjectiveMode, Field(strict=False)]
    weights: Numbers = field(default_factory=dict)
    order: Annotated[tuple[OrderItem, ...], Field(strict=False)] = ()
    unused: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Problem:
    """A validated problem. `outside` are known initiatives that are no candidates; `delivered` those that are done.

    `unnamed` are the ids that rows have by their place only: they are no part of the problem's JSON.
    """

    candidates: tuple[Candidate, ...]
    kpis: tuple[Kpi, ...]
    capacity: Number
    capacities: Numbers = field(default_factory=dict)
    objective: Objective
    constraints: tuple[Constraint, ...] = ()
    targets: tuple[Target, ...] = ()
    outside: frozenset[str] = frozenset()
    delivered: frozenset[str] = frozenset()
    unnamed: frozenset[str] = frozenset()

    @cached_property
    def kpi(self) -> dict[str, Kpi]:
        """The KPIs by key."""
        return {kpi.key: kpi for kpi in self.kpis}

    @cached_property
    def north_star(self) -> Kpi:
        """The one KPI of level north_star."""
        return next(kpi for kpi in self.kpis if kpi.level is KpiLevel.NORTH_STAR)

    @cached_property
    def rows(self) -> dict[str, Constraint | Target]:
        """Constraints and targets by id."""
        rows: list[Constraint | Target] = [*self.constraints, *self.targets]
        return {row.id: row for row in rows}

    def changed(self, **fields: Any) -> Self:
        """The problem with other fields."""
        return replace(self, **fields)

    def __getstate__(self) -> dict[str, Any]:
        """Without what is cached."""
        return {name: getattr(self, name) for name in fields_of(type(self))}


class InvalidProblem(InputError, ValueError):
    """A problem that is wrong by itself; `faults` are all of them, in the order of the input."""

    def __init__(self, faults: list[Fault]) -> None:
        said = [Message("fault_at", params={"place": fault.id, "what": fault.said}) for fault in faults]
        super().__init__("invalid_problem", faults=said)
        self.faults = faults

    def __reduce__(self) -> tuple[type[InvalidProblem], tuple[list[Fault]]]:
        return InvalidProblem, (self.faults,)


@plain_dataclass(frozen=True, slots=True)
class ProblemFinding:
    """Something to tell about a valid problem: `id` is a row's id, a candidate's key, or ``objective``."""

    id: str
    said: Message
    severity: Severity
    kind: FindingKind

    @property
    def message(self) -> str:
        return str(self.said)
