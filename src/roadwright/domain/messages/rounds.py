"""What there is to say of a whole round: its plan, what-if questions, the overview and the report."""

from __future__ import annotations

TEXTS = {
    "need_answer": "{run} is {status}: {why}",
    "need_answer_way_out": "{run} is {status}: {why}; {way_out}",
    "need_field": "it is flagged and no candidate: {why}",
    "need_first_run": "it was never run",
    "need_model_approval": "the model {model} for {kpi} waits for approval (approved_by_user)",
    "need_param_approval": "the param {param} of {model} waits for approval (approved)",
    "need_param_value": "the param {param} of {model} has no value",
    "need_step": "{why} ({actions})",
    "need_tokens": "it can't be chosen: {field} is blank",
    "need_valid_run": "{run}: {why}",
    "overview_candidates": "{count:,} {count:candidate|candidates} can't be chosen, something is blank: {keys:names}",
    "overview_conflicts": "{count:,} {count:row|rows} in CONFLICT: {rows:names}",
    "overview_failed": "{count:,} {count:row|rows} FAILED: {rows:names}",
    "overview_missing": (
        "the workbook {workbook} has no tab Overview (the answers side by side, with charts); to get it, write "
        '[tabs.Overview] with workbook = "Overview.xlsx" into roadwright.toml and run roadwright init {folder}'
    ),
    "overview_models": "{count:,} {count:model waits|models wait} for approval: {keys:names}",
    "overview_params": "{count:,} {count:param waits|params wait} for a value or for approval: {keys:names}",
    "what_if_unreadable": "{option}: {why}",
    "what_if_key_unknown": "{option}: there is no initiative {key}{hint}",
    "what_if_kpi_unknown": "{option}: {kpi} is no active north_star or strategic KPI{hint}; there are {known}",
    "what_if_no_candidate": "{option}: {key} is no candidate of the scenario: {why}",
    "what_if_rule_unknown": "{option}: the scenario has no rule {rule}{hint}; it has {known:ten}",
    "browser_did_not_print": (
        "{browser} did not print the page: {why}; open the report in the control room and print it there"
    ),
    "no_browser_to_print": (
        "a PDF is printed by a browser, and none is installed ({browsers}); install one, or open the report in the "
        "control room and print it there"
    ),
}
