"""A roadmap's words: where entries come from, its states and moves, its gates and how they judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from roadwright.domain.messages import Level, Message


class RoadmapSource(StrEnum):
    """Where a roadmap's entries come from."""

    FILTER = "filter"
    PORTFOLIO = "portfolio"
    LIST = "list"


SOURCE_SYNONYMS: Mapping[RoadmapSource, Sequence[str]] = {
    RoadmapSource.FILTER: ("query", "search", "filtered"),
    RoadmapSource.PORTFOLIO: ("run", "optimization", "optimisation", "optimizer"),
    RoadmapSource.LIST: ("keys", "manual", "by hand", "hand picked"),
}


class RoadmapStatus(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PUBLISHED = "published"
    ARCHIVED = "archived"


PROMISED = (RoadmapStatus.APPROVED, RoadmapStatus.PUBLISHED)
"""The statuses in which the capacity of what is selected counts as promised."""

MOVES: Mapping[RoadmapStatus, tuple[RoadmapStatus, ...]] = MappingProxyType(
    {
        RoadmapStatus.DRAFT: (RoadmapStatus.IN_REVIEW,),
        RoadmapStatus.IN_REVIEW: (RoadmapStatus.APPROVED, RoadmapStatus.DRAFT),
        RoadmapStatus.APPROVED: (RoadmapStatus.ARCHIVED, RoadmapStatus.DRAFT),
        RoadmapStatus.PUBLISHED: (RoadmapStatus.ARCHIVED, RoadmapStatus.DRAFT),
        RoadmapStatus.ARCHIVED: (RoadmapStatus.DRAFT,),
    }
)
"""Where a person may move a roadmap from each status. Only publishing it leads to ``published``."""


class Gate(StrEnum):
    """What an initiative can be asked for before it may stand on a roadmap."""

    REQUIRED_FIELDS = "required_fields"
    LIFECYCLE_STATUS_IN = "lifecycle_status_in"
    SCORE_CURRENT = "score_current"
    MIN_OVERALL_SCORE = "min_overall_score"
    CONTRIBUTION_PRESENT = "contribution_present"
    TOKENS_PRESENT = "tokens_present"
    MATH_MODEL_APPROVED = "math_model_approved"
    METRIC_CHAIN_VALID = "metric_chain_valid"
    MAX_RISK_LEVEL = "max_risk_level"
    MIN_SCORE_PERCENTILE = "min_score_percentile"
    DEADLINE_IN_PERIOD = "deadline_in_period"
    DEPENDENCIES_ON_ROADMAP = "dependencies_on_roadmap"
    BRIEF_DESCRIPTION_PRESENT = "brief_description_present"


class GateSeverity(StrEnum):
    BLOCK = "block"
    WARN = "warn"


GATE_SEVERITY_SYNONYMS: Mapping[GateSeverity, Sequence[str]] = {
    GateSeverity.BLOCK: ("blocking", "blocker", "hard", "must", "stop", "error"),
    GateSeverity.WARN: ("warning", "soft", "should"),
}


class GateStatus(StrEnum):
    ADMITTED = "admitted"
    BLOCKED = "blocked"
    WAIVED = "waived"


STANDS = frozenset({GateStatus.ADMITTED, GateStatus.WAIVED})
"""How an entry is judged that stands on its roadmap: it may be optimized and is published."""


@dataclass(frozen=True, slots=True)
class GateResult:
    """How one gate of a policy judged one initiative; ``message`` says why it did not pass.

    Of a judgement that was stored it is the words.
    """

    gate: Gate
    severity: GateSeverity
    message: Message | str | None = None

    @property
    def passed(self) -> bool:
        return self.message is None

    @property
    def failure(self) -> Message:
        """Why it did not pass, with the gate: ``tokens_present: engineering_tokens is blank``."""
        params = {"gate": str(self.gate), "what": self.message}
        if self.severity is GateSeverity.WARN:
            return Message("gate_warns", Level.WARNING, params=params)
        return Message("gate_blocks", params=params)

    def to_json(self) -> dict[str, object]:
        return {
            "gate": str(self.gate),
            "severity": str(self.severity),
            "passed": self.passed,
            "message": None if self.message is None else str(self.message),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> GateResult:
        message = value["message"]
        return cls(
            Gate(str(value["gate"])), GateSeverity(str(value["severity"])), None if message is None else str(message)
        )


def without_gate(failure: str) -> str:
    """A failure in words without its gate, for places where what did not pass says enough."""
    named, _, what = failure.partition(": ")
    return what if named.removesuffix(" (warn)") in set(Gate) else failure
