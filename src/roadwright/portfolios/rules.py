"""Rows of Constraints and Targets as the optimizer's JSON."""

from __future__ import annotations

from collections.abc import Mapping

from roadwright.domain.keys import canonical_key
from roadwright.domain.registry import Registry

FIELD_OF_COLUMN = {"constraint_type": "type", "floor_or_goal": "type", "member_keys": "members"}
"""The optimizer's names of the columns that it names differently."""

_CONSTRAINT = (
    "constraint_type",
    "dimension",
    "dimension_key",
    "min_tokens",
    "max_tokens",
    "member_keys",
    "kpi_key",
    "bonus_value",
    "min_count",
    "max_count",
    "reason",
)
_TARGET = ("dimension", "dimension_key", "kpi_key", "target_value", "baseline_value", "floor_or_goal")


def _rule(values: Mapping[str, object], columns: tuple[str, ...], registry: Registry) -> dict[str, object]:
    """The row's fields; keys of initiatives and KPIs in the spelling that the database has."""
    rule: dict[str, object] = {}
    for column in columns:
        value = values.get(column)
        if value is None:
            continue
        if column == "member_keys" and isinstance(value, list):
            value = [canonical_key(str(key)) or str(key) for key in value]
        elif column == "dimension_key":
            value = canonical_key(str(value)) or str(value)
        elif column == "kpi_key":
            kpi = registry.resolve(str(value))
            value = kpi.key if kpi is not None else str(value)
        rule[FIELD_OF_COLUMN.get(column, column)] = value
    return rule


def constraint_rule(values: Mapping[str, object], registry: Registry) -> dict[str, object]:
    """A row of Constraints as a constraint of the Problem JSON, without its id."""
    return _rule(values, _CONSTRAINT, registry)


def target_rule(values: Mapping[str, object], registry: Registry) -> dict[str, object]:
    """A row of Targets as a target of the Problem JSON, without its id."""
    return _rule(values, _TARGET, registry)
