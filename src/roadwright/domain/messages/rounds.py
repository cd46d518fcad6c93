"""What there is to say of a whole round: its plan, what-if questions, the overview and the report."""

from __future__ import annotations

TEXTS = {
    "is_blank": "it is blank",
    "option_unreadable": "{option}: {why}",
    "what_if_key_unknown": "{option}: there is no initiative {key}{hint}",
    "what_if_kpi_unknown": "--weights: {kpi} is no active north_star or strategic KPI{hint}; there are {known}",
    "what_if_no_candidate": "{option}: {key} is no candidate of the scenario: {why}",
    "what_if_rule_unknown": "--without: the scenario has no rule {rule}{hint}; it has {known:ten}",
}
