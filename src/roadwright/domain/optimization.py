"""The optimizer's words: objective modes, constraint types, dimensions, target kinds and the states of a run."""

from __future__ import annotations

from enum import StrEnum


class ObjectiveMode(StrEnum):
    NORTH_STAR = "north_star"
    WEIGHTED_KPIS = "weighted_kpis"
    LEXICOGRAPHIC = "lexicographic"


class ConstraintType(StrEnum):
    CAPACITY_FLOOR = "capacity_floor"
    CAPACITY_CAP = "capacity_cap"
    MANDATORY = "mandatory"
    EXCLUDE_INITIATIVE = "exclude_initiative"
    EXCLUDE_PAIR = "exclude_pair"
    BUNDLE = "bundle"
    REQUIRE_PREREQ = "require_prereq"
    REQUIRE_ANY = "require_any"
    CHOOSE_COUNT = "choose_count"
    SYNERGY_BONUS = "synergy_bonus"


class TargetKind(StrEnum):
    FLOOR = "floor"
    """Hard: a portfolio that misses it is not allowed."""
    GOAL = "goal"
    """Soft: its shortfall is measured and reported."""


class Dimension(StrEnum):
    """What tokens and contributions can be sliced by; several joined by ``+`` make a composite dimension."""

    ALL = "all"
    COUNTRY = "country"
    DEPARTMENT = "department"
    CATEGORY = "category"
    PROGRAM = "program"
    PRODUCT_AREA = "product_area"
    CUSTOMER_SEGMENT = "customer_segment"
    INITIATIVE_TYPE = "initiative_type"
    INITIATIVE = "initiative"


class RunStatus(StrEnum):
    """The answer of one optimization run."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    UNKNOWN = "unknown"
    INFEASIBLE = "infeasible"
    INVALID = "invalid"
    CANCELLED = "cancelled"
    FAILED = "failed"


ANSWERED = frozenset({RunStatus.OPTIMAL, RunStatus.FEASIBLE, RunStatus.CANCELLED})
"""States in which a run can hold a portfolio (a cancelled one only where a solution had been found)."""
