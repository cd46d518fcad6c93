"""What there is to say of candidates, of the rules of a run, and of what came of it."""

from __future__ import annotations

TEXTS = {
    "advice_dependency": "set use_dependencies to TRUE on Scenario_Config if the dependency must bind",
    "advice_explain": "pm.explain_selection computes them, those you select or all: --option explain_seconds=…",
    "advice_fault": "fix the row and run again",
    "advice_infeasible": "relax or drop one of the rules that clash, or add capacity, and run again",
    "advice_invalid": "fix what is named in the other alerts and run again",
    "advice_no_candidates": "set is_optimization_candidate and candidate_period_key on the Backlog",
    "advice_target": "add capacity, relax a rule that binds, or find initiatives that move this KPI; or lower the goal",
    "advice_unknown": "run again with more time: --option time_limit=…",
    "amount": "{number!f}",
    "amount_of_unit": "{number!f} {unit}",
    "at_place": "{place}: {what}",
    "cells_of_rule": "a {type} row needs {needed}",
    "clash": "{demand}: can't be met together with {others}",
    "clash_alone": "{demand}: can't be met",
    "clash_and_way_out": "{clash}; {way_out}",
    "contribution_left_out": (
        "its contribution to {kpi} is left out: {kpi} is not an active north_star or strategic KPI"
    ),
    "contribution_unknown": "its contribution to {kpi} is left out: {kpi} is no KPI of Metrics_Config",
    "cost": "{loss!f} {unit}",
    "cost_negative": "nothing (with it {gain!f} {unit} more are found: this run did not prove its answer)",
    "cost_nothing": "nothing",
    "dependency_blocks": (
        "needs {key}, which is {status} and no candidate of this run, so it can't be selected; make {key} a candidate, "
        "or take it out of dependencies_initiatives"
    ),
    "dependency_counts_as_met": "needs {key}, which is in_progress and no candidate: counted as met",
    "dependency_delivered": "needs {key}, delivered",
    "dependency_not_selected": "needs {key}, not selected",
    "dependency_on_itself": "names itself in dependencies_initiatives, which has no effect",
    "dependency_selected": "needs {key}, selected",
    "dependency_under_way": "needs {key}, in progress",
    "dependency_unknown": (
        "needs {key}, which is no initiative of the Backlog, so it can't be selected; correct dependencies_initiatives"
    ),
    "dimension_joins_all": "dimension '{dimension}' joins all with others; leave all out",
    "dimension_part_twice": "dimension '{dimension}' names a part twice",
    "entry_blocked": 'blocked on roadmap "{roadmap}": {failures}',
    "entry_unjudged": 'it was not judged yet on roadmap "{roadmap}"; pm.roadmap_check_gates judges it',
    "duplicate_locked": 'locked on roadmap "{roadmap}", but {key} is a duplicate of {original}, which never competes',
    "duplicate_mandatory": "{place}: {key} is mandatory, but it is a duplicate of {original}, which never competes",
    "explanations_missing": "{missing} of {count} explanations were not computed: there was no time for them",
    "in_slice": " in {dimension} {slice}",
    "initiative_note": "{initiative} ({title}): {what}",
    "is_duplicate": "it is a duplicate of {key}",
    "lifecycle_over": "lifecycle_status is {status}",
    "lock_idle": "is_locked has no effect, because it is no candidate: {why}",
    "locked_on_roadmap": "locked on roadmap {roadmap}",
    "log_cut": "(the beginning is left out)",
    "no_candidate_lifecycle": "its lifecycle_status is {status}",
    "no_candidate_not_flagged": "is_optimization_candidate is not set on the Backlog",
    "no_candidate_not_ticked": "it was not ticked for the run, or became a candidate after it; run again",
    "no_candidate_other_period": "its candidate_period_key is {period}, and the run plans {run_period}",
    "no_candidate_period_blank": "its candidate_period_key is blank",
    "no_candidate_roadmap": 'the candidates are those of the roadmap "{roadmap}"',
    "no_candidates": "there are no candidates for {period}",
    "no_problem": "there is no problem to solve",
    "no_run_of_this_key": "there is no optimization run {run_id}{hint}",
    "no_scenarios": "there is no scenario yet; fill in a row of Scenario_Config",
    "not_selected": "not selected: {why}",
    "reason_adds_nothing": "it adds nothing to what is maximised",
    "reason_and_price": "{why}; {price}",
    "reason_as_good": "one of several equally good choices",
    "reason_best_use": "best use of capacity",
    "reason_best_use_for": "best use of capacity for {stage}",
    "reason_bundle": "comes with the bundle {bundle}",
    "reason_conflict": "it can't be chosen together with {rules}",
    "reason_cost_to_force": "costs {cost} to force in{changes}{sum}{tie_break}",
    "reason_cost_without": "{why}; leaving it out costs {cost}{changes}{sum}{tie_break}",
    "reason_keeps_rules": "needed to keep {demands}",
    "reason_mandatory": "mandatory: {why}",
    "reason_mandatory_costs": "mandatory: {why} (costs {cost}{changes}{sum})",
    "reason_needed_by": "needed by {keys}",
    "reason_no_tokens": "its engineering tokens are missing",
    "reason_no_use": "it adds nothing, and no rule needs it: the tie-break was cut short",
    "reason_not_without": "needed to keep {demands}; it can't be left out",
    "reason_others_bring_more": "within the capacity and the rules, the chosen ones together bring more",
    "reason_too_large": "it needs {tokens!f} tokens, more than the capacity of {capacity!f}",
    "repair_of_row": "the cheapest way out: {change}",
    "rerun_differs": "{name}: was {before}, is {now}",
    "rerun_fingerprint": "the stored inputs do not match their fingerprint",
    "rerun_never_solved": "{run} was {status}: it was never solved, so there is nothing to compare",
    "rerun_of_cancelled": "{run} was cancelled: where it stood then can't be reached again",
    "rerun_unsolvable": "the stored inputs are no problem that can be solved: {why}",
    "results_have_none": "Results has no run of this scenario",
    "results_still_show": "Results still shows {run}",
    "row_not_saved": "{status}",
    "rule_reason_blank": "is empty, but a {type} row needs one",
    "run_answer": "{selected} of {candidates} candidates, {tokens!f} of {capacity!f} tokens{targets}{gap}",
    "run_gap": ", gap {gap:.2%}",
    "run_invalid": "invalid: {place}: {what}",
    "run_invalid_more": "invalid: {place}: {what} (and {more} more)",
    "run_is": "the run is {status}",
    "run_targets_met": ", all targets met",
    "run_targets_missed": ", {missed} of {count} targets missed",
    "run_unanswered": "{parts}",
    "scenario_not_saved": (
        'scenario "{scenario}" is on Scenario_Config, but is not saved yet; run pm.optimize_save_scenario, which '
        "also says what may be wrong with its row"
    ),
    "scenario_roadmap_only_named": 'scenario "{scenario}" asks for it: {why}',
    "scenario_roadmap_unknown": (
        'scenario "{scenario}" asks for the candidates of roadmap "{roadmap}"{hint}, but there is no such roadmap; '
        "there are: {known}. Fix the name, make the roadmap with pm.roadmap_create, or clear roadmap_name to take the "
        "initiatives that are flagged for the period"
    ),
    "scenario_set_missing": (
        'scenario "{scenario}" names the set "{set}", but it has none; fix the name on Scenario_Config or on '
        "Constraints and Targets"
    ),
    "scenario_set_unknown": (
        'scenario "{scenario}" names the set "{set}", but it has: {names}; fix the name on Scenario_Config or on '
        "Constraints and Targets"
    ),
    "scenario_sets_several": ('scenario "{scenario}" has several sets: {names}; name one of them on Scenario_Config'),
    "shared_sets_unused": (
        "the scenario names no set and has none of its own, so the rows for every scenario are not used ({names}); "
        "name one of them in constraint_set_name on Scenario_Config to use it"
    ),
    "several_scenarios": "there are several scenarios: {names}; name one: --option scenario_name=…",
    "target_met": "{kpi}{where}: the {type} of {target} is met",
    "target_missed": "{kpi}{where}: reaches {level} of {target}, {shortfall} short",
    "the_capacity": "the capacity",
    "tokens_blank": "{field} is blank, so it can't be chosen; fill it in",
    "unit_of_goals": "of the goals' needs",
    "unit_of_objective": "of the objective",
    "unknown_dimension": "unknown dimension '{part}'; one of {dimensions}, or several with +",
    "unknown_scenario": 'there is no scenario "{scenario}"{hint}; there are: {names}',
    "way_out": "a way out: {changes}{chosen}",
    "way_out_cheapest": "cheapest way out: {changes}{chosen}",
    "would_choose": "; it would choose {keys}",
    "bench_has_no_problem": "there is no run of this scenario yet, and none can be made: {faults}",
    "changes_are_gone": (
        "what was changed is not there any more: {names}; take the changed data over first, then save"
    ),
    "changes_too_many": "these are too many changes for a link (more than {most:,} characters); save them as a run",
    "changes_unreadable": "this what-if can't be read: {place}: {why}",
    "no_weight_left": "at least one KPI needs a weight above 0",
    "put_into_period": "put into {period}",
    "rules_stand_elsewhere": (
        "{rules:names} are no rows of Constraints: a lock is taken off on its roadmap, a dependency on the Backlog "
        "(or all of them by use_dependencies on Scenario_Config); switch them on again to save the rest"
    ),
    "scenario_name_length": "a scenario needs a name of 1 to {most} characters",
    "scenario_name_taken": 'there is a scenario "{scenario}" already; choose another name',
    "switches_without_reason": "say why {keys:names} {keys:is|are} in or out: the reason becomes the rule's",
    "what_if_link_gone": "this link to a what-if is not kept any more; the scenario is shown as it is",
    "report_of_nothing": 'there is no scenario or run "{name}"{hint}; there are: {names}',
    "report_without_run": 'the scenario "{scenario}" has not been run yet; run it on the workbench first',
}
