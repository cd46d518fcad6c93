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

__all__ = [
    "NameProblem",
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
    "remove_filter",
    "resolve_filter",
    "save_filter",
    "saved_filters",
]
