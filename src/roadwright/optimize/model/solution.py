"""The answer to a problem, and its JSON form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, Literal, TypeVar

from roadwright.domain.messages import Message
from roadwright.domain.optimization import FindingKind, Proof, RunStatus, Severity, StopReason, TieBreak, TieBreakStep
from roadwright.optimize.messages import text
from roadwright.optimize.model.problem import ProblemFinding

PricePartKind = Literal["dropped", "added", "synergy", "goal", "tolerance"]
ExplanationKind = Literal["inside", "outside", "mandate", "limit", "none"]


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


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """One row of a conflict, and what it demands."""

    id: str
    said: Message

    @property
    def message(self) -> str:
        return str(self.said)


@dataclass(frozen=True, slots=True)
class RepairChange:
    """A field of a row moved from one number to another, or (`field` None) the row dropped; and what that costs."""

    id: str
    field: str | None
    before: float | None
    after: float | None
    cost: float
    said: Message

    @property
    def message(self) -> str:
        return str(self.said)

    def to_json(self) -> dict[str, Any]:
        """``{id, field, from, to}`` or ``{id, drop: true}``, with cost and message."""
        change = {"drop": True} if self.field is None else {"field": self.field, "from": self.before, "to": self.after}
        return {"id": self.id, **change, "cost": self.cost, "message": self.message}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> RepairChange:
        """The change that `to_json` wrote."""
        moved = (value.get("field"), value.get("from"), value.get("to"))
        return cls(value["id"], *moved, value["cost"], text(value["message"]))


@dataclass(frozen=True, slots=True)
class Repair:
    """The cheapest changes after which there is an answer, and the portfolio that they give.

    `proved` says whether no cheaper changes exist for sure.
    """

    changes: list[RepairChange]
    cost: float
    proved: bool
    selected: list[str]

    def to_json(self) -> dict[str, Any]:
        return {
            "changes": [change.to_json() for change in self.changes],
            "cost": self.cost,
            "proved": self.proved,
            "selected": self.selected,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Repair:
        """The repair that `to_json` wrote."""
        changes = [RepairChange.from_json(change) for change in value["changes"]]
        return cls(changes, value["cost"], value["proved"], value["selected"])


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why there is no answer, and the way out; `conflict_minimal` where each row of the conflict is needed for sure.

    `message` says what the time was too short for, and is empty where nothing is open.
    """

    conflict: list[ConflictRow]
    conflict_minimal: bool
    repair: Repair | None
    said: Message

    @property
    def message(self) -> str:
        return str(self.said)


@dataclass(frozen=True, slots=True)
class LimitStep:
    """A limit at another value, what the objective then gains, and how the selection changes."""

    field: str
    before: float
    after: float
    gain: float
    stage: str
    added: list[str]
    dropped: list[str]


