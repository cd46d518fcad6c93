"""An initiative's words: lifecycle, scope, risk, framework, and the rules that hang on them."""

from __future__ import annotations

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


INTAKE_LIFECYCLES = (Lifecycle.NEW, Lifecycle.WITHDRAWN)
"""What a requester may say in an intake sheet."""

NEVER_CANDIDATES = frozenset({Lifecycle.DONE, Lifecycle.REJECTED, Lifecycle.WITHDRAWN})
"""Initiatives in these states never take part in an optimization."""


class ScopeMode(StrEnum):
    """Which of its three sizes an initiative is planned in."""

    CUSTOM = "custom"
    MVP = "mvp"
    FULL = "full"


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


class Framework(StrEnum):
    """The scoring frameworks; all are computed and kept side by side, one is active per initiative."""

    RICE = "RICE"
    WSJF = "WSJF"
    MATH_MODEL = "MATH_MODEL"


class ContributionSource(StrEnum):
    """Who says what an initiative brings to the KPIs: its approved models, or a person."""

    COMPUTED = "computed"
    PM_OVERRIDE = "pm_override"
