"""A roadmap's words: where entries come from, its states, its gates and how they judge."""

from __future__ import annotations

from enum import StrEnum


class RoadmapSource(StrEnum):
    """Where a roadmap's entries come from."""

    FILTER = "filter"
    PORTFOLIO = "portfolio"
    LIST = "list"


class RoadmapStatus(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PUBLISHED = "published"
    ARCHIVED = "archived"


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
    DEADLINE_IN_PERIOD = "deadline_in_period"
    DEPENDENCIES_ON_ROADMAP = "dependencies_on_roadmap"
    BRIEF_DESCRIPTION_PRESENT = "brief_description_present"


class GateSeverity(StrEnum):
    BLOCK = "block"
    WARN = "warn"


class GateStatus(StrEnum):
    ADMITTED = "admitted"
    BLOCKED = "blocked"
    WAIVED = "waived"
