"""One worked row of Constraints for each type, for header notes and the reference."""

from __future__ import annotations

from collections.abc import Mapping

from roadwright.optimize.constraints import KINDS

EXAMPLES: Mapping[str, Mapping[str, str | int]] = {
    "capacity_floor": {"dimension": "country", "dimension_key": "UK", "min_tokens": 80},
    "capacity_cap": {"dimension": "country+department", "dimension_key": "UK+Growth", "max_tokens": 120},
    "mandatory": {"dimension": "initiative", "dimension_key": "INIT-000012", "reason": "the law asks for it"},
    "exclude_initiative": {"dimension_key": "INIT-000007"},
    "exclude_pair": {"dimension_key": "INIT-000003", "member_keys": "INIT-000009"},
    "bundle": {"dimension_key": "Checkout", "member_keys": "INIT-000004, INIT-000005"},
    "require_prereq": {"dimension_key": "INIT-000006", "member_keys": "INIT-000002"},
    "require_any": {"dimension_key": "INIT-000008", "member_keys": "INIT-000002, INIT-000011"},
    "choose_count": {
        "dimension_key": "Search bets",
        "member_keys": "INIT-000013, INIT-000014, INIT-000015",
        "max_count": 2,
    },
    "synergy_bonus": {
        "dimension_key": "One journey",
        "member_keys": "INIT-000004, INIT-000010",
        "kpi_key": "gmv",
        "bonus_value": 50000,
    },
}
"""By type, the cells of a row beside its scenario and set."""


def in_a_line(type: str) -> str:
    """The worked row of a type in a line, as its cells are typed."""
    return "; ".join(f"{column} = {value}" for column, value in EXAMPLES[type].items())


def worked_rows() -> str:
    """The worked rows of all types, one in a line."""
    return "\n".join(f"{type}: {in_a_line(type)}." for type in KINDS if type in EXAMPLES)
