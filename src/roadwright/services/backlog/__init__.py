"""Filters of the backlog: its fields, finding what matches in the database, and filters saved by name."""

from roadwright.services.backlog.backlog import backlog_values, cell_texts, cell_values, filter_values, json_values
from roadwright.services.backlog.fields import backlog_fields, filter_fields, named_fields
from roadwright.services.backlog.find import (
    NameProblem,
    all_fields,
    find_initiatives,
    find_saved,
    remove_filter,
    resolve_filter,
    save_filter,
    saved_filters,
)
from roadwright.services.backlog.own_filters import (
    OwnFilter,
    SeenFilter,
    own_filters,
    remove_own_filter,
    save_own_filter,
    seen_filters,
)

__all__ = [
    "NameProblem",
    "OwnFilter",
    "SeenFilter",
    "all_fields",
    "backlog_fields",
    "backlog_values",
    "cell_texts",
    "cell_values",
    "filter_fields",
    "filter_values",
    "find_initiatives",
    "find_saved",
    "json_values",
    "named_fields",
    "own_filters",
    "remove_filter",
    "remove_own_filter",
    "resolve_filter",
    "save_filter",
    "save_own_filter",
    "saved_filters",
    "seen_filters",
]
