"""The answer to a problem, and its JSON form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from roadwright.domain.optimization import FindingKind, RunStatus, Severity, TieBreak
from roadwright.optimize.problem import Finding


@dataclass(frozen=True, slots=True)
class StageValue:
    """A lexicographic stage: its own optimum (None where it was not reached in time) and its value in the end."""

    stage: str
    optimum: float | None
    final: float | None
    tolerance: float


@dataclass(frozen=True, slots=True)
class SelectedItem:
    """A selected candidate: `objective_contribution` is what it alone adds to the objective, improvement positive."""

    key: str
    tokens: float
    objective_contribution: float
    north_star_gain: float


@dataclass(frozen=True, slots=True)
class TargetResult:
    """`achieved` is the signed change of the KPI; `need` and `shortfall` count improvement."""

    id: str
    kpi_key: str
    type: str
    need: float
    achieved: float
    shortfall: float
    met: bool
    binding: bool


@dataclass(frozen=True, slots=True)
class ConstraintResult:
    """What a floor, a cap or a count measures, and whether it stands exactly at its limit."""

    id: str
    type: str
    resource: str | None
    used: float
    limit_min: float | None
    limit_max: float | None
    binding: bool


@dataclass(frozen=True, slots=True)
class CapacityResult:
    id: str
    resource: str
    used: float
    limit: float
    binding: bool


@dataclass(frozen=True, slots=True)
class SynergyResult:
    id: str
    kpi_key: str
    bonus: float
    active: bool


@dataclass(frozen=True)
class Solution:
    """The answer. Where there is no portfolio, `selected` is empty and the figures are None or empty."""

    status: RunStatus
    message: str
    objective_value: float | list[StageValue] | None
    bound: float | None
    gap: float | None
    selected: list[str]
    tie_break: TieBreak
    snapshot_hash: str
    solver: Mapping[str, Any]
    warnings: list[Finding]
    items: list[SelectedItem] = field(default_factory=list)
    tokens_used: float | None = None
    resources_used: Mapping[str, float] = field(default_factory=dict)
    achieved: Mapping[str, float] = field(default_factory=dict)
    targets: list[TargetResult] = field(default_factory=list)
    constraints: list[ConstraintResult] = field(default_factory=list)
    capacities: list[CapacityResult] = field(default_factory=list)
    synergies: list[SynergyResult] = field(default_factory=list)
    seconds: float = 0.0
    timings: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The Solution JSON."""
        return {item.name: _json(getattr(self, item.name)) for item in fields(self)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Solution:
        """The Solution that `to_json` wrote."""
        objective = value["objective_value"]
        return cls(
            **{
                **value,
                "status": RunStatus(value["status"]),
                "tie_break": TieBreak(value["tie_break"]),
                "objective_value": [StageValue(**stage) for stage in objective]
                if isinstance(objective, list)
                else objective,
                "warnings": [finding_from_json(item) for item in value["warnings"]],
                "items": [SelectedItem(**item) for item in value["items"]],
                "targets": [TargetResult(**item) for item in value["targets"]],
                "constraints": [ConstraintResult(**item) for item in value["constraints"]],
                "capacities": [CapacityResult(**item) for item in value["capacities"]],
                "synergies": [SynergyResult(**item) for item in value["synergies"]],
            }
        )


def finding_from_json(value: Mapping[str, str]) -> Finding:
    """The Finding that was written as JSON."""
    return Finding(value["id"], value["message"], Severity(value["severity"]), FindingKind(value["kind"]))


def _json(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return asdict(value)
    if isinstance(value, list):
        return [_json(item) for item in value]
    return dict(value) if isinstance(value, Mapping) else value
