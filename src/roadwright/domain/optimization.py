"""The optimizer's words: objective modes, dimensions, target kinds, run states, kinds of alerts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from roadwright.domain.messages import MessageError
from roadwright.domain.reading.words import chosen, words_by_form
from roadwright.domain.text import folded


class ObjectiveMode(StrEnum):
    NORTH_STAR = "north_star"
    WEIGHTED_KPIS = "weighted_kpis"
    LEXICOGRAPHIC = "lexicographic"


class TargetKind(StrEnum):
    FLOOR = "floor"
    """Hard: a portfolio that misses it is not allowed."""
    GOAL = "goal"
    """Soft: its shortfall is measured and reported."""


MODE_SYNONYMS: Mapping[ObjectiveMode, Sequence[str]] = {
    ObjectiveMode.NORTH_STAR: ("ns", "north star only", "north star kpi"),
    ObjectiveMode.WEIGHTED_KPIS: ("weighted", "weights", "weighted kpi", "weighted sum", "kpi weights"),
    ObjectiveMode.LEXICOGRAPHIC: ("lex", "lexi", "lexicographical", "in order", "ordered", "priority order"),
}
TARGET_SYNONYMS: Mapping[TargetKind, Sequence[str]] = {
    TargetKind.FLOOR: ("must", "hard", "must have", "mandatory", "required", "minimum", "min", "at least"),
    TargetKind.GOAL: ("soft", "should", "should have", "nice to have", "wish", "aim", "aspiration", "stretch"),
}


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


CANDIDATE_DIMENSIONS = tuple(d for d in Dimension if d not in (Dimension.ALL, Dimension.INITIATIVE))
"""The dimensions whose value a candidate carries itself (every candidate is in ``all``, and is its own initiative)."""

_DIMENSION_SYNONYMS = {
    Dimension.ALL: ("everything", "total", "whole portfolio"),
    Dimension.COUNTRY: ("countries", "market", "markets"),
    Dimension.DEPARTMENT: ("departments", "dept"),
    Dimension.CATEGORY: ("categories",),
    Dimension.PROGRAM: ("programs", "programme", "program key"),
    Dimension.PRODUCT_AREA: ("product areas", "area"),
    Dimension.CUSTOMER_SEGMENT: ("customer segments", "segment"),
    Dimension.INITIATIVE_TYPE: ("initiative types", "type"),
    Dimension.INITIATIVE: ("initiatives", "initiative key"),
}
_DIMENSION_WORDS = words_by_form(Dimension, {str(d): words for d, words in _DIMENSION_SYNONYMS.items()})

TOKENS = "tokens"
"""The name of the resource that every candidate uses; others are named by the problem."""

CAPACITY_ID = "capacity"


def capacity_id(resource: str = TOKENS) -> str:
    """The id under which the total capacity of a resource appears among the rows: ``capacity:design_days``."""
    return CAPACITY_ID if resource == TOKENS else f"{CAPACITY_ID}:{resource}"


class DimensionProblem(MessageError, ValueError):
    """A text that names no dimension."""


def parse_dimension(text: str) -> tuple[Dimension, ...]:
    """The parts of a dimension such as ``country`` or ``Country + department``.

    Raises DimensionProblem where a part is unknown, appears twice, or is ``all`` beside others.
    """
    parts = []
    for part in text.split("+"):
        word = chosen(_DIMENSION_WORDS, part)
        if word is None:
            raise DimensionProblem("unknown_dimension", part=part.strip(), dimensions=tuple(Dimension))
        parts.append(Dimension(word))
    if len(set(parts)) < len(parts):
        raise DimensionProblem("dimension_part_twice", dimension=text)
    if Dimension.ALL in parts and len(parts) > 1:
        raise DimensionProblem("dimension_joins_all", dimension=text)
    return tuple(parts)


def slice_value(parts: Sequence[str]) -> str:
    """The form in which slice values compare: each ``+``-separated part as texts compare."""
    return "+".join(folded(piece) for part in parts for piece in part.split("+"))


class Severity(StrEnum):
    """How much a finding matters: a notice, something to look at, or a reason why there is no answer."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class FindingKind(StrEnum):
    """What a finding is about."""

    TARGET = "target"
    CONSTRAINT = "constraint"
    DATA = "data"
    OBJECTIVE = "objective"


class StopReason(StrEnum):
    """What kept an answer from being proved."""

    TIME_LIMIT = "time_limit"
    GAP = "gap"
    """It is within the gap that was asked for."""
    NUMERICS = "numerics"
    """Numbers are so far apart that neither exact arithmetic in its budget nor the solver tells for sure."""


class Proof(StrEnum):
    """How it is known that nothing is better (or that there is no answer)."""

    EXACT = "exact"
    """By exact arithmetic alone."""
    SOLVER = "solver"
    """By the solver's word, on numbers that its tolerances tell apart; the answer itself was checked exactly."""


class TieBreak(StrEnum):
    """Whether the selection is proved to be the one that the tie-break rules name."""

    PROVED = "proved"
    LIMITED = "limited"
    OFF = "off"


GOALS = "goal_shortfall"
"""The stage of an objective, and step of the tie-break, that counts by what share of their needs goals are missed."""


class TieBreakStep(StrEnum):
    """What decided between two portfolios that are equally good."""

    GOALS = "goals"
    TOKENS = "tokens"
    KEYS = "keys"
    CUT_SHORT = "cut_short"
    """Nothing did: the tie-break was not proved to its end."""


class RunStatus(StrEnum):
    """The answer of one optimization run."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    UNKNOWN = "unknown"
    INFEASIBLE = "infeasible"
    INVALID = "invalid"
    CANCELLED = "cancelled"
    FAILED = "failed"


class AlertKind(StrEnum):
    """What an alert is about, as Gaps_And_Alerts names it."""

    TARGET = "target"
    CONSTRAINT = "constraint"
    DATA = "data"
    INFEASIBLE = "infeasible"
