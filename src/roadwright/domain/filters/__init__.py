"""The filter language: ``lifecycle_status in (new, under_review) and overall_score >= 3``.

A text is read into a tree of comparisons (``parse_filter``), which a row matches or not (``matches``) and which can be
written as text again (``filter_text``). The fields that it may name are given; the backlog's are declared elsewhere.
"""

from roadwright.domain.filters.completing import Completion, Slot, completions, slot_at, values_needed
from roadwright.domain.filters.errors import FilterError, unknown_field
from roadwright.domain.filters.fields import Field, FieldKind, Span, find_field
from roadwright.domain.filters.matching import matches
from roadwright.domain.filters.parse import parse_filter
from roadwright.domain.filters.tree import (
    Comparison,
    Emptiness,
    Every,
    Filter,
    Membership,
    Not,
    Operator,
    Some,
    filter_text,
    without_last,
)

__all__ = [
    "Comparison",
    "Completion",
    "Emptiness",
    "Every",
    "Field",
    "FieldKind",
    "Filter",
    "FilterError",
    "Membership",
    "Not",
    "Operator",
    "Slot",
    "Some",
    "Span",
    "completions",
    "filter_text",
    "find_field",
    "matches",
    "parse_filter",
    "slot_at",
    "unknown_field",
    "values_needed",
    "without_last",
]
