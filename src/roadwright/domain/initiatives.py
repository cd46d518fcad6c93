"""An initiative's words: lifecycle, scope, risk, framework, and the rules that hang on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum


class Lifecycle(StrEnum):
    """Where an initiative stands in its life."""

    NEW = "new"
    NEEDS_INFO = "needs_info"
    UNDER_REVIEW = "under_review"
    APPROVED_IN_PRINCIPLE = "approved_in_principle"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


LIFECYCLE_SYNONYMS: Mapping[Lifecycle, Sequence[str]] = {
    Lifecycle.NEW: ("idea", "submitted", "proposed", "proposal", "just submitted"),
    Lifecycle.NEEDS_INFO: (
        *("need info", "info needed", "needs information", "needs more info", "needs more information", "more info"),
        *("more info needed", "incomplete", "needs clarification", "clarification needed", "waiting for info"),
    ),
    Lifecycle.UNDER_REVIEW: (
        *("in review", "review", "reviewing", "being reviewed", "to be reviewed", "under evaluation", "in evaluation"),
        *("evaluating", "under assessment", "in assessment", "assessing", "under consideration"),
    ),
    Lifecycle.APPROVED_IN_PRINCIPLE: (
        *("approved", "accepted", "agreed", "approved in principal", "aip", "green light", "green lit", "greenlit"),
    ),
    Lifecycle.IN_PROGRESS: (
        *("WIP", "work in progress", "in dev", "in development", "in work", "under way", "ongoing", "started"),
        *("being built", "building", "in implementation", "implementing", "in delivery", "in flight", "doing"),
    ),
    Lifecycle.DONE: (
        *("completed", "complete", "finished", "shipped", "released", "delivered", "launched", "live", "deployed"),
        *("implemented",),
    ),
    Lifecycle.REJECTED: ("declined", "refused", "denied", "turned down", "not approved", "wont do", "no go"),
    Lifecycle.WITHDRAWN: ("retracted", "taken back", "withdraw", "revoked", "pulled back"),
}
"""What people type instead of a lifecycle status."""

INTAKE_LIFECYCLES = (Lifecycle.NEW, Lifecycle.WITHDRAWN)
"""What a requester may say in an intake sheet."""

NEVER_CANDIDATES = frozenset({Lifecycle.DONE, Lifecycle.REJECTED, Lifecycle.WITHDRAWN})
"""Initiatives in these states never take part in an optimization."""


class ScopeMode(StrEnum):
    """Which of its three sizes an initiative is planned in."""

    CUSTOM = "custom"
    MVP = "mvp"
    FULL = "full"


SCOPE_SYNONYMS: Mapping[ScopeMode, Sequence[str]] = {
    ScopeMode.MVP: ("minimum viable product", "minimal", "pilot"),
    ScopeMode.FULL: ("full scope", "complete", "full version"),
}

TOKENS_FIELD = {
    ScopeMode.CUSTOM: "engineering_tokens",
    ScopeMode.MVP: "engineering_tokens_mvp",
    ScopeMode.FULL: "engineering_tokens_full",
}
"""The field that holds the engineering tokens of a scope; never a fallback to another one."""


def tokens_field(scope: str | None) -> str:
    """The field with the tokens of this scope; a blank scope is ``custom``."""
    return TOKENS_FIELD[ScopeMode(scope)] if scope else TOKENS_FIELD[ScopeMode.CUSTOM]


class RiskLevel(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


RISK_SYNONYMS: Mapping[RiskLevel, Sequence[str]] = {
    RiskLevel.LOW: ("l", "lo", "low risk", "minor", "small", "green"),
    RiskLevel.MEDIUM: ("m", "med", "mid", "middle", "moderate", "medium risk", "average", "amber", "yellow"),
    RiskLevel.HIGH: ("h", "hi", "high risk", "major", "severe", "red"),
}


class Framework(StrEnum):
    """The scoring frameworks; all are computed and kept side by side, one is active per initiative."""

    RICE = "RICE"
    WSJF = "WSJF"
    MATH_MODEL = "MATH_MODEL"


FRAMEWORK_SYNONYMS: Mapping[Framework, Sequence[str]] = {
    Framework.MATH_MODEL: ("math", "maths", "model", "mathematical model", "formula"),
}


class ContributionSource(StrEnum):
    """Who says what an initiative brings to the KPIs: its approved models, or a person."""

    COMPUTED = "computed"
    PM_OVERRIDE = "pm_override"