@dataclass(frozen=True, slots=True)
class PricePart:
    """What one thing adds to a price: `change` of the stage that is named, improvement positive.

    `kind`: ``dropped`` and ``added`` (what would go and come, the initiative itself included), ``synergy`` (a bonus,
    lost or gained), ``goal`` (the relative shortfall of a target) or ``tolerance`` (what later stages give up of
    this one less than before). The parts of a price add up to it.
    """

    id: str
    kind: PricePartKind
    change: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """What was found about an initiative or a row.

    `kind`: ``outside`` (loss: what forcing it in costs), ``inside`` (loss: what leaving it out costs), ``mandate``
    (loss: what the mandate costs), ``limit`` (unit and next_step: what relaxing it brings) or ``none`` (nothing to
    compute). `stage` names the lexicographic stage in which the loss falls. `added` and `dropped` are the other changes
    of the selection; `parts` say what each of them brings to the stage, and add up to -loss (of a mandate: the loss).
    `conflict` names the rows that don't allow it at all. `keeps` names the rules and targets that an initiative inside
    is there for. `tie_break` says what decided where nothing is lost. `computed` is False where the time was up.
    """

    id: str
    kind: ExplanationKind
    computed: bool
    said: Message
    loss: float | None = None
    stage: str | None = None
    added: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    conflict: list[str] = field(default_factory=list)
    unit: LimitStep | None = None
    next_step: LimitStep | None = None
    parts: list[PricePart] = field(default_factory=list)
    keeps: list[str] = field(default_factory=list)
    tie_break: TieBreakStep | None = None

    @property
    def message(self) -> str:
        return str(self.said)

    def to_json(self) -> dict[str, Any]:
        return _object(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Explanation:
        """The explanation that `to_json` wrote."""
        steps = {name: None if value[name] is None else LimitStep(**value[name]) for name in ("unit", "next_step")}
        rest = {name: item for name, item in value.items() if name != "message"}
        parts = [PricePart(**part) for part in value.get("parts", ())]
        decided = value.get("tie_break")
        step = None if decided is None else TieBreakStep(decided)
        return cls(**{**rest, **steps, "parts": parts, "tie_break": step, "said": text(value["message"])})


@dataclass(frozen=True)
class Solution:
    """The answer. Where there is no portfolio, `selected` is empty and the figures are None or empty."""

    status: RunStatus
    said: Message
    objective_value: float | list[StageValue] | None
    bound: float | None
    gap: float | None
    selected: list[str]
    tie_break: TieBreak
    snapshot_hash: str
    solver: Mapping[str, Any]
    warnings: list[ProblemFinding]
    reason: StopReason | None = None
    """Why the answer is not proved; None where it is, or where there is none."""
    proof: Proof | None = None
    """How an optimal answer, or that there is none, is proved."""
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
    diagnosis: Diagnosis | None = None
    """Only where the problem is infeasible and was diagnosed."""
    explanations: list[Explanation] = field(default_factory=list)
    """Only where they were asked for."""

    @property
    def message(self) -> str:
        return str(self.said)

    @property
    def conflict(self) -> list[ConflictRow] | None:
        return None if self.diagnosis is None else self.diagnosis.conflict

    @property
    def repair(self) -> Repair | None:
        return None if self.diagnosis is None else self.diagnosis.repair

    def to_json(self) -> dict[str, Any]:
        """The Solution JSON; a diagnosis appears in it as `conflict`, `conflict_minimal`, `repair` and `diagnosis`."""
        value = _object(self)
        del value["diagnosis"]
        if self.diagnosis is not None:
            found = self.diagnosis
            value["conflict"] = _json(found.conflict)
            value["conflict_minimal"] = found.conflict_minimal
            value["repair"] = None if found.repair is None else found.repair.to_json()
            value["diagnosis"] = found.message
        return value

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Solution:
        """The Solution that `to_json` wrote."""
        value = dict(value)
        objective = value["objective_value"]
        if "conflict" in value:
            rows = [ConflictRow(row["id"], text(row["message"])) for row in value.pop("conflict")]
            repair = value.pop("repair")
            repair = None if repair is None else Repair.from_json(repair)
            minimal, message = value.pop("conflict_minimal"), value.pop("diagnosis")
            value["diagnosis"] = Diagnosis(rows, minimal, repair, text(message))
        said = text(value.pop("message"))
        return cls(
            **{
                **value,
                "said": said,
                "status": RunStatus(value["status"]),
                "tie_break": TieBreak(value["tie_break"]),
                "reason": None if value.get("reason") is None else StopReason(value["reason"]),
                "proof": None if value.get("proof") is None else Proof(value["proof"]),
                "objective_value": [StageValue(**stage) for stage in objective]
                if isinstance(objective, list)
                else objective,
                "warnings": [finding_from_json(item) for item in value["warnings"]],
                "items": [SelectedItem(**item) for item in value["items"]],
                "targets": [TargetResult(**item) for item in value["targets"]],
                "constraints": [ConstraintResult(**item) for item in value["constraints"]],
                "capacities": [CapacityResult(**item) for item in value["capacities"]],
                "explanations": [Explanation.from_json(item) for item in value["explanations"]],
                "synergies": [SynergyResult(**item) for item in value["synergies"]],
            }
        )


def finding_from_json(value: Mapping[str, str]) -> ProblemFinding:
    """The finding that was written as JSON."""
    return ProblemFinding(value["id"], text(value["message"]), Severity(value["severity"]), FindingKind(value["kind"]))


def _object(value: Any) -> dict[str, Any]:
    """The fields of a part of an answer; its message as text."""
    return {"message" if item.name == "said" else item.name: _json(getattr(value, item.name)) for item in fields(value)}


def _json(value: Any) -> Any:
    if isinstance(value, Message):
        return str(value)
    if is_dataclass(value):
        return _object(value)
    if isinstance(value, list):
        return [_json(item) for item in value]
    return dict(value) if isinstance(value, Mapping) else value


Part = TypeVar("Part")


def with_names(part: Part, shown_as: Mapping[str, str]) -> Part:
    """An answer, or a part of one, whose messages call rows otherwise; ids stay."""
    return _with_names(part, shown_as)  # type: ignore[no-any-return]


def _with_names(value: Any, shown_as: Mapping[str, str]) -> Any:
    if isinstance(value, Message):
        return value.renamed(shown_as, "rule", "rules")
    if isinstance(value, list):
        return [_with_names(item, shown_as) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: _with_names(getattr(value, one.name), shown_as) for one in fields(value)})
    return value
